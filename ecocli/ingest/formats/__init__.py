"""The payload formats, in the order in which they are tried. A new one is one file here and one name below."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any

from ecocli.errors import BadPlugin, UnknownFormat, UnknownPayload
from ecocli.ingest import foreign_formats
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.unknown import unknown

NAMES = (
    *("otlp", "litellm", "llm", "bedrock-log", "openai-batch", "anthropic-batch", "cloud-batch", "claude-cli", "cursor-cli", "gemini-cli", "codex-exec", "codex-events", "qwen-code"),
    *("opencode-run", "goose-session", "openrouter-generation", "langchain", "sglang"),
    *("gemini-interactions", "gemini", "dashscope", "cohere", "ollama", "llama-cpp", "lm-studio"),
    *("bedrock-guardrail", "bedrock-converse", "bedrock-invoke", "vercel-ai"),
    *("openai-embeddings", "no-text", "openai-assistants", "openai-realtime", "openai-chat", "openai-responses", "anthropic"),
)
"""Those with the most telling keys come first: a log row of a gateway holds a whole answer of another format."""

NATIVE = "native"
NATIVE_TITLE = "the native event: provider, model, prompt_tokens, completion_tokens, …"
TAKEN = (NATIVE, *NAMES)
"""Names that a format of another package cannot have."""

Recognised = tuple[Format, type[Assembler] | None]
"""The format of a document, and an assembler where the document is a chunk."""


@cache
def by_name(name: str) -> Format:
    """
    A format, built in or else of another package.

    Raises:
        UnknownFormat: There is none of that name.
        BadPlugin: That of the other package cannot be used.
    """
    if name in NAMES:
        format: Format = import_module(f"{__name__}.{name.replace('-', '_')}").FORMAT
        return format
    found = foreign_formats.by_name(name)
    if found is None:
        from difflib import get_close_matches

        raise UnknownFormat(name, get_close_matches(name.lower(), names(), n=3, cutoff=0.4))
    return found


def recognise(document: dict[str, Any], name: str | None = None) -> Recognised:
    """
    The format of a document, found by its keys. Those of other packages are asked when nothing built in knows them.

    Args:
        name: The format that the document has, whatever its keys are.

    Raises:
        BadData: No format knows the keys; BadPlugin when one that cannot be used might.
        UnknownFormat: There is none of that name.
    """
    if name:
        format = by_name(name)
        return _among((format,), document) or (format, None)
    return built_in(document) or _foreign(document)


def built_in(document: dict[str, Any]) -> Recognised | None:
    """The format of a document, where it is one of this package."""
    return _among([by_name(name) for name in NAMES], document)


def _foreign(document: dict[str, Any]) -> Recognised:
    others, faults = foreign_formats.usable(TAKEN)
    found = _among(others, document)
    if found is None:
        error = unknown(document)
        raise faults[0] if faults and isinstance(error, UnknownPayload) else error
    return found


def _among(formats: Sequence[Format], document: dict[str, Any]) -> Recognised | None:
    """The first format that knows the keys of a chunk, or else of a whole answer: some chunks look like one."""
    chunks = ((format, stream) for format in formats for stream in format.streams if stream.is_chunk(document))
    whole = ((format, None) for format in formats if format.matches(document))
    return next(chain(chunks, whole), None)


def names() -> tuple[str, ...]:
    """All that can be asked for."""
    return (*TAKEN, *(name for name in foreign_formats.names() if name not in TAKEN))


def listing() -> tuple[list[tuple[str, str]], list[BadPlugin]]:
    """Name and title of every format that can be piped in, and what is wrong with those that cannot be used."""
    others, faults = foreign_formats.usable(TAKEN)
    return [(NATIVE, NATIVE_TITLE), *((format.name, format.title) for format in (*map(by_name, NAMES), *others))], faults
