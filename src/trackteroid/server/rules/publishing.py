"""Assets and their versions: numbers, and which version is the latest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from trackteroid.server.core.changes import Row
from trackteroid.server.core.unit_of_work import UnitOfWork
from trackteroid.server.rules.step import Step


def number_version(step: Step) -> None:
    """A version without a number gets the one after the highest of its asset; the first is 1."""
    asset_id = step.value("asset_id")
    wanted = step.is_new and step.values.get("version") is None
    if wanted and asset_id is not None:
        table = _versions(step.uow)
        highest = sa.select(sa.func.max(table.c.version)).where(table.c.asset_id == asset_id)
        step.values["version"] = (step.uow.execute(highest).scalar() or 0) + 1


def keep_latest_version(step: Step) -> None:
    """The asset knows its latest version, also when a version is renumbered or moved to another asset."""
    if step.changes("version") or step.changes("asset_id"):
        _refresh(step.uow, {step.old.get("asset_id"), step.value("asset_id")})


def refresh_latest_versions(uow: UnitOfWork, removed: Sequence[Row]) -> None:
    """Where the latest version is deleted, the one before is the latest again."""
    _refresh(uow, {row.values["asset_id"] for row in removed})


def _refresh(uow: UnitOfWork, asset_ids: Iterable[Any]) -> None:
    """Look up the highest version of assets; of equal ones the one with the highest id."""
    known = uow.find_all("Asset", [(asset_id,) for asset_id in asset_ids if asset_id is not None])
    table = _versions(uow)
    for (asset_id,), asset in known.items():
        newest = sa.select(table.c.id).where(table.c.asset_id == asset_id)
        newest = newest.order_by(table.c.version.desc(), table.c.id.desc()).limit(1)
        uow.write(asset, {"latest_version_id": uow.execute(newest).scalar()})


def adopt_versions(step: Step) -> None:
    """An asset that is made after its versions learns of them."""
    if step.is_new:
        _refresh(step.uow, [step.values["id"]])


def _versions(uow: UnitOfWork) -> sa.Table:
    return uow.model.table("AssetVersion")
