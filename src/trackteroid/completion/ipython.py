"""Completion in IPython and in notebooks: of criteria, attributes and relations, and of the values of criteria."""

from __future__ import annotations

import builtins
from typing import Any

from trackteroid.completion.expressions import Attribute, wanted
from trackteroid.completion.names import completions


def install() -> None:
    """Complete in the IPython that this runs in, if it runs in one; once is enough."""
    running: Any = getattr(builtins, "get_ipython", None)
    shell: Any = running() if running is not None else None
    completer: Any = getattr(shell, "Completer", None)
    matchers = getattr(completer, "custom_matchers", None)
    if matchers is not None and not any(isinstance(each, Matcher) for each in matchers):
        matchers.append(Matcher(shell))


class Matcher:
    """What IPython asks for completions, in the manner of its `CompletionContext` and `SimpleMatcherResult`."""

    matcher_api_version = 2
    matcher_priority = 100.0
    matcher_identifier = "trackteroid"

    def __init__(self, shell: Any) -> None:
        """Make it for the names of a shell."""
        self._shell = shell
        self.__qualname__ = self.__name__ = "trackteroid"

    def __call__(self, context: Any) -> dict[str, Any]:
        """Return what completes the text before the cursor; then nothing else does."""
        lines = context.full_text.split("\n")
        before = "\n".join([*lines[: context.cursor_line], context.line_with_cursor[: context.cursor_position]])
        request = wanted(before)
        found = None if request is None else completions(request, self._shell.user_ns)
        if request is None or found is None:
            return {"completions": [], "suppress": False}
        kind = "attribute" if isinstance(request, Attribute) else "value"
        return {
            "completions": [_completion(each, kind) for each in found],
            "suppress": bool(found) or isinstance(request, Attribute),  # all names of what is ours are known
            "matched_fragment": request.begun,
            "ordered": True,
        }


def _completion(text: str, kind: str) -> Any:
    from IPython.core.completer import SimpleCompletion  # it is there: it asks

    return SimpleCompletion(text=text, type=kind)
