"""A process that appends blocks of operations to a file, for tests of several at once.

Run as a program with the address of a server, the path of the file, a name, and how many blocks. It prints a line for
each block once the block is left.
"""

import logging
import sys

from trackteroid.operations import deferred_operations
from trackteroid.session import Session


def main():
    address, path, name, count = sys.argv[1:]
    logging.disable()
    with Session(server_url=address, schema_cache_path=False, plugin_paths=[]) as session:
        for number in range(int(count)):
            with deferred_operations(session, path, clear=False):
                session.create("Scope", {"name": f"{name} {number}"})
                session.create("Scope", {"name": f"{name} {number} too"})
            print(f"{name} {number}", flush=True)


if __name__ == "__main__":
    main()
