"""Logs of other tools: one file for each tool, and the importer that stores what is new in them, each call once."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ecocli.errors import UsageError, did_you_mean, quoted

if TYPE_CHECKING:
    from ecocli.imports.source import LogSource

NAMES = ("claude-code", "codex", "gemini-cli", "opencode", "llm", "litellm", "otel")


@cache
def by_name(name: str) -> "LogSource":
    """
    The source of a name.

    Raises:
        UsageError: There is no source of that name.
    """
    if name not in NAMES:
        from difflib import get_close_matches

        close = get_close_matches(name.lower(), NAMES, n=3, cutoff=0.4)
        raise UsageError(f"no log source named {quoted(name)}", did_you_mean(close, f"one of {', '.join(NAMES)}"))
    source: LogSource = import_module(f"{__name__}.{name.replace('-', '_')}").SOURCE
    return source
