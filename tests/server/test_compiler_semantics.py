"""What comparisons mean, value by value: text, patterns, numbers, flags, moments and nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from server.tiny_production import TinyProduction, tiny_production
from trackteroid.server.core.failures import QueryError
from trackteroid.server.model.folding import with_folded

NAMES = {
    "none": None,
    "empty": "",
    "upper": "ÄRGER",
    "lower": "ärger",
    "plain": "Arger",
    "sharp": "straße",
    "double": "STRASSE",
    "percent": "50%",
    "fifty": "500",
    "under": "a_b",
    "cross": "aXb",
    "path": "C:\\dir",
    "tail": "x\\",
    "lines": "two\nlines",
    "quotes": 'say "it\'s"',
    "ten": "10",
    "nine": "9",
}
SIZES = {"nothing": None, "zero": 0, "two": 2, "huge": 9007199254740993, "near": 9007199254740992}
STARTS = {"never": None, "day": "2024-05-01T00:00:00", "noon": "2024-05-01T12:00:00", "new": "2025-01-01T00:00:00"}
FLAGS = {"unset": None, "yes": True, "no": False}


@pytest.fixture(scope="module")
def production() -> Iterator[TinyProduction]:
    with tiny_production() as production:
        for type_name, attribute, values in (
            ("Scope", "name", NAMES),
            ("Component", "size", SIZES),
            ("Timelog", "start", STARTS),
            ("Location", "name", {"lo2": None}),
            ("User", "is_active", FLAGS),
        ):
            entity_type = production.work.model.type(type_name)
            kind = {entity_type.discriminator: type_name} if entity_type.discriminator else {}
            table = production.work.model.table(entity_type)
            rows = [{"id": identity, attribute: value, **kind} for identity, value in values.items()]
            production.work.connection.execute(sa.insert(table), [with_folded(table, row) for row in rows])
        yield production


def found(production: TinyProduction, type_name: str, criteria: str, among: dict[str, object]) -> set[str]:
    return set(production.ids(f"{type_name} where {criteria}")) & set(among)


TEXT = [
    # letters of any alphabet, in any case
    ('name is "ÄRGER"', "upper lower"),
    ('name is "ärger"', "upper lower"),
    ('name in ("Ärger", "arger")', "upper lower plain"),
    ('name is "ARGER"', "plain"),
    ('name like "är%"', "upper lower"),
    ('name like "%RGER"', "upper lower plain"),
    ('name is "STRAßE"', "sharp double"),
    ('name is "strasse"', "sharp double"),
    ('name is_not "Ärger" and name like "%rger"', "plain"),
    ('name not_in ("Ärger") and name like "%rger"', "plain"),
    # wildcards and what takes their meaning
    ('name like "50%"', "percent fifty"),
    (r'name like "50\%"', "percent"),
    (r'name like "50\\%"', "percent"),
    ('name like "a_b"', "under cross"),
    (r'name like "a\_b"', "under"),
    ('name like "two%lines"', "lines"),
    # a backslash is itself anywhere else
    (r'name is "C:\dir"', "path"),
    (r'name is "c:\\DIR"', "path"),
    (r'name like "C:\d%"', "path"),
    (r'name like "C:\\d%"', "path"),
    (r'name like "C:\\\\%"', "path"),
    (r'name is "x\\"', "tail"),
    (r'name like "x\\"', "tail"),
    (r'name like "%\\"', "tail"),
    (r'name like "%\\\\"', "tail"),
    (r'name is "say \"it\'s\""', "quotes"),
    ("""name is 'say "it\\'s"'""", "quotes"),
    # the empty text is a value
    ('name is ""', "empty"),
    ('name like ""', "empty"),
    ('name in ("")', "empty"),
    # numbers are text here
    ("name is 10", "ten"),
    ("name is 10.0", ""),
    ("name in (9, 10)", "nine ten"),
    ("name > 5 and name <= 9", "nine percent fifty"),
    ("name is true", ""),
    # nothing
    ("name is none", "none"),
    ('name is "none"', ""),
    ("name in (none)", "none"),
    ("name in (none, 9)", "none nine"),
    ("name in ()", ""),
    ("name in (none) and name is_not none", ""),
    ('name like "%" and name in (none, 9)', "nine"),
    ('name not_like "%"', ""),
    ('not name like "%"', ""),
    ("name not_in (none, 10) and name in (none, 9, 10)", "nine"),
    ("not name in (none, 10) and name in (none, 9, 10)", "nine"),
    ("name not_in () and name in (none, 9, 10)", "nine ten"),
    ("not name in () and name in (none, 9, 10)", "nine ten"),
    ("name is_not 9 and name in (none, 9, 10)", "ten"),
    ("not name is 9 and name in (none, 9, 10)", "ten"),
    ("not (name is 9 or name is 8) and name in (none, 9, 10)", "ten"),
    ("not (name is 9 and id is_not none) and name in (none, 9, 10)", "ten"),
    ("not not name is 9", "nine"),
    ("not name is none and name in (none, 9)", "nine"),
    ("not name is_not none", "none"),
]


