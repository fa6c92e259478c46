"""Write the revision that leads from the newest one to the tables of the model.

Run it after a change of the model::

    python -m trackteroid.server.storage.migrations "what changed" old.db

with a database of the newest revision, of which it takes a copy. What it writes is a proposal: read it, complete it
where rows have to change too, and raise `HEAD`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import sqlalchemy as sa

from trackteroid.server.storage.migrations import FOLDERS, HEAD, autogeneration


def main(message: str, url: str) -> Path:
    """Write a revision; returns its file."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        body = autogeneration.render(connection)
    engine.dispose()
    number = f"{int(HEAD) + 1:04}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    path = FOLDERS[0] / f"{number}_{slug}.py"
    path.write_text(autogeneration.TEMPLATE.format(message=message, revision=number, before=HEAD, body=body))
    return path


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(main(sys.argv[1], f"sqlite:///{sys.argv[2]}"))
