"""What OpenTelemetry exporters send, in JSON and in protobuf, and how they are answered."""

import base64
import copy
import gzip
import http.client
import json
from functools import cache

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs_service
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_service
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace_service

JSON, PROTOBUF = "application/json", "application/x-protobuf"
MINUTE_NS = 60 * 10**9
BEGAN_NS = 1_764_400_000 * 10**9
SECRET = "Pflaumenmus mit Zimt"
ENCODINGS = pytest.mark.parametrize("encoding", [JSON, PROTOBUF])


def value(given):
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue", list: "arrayValue"}[type(given)]
    return {kind: str(given) if type(given) is int else {"values": list(map(value, given))} if type(given) is list else given}


def attributes(found):
    return [{"key": key, "value": value(one)} for key, one in found.items()]


def own(number, encoding):
    """A number that the test of the other encoding does not have: calls are known by the ids of their spans."""
    return number + 100 * (encoding == PROTOBUF)


def span(number, found, name="chat gpt-4o"):
    began_ns = BEGAN_NS + number * MINUTE_NS
    return {
        "traceId": f"{number:032x}", "spanId": f"{number:016x}", "name": name, "kind": 3, "attributes": attributes(found),
        "startTimeUnixNano": str(began_ns), "endTimeUnixNano": str(began_ns + 2 * 10**9),
    }  # fmt: skip


def log(found, body="", time_ns=BEGAN_NS, **more):
    return {"timeUnixNano": str(time_ns), "observedTimeUnixNano": str(BEGAN_NS), "body": value(body), "attributes": attributes(found), **more}


def export(records, service="garden", scope="test"):
    signal, records_name = ("Spans", "spans") if "name" in records[0] else ("Logs", "logRecords")
    resource = {"attributes": attributes({"service.name": service})}
    return {f"resource{signal}": [{"resource": resource, f"scope{signal}": [{"scope": {"name": scope}, records_name: records}]}]}


def in_protobuf(document):
    """By the library of OpenTelemetry: its own JSON has ids in base64, where that of OTLP has them in hex."""
    found = copy.deepcopy(document)
    for record in (one for resources in found.values() for resource in resources for scopes in (resource.get("scopeSpans") or resource["scopeLogs"],) for scope in scopes for one in scope.get("spans") or scope["logRecords"]):
        for name in ("traceId", "spanId", "parentSpanId"):
            if name in record:
                record[name] = base64.b64encode(bytes.fromhex(record[name])).decode()
    request = trace_service.ExportTraceServiceRequest() if "resourceSpans" in found else logs_service.ExportLogsServiceRequest()
    return json_format.ParseDict(found, request).SerializeToString()


def send(server, document, encoding=JSON, path=None, **headers):
    body = in_protobuf(document) if encoding == PROTOBUF else json.dumps(document).encode()
    return server.ask("POST", path or ("/v1/traces" if "resourceSpans" in document else "/v1/logs"), body, content_type=encoding, **headers)


def rows(server, service="garden"):
    found = server.get(f"/v1/history?limit=1000&tag=service%3D{service}").json["data"]
    return [(row["model"], row["inputTokens"], row["outputTokens"], row["reasoningTokens"], row["cachedTokens"]) for row in found]


@cache
def status_message():
    """google.rpc.Status as its owner describes it."""
    file = descriptor_pb2.FileDescriptorProto(name="status.proto", package="google.rpc", syntax="proto3")
    fields = file.message_type.add(name="Status").field
    fields.add(name="code", number=1, type=descriptor_pb2.FieldDescriptorProto.TYPE_INT32, label=1)
    fields.add(name="message", number=2, type=descriptor_pb2.FieldDescriptorProto.TYPE_STRING, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("google.rpc.Status"))


def status(answer):
    """Code and message."""
    if answer.headers["content-type"] == JSON:
        return answer.json["code"], answer.json["message"]
    assert answer.headers["content-type"] == PROTOBUF
    found = status_message().FromString(answer.body)
    return found.code, found.message


