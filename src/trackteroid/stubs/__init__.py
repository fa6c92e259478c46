"""What editors and type checkers know of a server: stubs that are written from what it says of itself."""

from trackteroid.stubs.package import files, modules, write_package, write_wheel
from trackteroid.stubs.site import Site, read_site

__all__ = ["Site", "files", "modules", "read_site", "write_package", "write_wheel"]