@pytest.mark.parametrize(("criteria", "expected"), TEXT, ids=[criteria for criteria, _ in TEXT])
def test_text_is_compared(production: TinyProduction, criteria: str, expected: str) -> None:
    assert found(production, "Scope", criteria, dict(NAMES)) == set(expected.split())


NUMBERS = [
    ("size is 2", "two"),
    ('size is "2"', "two"),
    ("size is 2.0", "two"),
    ("size is 2e0", "two"),
    ('size is " 2 "', "two"),
    ("size is 9007199254740993", "huge"),
    ("size is 9007199254740992", "near"),
    ("size in (9007199254740993, 2)", "huge two"),
    ("size > 9007199254740992", "huge"),
    ("size < 99999999999999999999", "zero two huge near"),
    ("size is 99999999999999999999", ""),
    ("size < 1e400", "zero two huge near"),
    ("size > -1e400", "zero two huge near"),
    ("size like '9%'", "huge near"),
    # what is no number equals none
    ("size is nan", ""),
    ("size is_not nan", "zero two huge near"),
    ("size is 1_0", ""),
    ("size is ٢", ""),
    ('size is ""', ""),
    ("size in (two, 2)", "two"),
    ("size not_in (two, 2)", "zero huge near"),
    ("not size is two", "zero two huge near"),
    ("not size is_not two", ""),
    # nothing has no order
    ("size < 1", "zero"),
    ("not size >= 1", "zero"),
    ("not size > 1 and not size < 0", "zero"),
]


@pytest.mark.parametrize(("criteria", "expected"), NUMBERS, ids=[criteria for criteria, _ in NUMBERS])
def test_numbers_are_compared(production: TinyProduction, criteria: str, expected: str) -> None:
    assert found(production, "Component", criteria, dict(SIZES)) == set(expected.split())


MOMENTS = [
    ('start is "2024-05-01T12:00:00"', "noon"),
    ('start is "2024-05-01 12:00"', "noon"),
    ('start is "2024-05-01T12:00:00.999"', "noon"),
    ('start is "2024-05-01T12:00:00Z"', "noon"),
    ('start is "2024-05-01T12:00:00z"', "noon"),
    ('start is "2024-05-01T14:00:00+02:00"', "noon"),
    ('start is "2024-05-01T14:00:00+0200"', "noon"),
    ('start is "2024-05-01 06:30:00-05:30"', "noon"),
    ("start is 2024-05-01", "day"),
    ("start > 2024-05-01", "noon new"),
    ("start >= 2024-05", "day noon new"),
    ("start is 2024-05", "day"),
    ("start after 2024-05-01T12:00:00", "new"),
    ("start is 2025", "new"),
    ("start < 2025", "day noon"),
    ('start in ("2024-05-01", "2025-01-01T01:00:00+01:00")', "day new"),
    ('start like "2024%"', "day noon"),
    ("start is 2024-02-30", ""),
    ("start is_not tomorrow", "day noon new"),
    ('start is "0001-01-01T00:00:00+05:00"', ""),
]


@pytest.mark.parametrize(("criteria", "expected"), MOMENTS, ids=[criteria for criteria, _ in MOMENTS])
def test_moments_are_compared(production: TinyProduction, criteria: str, expected: str) -> None:
    assert found(production, "Timelog", criteria, dict(STARTS)) == set(expected.split())


SWITCHES = [
    ("is_active is true", "yes"),
    ("is_active = True", "yes"),
    ('is_active is "TRUE"', "yes"),
    ('is_active is "1"', "yes"),
    ("is_active is 0", "no"),
    ("is_active != True", "no"),
    ("not is_active is true", "no"),
    ("is_active is yes", ""),
    ("is_active is_not yes", "yes no"),
    ("is_active in (true, false, none)", "yes no unset"),
    ("is_active > false", "yes"),
]


