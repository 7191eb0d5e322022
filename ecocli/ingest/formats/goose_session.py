"""
A session of Goose as `goose session export --format json` writes it: sums over all of its calls.

Format: entireio/external-agents#74, of Goose 1.46; before that the sums stood beside the messages.
"""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import counters, providers
from ecocli.ingest import fields as f
from ecocli.ingest.chat_usage import cache_of
from ecocli.ingest.format import Format
from ecocli.ingest.formats import codex_exec
from ecocli.ingest.reading import Reading, Running

NAME = "goose-session"

TABLE: counters.Table = {
    "prompt_tokens": ("accumulated_usage.input_tokens", "accumulated_input_tokens"),
    "completion_tokens": ("accumulated_usage.output_tokens", "accumulated_output_tokens"),
    "cached_tokens": ("accumulated_usage.cache_read_input_tokens",),
    "cache_write_tokens": ("accumulated_usage.cache_write_input_tokens",),
}
_SUM = "the sums of a session, counted as one call"


def matches(document: dict[str, Any]) -> bool:
    """Sums beside the messages of a session; its `usage` is that of the last call alone."""
    return f.has(document, *TABLE["prompt_tokens"]) and f.has(document, "conversation", "message_count")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """
    The session as one call. The cache is in the input, unless the total says otherwise.

    A session that went on is exported anew with all that came before.
    """
    found = counters.read(document, TABLE)
    prompt, completion, cache = found["prompt_tokens"], found["completion_tokens"], cache_of(found)
    whole = f.count(document, "accumulated_usage.total_tokens")
    if cache and None not in (prompt, completion) and whole == (prompt or 0) + (completion or 0) + cache:
        found["prompt_tokens"] = f.total(prompt, cache)
    session = f.text(document, "id")
    reading = f.reading(
        NAME,
        [_SUM],
        id=codex_exec.identity(session, found) if session else f.body_id(document),
        model=f.text(document, "model_config.model_name"),
        provider=providers.named(f.text(document, "provider_name")),
        startTimeMs=f.instant(document, "created_at"),
        source="goose",
        tags=f.tags(session=session),
        **found,
    )
    if session:
        reading.running = Running(session, {name: count for name, count in found.items() if count is not None}, note=_SUM)
    yield reading


FORMAT = Format(NAME, "goose session export --format json", matches, read)
