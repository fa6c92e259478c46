"""Notes: threads, recipients, and labels that older clients see as a category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.engine import create_row
from trackteroid.server.rules.step import Step


def join_thread(step: Step) -> None:
    """A reply is about what its thread is about."""
    if step.changes("in_reply_to_id") and step.value("parent_id") is None:
        for note in _above(step.uow, step.value("in_reply_to_id")):
            step.values["parent_id"] = note.values["parent_id"]
            step.values["parent_type"] = note.values["parent_type"]
            break


def date_thread(step: Step) -> None:
    """A thread is as recent as its newest note."""
    if step.is_new:
        step.supply("thread_activity", step.values.get("date"))


def mark_thread_active(step: Step) -> None:
    """A new reply makes the notes above it recent, and what they are about applies to the replies below."""
    if step.changes("in_reply_to_id"):
        for note in _above(step.uow, step.value("in_reply_to_id")):
            newest = max(note.values["thread_activity"] or "", step.value("thread_activity") or "")
            step.uow.write(note, {"thread_activity": newest or None})
    if not step.is_new and step.changes("parent_id"):
        about = {name: step.value(name) for name in ("parent_id", "parent_type")}
        level, seen = [step.value("id")], {step.value("id")}
        while level:
            replies = [row for row in step.uow.select("Note", "in_reply_to_id", level) if row.key[0] not in seen]
            step.uow.write(replies, about)
            level = [row.key[0] for row in replies]
            seen.update(level)


def add_caller(step: Step) -> None:
    """Whoever writes a note also receives what others reply to it."""
    if step.is_new:
        uow = step.uow
        if uow.find("Recipient", (step.values["id"], uow.request.actor.id)) is None:
            recipient = {"note_id": step.values["id"], "resource_id": uow.request.actor.id}
            create_row(uow, uow.type("Recipient"), recipient, by_server=True)


def refresh_thread_activity(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """A thread that loses replies is as recent as what is left of it."""
    for reply in removed:
        for note in _above(uow, reply.values["in_reply_to_id"]):
            replies = uow.select("Note", "in_reply_to_id", [note.key[0]])
            newest = max(note.values["date"] or "", *(row.values["thread_activity"] or "" for row in replies), "")
            uow.write(note, {"thread_activity": newest or None})


def label_category(step: Step) -> None:
    """A note with a category carries the label of the same name."""
    category_id = step.value("category_id")
    if step.changes("category_id") and category_id is not None:
        key = {"note_id": step.value("id"), "label_id": category_id}
        if step.uow.find("NoteLabelLink", (key["note_id"], key["label_id"])) is None:
            step.uow.insert("NoteLabelLink", key)


def categorise(step: Step) -> None:
    """The first label of a note is its category."""
    note_id = step.value("note_id")
    if step.is_new and note_id is not None:
        note = step.uow.find("Note", note_id)
        if note is not None and note.values["category_id"] is None:
            step.uow.write(note, {"category_id": step.value("label_id")})


def drop_categories(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """A note whose label is taken away has another of its labels as category, or none."""
    for link in removed:
        note = uow.find("Note", link.values["note_id"])
        if note is not None and note.values["category_id"] == link.values["label_id"]:
            left = uow.select("NoteLabelLink", "note_id", [note.key[0]])
            uow.write(note, {"category_id": left[0].values["label_id"] if left else None})


def _above(uow: UnitOfWork, note_id: str | None) -> Iterator[Row]:
    """Yield the note that is replied to, and all above it."""
    seen: set[str] = set()
    while note_id is not None and note_id not in seen:
        seen.add(note_id)
        note = uow.find("Note", note_id)
        if note is None:
            return
        yield note
        note_id = note.values["in_reply_to_id"]
