"""Run the benchmarks: ``python -m benchmarks [NAME ...]``. Each module has a `run` that yields lines."""

from __future__ import annotations

import importlib
import pkgutil
import signal
import sys

import benchmarks


def main(names: list[str]) -> None:
    modules = names or sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )
    for name in modules:
        print(f"{name}:", flush=True)
        for line in importlib.import_module(f"benchmarks.{name}").run():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    # Being told to end is no different from Ctrl-C: no server and no folder may be left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main(sys.argv[1:])
