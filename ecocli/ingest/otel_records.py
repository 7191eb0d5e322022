"""Spans and log records of OpenTelemetry, out of an OTLP/JSON export or as an SDK itself prints them."""

from collections.abc import Iterable, Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.util.valueclass import value_class

SIGNALS = (
    ("resourceSpans", ("scopeSpans", "instrumentationLibrarySpans"), "spans"),
    ("resourceLogs", ("scopeLogs", "instrumentationLibraryLogs"), "logRecords"),
)
EXPORTS = ("resourceSpans", "resourceLogs", "resourceMetrics", "scopeMetrics")
_SDK_MARKS = ("_body", "hrTime", "_spanContext", "instrumentationScope", "instrumentationLibrary", "spanId", "start_time", "observed_timestamp")
"""Keys beside `attributes` in what the SDKs of JavaScript and Python print, and Copilot CLI."""
_GO_MARKS = ("SpanContext", "TraceID")


@value_class(frozen=True, slots=True)
class Record:
    """A span or a log record, whichever way it was written."""

    attributes: dict[str, Any]
    name: str
    """Of a span, or of a log event; empty when unknown."""
    service: str
    scope: str
    """The instrumentation that wrote it."""
    trace: str | None
    span: str | None
    """Its own id; of a log record that of the span around it."""
    parent: str | None
    start_ms: int | None
    end_ms: int | None
    is_span: bool
    raw: dict[str, Any]

    @property
    def moments(self) -> tuple[int | None, int | None]:
        """Start and end; a log record is written at the end."""
        return self.start_ms, self.end_ms


def is_export(document: dict[str, Any]) -> bool:
    return any(isinstance(document.get(key), list) for key in EXPORTS)


def is_printed(document: dict[str, Any]) -> bool:
    """True for one record as an SDK prints it to a file or the console."""
    if document.get("type") == "metric":  # beside the spans in the file of Copilot CLI
        return True
    if isinstance(document.get("attributes"), dict):
        return any(key in document for key in _SDK_MARKS) or (document.keys() >= {"resource", "body"})
    return isinstance(document.get("Attributes"), list) and any(key in document for key in _GO_MARKS)


