from ftrack_api.accessor.base import Accessor

class DiskAccessor(Accessor):
    prefix: str
    def get_filesystem_path(self, resource_identifier: str) -> str: ...
