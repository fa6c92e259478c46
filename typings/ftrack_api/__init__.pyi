from typing import Any

from ftrack_api.entity.base import Entity
from ftrack_api.session import Session as Session

__version__: str

def mixin(instance: Entity, mixin_class: type[Any], name: str | None = None) -> None: ...
