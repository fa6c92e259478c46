"""What a build tells package indexes of the project: where it is, and what it is, with links that lead somewhere there.

The address is in no file. It is given when a release is built: `TRACKTEROID_PROJECT_URL=https://... make wheel`. What
follows from it is in `pyproject.toml`, under `tool.hatch.metadata.hooks.custom`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "TRACKTEROID_PROJECT_URL"

#: Code, which is left as it is, or what is before the address of a picture or of a link, and the address.
_LINK = re.compile(
    r"""(?P<code>^```.*?^```$|`[^`\n]*`)"""
    r"""|(?P<before>!\[[^\]]*\]\(|\]\(|^\[[^\]]+\]:[ ]|\b(?:src|href)=")(?P<address>[^\s)">]+)""",
    re.DOTALL | re.MULTILINE,
)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


class Published(MetadataHookInterface):
    """Puts the addresses of the project and its description into the metadata of what is built."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set what `pyproject.toml` calls dynamic.

        Raises:
            ValueError: The address is none, or the description links to a file that is not there.
        """
        root = Path(self.root)
        text = (root / self.config["readme"]).read_text(encoding="utf-8")
        url = address(os.environ)
        if url is None:
            print(
                f"Built without the addresses of the project, and with a description whose links lead nowhere on an "
                f"index: set {VARIABLE}=https://... for a release.",
                file=sys.stderr,
            )
        else:
            known = {"url": url, "version": metadata["version"]}
            metadata["urls"] = {name: form.format(**known) for name, form in self.config["urls"].items()}
            text = absolute(text, root, lambda is_shown, path: self._form(is_shown).format(**known, path=path))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}

    def _form(self, is_shown: bool) -> str:
        return self.config["file" if is_shown else "page"]


def address(variables: Mapping[str, str]) -> str | None:
    """Return where the project is published, if that is said.

    Raises:
        ValueError: What is said is no address.
    """
    told = variables.get(VARIABLE, "").strip()
    if not told:
        return None
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", told):
        raise ValueError(f"{VARIABLE} is {told!r}, but has to be an address such as https://forge.example/trackteroid.")
    return told.rstrip("/")


def absolute(text: str, root: Path, place: Callable[[bool, str], str]) -> str:
    """Return Markdown in which links and pictures of the project's own files lead to where these are published.

    Args:
        text: The Markdown.
        root: The folder it is in.
        place: Returns where a file is, which is shown in the text (a picture) or not.

    Raises:
        ValueError: There is no such file.
    """

    def replaced(found: re.Match[str]) -> str:
        before, written = found["before"], found["address"]
        if found["code"] is not None or _ELSEWHERE.match(written):
            return found[0]
        path, mark, anchor = written.partition("#")
        path = unquote(path)
        if not (root / path).is_file():
            raise ValueError(f"The description links to {written}, but there is no such file.")
        return f"{before}{place(before.startswith(('!', 'src')), quote(path))}{mark}{anchor}"

    return _LINK.sub(replaced, text)
