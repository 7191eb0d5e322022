"""`POST /v1/traces`, `/v1/logs` and `/v1/metrics`: what OpenTelemetry exporters send."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import documents, otel_records
from ecocli.ingest.reading import Reading, Rejected
from ecocli.pipeline.writing import Outcome
from ecocli.serve import bodies, calls, operations, problems
from ecocli.serve.access import RECORD
from ecocli.serve.messages import Request, Response
from ecocli.serve.otlp import answers, limits
from ecocli.serve.routing import POST, Handler, Route

MOST_BYTES = 20 * 1024 * 1024

Decode = Callable[[bytes], dict[str, Any]]


async def traces(request: Request) -> Response:
    """Count the calls among spans."""
    return await _export(request, "resourceSpans", "rejectedSpans")


async def logs(request: Request) -> Response:
    """Count the calls among log records."""
    return await _export(request, "resourceLogs", "rejectedLogRecords")


async def metrics(request: Request) -> Response:
    """Count nothing: metrics sum up what spans and log records tell call by call. What is no request of metrics is refused all the same."""
    in_protobuf, body = answers.is_protobuf(request.headers), await _body(request)
    decode = partial(_of_protobuf if in_protobuf else _of_json, "resourceMetrics", body)
    await request.services.aside(decode) if len(body) > calls.QUICK_BYTES else decode()
    return answers.success(in_protobuf, "rejectedDataPoints", 0, "")


async def _export(request: Request, key: str, rejected_name: str) -> Response:
    in_protobuf, body = answers.is_protobuf(request.headers), await _body(request)
    decode = partial(_of_protobuf if in_protobuf else _of_json, key)
    prepared = await calls.assessed(request.services, len(body), request.visitor.key_id, partial(_readings, decode, body))
    outcomes = await request.services.writer.store(prepared, request.visitor.secret) if prepared else []
    return answers.success(in_protobuf, rejected_name, *_rejected(outcomes))


async def _body(request: Request) -> bytes:
    request.query.check(())
    bodies.require_type(request, answers.TYPES)
    return await bodies.read(request, MOST_BYTES)


def _of_protobuf(key: str, body: bytes) -> dict[str, Any]:
    from ecocli.serve.otlp import decoding

    return decoding.DECODERS[key](body)


def _of_json(key: str, body: bytes) -> dict[str, Any]:
    found = documents.parse(body)
    records = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(records, list | None):
        raise BadData("not a request of OTLP in JSON")
    found = {key: records or []}
    limits.check_records(otel_records.sizes(found))
    return found


def _readings(decode: Decode, body: bytes) -> list[Reading | Rejected]:
    from ecocli.ingest.formats import otlp

    return list(otlp.read(decode(body)))


def _rejected(outcomes: Sequence[Outcome]) -> tuple[int, str]:
    """How many calls could not be used, and why the first of them."""
    faults = [outcome.error for outcome in outcomes if isinstance(outcome, Rejected) and outcome.is_fault]
    return len(faults), problems.detail(faults[0]) if faults else ""


def _route(path: str, answer: Handler, summary: str, *also: str) -> Route:
    return Route(POST, path, answer, summary, RECORD, (), also, operations.exporting(answers.TYPES), answers.error)


ROUTES = (
    _route("/v1/traces", traces, "Record the calls among the spans of an OpenTelemetry exporter", "/api/public/otel/v1/traces"),
    _route("/v1/logs", logs, "Record the calls among the log records of an OpenTelemetry exporter"),
    _route("/v1/metrics", metrics, "Take the metrics of an OpenTelemetry exporter, and count nothing"),
)
