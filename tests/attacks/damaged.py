"""Operations files that are cut off or damaged in ever new ways: they are read as they were recorded, or not at all.

    PYTHONPATH=tests python -m attacks.damaged --files 50000 --seed 1

Each file is a copy of one that was written as sessions write them, fresh, interrupted or committed, or as older tools
did. Found are errors that are not in words, and operations, entities or states that nobody has recorded; of files that
are repaired, besides, operations that checks vouch for and that are not the first ones. Files of older tools have no
checks, so of them only the errors count.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ftrack_api.symbol import NOT_SET

from attacks.trials import Found, in_rounds, main
from trackteroid.errors import OperationsFileError
from trackteroid.operations.format import container, file
from trackteroid.operations.format.file import State
from trackteroid.operations.format.repair import repair
from trackteroid.operations.record import CreateRecord, DeleteRecord, EntityRecord, ListRecord, UpdateRecord
from trackteroid.operations.values import EntityReference, References

#: After how many files it says how far it is.
ROUND = 5_000
DATA = Path(__file__).parents[1] / "library" / "data"
UNCHECKED = ("older_sqlite.dbm", "older_gdbm.dbm")
NOTES = [EntityReference("Note", (("id", f"note {number}"),)) for number in range(40)]
TASK = EntityReference("Task", (("id", "task"),))
OPERATIONS = (
    *(CreateRecord(note, {"content": f"as discussed é 🎬 {note.text}", "is_todo": False}) for note in NOTES),
    ListRecord(TASK, "notes", References(tuple(NOTES)), References(())),
    *(UpdateRecord(note, "content", NOT_SET, "comp", "anim") for note in NOTES),
    DeleteRecord(TASK),
)
ENTITIES = tuple(EntityRecord(each, {}, created=each is not TASK) for each in (TASK, *NOTES))
THEN = "2024-01-02T03:04:05+00:00"
STATES = {
    "fresh": State(),
    "interrupted": State(sending=THEN, count=30, witness=NOTES[10], arrived=10),
    "committed": State(committed=THEN),
}
Content = tuple[tuple[Any, ...], set[str], State]  # operations, entities and how far they were sent
Damage = Callable[[bytearray, random.Random], None]


def cut_off(content: bytearray, dice: random.Random) -> None:
    """Lose the end."""
    del content[dice.randrange(len(content)) :]


def flip_bits(content: bytearray, dice: random.Random) -> None:
    """Turn around some bits."""
    for _ in range(dice.choice((1, 1, 2, 8))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def change_letters(content: bytearray, dice: random.Random) -> None:
    """Change letters and digits, so that what is read stays well-formed."""
    places = [at for at, byte in enumerate(content) if chr(byte).isalnum() and byte < 128]
    for at in dice.sample(places, dice.choice((1, 1, 2, 8))):
        content[at] = ord(dice.choice("0123456789abcdef"))


def zero_a_block(content: bytearray, dice: random.Random) -> None:
    """Lose what was in a block."""
    start, size = _block(content, dice)
    content[start : start + size] = bytes(len(content[start : start + size]))


def overwrite_a_block(content: bytearray, dice: random.Random) -> None:
    """Have anything in a block."""
    start, size = _block(content, dice)
    content[start : start + size] = dice.randbytes(len(content[start : start + size]))


def repeat_a_block(content: bytearray, dice: random.Random) -> None:
    """Have a block in the place of another one."""
    (start, size), (other, _) = _block(content, dice), _block(content, dice)
    block = content[other : other + size]
    content[start : start + len(block)] = block


def leave_out(content: bytearray, dice: random.Random) -> None:
    """Lose something in the middle."""
    start = dice.randrange(len(content))
    del content[start : start + dice.choice((1, 7, 512, 4096))]


def put_in(content: bytearray, dice: random.Random) -> None:
    """Get something in the middle."""
    content[(start := dice.randrange(len(content))) : start] = dice.randbytes(dice.choice((1, 7, 512, 4096)))


def _block(content: bytearray, dice: random.Random) -> tuple[int, int]:
    size = dice.choice((16, 512, 4096))
    return dice.randrange(0, max(len(content) // size, 1)) * size, size


DAMAGES: tuple[Damage, ...] = (
    cut_off, cut_off, flip_bits, flip_bits, change_letters, change_letters, zero_a_block, overwrite_a_block,
    repeat_a_block, leave_out, put_in,
)  # fmt: skip


class Run:
    """Files that are damaged in one folder."""

    def __init__(self, folder: Path, seed: int, found: Found) -> None:
        self.folder, self.path, self.output = folder, folder / "damaged.dbm", folder / "repaired.dbm"
        self.seed = seed
        self.outcomes, self.findings = found.counts, found.findings
        self.sound = {name: (DATA / name).read_bytes() for name in (*UNCHECKED, "format_1.dbm")}
        for name, state in STATES.items():
            file.write(self.path, file.Origin("https://studio.example", "server-1", "artist"), OPERATIONS, ENTITIES)
            if state != State():
                with container.claim(self.path) as claim:
                    file.store_state(claim, state)
            self.sound[name] = self.path.read_bytes()
        self.recorded = {name: _content(file.read(DATA / name)) for name in (*UNCHECKED, "format_1.dbm")}
        self.recorded |= {name: (OPERATIONS, set(map(repr, ENTITIES)), state) for name, state in STATES.items()}

    def try_one(self, number: int) -> None:
        """Damage a file, and read, claim and repair it."""
        dice = random.Random(f"{self.seed} {number}")
        name, damage = dice.choice((*STATES, *self.sound)), dice.choice(DAMAGES)
        content = bytearray(self.sound[name])
        damage(content, dice)
        for way in (self.read, self.claim, self.repair) if number % 4 == 0 else (self.read,):
            for each in self.folder.iterdir():
                each.unlink()
            self.path.write_bytes(content)
            problem = ""
            try:
                problem = way(name)
            except OperationsFileError:
                self.outcomes[f"{way.__name__} with an error in words"] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                problem = f"{type(error).__name__}: {error}"
            else:
                self.outcomes[f"{way.__name__} as recorded"] += not problem
            if problem:
                self.findings.append(f"{number}, {name}, {damage.__name__}: {way.__name__} gives {problem}")

    def read(self, name: str) -> str:
        """Read the file; returns what is wrong with what was read."""
        return self.difference(name, _content(file.read(self.path)))

    def claim(self, name: str) -> str:
        """Claim the file, as a replay does, read it there, and mark it."""
        with container.claim(self.path) as claim:
            found = _content(file.open_in(self.path, claim))
            file.store_state(claim, found[2])
        return self.difference(name, found)

    def repair(self, name: str) -> str:
        """Repair the file; what checks vouch for in it is the first of what was recorded."""
        done = repair(self.path, self.output)
        (operations, entities, state), recorded = _content(file.read(self.output)), self.recorded[name]
        is_first = operations == recorded[0][: done.recovered] and entities <= recorded[1]
        is_sent_blindly = recorded[2] != State() and state == State()
        return f"{done}, {state}" if done.is_verified and (is_sent_blindly or not is_first) else ""

    def difference(self, name: str, found: Content) -> str:
        """What differs from what was recorded; of files without checks nothing can be said."""
        if name in UNCHECKED or found == self.recorded[name]:
            return ""
        return f"{len(found[0])} operations, {len(found[1])} entities, {found[2]}"


def _content(found: file.OperationsFile) -> Content:
    return tuple(found.operations), set(map(repr, found.entities)), found.state


def run(numbers: range, seed: int) -> Found:
    """Damage files; returns what was found, and how often what came of it."""
    found = Found()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        tried = Run(Path(name), seed, found)
        for some in in_rounds(numbers, ROUND):
            for number in some:
                tried.try_one(number)
            found.show(f"{some.stop - numbers.start:,} files")
    return found


if __name__ == "__main__":
    sys.exit(main(__doc__, run, unit="files", count=10_000, events="attempts to use them"))
