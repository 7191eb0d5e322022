"""Requests of exporters in protobuf, as the documents of OTLP/JSON: one set of rules reads both."""

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ecocli.errors import BadData
from ecocli.serve.otlp import limits

Document = dict[str, Any]
_NUMBERS = {"int_value": "intValue", "double_value": "doubleValue", "bool_value": "boolValue"}


def traces(body: bytes) -> Document:
    """The spans of a request. BadData for what is none."""
    request = _parsed(ExportTraceServiceRequest(), body)
    _check(request.resource_spans, "scope_spans", "spans")
    return {"resourceSpans": [{"resource": _resource(one), "scopeSpans": list(map(_scope_spans, one.scope_spans))} for one in request.resource_spans]}


def logs(body: bytes) -> Document:
    """The log records of a request. BadData for what is none."""
    request = _parsed(ExportLogsServiceRequest(), body)
    _check(request.resource_logs, "scope_logs", "log_records")
    return {"resourceLogs": [{"resource": _resource(one), "scopeLogs": list(map(_scope_logs, one.scope_logs))} for one in request.resource_logs]}


def metrics(body: bytes) -> Document:
    """Nothing, for nothing of them is kept. BadData for what is no request."""
    _parsed(ExportMetricsServiceRequest(), body)
    return {}


def _parsed(message: Any, body: bytes) -> Any:
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise BadData("not a message of OTLP in protobuf") from error
    return message


def _check(resources: Any, scopes: str, records: str) -> None:
    """Refused for too large a request, before it becomes a document that is a hundred times as large."""
    limits.check_records(_sizes(resources, scopes, records))
    limits.check_attributes(len(one.resource.attributes) for one in resources)
    limits.check_attributes(len(record.attributes) for one in resources for scope in getattr(one, scopes) for record in getattr(scope, records))


def _sizes(resources: Any, scopes: str, records: str) -> Iterator[int]:
    """As `otel_records.sizes`."""
    for resource in resources:
        yield 1
        for scope in getattr(resource, scopes):
            yield 1 + len(getattr(scope, records))


def _resource(one: Any) -> Document:
    return {"attributes": _attributes(one.resource.attributes)}


def _scope_spans(one: Any) -> Document:
    return {"scope": _scope(one), "spans": list(map(_span, one.spans))}


def _scope_logs(one: Any) -> Document:
    return {"scope": _scope(one), "logRecords": list(map(_log_record, one.log_records))}


def _scope(one: Any) -> Document:
    return {"name": one.scope.name}


def _span(span: Any) -> Document:
    return {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentSpanId": span.parent_span_id.hex(),
        "name": span.name,
        "startTimeUnixNano": str(span.start_time_unix_nano),
        "endTimeUnixNano": str(span.end_time_unix_nano),
        "attributes": _attributes(span.attributes),
    }


def _log_record(record: Any) -> Document:
    return {
        "traceId": record.trace_id.hex(),
        "spanId": record.span_id.hex(),
        "eventName": record.event_name,
        "timeUnixNano": str(record.time_unix_nano),
        "observedTimeUnixNano": str(record.observed_time_unix_nano),
        "body": _value(record.body),
        "attributes": _attributes(record.attributes),
    }


def _attributes(pairs: Iterable[Any]) -> list[Document]:
    return [{"key": pair.key, "value": _value(pair.value)} for pair in pairs]


def _value(value: Any) -> Document:
    """A value with its type; those that no rule reads, such as lists, are left out."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return {"stringValue": value.string_value}
    return {_NUMBERS[kind]: getattr(value, kind)} if kind in _NUMBERS else {}


DECODERS = {"resourceSpans": traces, "resourceLogs": logs, "resourceMetrics": metrics}
"""By the key that the records have in OTLP/JSON."""
