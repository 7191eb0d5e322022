"""Kimi CLI and Kimi Code: steps, sub-agents that are written twice, forks that copy lines, names of the settings."""

import shutil

import pytest

from tests.import_helpers import SECRET, Logs, append, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


def usage(**changes):
    return {"input_other": 300, "output": 40, "input_cache_read": 1000, "input_cache_creation": 20} | changes


def status(message_id="chatcmpl-5f0c8d1e77a2", time=1_780_000_000.25, **counts):
    payload = {"context_usage": 0.1, "token_usage": usage(**counts), "message_id": message_id}
    return {"timestamp": time, "message": {"type": "StatusUpdate", "payload": payload}}


def wrapped(line, time):
    event = {"parent_tool_call_id": "t1", "agent_id": "a1", "event": line["message"]}
    return {"timestamp": time, "message": {"type": "SubagentEvent", "payload": event}}


HEAD = {"type": "metadata", "protocol_version": "1.5"}
TURN = {"timestamp": 1_780_000_000.0, "message": {"type": "TurnBegin", "payload": {"user_input": SECRET}}}


class TestKimiCli:
    def wire(self, tmp_path, session="5aa1", *below):
        return tmp_path.joinpath(".kimi", "sessions", "0c1f", session, *below, "wire.jsonl")

    def test_steps_of_a_session_that_grows(self, logs, tmp_path):
        path = write(self.wire(tmp_path), HEAD, TURN, status(), {"timestamp": 1, "message": {"type": "StatusUpdate", "payload": {"plan_mode": True}}})
        assert logs.read("kimi-cli")["new"] == 1
        append(path, status("chatcmpl-91ab22c4d0e8", 1_780_000_060.5))
        assert logs.read("kimi-cli")["new"] == 1
        assert logs.totals() == (2, 2 * 1320, 80)
        row = logs.rows[0]
        assert (row["id"], row["startTimeMs"], row["providerId"]) == ("chatcmpl-5f0c8d1e77a2", 1_780_000_000_250, "moonshot")
        assert (row["cachedTokens"], row["cacheWriteTokens"], row["reasoningTokens"]) == (1000, 20, None)
        assert (row["tags"]["session"], row["tags"]["project"]) == ("5aa1", "0c1f")
        assert "the log names no model" in logs.eco("explain", row["id"], "--json").stdout

    def test_what_a_sub_agent_did_is_in_two_files(self, logs, tmp_path):
        own, nameless = status("chatcmpl-aa01bb02cc03"), status(None, 1_780_000_005.0, output=7)
        write(self.wire(tmp_path), HEAD, status(), wrapped(own, 1_780_000_004.0), wrapped(nameless, 1_780_000_006.0))
        write(self.wire(tmp_path, "5aa1", "subagents", "a1"), HEAD, own, nameless)
        assert logs.read("kimi-cli")["new"] == 3
        assert logs.totals() == (3, 3 * 1320, 87)
        assert {row["tags"]["session"] for row in logs.rows} == {"5aa1"}

    def test_a_fork_copies_lines_as_they_are(self, logs, tmp_path):
        lines = [HEAD, TURN, status(), status(None, 1_780_000_030.0)]
        write(self.wire(tmp_path), *lines, status("chatcmpl-000000000009"))
        write(self.wire(tmp_path, "6bb2"), *lines, status("chatcmpl-00000000000a"))
        logs.read("kimi-cli")
        assert logs.totals()[0] == 4

    def test_short_ids_come_again_for_other_calls(self, logs, tmp_path):
        write(self.wire(tmp_path), HEAD, status("chatcmpl-17"), status("chatcmpl-17", 1_780_000_090.0, output=41))
        logs.read("kimi-cli")
        assert logs.totals() == (2, 2640, 81)


def record(time=1_780_000_000_250, model="kimi-code/kimi-for-coding", scope="turn", **counts):
    known = {"inputOther": 300, "output": 40, "inputCacheRead": 1000, "inputCacheCreation": 20} | counts
    return {"type": "usage.record", "model": model, "usage": known, "usageScope": scope, "time": time}


def request(model, alias):
    return {"type": "llm.request", "kind": "loop", "provider": "openai", "model": model, "modelAlias": alias, "time": 1_780_000_000_000}


class TestKimiCode:
    def wire(self, tmp_path, session="ses_1", agent="main"):
        return tmp_path / ".kimi-code" / "sessions" / "wd_garden_0a1b2c3d4e5f" / session / "agents" / agent / "wire.jsonl"

    def test_every_answer_counts_also_a_compaction(self, logs, tmp_path):
        step_end = {"type": "context.append_loop_event", "event": {"type": "step.end", "usage": record()["usage"]}, "time": 1_780_000_000_251}
        path = write(self.wire(tmp_path), {"type": "metadata", "protocol_version": "1.4"}, record(), step_end)
        assert logs.read("kimi-code")["new"] == 1
        append(path, record(1_780_000_060_000, scope="session", output=500))
        assert logs.read("kimi-code")["new"] == 1
        assert logs.totals() == (2, 2640, 540)
        row = logs.rows[0]
        assert (row["providerId"], row["startTimeMs"], row["cacheWriteTokens"]) == ("moonshot", 1_780_000_000_250, 20)
        assert (row["tags"]["project"], row["tags"]["session"]) == ("wd_garden_0a1b2c3d4e5f", "ses_1")

    def test_a_fork_is_a_copy_of_the_folder(self, logs, tmp_path):
        write(self.wire(tmp_path), record(), record(1_780_000_060_000))
        write(self.wire(tmp_path, agent="agent-0"), record())  # a sibling that counted the same at the same moment
        shutil.copytree(self.wire(tmp_path).parents[2], self.wire(tmp_path, "ses_2").parents[2])
        append(self.wire(tmp_path, "ses_2"), {"type": "forked", "time": 1}, record(1_780_000_090_000))
        logs.read("kimi-code")
        assert logs.totals()[0] == 4

    def test_names_of_the_settings_stand_for_the_model_of_the_request(self, logs, tmp_path):
        write(self.wire(tmp_path), request("gpt-5.2", "fast"), record(model="fast"), record(2, "__kimi_env_model__"), record(3, "claude-sonnet-4-5"))
        logs.read("kimi-code")
        assert sorted(row["model"] for row in logs.rows) == ["claude-sonnet-4-5", "gpt-5.2", "gpt-5.2"]
        assert {row["providerId"] for row in logs.rows} == {"openai", "anthropic"}