def chat(prompt, completion, **more):
    return {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": prompt, "gen_ai.usage.output_tokens": completion} | more


@ENCODINGS
def test_spans_of_the_conventions_become_calls(server, encoding):
    service = f"spans-{encoding[-4:]}"
    found = chat(41, 9, **{"gen_ai.usage.cache_read.input_tokens": 30, "gen_ai.usage.reasoning.output_tokens": 4, "gen_ai.input.messages": SECRET})
    number = own(1, encoding)
    answer = send(server, export([span(number, found), span(2, {"http.method": "GET"}, "GET")], service), encoding)
    assert (answer.status, answer.headers["content-type"]) == (200, encoding)
    assert answer.body == (b"{}" if encoding == JSON else b"")
    assert rows(server, service) == [("gpt-4o", 41, 9, 4, 30)]
    (row,) = server.get(f"/v1/history?tag=service%3D{service}").json["data"]
    assert (row["id"], row["logDate"], row["source"]) == (f"{number:032x}:{number:016x}", "2025-11-29T07:07:40Z" if encoding == JSON else "2025-11-29T08:47:40Z", "otel")


def test_both_encodings_and_a_second_delivery_are_one_call(server):
    document = export([span(3, chat(5, 6))], "twice")
    assert [send(server, document, encoding).status for encoding in (JSON, PROTOBUF, JSON)] == [200] * 3
    assert rows(server, "twice") == [("gpt-4o", 5, 6, None, None)]


def test_equal_siblings_are_separate_calls(server):
    send(server, export([span(4, chat(5, 6)), span(5, chat(5, 6))], "siblings"))
    assert len(rows(server, "siblings")) == 2


@ENCODINGS
def test_codex_counts_once_where_its_numbers_are_texts_and_its_time_is_zero(server, encoding):
    event = {"event.name": "codex.sse_event", "event.kind": "response.completed", "model": "gpt-5", "conversation.id": f"codex-{encoding}", "event.timestamp": "2025-11-29T07:06:40.250Z"}
    counts = {"input_token_count": "900", "output_token_count": "70", "cached_token_count": 600, "reasoning_token_count": 20, "tool_token_count": "970"}
    service = f"codex-{encoding[-4:]}"
    answer = send(server, export([log(event, time_ns=0), log(event | counts, time_ns=0)], service, "codex_otel.log_only"), encoding)
    assert answer.status == 200
    assert rows(server, service) == [("gpt-5", 900, 70, 20, 600)]
    assert server.get(f"/v1/history?tag=service%3D{service}").json["data"][0]["logDate"].startswith("2025-11-29T07:06:40")


@ENCODINGS
def test_gemini_cli_counts_the_event_that_has_thoughts_and_nothing_else(server, encoding):
    session = {"session.id": f"gemini-{encoding}", "event.timestamp": "2025-11-29T07:06:40.500Z"}
    whole = {"event.name": "gemini_cli.api_response", "model": "gemini-3-pro", "input_token_count": 500, "output_token_count": 40, "thoughts_token_count": 25, "cached_content_token_count": 100, "tool_token_count": 0, "duration_ms": 60}
    lesser = chat(500, 40, **{"event.name": "gen_ai.client.inference.operation.details", "gen_ai.operation.name": "generate_content", "gen_ai.request.model": "gemini-3-pro"})
    service = f"gemini-{encoding[-4:]}"
    logs = export([log(session | lesser), log(session | whole), log(session | lesser)], service, "gemini-cli")
    spans = export([span(6, {"gen_ai.operation.name": "llm_call", "gen_ai.request.model": "gemini-3-pro", "session.id": "s"}, "llm_call")], service, "gemini-cli")
    assert [send(server, one, encoding).status for one in (logs, spans)] == [200, 200]
    assert rows(server, service) == [("gemini-3-pro", 500, 65, 25, 100)]


@ENCODINGS
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_claude_codes_log_event_and_span_of_one_request_are_one_call(server, encoding, order):
    counts = {"model": "claude-sonnet-4-5", "input_tokens": 300, "output_tokens": 80, "cache_read_tokens": 40, "cache_creation_tokens": 10}
    named = counts | {"request_id": f"req_{encoding[-4:]}{order[0]}", "session.id": "claude"}
    service = f"claude-{encoding[-4:]}-{order[0]}"
    event = export([log(named | {"event.name": "api_request", "event.sequence": 1})], service, "com.anthropic.claude_code.events")
    told = export([span(7, named, "claude_code.llm_request")], "claude-code")
    told["resourceSpans"][0]["resource"]["attributes"] = attributes({"service.name": service})
    told["resourceSpans"][0]["scopeSpans"][0]["scope"]["name"] = "com.anthropic.claude_code.events"
    for one in order:
        assert send(server, (event, told)[one], encoding).status == 200
    assert rows(server, service) == [("claude-sonnet-4-5", 350, 80, None, 40)]


def test_two_requests_of_one_interaction_are_two_calls(server):
    counts = {"event.name": "api_request", "session.id": "two", "model": "claude-sonnet-4-5", "input_tokens": 3, "output_tokens": 8}
    events = [log(counts | {"event.sequence": number}, traceId=f"{8:032x}", spanId=f"{8:016x}") for number in (1, 2)]
    send(server, export(events, "interaction", "com.anthropic.claude_code.events"))
    assert len(rows(server, "interaction")) == 2


@ENCODINGS
def test_good_calls_are_kept_and_bad_ones_counted(server, encoding):
    service = f"partial-{encoding[-4:]}"
    bad = chat(-5, 6, **{"gen_ai.input.messages": SECRET, "gen_ai.request.model": SECRET})
    answer = send(server, export([span(own(9, encoding), chat(1, 2)), span(10, bad), span(11, bad)], service), encoding)
    assert answer.status == 200
    assert rows(server, service) == [("gpt-4o", 1, 2, None, None)]
    if encoding == JSON:
        assert answer.json["partialSuccess"]["rejectedSpans"] == "2"
        message = answer.json["partialSuccess"]["errorMessage"]
    else:
        found = trace_service.ExportTraceServiceResponse.FromString(answer.body).partial_success
        assert found.rejected_spans == 2
        message = found.error_message
    assert message.startswith("gen_ai.usage.input_tokens: must be an integer") and SECRET not in message


def test_rejected_log_records_are_counted_under_their_own_name(server):
    event = {"event.name": "api_request", "session.id": "x", "model": "claude-sonnet-4-5", "input_tokens": -1, "output_tokens": 8}
    document = export([log(event)] * 130, "rejected-logs", "com.anthropic.claude_code.events")
    assert send(server, document).json["partialSuccess"]["rejectedLogRecords"] == "130"
    answer = send(server, document, PROTOBUF)
    assert logs_service.ExportLogsServiceResponse.FromString(answer.body).partial_success.rejected_log_records == 130


@ENCODINGS
def test_metrics_are_taken_and_count_nothing(server, encoding):
    before = server.get("/v1/history").json["pagination"]["totalElements"]
    body = b'{"resourceMetrics": []}' if encoding == JSON else metrics_service.ExportMetricsServiceRequest().SerializeToString()
    answer = server.ask("POST", "/v1/metrics", body, content_type=encoding)
    assert (answer.status, answer.headers["content-type"]) == (200, encoding)
    assert server.get("/v1/history").json["pagination"]["totalElements"] == before


@ENCODINGS
@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/v1/metrics"])
def test_an_empty_request_is_a_success(server, path, encoding):
    assert server.ask("POST", path, b"{}" if encoding == JSON else b"", content_type=encoding).status == 200


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"", JSON), (b"[]", JSON), (b"{", JSON), (b'{"resourceKEY": 5}', JSON), (b"[" * 100_000, JSON), (b"\xff\xff\xff", PROTOBUF), (b'{"resourceKEY": []}', PROTOBUF)],
)  # fmt: skip
@pytest.mark.parametrize(("path", "key"), [("/v1/traces", b"Spans"), ("/v1/logs", b"Logs"), ("/v1/metrics", b"Metrics")])
def test_what_cannot_be_decoded_is_a_status_in_the_requests_encoding(server, body, encoding, path, key):
    answer = server.ask("POST", path, body.replace(b"KEY", key), content_type=encoding)
    assert (answer.status, answer.headers["content-type"]) == (400, encoding)
    code, message = status(answer)
    assert code == 3  # INVALID_ARGUMENT
    assert message


