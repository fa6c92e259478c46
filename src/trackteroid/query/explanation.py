"""What a query is going to do, in words."""

from __future__ import annotations

from collections.abc import Iterable

from trackteroid.client.hydration.paging import ID_PAGE_SIZE

_REQUESTS = f"""\
requests:
  get_first, get_one, get(limit=...) up to 500, exists: 1
  get_all: 1 for every 500 entities, count and ids: 1 for every {ID_PAGE_SIZE:,} ids,
  iterate: 1 per chunk and 1 after a last one that is full;
  how many these are is not known before they are asked"""
_NO_REQUEST = "requests: none, because no entity can meet the criteria"


def explain(text: str, relations: Iterable[str], *, is_impossible: bool) -> str:
    """Return the description of a query from its text and the descriptions of the relations it uses."""
    described = [line for relation in relations for line in relation.splitlines()]
    paths = ["relations:", *(f"  {line}" for line in described)] if described else ["relations: none"]
    return "\n".join([text, *paths, _NO_REQUEST if is_impossible else _REQUESTS])
