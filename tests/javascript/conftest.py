"""Where the JavaScript client is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "ENETUNREACH")
NPM, NODE = shutil.which("npm"), shutil.which("node")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client is installed."""
    if not NPM or not NODE:
        pytest.skip("Node.js and npm are not installed")
    folder = tmp_path_factory.mktemp("javascript")
    for path in (HERE / "package.json", *HERE.glob("*.mjs")):
        shutil.copy(path, folder)
    install = subprocess.run(
        [NPM, "install", "--no-audit", "--no-fund", "--no-package-lock"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if any(sign in install.stderr for sign in OFFLINE):
        pytest.skip("the npm registry cannot be reached")
    assert install.returncode == 0, install.stderr
    return folder
