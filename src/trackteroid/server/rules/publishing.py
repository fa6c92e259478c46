"""Assets and their versions: numbers, and which version is the latest."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.core.among import among
from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Step

_NUMBERS = "versions of assets"

#: Versions of an asset: their numbers and ids, the latest last. Of equal numbers the highest id is the latest.
Numbers = list[tuple[float, str]]


def read_versions(steps: Sequence[Step]) -> None:
    """Look at once for the versions of assets, and for where these assets are."""
    uow = steps[0].uow
    asset_ids = {asset_id for step in steps for asset_id in (step.old.get("asset_id"), step.value("asset_id"))}
    uow.remember(_NUMBERS, _read_numbers(uow, [found for found in asset_ids if isinstance(found, str)]))
    assets = uow.find_all("Asset", [(step.value("asset_id"),) for step in steps if step.is_new])
    uow.find_all("Context", [(asset.values["context_id"],) for asset in assets.values()])


def number_version(step: Step) -> None:
    """A version without a number gets the one after the highest of its asset; the first is 1."""
    asset_id = step.value("asset_id")
    if step.changes("version") or step.changes("asset_id"):
        # What is read once it has changed would tell of it as well, and then it would be there twice.
        for each in (step.old.get("asset_id"), asset_id):
            if each is not None:
                _numbers(step.uow, each)
    if step.is_new and step.values.get("version") is None and asset_id is not None:
        numbers = _numbers(step.uow, asset_id)
        step.values["version"] = 1 + (int(numbers[-1][0]) if numbers and numbers[-1][0] != _NONE else 0)


def keep_latest_version(step: Step) -> None:
    """The asset knows its latest version, also when a version is renumbered or moved to another asset."""
    if step.changes("version") or step.changes("asset_id"):
        if not step.is_new:
            _forget_number(step.uow, step.old)
        if step.value("asset_id") is not None:
            insort(_numbers(step.uow, step.value("asset_id")), _number(step.value("version"), step.value("id")))
        _refresh(step.uow, {step.old.get("asset_id"), step.value("asset_id")})


def refresh_latest_versions(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """Where the latest version is deleted, the one before is the latest again."""
    asset_ids = {row.values["asset_id"] for row in removed}
    left = uow.find_all("Asset", [(asset_id,) for asset_id in asset_ids if asset_id is not None])
    for row in removed:
        if (row.values["asset_id"],) in left:
            _forget_number(uow, row.values)
    uow.forget(_NUMBERS, [asset_id for asset_id in asset_ids if (asset_id,) not in left])
    _refresh(uow, [asset_id for (asset_id,) in left])


def adopt_versions(step: Step) -> None:
    """An asset that is made after its versions learns of them."""
    if step.is_new:
        _refresh(step.uow, [step.values["id"]])


def _refresh(uow: UnitOfWork, asset_ids: Iterable[Any]) -> None:
    """Let assets know the highest of their versions."""
    known = uow.find_all("Asset", [(asset_id,) for asset_id in asset_ids if asset_id is not None])
    for (asset_id,), asset in known.items():
        numbers = _numbers(uow, asset_id)
        uow.write(asset, {"latest_version_id": numbers[-1][1] if numbers else None})


#: Stands for no number; lower than all.
_NONE = float("-inf")


def _number(version: int | None, version_id: str) -> tuple[float, str]:
    return (_NONE if version is None else version), version_id


def _forget_number(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """A version with these values is not among those of its asset any more."""
    if values["asset_id"] is not None:
        numbers, number = _numbers(uow, values["asset_id"]), _number(values["version"], values["id"])
        place = bisect_left(numbers, number)
        if numbers[place : place + 1] == [number]:
            del numbers[place]


def _numbers(uow: UnitOfWork, asset_id: str) -> Numbers:
    """Return the versions of an asset. One that the batch has made has those that the batch has made."""

    def look_up() -> Numbers:
        is_new = uow.changes.is_new(uow.type("Asset").table, (asset_id,))
        return [] if is_new else _read_numbers(uow, [asset_id])[asset_id]

    return uow.remembered(_NUMBERS, asset_id, look_up)


def _read_numbers(uow: UnitOfWork, asset_ids: Sequence[str]) -> dict[str, Numbers]:
    table, found = uow.model.table("AssetVersion"), {asset_id: Numbers() for asset_id in asset_ids}
    statement = sa.select(table.c.asset_id, table.c.version, table.c.id).where(among(table.c.asset_id, asset_ids))
    for row in uow.execute(statement):
        found[row.asset_id].append(_number(row.version, row.id))
    for numbers in found.values():
        numbers.sort()
    return found
