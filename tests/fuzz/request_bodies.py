"""Bodies for every address of `eco serve` that takes one, nearly right, and what holds for the answer to any of them."""

import gzip
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest, ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.fuzz import strategies
from tests.serve.test_otlp import JSON, PROTOBUF, chat, export, in_protobuf, log, span, status_message, value
from tests.serve_helpers import Answer, Server

NDJSON = "application/x-ndjson"
SESSION = {"session.id": "s", "event.timestamp": "2025-11-29T07:06:40.500Z"}
CLAUDE = SESSION | {"event.name": "api_request", "event.sequence": 1, "request_id": "r", "model": "claude-sonnet-4-5", "input_tokens": 300, "output_tokens": 80, "cost_usd": 0.1}
CODEX = {"event.name": "codex.sse_event", "event.kind": "response.completed", "model": "gpt-5", "conversation.id": "c", "input_token_count": "900", "output_token_count": "70"}
GEMINI = SESSION | {"event.name": "gemini_cli.api_response", "model": "gemini-3-pro", "input_token_count": 500, "output_token_count": 40, "thoughts_token_count": 25}
LANGFUSE = {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o", "langfuse.observation.usage_details": '{"input": 6, "output": 1}'}

SPANS = [
    export([span(1, chat(5, 6)), span(2, chat(7, 8) | {"server.address": "api.openai.com", "gen_ai.provider.name": "openai"})]),
    export([span(3, CLAUDE, "claude_code.llm_request")], scope="com.anthropic.claude_code.events"),
    export([span(4, LANGFUSE)]),
    export([span(5, {"llm.usage.prompt_tokens": 3, "llm.usage.completion_tokens": 4, "gen_ai.response.model": "gpt-4o"}), span(6, {})]),
]
LOGS = [
    export([log(CLAUDE), log(CLAUDE | {"event.sequence": 2})], scope="com.anthropic.claude_code.events"),
    export([log(CODEX, time_ns=0)], scope="codex_otel.log_only"),
    export([log(GEMINI), log({}, "a line")], scope="gemini-cli"),
    export([log(chat(5, 6), traceId="0" * 31 + "1", spanId="0" * 15 + "1")]),
]
METRICS = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "gen_ai.client.token.usage", "sum": {"dataPoints": [{"asInt": "5"}]}}]}]}]}
METRICS_PROTOBUF = ExportMetricsServiceRequest(resource_metrics=[{"scope_metrics": [{"metrics": [{"name": "tokens"}]}]}]).SerializeToString()
PROTOBUF_PIECES = [b"\x0a\xff\xff\xff\xff\x0f", b"\x0b", b"\x0c", b"\x0a\x00", b"\x80" * 11, b"\x0a\x02" * 700, b"\x2a\x04\x32\x02" * 400]
"""A length beyond the end, the groups that nobody has, an empty message, a number without an end, messages in messages."""
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8) | st.sampled_from(["-1", "1e400", "9" * 5000, "\u2028", "{}"])
VALUES = SCALARS | st.lists(SCALARS, max_size=3)
ROW = {"id": "row", "model": "gpt-4o", "call_type": "acompletion", "prompt_tokens": 3, "completion_tokens": 4, "startTime": 1_764_400_000.0, "endTime": 1_764_400_001.0}


@dataclass(frozen=True)
class Receiver:
    """An address that takes bodies."""

    path: str
    bodies: st.SearchStrategy[tuple[str, bytes]]
    """Each with its type."""
    documented: str = ""
    """Its path in openapi.json, where that is another."""
    response: Any = None
    """The message that an exporter reads."""


@st.composite
def _packed(draw: st.DrawFn, samples: list[Any], plain: bytes | None = None) -> bytes:
    """A request in protobuf, of which some values or some bytes are others."""
    if plain is None and draw(st.booleans()):
        return in_protobuf(_with_other_values(draw, draw(st.sampled_from(samples))))
    whole = [plain] if plain is not None else [in_protobuf(sample) for sample in samples]
    return draw(strategies.spliced(st.sampled_from(whole), PROTOBUF_PIECES))