@pytest.mark.parametrize(("criteria", "expected"), SWITCHES, ids=[criteria for criteria, _ in SWITCHES])
def test_flags_are_compared(production: TinyProduction, criteria: str, expected: str) -> None:
    assert found(production, "User", criteria, dict(FLAGS)) == set(expected.split())


#: Versions: v1 and v3 without a task, v2 for t1, which has a status; all have the asset a.
PATHS = [
    # nothing on the way is nothing at the end
    ("AssetVersion where task.name is none", "v1 v3"),
    ("AssetVersion where task.status.name is_not x", "v2"),
    ("AssetVersion where not task.status.name is x", "v2"),
    ("AssetVersion where not (task.name is x or version is 1)", "v2"),
    ("AssetVersion where not (task.name is comp and version is 2)", "v1 v3"),
    ("AssetVersion where not task.name is none", "v2"),
    ("AssetVersion where task.name not_in (none)", "v2"),
    # "has" is never unknown
    ("AssetVersion where not task has (name is x)", "v1 v2 v3"),
    ("AssetVersion where not task has (description is x)", "v1 v2 v3"),
    ("AssetVersion where not task has (not description is x)", "v1 v2 v3"),
    ("AssetVersion where not (task has (description is x) and version is 1)", "v1 v2 v3"),
    ("AssetVersion where not task has (not name is x)", "v1 v3"),
    # a collection has a member or it has not
    ("Asset where not versions.task.name is x", "a b"),
    ("Asset where versions.task.name is none", "a"),
    ("Asset where not versions.version is_not 1", "b"),
    ("Asset where not versions any (not task.name is comp)", "a b"),
    ("Asset where not (versions.version is 9 or versions any (version is 1))", "b"),
    # casts, at the end of a path too
    ("Task where parent[Shot] is s1", "t1 t2"),
    ("Task where parent[Sequence] is s1", ""),
    ("Shot where parent[Sequence] is_not none", "s1 s2"),
    ("Shot where parent[Shot] is none", "s1 s2"),
    ("Task where not parent[Sequence].name is x", ""),
    ("Task where not parent[Sequence] has (name is x)", "t1 t2"),
    ("TypedContext where parent[Task] has ()", ""),
    # nothing is computed of what is not there
    ("Component where version.is_latest_version is false", "c1 c2"),
    ("AssetVersion where task.time_logged is none", "v1 v3"),
    ("AssetVersion where task.time_logged < 1", ""),
    # limits inside come before the values are looked at
    ("Task where id in (select task_id from AssetVersion order by version limit 1)", ""),
    ("Task where id in (select task_id from AssetVersion order by version offset 1 limit 1)", "t1"),
    ("AssetVersion where task_id not_in (select id from Task where name is x)", "v2"),
]


@pytest.mark.parametrize(("text", "expected"), PATHS, ids=[text for text, _ in PATHS])
def test_paths_are_followed(production: TinyProduction, text: str, expected: str) -> None:
    ids = [identity for identity in production.ids(text) if identity not in SIZES]
    assert ids == expected.split()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Task where parent[User].name is x", "User is not a kind of Context"),
        ("Task where assignments[Shot] any ()", "Shot is not a kind of Appointment"),
        ("Task where name[Shot] is x", "plain value; it cannot be cast to Shot"),
        ("Component where size > big", "cannot be ordered"),
        ("Component where not size > big", "cannot be ordered"),
        ("Timelog where start > tomorrow", "cannot be ordered"),
    ],
)
def test_mistakes_are_named(production: TinyProduction, text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        production.query(text)


def test_values_of_the_same_spelling_find_the_same_however_many_are_asked_for(production: TinyProduction) -> None:
    many = ", ".join(f'"none {number}"' for number in range(300))
    assert found(production, "Scope", f'name in ({many}, "ÄRGER", ARGER, 10)', dict(NAMES)) == {
        "upper",
        "lower",
        "plain",
        "ten",
    }
    chain = " or ".join(f'(name is "none {number}" and id is "x")' for number in range(300))
    expected = {"upper"}
    assert found(production, "Scope", f'{chain} or (name is "ärger" and id is "upper")', dict(NAMES)) == expected
