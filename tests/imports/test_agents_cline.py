"""Tasks of Cline, Roo Code and Kilo Code, and Cline's sessions."""

import json

import pytest

from tests.import_helpers import SECRET, Logs

MINUTE_MS = 60_000
IN_2026 = 1_772_000_000_000
BEFORE_THE_CHANGE = 1_760_000_000_000
"""Of Roo Code's tokensIn, which left out the cache until the end of October 2025."""


@pytest.fixture
def logs(eco):
    return Logs(eco)


def say(kind, time, text=None, **more):
    return {"ts": time, "type": "say", "say": kind, "text": json.dumps(text) if isinstance(text, dict) else text or SECRET} | more


def request(time, prompt=10, completion=40, written=20, read=300, kind="api_req_started", **more):
    text = {"request": SECRET, "tokensIn": prompt, "tokensOut": completion, "cacheWrites": written, "cacheReads": read, "cost": 0.01}
    return say(kind, time, {**text, **more.pop("text", {})}, **more)


def store(folder, *messages, **beside):
    """A task's folder: its messages, and other files by the stems of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ui_messages.json").write_text(json.dumps(messages))
    for name, body in beside.items():
        (folder / f"{name}.json").write_text(json.dumps(body))
    return folder


def counts(row):
    return tuple(row[name] for name in ("inputTokens", "outputTokens", "cachedTokens", "cacheWriteTokens"))


class TestCline:
    def task(self, tmp_path, *messages, **beside):
        return store(tmp_path / "config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1772000000000", *messages, **beside)

    def test_requests_of_a_task_that_grows(self, logs, tmp_path):
        named = {"modelInfo": {"modelId": "claude-sonnet-4-5", "providerId": "bedrock", "mode": "act"}}
        begun = say("api_req_started", IN_2026 + MINUTE_MS, {"request": SECRET}, **named)
        self.task(tmp_path, say("task", IN_2026), request(IN_2026 + 1, **named), begun)
        assert logs.read("cline")["new"] == 1
        self.task(tmp_path, say("task", IN_2026), request(IN_2026 + 1, **named), request(IN_2026 + MINUTE_MS, completion=50, **named))
        result = logs.read("cline")
        assert (result["new"], result["duplicates"]) == (1, 1)
        first, second = logs.rows
        assert counts(first) == (10 + 20 + 300, 40, 300, 20)
        assert counts(second)[1] == 50
        assert (first["providerId"], first["model"], first["startTimeMs"]) == ("aws", "claude-sonnet-4-5", IN_2026 + 1)
        assert first["tags"]["session"] == "1772000000000"

    def test_models_of_older_tasks_by_time_and_the_folder_of_a_task(self, logs, tmp_path):
        used = [(IN_2026, "claude-sonnet-4-5", "anthropic"), (IN_2026 + MINUTE_MS, "gpt-5", "openai-native")]
        usage = [{"ts": time, "model_id": model, "model_provider_id": provider, "mode": "act"} for time, model, provider in used]
        folder = self.task(tmp_path, request(IN_2026 + 5), request(IN_2026 + 2 * MINUTE_MS), task_metadata={"model_usage": usage})
        history = folder.parent.parent / "state" / "taskHistory.json"
        history.parent.mkdir()
        history.write_text(json.dumps([{"id": folder.name, "cwdOnTaskInitialization": "/home/ann/garden"}]))
        logs.read("cline")
        assert [row["model"] for row in logs.rows] == ["claude-sonnet-4-5", "gpt-5"]
        assert {row["tags"]["project"] for row in logs.rows} == {"/home/ann/garden"}

    @pytest.mark.parametrize(
        ("provider", "model", "expected"),
        [("openai-native", "gpt-5", "openai"), ("openai", "qwen3-coder", "alibaba"), ("vscode-lm", "claude-sonnet-4-5", "anthropic"), ("openrouter", "gpt-5", "openrouter")],
    )
    def test_who_served_it(self, logs, tmp_path, provider, model, expected):
        self.task(tmp_path, request(IN_2026, modelInfo={"modelId": model, "providerId": provider, "mode": "act"}))
        logs.read("cline")
        assert [row["providerId"] for row in logs.rows] == [expected]

    def test_a_tool_with_a_log_of_its_own_is_left_to_that(self, logs, tmp_path):
        self.task(tmp_path, request(IN_2026, modelInfo={"modelId": "sonnet", "providerId": "claude-code", "mode": "act"}))
        assert logs.read("cline")["new"] == 0

    def test_requests_that_were_deleted_count_once(self, logs, tmp_path):
        first, second, third = (request(IN_2026 + number, prompt=100 * number, written=0, read=0) for number in (1, 2, 3))
        self.task(tmp_path, first, second)
        logs.read("cline")
        deleted = request(IN_2026 + 4, 200 + 300, 80, 0, 0, kind="deleted_api_reqs")  # the second, and the third, which was never seen
        self.task(tmp_path, first, deleted)
        assert logs.read("cline")["new"] == 1
        assert logs.totals() == (3, 100 + 200 + 300, 3 * 40)
        self.task(tmp_path, first, deleted, third | {"ts": IN_2026 + 5})
        assert logs.read("cline")["new"] == 1
        assert logs.totals() == (4, 100 + 200 + 300 + 300, 4 * 40)

    def test_a_first_import_counts_what_was_deleted_before(self, logs, tmp_path):
        self.task(tmp_path, request(IN_2026 + 1, 100, 40, 0, 0), request(IN_2026 + 4, 500, 80, 0, 0, kind="deleted_api_reqs"))
        logs.read("cline")
        assert logs.totals() == (2, 600, 120)

    def test_what_sub_agents_used_and_the_two_messages_of_2024(self, logs, tmp_path):
        started, finished = say("api_req_started", IN_2026, {"request": SECRET}), request(IN_2026 + 1, kind="api_req_finished")
        self.task(tmp_path, started, finished, request(IN_2026 + 2, 1000, 60, 0, 0, kind="subagent_usage"))
        logs.read("cline")
        assert logs.totals() == (2, 330 + 1000, 40 + 60)

    def test_a_counter_that_is_none(self, logs, tmp_path):
        self.task(tmp_path, request(IN_2026, prompt="many"), request(IN_2026 + 1))
        assert logs.read("cline", exit_code=4)["new"] == 1
        assert "tokensIn" in logs.stderr

    def test_a_task_that_names_no_model(self, logs, tmp_path):
        self.task(tmp_path, request(IN_2026))
        logs.read("cline")
        [row] = logs.rows
        assert (row["providerId"], row["model"], counts(row)) == ("unknown", "class:unknown", (330, 40, 300, 20))

    def test_a_file_that_is_cut(self, logs, tmp_path):
        folder = self.task(tmp_path, request(IN_2026))
        (folder / "ui_messages.json").write_text('[{"ts": 1, "type"')
        logs.read("cline", exit_code=4)
        assert "not JSON" in logs.stderr


class TestClineSessions:
    def session(self, tmp_path, name, *messages):
        folder = tmp_path / ".cline" / "data" / "sessions" / name
        folder.mkdir(parents=True, exist_ok=True)
        body = {"version": 1, "agent": "lead", "sessionId": name, "messages": list(messages)}
        (folder / f"{name}.messages.json").write_text(json.dumps(body))
        manifest = {"session_id": name, "provider": "anthropic", "model": "claude-sonnet-4-5", "workspace_root": "/home/ann/garden"}
        (folder / f"{name}.json").write_text(json.dumps(manifest))

    def answer(self, identity, time, provider="anthropic", **metrics):
        known = {"inputTokens": 900, "outputTokens": 70, "cacheReadTokens": 600, "cacheWriteTokens": 100, "cost": 0.02}
        info = {"id": "claude-sonnet-4-5", "provider": provider}
        return {"id": identity, "role": "assistant", "content": SECRET, "ts": time, "modelInfo": info, "metrics": known | metrics}

    def test_a_fork_begins_with_the_messages_of_the_other(self, logs, tmp_path):
        user = {"id": "u1", "role": "user", "content": SECRET, "ts": IN_2026}
        self.session(tmp_path, "s1", user, self.answer("m1", IN_2026 + 1), self.answer("m2", IN_2026 + 2))
        assert logs.read("cline")["new"] == 2
        self.session(tmp_path, "s2", user, self.answer("m1", IN_2026 + 1), self.answer("m3", IN_2026 + 3))
        result = logs.read("cline")
        assert (result["new"], result["duplicates"]) == (1, 1)
        assert {counts(row) for row in logs.rows} == {(900, 70, 600, 100)}
        assert logs.rows[0]["tags"]["project"] == "/home/ann/garden"

    def test_a_task_that_goes_on_as_a_session_brings_its_sum_along(self, logs, tmp_path):
        store(tmp_path / ".cline" / "data" / "tasks" / "1772", request(IN_2026 + 1), request(IN_2026 + 2))
        sum_of_task = self.answer("m0", IN_2026 + 9, "unknown", inputTokens=660, outputTokens=80)
        self.session(tmp_path, "s1", sum_of_task, self.answer("m1", IN_2026 + 10))
        logs.read("cline")
        assert logs.totals() == (3, 2 * 330 + 900, 2 * 40 + 70)

    def test_folders_that_the_environment_names(self, logs, tmp_path, env):
        env["CLINE_DATA_DIR"] = str(tmp_path / "data-of-cline")
        store(tmp_path / "data-of-cline" / "tasks" / "1772", request(IN_2026))
        assert logs.read("cline")["new"] == 1


def details(model, folder="/home/ann/garden"):
    text = f"<environment_details>\n# Current Mode\n<slug>code</slug>\n<model>{model}</model>\n\n# Current Workspace Directory ({folder}) Files\n"
    return {"type": "text", "text": f"{text}</environment_details>"}


def asked(time, model):
    return {"role": "user", "ts": time, "content": [{"type": "text", "text": SECRET}, details(model)]}


class TestRooCode:
    def task(self, tmp_path, *messages, extension="rooveterinaryinc.roo-cline", **beside):
        return store(tmp_path / ".vscode-server/data/User/globalStorage" / extension / "tasks/0f9c", *messages, **beside)

    def test_the_conversation_names_the_model_of_each_request(self, logs, tmp_path):
        said = [asked(IN_2026 + 5, "claude-sonnet-4-5"), asked(IN_2026 + MINUTE_MS + 5, "gemini-2.5-pro")]
        requests = [request(IN_2026, prompt=330), request(IN_2026 + MINUTE_MS, prompt=330), request(IN_2026 + 2 * MINUTE_MS, prompt=330)]
        self.task(tmp_path, *requests, api_conversation_history=said)
        assert logs.read("roo-code")["new"] == 3
        assert [row["model"] for row in logs.rows] == ["claude-sonnet-4-5", "gemini-2.5-pro", "gemini-2.5-pro"]
        assert {counts(row) for row in logs.rows} == {(330, 40, 300, 20)}
        assert logs.rows[0]["tags"]["project"] == "/home/ann/garden"
        assert logs.read("roo-code")["files"] == 0

    @pytest.mark.parametrize(
        ("time", "text", "prompt", "input"),
        [
            (IN_2026, {"apiProtocol": "anthropic"}, 1000, 1000),
            (IN_2026, {"apiProtocol": "openai"}, 1000, 1000),
            (BEFORE_THE_CHANGE, {"apiProtocol": "anthropic"}, 1000, 1000 + 320),
            (BEFORE_THE_CHANGE, {"apiProtocol": "openai"}, 1000, 1000),
            (BEFORE_THE_CHANGE, {}, 1000, 1000 + 320),
            (IN_2026, {"apiProtocol": "anthropic"}, 10, 10 + 320),
        ],
        ids=["anthropic", "openai", "anthropic before", "openai before", "a Claude before protocols were named", "an older version goes on"],
    )
    def test_where_the_cache_stands(self, logs, tmp_path, time, text, prompt, input):
        self.task(tmp_path, request(time, prompt=prompt, text=text), api_conversation_history=[asked(time + 5, "claude-sonnet-4-5")])
        logs.read("roo-code")
        [row] = logs.rows
        assert counts(row) == (input, 40, 300, 20)

    def test_the_task_names_its_folder(self, logs, tmp_path):
        self.task(tmp_path, request(IN_2026, prompt=330), history_item={"id": "0f9c", "workspace": "/home/ann/orchard"})
        logs.read("roo-code")
        [row] = logs.rows
        assert row["tags"] | {"host": ""} == {"project": "/home/ann/orchard", "session": "0f9c", "host": ""}

    def test_kilo_code_keeps_its_tasks_apart(self, logs, tmp_path):
        self.task(tmp_path, request(IN_2026, prompt=330), extension="kilocode.kilo-code", api_conversation_history=[asked(IN_2026 + 5, "gpt-5")])
        assert logs.read("kilo-code")["new"] == 1
        [row] = logs.rows
        assert (row["source"], row["model"], row["inputTokens"]) == ("kilo-code", "gpt-5", 330)
