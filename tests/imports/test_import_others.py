"""Logs of the other tools: Gemini CLI, OpenCode, llm, LiteLLM, and OpenTelemetry's files."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.import_helpers import SECRET, Logs, claude_line, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


def gemini(identity="g1", **tokens):
    known = {"input": 100, "output": 20, "cached": 60, "thoughts": 30, "tool": 5, "total": 155} | tokens
    message = {"id": identity, "timestamp": "2026-05-01T10:00:00Z", "type": "gemini", "content": SECRET, "model": "gemini-2.5-pro"}
    return message | {"tokens": known or None}


class TestGeminiCli:
    HEAD = {"sessionId": "s-1", "projectHash": "ab12", "kind": "main"}

    def chats(self, tmp_path):
        return tmp_path / ".gemini" / "tmp" / "garden" / "chats"

    def test_messages_that_come_again_with_their_counts(self, logs, tmp_path):
        early, partial = gemini() | {"tokens": None}, gemini(output=1)
        write(self.chats(tmp_path) / "session-1.jsonl", self.HEAD, early, partial, gemini(), {"$rewindTo": "g1"})
        logs.read("gemini-cli")
        [row] = logs.rows
        assert (row["id"], row["providerId"], row["model"]) == ("s-1:g1", "google", "gemini-2.5-pro")
        assert (row["inputTokens"], row["outputTokens"], row["reasoningTokens"], row["cachedTokens"]) == (105, 50, 30, 60)
        assert (row["tags"]["project"], row["tags"]["session"]) == ("garden", "s-1")

    @pytest.mark.parametrize(("total", "prompt"), [(155, 105), (215, 165), (None, 105)])
    def test_the_total_says_whether_the_cache_is_in_the_input(self, logs, tmp_path, total, prompt):
        write(self.chats(tmp_path) / "session-1.jsonl", self.HEAD, gemini(total=total))  # 100 + 20 + 30 + 5 = 155, and 60 cached
        logs.read("gemini-cli")
        assert logs.totals() == (1, prompt, 50)

    def test_a_session_that_went_from_one_form_to_the_other(self, logs, tmp_path):
        old = self.HEAD | {"messages": [{"id": "u1", "type": "user", "content": SECRET}, gemini("g1")]}
        (self.chats(tmp_path)).mkdir(parents=True)
        (self.chats(tmp_path) / "session-1.json").write_text(json.dumps(old))
        checkpoint = {"$set": {"messages": [gemini("g1"), gemini("g2")]}}
        write(self.chats(tmp_path) / "session-1.jsonl", self.HEAD, checkpoint, gemini("g3"))
        (tmp_path / ".gemini" / "tmp" / "garden" / "logs.json").write_text("[]")
        logs.read("gemini-cli")
        assert [row["id"] for row in logs.rows] == ["s-1:g1", "s-1:g2", "s-1:g3"]


def opencode(identity="m1", created=1_780_000_000_000, **tokens):
    counts = {"input": 10, "output": 50, "reasoning": 20, "cache": {"read": 100, "write": 5}} | tokens
    body = {"id": identity, "role": "assistant", "sessionID": "ses_1", "providerID": "anthropic", "modelID": "claude-sonnet-4-5"}
    return body | {"tokens": counts, "time": {"created": created, "completed": created + 4000}, "path": {"cwd": "/home/ann/garden"}}


class TestOpenCode:
    def database(self, tmp_path, *messages):
        path = tmp_path / "data" / "opencode" / "opencode.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT, time_created INT, time_updated INT, data TEXT)")
            for changed, body in messages:
                values = (body["id"], "ses_1", 1, changed, json.dumps({key: value for key, value in body.items() if key != "id"}))
                connection.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)", values)
        return path

    def test_messages_grow_and_sessions_are_copied(self, logs, tmp_path):
        user = {"id": "m0", "role": "user", "text": SECRET}
        self.database(tmp_path, (1, user), (2, opencode("m1", input=0, output=0, reasoning=0, cache={})), (3, opencode("m2", 5)))
        assert logs.read("opencode")["new"] == 1
        self.database(tmp_path, (4, opencode("m1")), (5, opencode("m1-copy")), (6, opencode("m3", 6)))
        counts = logs.read("opencode")
        assert (counts["new"], counts["duplicates"]) == (2, 2)  # the copy, and the last moment read again
        assert logs.totals() == (3, 3 * 115, 3 * 50)
        assert logs.rows[0]["endTimeMs"] is not None

    @pytest.mark.parametrize(
        ("tokens", "output"),
        [({"total": 185}, 70), ({"total": 165}, 50), ({}, 50), ({"output": 10}, 30)],
        ids=["total says beside", "total says inside", "no total", "more than the output"],
    )
    def test_reasoning_inside_or_beside(self, logs, tmp_path, tokens, output):
        path = tmp_path / "data" / "opencode" / "storage" / "message" / "ses_1" / "m1.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(opencode(**tokens)))
        logs.read("opencode")
        [row] = logs.rows
        assert (row["inputTokens"], row["outputTokens"], row["cachedTokens"], row["cacheWriteTokens"]) == (115, output, 100, 5)
        assert row["tags"]["project"] == "/home/ann/garden"


class TestLlm:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "config" / "io.datasette.llm" / "logs.db"
        path.parent.mkdir(parents=True)
        columns = "id TEXT PRIMARY KEY, model TEXT, resolved_model TEXT, input_tokens INT, output_tokens INT, token_details TEXT, duration_ms INT, datetime_utc TEXT"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"CREATE TABLE responses ({columns}, system TEXT, prompt TEXT, response TEXT, conversation_id TEXT)")
            connection.execute(f"CREATE TABLE turns ({columns}, thread_id TEXT)")
        return path

    def add(self, path, table, identity, **values):
        known = {"id": identity, "model": "gpt-4o-mini", "input_tokens": 100, "output_tokens": 40, "datetime_utc": "2026-06-01T10:00:00", "duration_ms": 900}
        row = known | values
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))

    def test_both_tables_and_what_is_in_both_once(self, logs, path):
        self.add(path, "responses", "r1", conversation_id="c1")
        self.add(path, "responses", "r2", model="anthropic/claude-3-haiku-20240307", token_details='{"cache_read_input_tokens": 50}')
        self.add(path, "turns", "r2", model="anthropic/claude-3-haiku-20240307", token_details='{"cache_read_input_tokens": 50}')
        self.add(path, "turns", "t1", thread_id="c2", resolved_model="gpt-4o-mini-2024-07-18")
        logs.read("llm")
        assert logs.totals() == (3, 350, 120)
        rows = {row["id"]: row for row in logs.rows}
        assert (rows["t1"]["model"], rows["t1"]["tags"]["session"]) == ("gpt-4o-mini-2024-07-18", "c2")
        assert rows["r2"]["providerId"] == "anthropic"
        assert (rows["r1"]["logDate"], rows["r1"]["endTimeMs"] - rows["r1"]["startTimeMs"]) == ("2026-06-01T10:00:00Z", 900)

    def test_rows_that_come_later_also_in_the_place_of_deleted_ones(self, logs, path):
        self.add(path, "responses", "r1")
        self.add(path, "responses", "r2")
        logs.read("llm")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM responses WHERE id = 'r2'")
        self.add(path, "responses", "r3")
        logs.read("llm")
        assert sorted(row["id"] for row in logs.rows) == ["r1", "r2", "r3"]

    def test_text_is_counted_where_there_are_no_counts_and_never_kept(self, logs, path, tmp_path):
        self.add(path, "responses", "r1", input_tokens=None, output_tokens=None, prompt=SECRET, response=SECRET)
        logs.read("llm")
        [row] = logs.rows
        assert row["isEstimated"] and row["inputTokens"] > 3
        assert all(b"walrus" not in file.read_bytes() for file in (tmp_path / "data" / "eco").iterdir())

    def test_a_turn_without_counts_is_counted_by_the_texts_of_its_messages(self, logs, path):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(
                "ALTER TABLE turns ADD COLUMN parent_message_hash TEXT; ALTER TABLE turns ADD COLUMN tip_message_hash TEXT;"
                "CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT);"
                "CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT, text TEXT);"
                "INSERT INTO messages VALUES ('a', NULL, 'user'), ('b', 'a', 'assistant'), ('c', 'b', 'user'), ('d', 'c', 'assistant');"
                "INSERT INTO parts (message_hash, position, text) VALUES ('a', 0, 'one two'), ('b', 1, 'four'), ('b', 0, 'three'), ('c', 0, 'five'), ('d', 0, 'six seven');"
            )
        none = {"input_tokens": None, "output_tokens": None}
        self.add(path, "turns", "t1", parent_message_hash="a", tip_message_hash="b", **none)
        self.add(path, "turns", "t2", parent_message_hash="c", tip_message_hash="d", **none)
        self.add(path, "turns", "t3", parent_message_hash="c", tip_message_hash="d")
        logs.read("llm")
        rows = {row["id"]: (row["inputTokens"], row["outputTokens"], row["isEstimated"]) for row in logs.rows}
        assert rows["t1"] == (2, 3, True)  # each word is a token, and so is the end of a line
        assert rows["t2"] == (8, 2, True)  # five words were said before, and three ends of lines
        assert rows["t3"] == (100, 40, False)

    def test_another_database(self, logs, tmp_path):
        path = tmp_path / "logs.db"
        path.write_text("dear diary")
        logs.read("llm", path, exit_code=4)
        assert f"{path}: not a database that can be read" in logs.stderr


LITELLM = {
    "id": "chatcmpl-1", "call_type": "acompletion", "status": "success", "custom_llm_provider": "openai", "model": "gpt-4o",
    "startTime": 1_780_000_000.5, "endTime": 1_780_000_002.5, "completionStartTime": 1_780_000_001.0,
    "prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140, "messages": SECRET,
}  # fmt: skip


def test_litellm_in_lines_and_in_lists(logs, tmp_path):
    failed = LITELLM | {"id": "chatcmpl-3", "status": "failure"}
    write(tmp_path / "logs" / "calls.jsonl", LITELLM, LITELLM | {"id": "chatcmpl-2"}, failed)
    (tmp_path / "logs" / "old.json").write_text(json.dumps([LITELLM, LITELLM | {"id": "chatcmpl-4"}], indent=1))
    (tmp_path / "logs" / "one.json").write_text(json.dumps(LITELLM | {"id": "chatcmpl-5"}, indent=1))
    counts = logs.read("litellm", tmp_path / "logs")
    assert (counts["new"], counts["duplicates"], counts["rejected"]) == (4, 1, 0)
    assert logs.totals() == (4, 400, 160)
    row = logs.rows[0]
    assert (row["providerId"], row["source"], row["firstTokenTimeMs"]) == ("openai", "litellm", 1_780_000_001_000)


@pytest.mark.parametrize("apart", [True, False])
def test_one_id_of_calls_to_two_providers(logs, tmp_path, apart):
    other = LITELLM | {"custom_llm_provider": "anthropic", "model": "claude-sonnet-4-5", "prompt_tokens": 700}
    for calls in ([LITELLM], [LITELLM, other]) if apart else ([LITELLM, other],):
        counts = logs.read("litellm", write(tmp_path / "logs" / "calls.jsonl", *calls))
    assert counts["new"] == (1 if apart else 2)
    assert sorted((row["providerId"], row["provider"], row["inputTokens"]) for row in logs.rows) == [("anthropic", "Anthropic", 700), ("openai", "OpenAI", 100)]
    assert logs.read("litellm", write(tmp_path / "logs" / "copy.jsonl", other, LITELLM))["duplicates"] == 2


def api_request(request="req_1"):
    attributes = {"event.name": "api_request", "session.id": "s1", "model": "claude-sonnet-4-5", "request_id": request}
    attributes |= {"input_tokens": "4", "output_tokens": "100", "cache_read_tokens": "1000", "cache_creation_tokens": "50"}
    pairs = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
    record = {"timeUnixNano": "1780000000000000000", "body": {"stringValue": "claude_code.api_request"}, "attributes": pairs}
    service = [{"key": "service.name", "value": {"stringValue": "claude-code"}}]
    return {"resourceLogs": [{"resource": {"attributes": service}, "scopeLogs": [{"logRecords": [record]}]}]}


@pytest.mark.parametrize("telemetry_first", [True, False])
def test_telemetry_and_log_of_one_call(logs, tmp_path, telemetry_first):
    write(tmp_path / "otel.jsonl", api_request(), api_request("req_2"))
    write(tmp_path / "log" / "s.jsonl", claude_line())
    steps = [("otel", tmp_path / "otel.jsonl"), ("claude-code", tmp_path / "log")]
    for source, path in steps if telemetry_first else reversed(steps):
        logs.read(source, path)
    assert logs.totals() == (2, 2 * 1054, 200)


def test_documents_of_another_kind_are_named(logs, tmp_path):
    path = write(tmp_path / "otel.jsonl", api_request(), {"hello": 1})
    counts = logs.read("otel", path, exit_code=4)
    assert counts["new"] == 1
    assert f"{path}:2: not in the format otlp" in logs.stderr


PRINTED = {"hrTime": [1_780_000_000, 0], "attributes": {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}, "_body": SECRET}


def printed(number, **attributes):
    counts = {"gen_ai.usage.input_tokens": 10 * number, "gen_ai.usage.output_tokens": number, "gen_ai.response.id": f"r{number}"}
    return json.dumps(PRINTED | {"attributes": PRINTED["attributes"] | counts}, indent=2)


def test_records_that_an_sdk_prints_one_after_another(logs, tmp_path):
    path = tmp_path / "telemetry.log"
    path.write_text(printed(1) + "\n" + printed(2) + printed(3)[:80])
    counts = logs.read("otel", path)
    assert (counts["new"], counts["unfinished"], counts["rejected"]) == (2, 1, 0)
    path.write_text(printed(1) + "\n" + printed(2) + printed(3))
    counts = logs.read("otel", path)
    assert (counts["new"], counts["duplicates"], counts["unfinished"]) == (1, 2, 0)
    assert logs.totals() == (3, 60, 6)


def test_a_whole_record_that_is_no_json_does_not_wait_for_its_end(logs, tmp_path):
    """Python reads NaN, and so took the record for one that is still being written."""
    path = tmp_path / "telemetry.log"
    bad = printed(2).replace("20", "NaN")
    for text in (printed(1) + bad, bad + printed(1)):
        path.write_text(text)
        counts = logs.read("otel", path, exit_code=4)
        assert (counts["new"] + counts["duplicates"], counts["unfinished"], counts["rejected"]) == (1, 0, 1)
        assert "not usable JSON: NaN is not a JSON number" in logs.stderr
    assert logs.totals() == (1, 10, 1)


def claude_request(number):
    attributes = {"event.name": "api_request", "event.sequence": str(number), "session.id": "s1", "model": "claude-sonnet-4-5", "input_tokens": "4", "output_tokens": "100"}
    return {"timeUnixNano": "1780000000000000000", "traceId": "ab" * 16, "spanId": "cd" * 8, "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()]}


@pytest.mark.parametrize("in_one_run", [True, False])
def test_log_event_and_span_of_one_request_without_its_id(logs, tmp_path, in_one_run):
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "claude-code"}}]}
    event = {"resourceLogs": [{"resource": service, "scopeLogs": [{"logRecords": [claude_request(1), claude_request(2)]}]}]}
    span = claude_request(1) | {"name": "claude_code.llm_request", "spanId": "ef" * 8, "parentSpanId": "cd" * 8, "startTimeUnixNano": "1779999999000000000"}
    span["attributes"] = [pair for pair in span["attributes"] if not pair["key"].startswith("event.")]
    write(tmp_path / "otel" / "a.jsonl", event)
    if not in_one_run:
        logs.read("otel", tmp_path / "otel")
    write(tmp_path / "otel" / "b.jsonl", {"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": [span]}]}]})
    logs.read("otel", tmp_path / "otel")
    assert logs.totals() == (2, 8, 200)


@pytest.mark.parametrize("between", ["", " ", "\0\0", "\ufeff"])
def test_several_whole_objects_on_one_line(logs, tmp_path, between):
    one, two, three = (json.dumps(LITELLM | {"id": f"chatcmpl-{n}"}) for n in (1, 2, 3))
    path = tmp_path / "calls.jsonl"
    path.write_text(f"\0\0{one}{between}{two}\0\n{one[:50]}{two}{between}{three}\n")
    counts = logs.read("litellm", path, exit_code=4)
    assert (counts["new"], counts["rejected"]) == (3, 1)  # the one that was cut


def test_a_file_in_utf_16(logs, tmp_path):
    path = tmp_path / "calls.json"
    path.write_text(json.dumps([LITELLM, LITELLM | {"id": "chatcmpl-2"}]), encoding="utf-16")
    assert logs.read("litellm", path)["new"] == 2


def test_a_number_that_is_not_understood_is_said(logs, eco, tmp_path):
    path = tmp_path / "telemetry.log"
    path.write_text(json.dumps(json.loads(printed(1)) | {"attributes": json.loads(printed(1))["attributes"] | {"gen_ai.usage.dream_tokens": 7}}))
    warning = "eco: warning: a number that eco does not understand was not counted: gen_ai.usage.dream_tokens"
    assert warning in eco("estimate", "--input", str(path)).stderr
    assert logs.read("otel", path)["new"] == 1
    assert logs.stderr == f"{warning}\n"
