"""`trackteroid generate`: a production of any size."""

from __future__ import annotations

import click
from sqlalchemy.exc import IntegrityError

from trackteroid.cli.command import Command, json_option, say, without_password
from trackteroid.progress import following
from trackteroid.server import DatabaseError, EmbeddedServer
from trackteroid.server.demo.generate import SCALES
from trackteroid.server.demo.generate import generate as fill


def _python(*, scale: str, database: str, seed: int, **_: object) -> str:
    return "\n".join(
        [
            "from contextlib import closing",
            "",
            "from trackteroid.server import EmbeddedServer",
            "from trackteroid.server.demo.generate import SCALES, generate",
            "",
            f"with closing(EmbeddedServer({without_password(database)!r})) as server:",
            f"    print(generate(server.database, SCALES[{scale!r}], seed={seed}), 'rows')",
        ]
    )


@click.command(cls=Command, python=_python)
@click.option(
    "--scale",
    type=click.Choice(["s", "m", "l"]),
    default="s",
    show_default=True,
    help="s: 2,000 tasks, 5,000 versions. m: 75,000 and 250,000. l: 1,000,000 and 3,000,000.",
)
@click.option("--database", required=True, metavar="URL", help="Where to, such as sqlite:///large.db.")
@click.option("--seed", default=0, show_default=True, help="Another seed adds other projects.")
@json_option
def generate(*, scale: str, database: str, seed: int, as_json: bool) -> None:
    """Fill a database with a made-up production, to measure or to try things out at scale.

    What is in the database stays. Serve it afterwards with `trackteroid serve --database URL`.
    """
    try:
        server = EmbeddedServer(database)
        try:
            steps = SCALES[scale].projects + 1
            with following("Generating", steps, unit="steps") as advance:
                rows = fill(server.database, SCALES[scale], seed=seed, progress=advance)
        finally:
            server.close()
    except DatabaseError as error:
        raise click.ClickException(str(error)) from error
    except IntegrityError as error:
        raise click.ClickException(
            f"The projects of seed {seed} are in {database} already. Choose another with --seed N."
        ) from error
    line = f"{rows:,} rows. Serve them with: trackteroid serve --database {database}"
    say({"rows": rows, "database": without_password(database)}, [line], as_json=as_json)
