"""Facts that answers state beside their tokens: the service tier, and calls of tools that the provider itself ran."""

from collections.abc import Iterable, Iterator
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import fields as f

TIERS = (
    *("service_tier", "usage.service_tier", "usage.serviceTier", "serviceTier.type", "serviceTier"),
    *("usageMetadata.serviceTier", "usageMetadata.trafficType"),
)
"""Where a tier stands: OpenAI and Groq, Anthropic, Bedrock, Google."""
BATCH = "batch"

_TOOL_HOLDERS = ("usage.server_tool_use", "usage.server_side_tool_usage_details", "usage.server_tool_usage_details", "usage.connectors")
_ENDINGS = ("_requests", "_request", "_calls", "_call", "_queries")
_SEARCHES = ("usage.num_search_queries", "usage.plugins.search.count", "usage.prompt_tokens_details.web_search_requests")
_CALLED = ("web_search", "file_search", "code_interpreter", "image_generation", "mcp", "google_search", "code_execution", "url_context", "google_maps", "mcp_server_tool")
"""Of the calls that an answer lists, those that the provider carries out; all others are the caller's work."""


def extras(document: dict[str, Any]) -> dict[str, Any]:
    """The fields `service_tier` and `server_tool_calls` of an answer, each None where it tells nothing."""
    return {"service_tier": _tier(document), "server_tool_calls": tool_calls(document)}


def _tier(document: dict[str, Any]) -> str | None:
    values = (f.at(document, path) for path in TIERS)
    return next((f.shortened(value.lower()) for value in values if isinstance(value, str) and value.isprintable() and value), None)


def tool_calls(document: dict[str, Any]) -> dict[str, int] | None:
    """
    How often the provider ran each of its own tools, by the tool's name; None where it ran none.

    Counters of the usage come first; where there are none, the calls that the answer lists are counted.
    """
    return _sums(_counted(document)) or _sums(_listed(document)) or None


def _sums(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, count in found:
        if count:
            sums[name] = sums.get(name, 0) + count
    return sums


def _counted(document: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for holder in _TOOL_HOLDERS:
        for name, value in f.section(document, holder).items():
            if (count := _count(f"{holder}.{name}", value)) and name.isprintable():
                yield f.shortened(_tool(name)), count
    searches = next((count for path in _SEARCHES if (count := _count(path, f.at(document, path)))), 0)
    yield "web_search", 0 if f.section(document, _TOOL_HOLDERS[0]) else searches


def _listed(document: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """OpenAI's output items, the steps of an interaction, Groq's executed tools, and the searches that ground an answer of Gemini."""
    for item in (*f.objects(document.get("output")), *f.objects(document.get("steps"))):
        kind = item.get("type")
        if isinstance(kind, str) and kind.endswith("_call") and _tool(kind) in _CALLED:
            yield _tool(kind), 1
    for choice in f.objects(document.get("choices")):
        for tool in f.objects(f.at(choice, "message.executed_tools")):
            if isinstance(kind := tool.get("type"), str) and kind.isprintable() and kind:
                yield f.shortened(kind), 1
    for candidate in f.objects(document.get("candidates")):
        searches = f.at(candidate, "groundingMetadata.webSearchQueries")
        yield "google_search", len(searches) if isinstance(searches, list) else 0


def _tool(name: str) -> str:
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)


def _count(path: str, value: Any) -> int:
    """A count; 0 for what is none, for no call is refused for the sake of its tools."""
    try:
        return 0 if value is None else f.counter(path, value)
    except BadData:
        return 0