def _with_other_values(draw: st.DrawFn, body: Any) -> Any:
    """The same request, some of whose attributes have another value, of another kind."""
    if isinstance(body, list):
        return [_with_other_values(draw, inner) for inner in body]
    if not isinstance(body, dict):
        return body
    if body.keys() == {"key", "value"}:
        return body | {"value": value(draw(VALUES))} if draw(st.integers(0, 3)) == 0 else body
    return {name: _with_other_values(draw, inner) for name, inner in body.items()}


def _in_json(samples: list[Any]) -> st.SearchStrategy[bytes]:
    whole = st.sampled_from([json.dumps(sample).encode() for sample in samples])
    return strategies.changed(st.sampled_from(samples)).map(lambda body: strategies.encode(body).encode("utf-8", "surrogatepass")) | strategies.spliced(whole)


def _otlp(samples: list[Any], plain: bytes | None = None) -> st.SearchStrategy[tuple[str, bytes]]:
    return st.tuples(st.just(JSON), _in_json(samples)) | st.tuples(st.just(PROTOBUF), _packed(samples, plain))


CALLS = st.tuples(st.sampled_from([JSON, NDJSON]), strategies.NATIVE_BYTES | strategies.PAYLOAD_BYTES)
TRACES, LOG_RECORDS = _otlp(SPANS), _otlp(LOGS)
RECEIVERS = [
    Receiver("/v1/calculate", CALLS),
    Receiver("/v1/calculate?skipInvalid=true&store=false", CALLS, "/v1/calculate"),
    Receiver("/ingest/auto?skipInvalid=true", CALLS | st.tuples(st.just("text/plain"), st.binary(max_size=500)), "/ingest/{format}"),
    Receiver("/ingest/otlp", st.tuples(st.just(JSON), _in_json(SPANS + LOGS)), "/ingest/{format}"),
    Receiver("/litellm", st.tuples(st.sampled_from([JSON, NDJSON]), _in_json([[ROW, ROW | {"id": "other"}], ROW]))),
    Receiver("/v1/traces", TRACES, response=ExportTraceServiceResponse),
    Receiver("/api/public/otel/v1/traces", TRACES, response=ExportTraceServiceResponse),
    Receiver("/v1/logs", LOG_RECORDS, response=ExportLogsServiceResponse),
    Receiver("/v1/metrics", _otlp([METRICS], METRICS_PROTOBUF), response=ExportMetricsServiceResponse),
    Receiver("/key/{key}/v1/logs", LOG_RECORDS, "/v1/logs", ExportLogsServiceResponse),
]


@st.composite
def requests(draw: st.DrawFn, receiver: Receiver) -> tuple[bytes, dict[str, str]]:
    """A body and its headers; perhaps packed, and perhaps damaged after that."""
    kind, body = draw(receiver.bodies)
    headers = {"content_type": draw(st.sampled_from([kind] * 8 + [JSON, PROTOBUF]))}
    if draw(st.integers(0, 3)) == 0:
        body, headers["content_encoding"] = gzip.compress(body, 1), "gzip"
        if draw(st.booleans()):
            body = draw(strategies.spliced(st.just(body)))
    return body, headers


def check(server: Server, key: str, documents: dict[str, Any], receiver: Receiver, body: bytes, headers: dict[str, str]) -> None:
    """The answer is one that openapi.json has, in the type that it says, and none that blames the server."""
    answer = server.ask("POST", receiver.path.format(key=key), body, key=key, **headers)
    operation = documents[receiver.documented or receiver.path]["post"]
    kind = answer.headers["content-type"].partition(";")[0]
    assert answer.status < 500
    assert kind in operation["responses"][str(answer.status)]["content"]
    _check_body(answer, kind, receiver)


def _check_body(answer: Answer, kind: str, receiver: Receiver) -> None:
    if kind == PROTOBUF:
        message = receiver.response if answer.status == 200 else status_message()
        message.FromString(answer.body)
    elif kind == NDJSON:
        assert answer.lines is not None
    elif answer.status == 200 and receiver.path == "/litellm":
        rows, *parts = (answer.json[name] for name in ("rows", "stored", "duplicates", "skipped", "rejected"))
        assert rows == sum(parts)
    elif answer.status == 200:
        assert answer.json is not None
    else:
        assert {"code", "message"} <= answer.json.keys() or answer.json["status"] == answer.status
