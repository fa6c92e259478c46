"""A Rez package of the client: Trackteroid, ftrack-python-api and what these need, without its documentation tools.

The payload is pure Python, so that one package serves every system and every interpreter from `requires`.

    rez-build --install
"""

name = "trackteroid"
description = "Ask, change and defer: functional collections over ftrack."
authors = ["The Trackteroid developers"]
requires = ["python-3.10+"]
tools = ["trackteroid"]

_pip = "python -m pip install --quiet --upgrade --no-compile --target {install_path}/python"
build_command = " && ".join(
    [
        _pip + " --no-deps ftrack-python-api {root}/../..",
        _pip + " --only-binary :all: --implementation py --abi none --platform any --python-version 3.10"
        " -r {root}/../../requirements/slim.txt",
    ]
)


@early()  # noqa: F821  (Rez provides it)
def version():
    """The one in the package's own code."""
    import re
    from pathlib import Path

    constants = Path.cwd().parents[1] / "src" / "trackteroid" / "constants.py"
    return re.search(r'__VERSION__\s*=\s*"([^"]+)"', constants.read_text()).group(1)


def commands():
    """Put the payload on the path, behind what a studio has there already."""
    env.PYTHONPATH.append("{root}/python")  # noqa: F821
    alias("trackteroid", "python -m trackteroid.cli")  # noqa: F821
