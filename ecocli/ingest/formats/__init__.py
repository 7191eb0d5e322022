"""The payload formats, in the order in which they are tried. A new one is one file here and one name below."""

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ecocli.errors import BadData, UsageError, did_you_mean, quoted, shorten
from ecocli.ingest import native

if TYPE_CHECKING:
    from ecocli.ingest.assemblers import Assembler

NAMES = (
    "otlp",
    "litellm",
    "llm",
    "openai-batch",
    "anthropic-batch",
    "claude-cli",
    "cursor-cli",
    "gemini-cli",
    "codex-exec",
    "gemini",
    "cohere",
    "ollama",
    "bedrock-converse",
    "bedrock-invoke",
    "openai-embeddings",
    "openai-assistants",
    "openai-chat",
    "openai-responses",
    "anthropic",
)
"""Those with the most telling keys come first: a log row of a gateway holds a whole answer of another format."""

NATIVE = "native"
NATIVE_TITLE = "the native event: provider, model, prompt_tokens, completion_tokens, …"


@cache
def by_name(name: str) -> ModuleType:
    """The module of a format: NAME, TITLE, matches(), read(), and Stream where answers can be streamed."""
    if name not in NAMES:
        from difflib import get_close_matches

        close = get_close_matches(name.lower(), names(), n=3, cutoff=0.4)
        hint = did_you_mean(close, "eco formats lists them all")
        raise UsageError(f"no payload format named {quoted(name)}", hint)
    return import_module(f"{__name__}.{name.replace('-', '_')}")


def detect(document: dict[str, Any]) -> ModuleType | None:
    """The first format whose keys the document has."""
    return next((module for module in map(by_name, NAMES) if module.matches(document)), None)


def stream_of(document: dict[str, Any], name: str | None = None) -> "type[Assembler] | None":
    """The assembler whose chunk the document is; only that format's when a name is given."""
    modules = map(by_name, (name,) if name else NAMES)
    streams = (module.Stream for module in modules if hasattr(module, "Stream"))
    return next((stream for stream in streams if stream.is_chunk(document)), None)


def names() -> tuple[str, ...]:
    """What --from accepts."""
    return (NATIVE, *NAMES)


def listing() -> list[tuple[str, str]]:
    """Name and title of every format that can be piped in."""
    return [(NATIVE, NATIVE_TITLE), *((name, by_name(name).TITLE) for name in NAMES)]


_ELSEWHERE = (
    ({"sessionId", "projectHash"}, "eco import gemini-cli PATH"),
    ({"message", "uuid"}, "eco import claude-code PATH"),
    ({"message", "requestId"}, "eco import claude-code PATH"),
    ({"timestamp", "payload"}, "eco import codex PATH"),
    ({"providerID", "modelID"}, "eco import opencode PATH"),
    ({"transcript_path", "session_id"}, "eco statusline"),
)
"""Keys of what tools leave on disk or tell a status line: several lines of these make one call, or none."""


def unknown(document: dict[str, Any]) -> BadData:
    """Why a document that matches nothing is not a call."""
    problem = document.get("error")
    if isinstance(problem, dict) and not document.get("usage"):
        kind = next((problem[key] for key in ("type", "code", "status") if isinstance(problem.get(key), str)), "error")
        return BadData(f"an error answer ({shorten(kind, 40)}), not a call")
    command = next((command for keys, command in _ELSEWHERE if keys <= document.keys()), None)
    if command:
        return BadData("a log of another tool, not a payload", f"{command} reads it")
    if misspelt := native.misspelt(document):
        return misspelt
    keys = ", ".join(shorten(key, 20) for key in list(document)[:5]) or "none"
    return BadData(
        f"not a format eco knows (keys: {keys})",
        f"eco formats lists what can be read, --from FORMAT forces one; an event looks like {native.EXAMPLE}",
    )
