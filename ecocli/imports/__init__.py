"""The tools whose logs can be read. A new one is one file here and one name below."""

from functools import cache
from importlib import import_module
from types import ModuleType

from ecocli.errors import UsageError, did_you_mean, quoted

NAMES = ("claude-code", "codex", "gemini-cli", "opencode", "llm", "litellm", "otel")


@cache
def by_name(name: str) -> ModuleType:
    """
    The module of a source.

    NAME and TITLE; `roots(env)`, the places where the tool keeps its logs; `files(root)`, the logs below a
    place, in the order in which they were begun; `read(file, saved)`, what is new in one of them.

    Raises:
        UsageError: There is no source of that name.
    """
    if name not in NAMES:
        from difflib import get_close_matches

        close = get_close_matches(name.lower(), NAMES, n=3, cutoff=0.4)
        raise UsageError(f"no log source named {quoted(name)}", did_you_mean(close, f"one of {', '.join(NAMES)}"))
    return import_module(f"{__name__}.{name.replace('-', '_')}")