def raw_records(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each record of a document with its service and its scope."""
    if not is_export(document):
        yield document, _service(document), _printed_scope(document)
        return
    for resource_key, scope_keys, record_key in SIGNALS:
        for resource in f.objects(document.get(resource_key)):
            service = str(plain(f.at(resource, "resource.attributes")).get("service.name") or "")
            for scope in (scope for key in scope_keys for scope in f.objects(resource.get(key))):
                name = f.at(scope, "scope.name") or f.at(scope, "instrumentationLibrary.name")
                for record in f.objects(scope.get(record_key)):
                    yield record, service, name if isinstance(name, str) else ""


def sizes(document: dict[str, Any]) -> Iterator[int]:
    """How much an export holds: a one for each resource and each scope, and the number of records in it."""
    for resource_key, scope_keys, record_key in SIGNALS:
        for resource in f.objects(document.get(resource_key)):
            yield 1
            for scope in (scope for key in scope_keys for scope in f.objects(resource.get(key))):
                yield 1 + len(f.objects(scope.get(record_key)))


def record(raw: dict[str, Any], service: str, scope: str) -> Record:
    """The record in one of the shapes. Raises BadField for a time that cannot be one."""
    attributes = plain(raw.get("attributes", raw.get("Attributes")))
    context = next((f.section(raw, key) for key in ("_spanContext", "spanContext", "context", "SpanContext") if f.section(raw, key)), raw)
    start = _moment(raw, "startTimeUnixNano", "startTime", "start_time", "StartTime")
    end = _moment(raw, "endTimeUnixNano", "endTime", "end_time", "EndTime")
    return Record(
        attributes, _name(raw, attributes), service, scope, _id(context, "traceId", "trace_id", "TraceID"), _id(context, "spanId", "span_id", "SpanID"),
        _parent(raw), start, end or _written(raw, attributes), start is not None, raw,
    )  # fmt: skip


def plain(pairs: Any) -> dict[str, Any]:
    """Attributes as a dictionary: OTLP's list of keys and typed values, Go's, or what is one already."""
    if isinstance(pairs, dict):
        return pairs
    listed = ((pair.get("key", pair.get("Key")), pair.get("value", pair.get("Value"))) for pair in f.objects(pairs))
    return {key: typed(value) for key, value in listed if isinstance(key, str)}


def typed(value: Any) -> Any:
    """The value inside of a typed one; integers come as text or as numbers."""
    if not isinstance(value, dict):
        return value if isinstance(value, str) else None
    if "intValue" in value:
        return integer(value["intValue"])
    return next((value[kind] for kind in ("stringValue", "doubleValue", "boolValue", "Value") if kind in value), None)


def integer(value: Any) -> Any:
    """The number that a text of digits means; anything else as it is, to be refused where it is used."""
    is_digits = isinstance(value, str) and len(value) < 32 and value.removeprefix("-").isdecimal()
    return int(value) if is_digits else value


def _service(document: dict[str, Any]) -> str:
    holder = document.get("resource", document.get("Resource"))
    found = plain(holder if isinstance(holder, list) else f.at(holder, "attributes"))
    listed = f.at(holder, "_rawAttributes")  # of JavaScript's SDK 2: pairs
    pairs: Iterable[Any] = listed if isinstance(listed, list) else ()
    found |= {pair[0]: pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)}
    name = found.get("service.name")
    return name if isinstance(name, str) else ""


def _printed_scope(document: dict[str, Any]) -> str:
    keys = ("instrumentationScope", "instrumentationLibrary", "instrumentation_scope", "InstrumentationScope", "InstrumentationLibrary", "Scope")
    names = (f.at(document, f"{key}.{name}") for key in keys for name in ("name", "Name"))
    return next((name for name in names if isinstance(name, str)), "")


def _name(raw: dict[str, Any], attributes: dict[str, Any]) -> str:
    body = raw.get("body", raw.get("_body", raw.get("Body")))
    names = (attributes.get("event.name"), raw.get("eventName"), raw.get("_eventName"), raw.get("event_name"), raw.get("EventName"))
    given = (*names, raw.get("name"), raw.get("Name"), typed(body))
    return next((name for name in given if isinstance(name, str) and name), "")


def _id(context: dict[str, Any], *names: str) -> str | None:
    found = f.text(context, *names)
    found = found.removeprefix("0x") if found else None  # as Python prints it
    return found if found and found.strip("0") else None


def _parent(raw: dict[str, Any]) -> str | None:
    return _id(raw, "parentSpanId", "parentSpanContext.spanId", "parent_id", "Parent.SpanID")


def _written(raw: dict[str, Any], attributes: dict[str, Any]) -> int | None:
    """The time of a log record; some leave it at 0 and only say when it was observed."""
    names = ("timeUnixNano", "hrTime", "timestamp", "Timestamp", "observedTimeUnixNano", "hrTimeObserved", "observed_timestamp", "ObservedTimestamp")
    found = next((found for name in names if (found := _moment(raw, name)) is not None), None)
    return found if found is not None else f.instant({"event": attributes.get("event.timestamp")}, "event")


def _moment(raw: dict[str, Any], *names: str) -> int | None:
    """A time in ms. JavaScript's SDK writes seconds and nanoseconds as a pair; nanoseconds may be 0 for unknown."""
    name, value = f.first(raw, *names)
    if isinstance(value, list) and len(value) == 2 and all(type(part) is int for part in value):
        return value[0] * 1000 + value[1] // 1_000_000 if value[0] > 0 else None
    value = integer(value)
    return f.instant({name: value}, name)
