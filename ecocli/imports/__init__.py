"""Logs of other tools: one file for each tool, and the importer that stores what is new in them, each call once."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ecocli.errors import UncountedSource, UnknownSource

if TYPE_CHECKING:
    from ecocli.imports.source import LogSource

AGENTS = (
    *("copilot", "qwen-code", "kimi-cli", "kimi-code", "pi", "oh-my-pi", "openclaw", "droid", "amp"),
    *("cline", "roo-code", "kilo-code", "kilo", "goose", "aider", "zed", "cursor", "grok-build"),
)
"""Coding agents, each a module in `agents`."""
NAMES = ("claude-code", "codex", "gemini-cli", "opencode", *AGENTS, "llm", "litellm", "otel")


def names() -> tuple[str, ...]:
    """Names of all sources, those of other packages included."""
    from ecocli.ingest import plugins

    return (*NAMES, *(name for name in plugins.names(plugins.LOGS) if name not in NAMES))


@cache
def by_name(name: str) -> "LogSource":
    """
    The source of a name: a built-in one, else that of another package.

    Raises:
        UnknownSource: There is no source of that name.
        UncountedSource: The tool keeps no token counts.
        BadPlugin: The other package's cannot be used.
    """
    if name in NAMES:
        folder = f"{__name__}.agents" if name in AGENTS else __name__
        source: LogSource = import_module(f"{folder}.{name.replace('-', '_')}").SOURCE
        return source
    from ecocli.imports import foreign_sources

    if found := foreign_sources.load(name):
        return found
    from difflib import get_close_matches

    from ecocli.imports.agents import uncounted

    if name in uncounted.REASONS:
        raise UncountedSource(uncounted.REASONS[name])
    raise UnknownSource(name, get_close_matches(name.lower(), names(), n=3, cutoff=0.5), NAMES)