@ENCODINGS
def test_other_errors_are_a_status_as_well(server, encoding):
    found = [
        server.ask("POST", "/v1/logs", b"", content_type=encoding, content_encoding="zstd"),
        server.ask("POST", "/v1/logs", b"no gzip", content_type=encoding, content_encoding="gzip"),
        server.ask("POST", "/v1/logs", b"", content_type=encoding, key="wrong"),
        server.ask("POST", "/v1/logs?x=1", b"", content_type=encoding),
        server.ask("GET", "/v1/logs", content_type=encoding),
    ]  # fmt: skip
    assert [answer.status for answer in found] == [415, 400, 401, 422, 405]
    assert [status(answer)[0] for answer in found] == [3, 3, 16, 3, 3]
    assert (found[2].headers["www-authenticate"], found[4].headers["allow"]) == ('Bearer realm="eco"', "OPTIONS, POST")


def test_a_type_that_is_neither_is_refused(server):
    answer = server.ask("POST", "/v1/traces", b"a=b", content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.headers["accept"]) == (415, f"{PROTOBUF}, {JSON}")


@ENCODINGS
def test_an_exporter_that_sends_too_often_is_told_to_come_again(start, encoding):
    server = start("--rate", "1")
    answers = [server.ask("POST", "/v1/traces", b"{}" if encoding == JSON else b"", content_type=encoding) for _ in range(4)]
    assert [answers[0].status, answers[-1].status] == [200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert status(answers[-1])[0] == 8  # RESOURCE_EXHAUSTED


@ENCODINGS
def test_gzip_and_chunks_are_taken(server, encoding):
    document = export([span(own(12, encoding), chat(77, 1))], f"packed-{encoding[-4:]}")
    body = gzip.compress(in_protobuf(document) if encoding == PROTOBUF else json.dumps(document).encode())
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    headers = {"content-type": encoding, "content-encoding": "gzip", "transfer-encoding": "chunked"}
    connection.request("POST", "/v1/traces", iter([body[:20], body[20:]]), headers, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert rows(server, f"packed-{encoding[-4:]}") == [("gpt-4o", 77, 1, None, None)]


@pytest.mark.parametrize(("mebibytes", "expected"), [(19, 200), (21, 413)])
def test_a_body_has_twenty_mebibytes(server, mebibytes, expected):
    answer = server.ask("POST", "/v1/traces", b'{"resourceSpans": []' + b" " * (mebibytes << 20) + b"}", content_type=JSON)
    assert answer.status == expected
    if expected == 413:
        assert status(answer)[0] == 8


def nested(*tags, inside):
    """A message of protobuf, inside of others by the numbers of their fields."""
    for tag in reversed(tags):
        size, length = len(inside), b""
        while size >= 128:
            size, length = size >> 7, length + bytes([size & 127 | 128])
        inside = bytes([tag << 3 | 2]) + length + bytes([size]) + inside
    return inside


EMPTY = {
    ("resources", JSON): lambda n: b'{"resourceKEY": [' + b"{}," * (n - 1) + b"{}]}",
    ("scopes", JSON): lambda n: b'{"resourceKEY": [{"scopeKEY": [' + b"{}," * (n - 2) + b"{}]}]}",
    ("records", JSON): lambda n: b'{"resourceKEY": [{"scopeKEY": [{"RECORDS": [' + b"{}," * (n - 3) + b"{}]}]}]}",
    ("resources", PROTOBUF): lambda n: b"\x0a\x00" * n,
    ("scopes", PROTOBUF): lambda n: nested(1, inside=b"\x12\x00" * (n - 1)),
    ("records", PROTOBUF): lambda n: nested(1, 2, inside=b"\x12\x00" * (n - 2)),
}
"""Requests of `n` records that hold nothing, by what they are."""


@pytest.mark.parametrize("what", ["resources", "scopes", "records"])
@pytest.mark.parametrize(("path", "key", "name"), [("/v1/traces", b"Spans", b"spans"), ("/v1/logs", b"Logs", b"logRecords")])
@ENCODINGS
def test_a_request_holds_only_so_many_records(server, encoding, path, key, name, what):
    """Empty ones are two bytes long: a few kilobytes of gzip would keep the server busy for minutes, with gigabytes in memory."""
    body = EMPTY[what, encoding](100_001).replace(b"KEY", key).replace(b"RECORDS", name)
    answer = server.ask("POST", path, body, content_type=encoding)
    assert (answer.status, status(answer)[0]) == (413, 8)


@ENCODINGS
def test_a_collectors_batch_is_below_that(server, encoding):
    """Its own limit is 8,192 records."""
    body = EMPTY["records", encoding](10_000).replace(b"KEY", b"Spans").replace(b"RECORDS", b"spans")
    assert server.ask("POST", "/v1/traces", body, content_type=encoding).status == 200


@pytest.mark.parametrize(("path", "tags"), [("/v1/traces", (1, 2, 2, 9)), ("/v1/logs", (1, 2, 2, 6)), ("/v1/traces", (1, 1, 1))])
def test_a_request_holds_only_so_many_attributes(server, path, tags):
    empty = bytes([tags[-1] << 3 | 2, 0])
    assert server.ask("POST", path, nested(*tags[:-1], inside=empty * 1_000_001), content_type=PROTOBUF).status == 413
    assert server.ask("POST", path, nested(*tags[:-1], inside=empty * 1_000), content_type=PROTOBUF).status == 200


def test_langfuses_address_takes_a_key_as_the_password_of_any_user(server):
    key = server.new_key("langfuse-sdk")
    usage = json.dumps({"prompt_tokens": 64, "completion_tokens": 16, "total_tokens": 80})
    found = {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o", "langfuse.observation.usage_details": usage, "langfuse.observation.input": SECRET}
    credentials = base64.b64encode(f"pk-lf-any:{key}".encode()).decode()
    path = "/api/public/otel/v1/traces"
    for number, authorization in ((13, f"Basic {credentials}"), (14, f"Bearer {key}")):
        assert send(server, export([span(number, found)], "langfuse"), PROTOBUF, path, authorization=authorization).status == 200
    assert rows(server, "langfuse") == [("gpt-4o", 64, 16, None, None)] * 2
    assert {row["keyName"] for row in server.get("/v1/history?tag=service%3Dlangfuse").json["data"]} == {"langfuse-sdk"}
    wrong = base64.b64encode(b"pk-lf-any:sk-lf-wrong").decode()
    assert send(server, export([span(15, found)]), PROTOBUF, path, authorization=f"Basic {wrong}").status == 401


def test_a_key_in_the_path_serves_exporters_that_send_no_headers(server):
    key = server.new_key("otel-path")
    send(server, export([span(16, chat(1, 1))], "by-path"), path=f"/key/{key}/v1/traces")
    assert server.get("/v1/history?tag=service%3Dby-path").json["data"][0]["keyName"] == "otel-path"


def test_no_prompt_is_kept_or_shown_anywhere(start, tmp_path):
    server = start("--access-log")
    shown = {"gen_ai.input.messages": SECRET, "gen_ai.prompt.0.content": SECRET, "gen_ai.output.messages": [SECRET]}
    spans = [span(17, chat(7, 8, **shown)), span(18, chat(-7, 8, **shown), SECRET)]
    logs = [log(chat(7, 8, **shown), SECRET), log(chat(-7, 8, **shown), SECRET)]
    answers = [send(server, export(records), encoding) for records in (spans, logs) for encoding in (JSON, PROTOBUF)]
    answers += [server.ask("POST", "/v1/traces", SECRET.encode(), content_type=encoding) for encoding in (JSON, PROTOBUF)]
    answers.append(server.ask("POST", "/ingest/otlp?skipInvalid=true", export(spans)))
    assert {answer.status for answer in answers} == {200, 400}
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]  # with the write-ahead log
    assert server.end() == 0
    written += [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    said = [server.process.stdout.read(), server.process.stderr.read(), *(answer.body for answer in answers)]
    assert any(b"gpt-4o" in data for data in written)
    assert not any(SECRET.encode() in data for data in (*written, *said))
