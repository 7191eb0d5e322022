"""OTLP/JSON: spans and log records of the GenAI conventions, old and new names, and of two command-line agents."""

from collections.abc import Callable, Iterator
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import fields as f
from ecocli.ingest import otel_attributes as attributes
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading, Rejected

NAME = "otlp"

_SIGNALS = (
    ("resourceSpans", ("scopeSpans", "instrumentationLibrarySpans"), "spans"),
    ("resourceLogs", ("scopeLogs", "instrumentationLibraryLogs"), "logRecords"),
)
_EVENTS = {"claude_code.api_request": attributes.claude_code, "gemini_cli.api_response": attributes.gemini_cli}
_AGENTS = {"claude-code": "claude_code", "gemini-cli": "gemini_cli"}


def matches(document: dict[str, Any]) -> bool:
    """An export of any signal; metrics hold no calls."""
    return any(isinstance(document.get(key), list) for key in ("resourceSpans", "resourceLogs", "resourceMetrics"))


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The calls among spans and log records. What has no token counts, or sums up other spans, is none."""
    for resource_key, scope_keys, record_key in _SIGNALS:
        for resource in f.objects(document.get(resource_key)):
            service = plain(f.at(resource, "resource.attributes")).get("service.name")
            for scope_key in scope_keys:
                for scope in f.objects(resource.get(scope_key)):
                    yield from _records(f.objects(scope.get(record_key)), service)


def _records(records: list[dict[str, Any]], service: Any) -> Iterator[Reading | Rejected]:
    """One bad record does not take the others of its export with it."""
    for record in records:
        try:
            yield from _record(record, service)
        except BadData as error:
            yield Rejected(error, None, f.canonical(record))


def plain(pairs: Any) -> dict[str, Any]:
    """OTLP's list of keys and typed values as a dictionary; integers come as text or as numbers."""
    return {pair["key"]: _value(pair.get("value")) for pair in f.objects(pairs) if isinstance(pair.get("key"), str)}


def _value(typed: Any) -> Any:
    if not isinstance(typed, dict):
        return None
    if "intValue" in typed:
        return _integer(typed["intValue"])
    return next((typed[kind] for kind in ("stringValue", "doubleValue", "boolValue") if kind in typed), None)


def _integer(value: Any) -> Any:
    """The number that a text of digits means; anything else as it is, to be refused where it is used."""
    is_digits = isinstance(value, str) and len(value) < 32 and value.removeprefix("-").isdecimal()
    return int(value) if is_digits else value


def _record(record: dict[str, Any], service: Any) -> Iterator[Reading]:
    found = plain(record.get("attributes"))
    event = _EVENTS.get(_event_name(record, found, service))
    reader: Callable[..., dict[str, Any] | None] = event or attributes.gen_ai
    fields = reader(found, _moments(record))
    if fields is None:
        return
    identity = fields.pop("id") or _identity(record)
    source = fields.pop("source", "otel")
    tags = f.tags(service=service if isinstance(service, str) else None, session=fields.pop("session"))
    yield f.reading(NAME, id=identity, source=source, tags=tags, **fields)


def _event_name(record: dict[str, Any], found: dict[str, Any], service: Any) -> str:
    """The name of a log event, which agents write with or without their own name before it."""
    names = (found.get("event.name"), record.get("eventName"), _value(record.get("body")))
    name = next((name for name in names if isinstance(name, str) and name), "")
    agent = _AGENTS.get(service) if isinstance(service, str) else None
    return f"{agent}.{name}" if agent and "." not in name else name


def _moments(record: dict[str, Any]) -> tuple[int | None, int | None]:
    """Start and end of a span; a log record is written at the end."""
    spans = {name: _integer(record.get(name)) for name in ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano")}
    observed = {"observedTimeUnixNano": _integer(record.get("observedTimeUnixNano"))}
    end = f.instant({**spans, **observed}, "endTimeUnixNano", "timeUnixNano", "observedTimeUnixNano")
    return f.instant(spans, "startTimeUnixNano"), end


def _identity(record: dict[str, Any]) -> str:
    trace, span = f.text(record, "traceId"), f.text(record, "spanId")
    return f.shortened(f"{trace}:{span}") if trace and span else f.body_id(record)


FORMAT = Format(NAME, "OTLP/JSON spans and logs (OpenTelemetry GenAI, OpenLLMetry, OpenInference, Claude Code, Gemini CLI)", matches, read)
