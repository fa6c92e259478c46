"""Run the Python blocks of one page in order, as one program, and print what each printed as a JSON list.

python run_page.py PAGE
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from pages import python_blocks

from trackteroid.errors import MissingValueWarning


def main(page: str) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outputs: list[str] = []
    warnings.simplefilter("error", MissingValueWarning)  # the pages forget no projection
    for block in python_blocks(Path(page).read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.code, f"{page}:{block.line}", "exec"), namespace)
        outputs.append(printed.getvalue())
    json.dump(outputs, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
