"""Of several snapshots of one answer the finished one counts, whatever its size; a source that says nothing is named."""

import pytest

from ecocli.imports import gemini_cli
from tests.import_helpers import USER_LINE, Logs, append, claude_line, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def log(tmp_path):
    return tmp_path / ".claude" / "projects" / "garden" / "s1.jsonl"


@pytest.fixture
def chat(tmp_path):
    return tmp_path / ".gemini" / "tmp" / "garden" / "chats" / "session-1.jsonl"


def snapshot(output, reason=None, **changes):
    return claude_line("m1", output, message={"stop_reason": reason}, **changes)


def message(identity="g1", **tokens):
    known = {"input": 100, "output": 20, "cached": 60, "thoughts": 30, "tool": 5} | tokens
    return {"id": identity, "timestamp": "2026-05-01T10:00:00Z", "type": "gemini", "model": "gemini-2.5-pro", "tokens": known}


class TestClaudeCode:
    @pytest.mark.parametrize(
        ("lines", "output"),
        [
            ([snapshot(90), snapshot(40, "end_turn")], 40),
            ([snapshot(40, "end_turn"), snapshot(90)], 40),
            ([snapshot(5), snapshot(90), snapshot(40)], 40),
            ([claude_line("m1", 90), snapshot(40, "tool_use")], 40),
            ([snapshot(40, "end_turn"), snapshot(0, "end_turn", usage=dict.fromkeys(("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"), 0))], 40),
        ],
        ids=["last", "first", "none: the last", "beside one that does not tell", "nothing counted"],
    )
    def test_the_finished_one_counts(self, logs, log, lines, output):
        write(log, *lines)
        logs.read("claude-code")
        assert logs.totals() == (1, 1054, output)

    def test_one_that_is_finished_later_takes_the_place_of_a_larger_one(self, logs, log):
        write(log, snapshot(90))
        logs.read("claude-code")
        append(log, snapshot(40, "end_turn"))
        assert (logs.read("claude-code")["updated"], logs.totals()) == (1, (1, 1054, 40))

    def test_a_moved_log_changes_nothing(self, logs, log):
        write(log, snapshot(90), snapshot(40, "end_turn"))
        logs.read("claude-code")
        log.rename(log.with_name("s2.jsonl"))
        assert (logs.read("claude-code")["updated"], logs.totals()) == (0, (1, 1054, 40))

    def test_an_answer_inside_a_line_about_a_sub_agents_progress(self, logs, log):
        """Its own log may be gone; where it is not, the answer counts once."""
        inner = {name: value for name, value in claude_line("m1", 40).items() if name in ("message", "requestId", "uuid", "timestamp")}
        write(log, {"type": "progress", "sessionId": "s1", "cwd": "/home/ann/garden", "data": {"type": "agent_progress", "message": inner}})
        logs.read("claude-code")
        write(log.with_name("agent-1.jsonl"), claude_line("m1", 40, isSidechain=True))
        logs.read("claude-code")
        assert logs.totals() == (1, 1054, 40)
        assert logs.rows[0]["tags"]["sidechain"] == "true"

    def test_a_number_that_is_no_counter_is_said(self, logs, log):
        write(log, claude_line("m1", usage={"dreamed_tokens": 7}))
        logs.read("claude-code")
        assert logs.stderr == "eco: warning: a number that eco does not understand was not counted: usage.dreamed_tokens\n"


class TestGeminiCli:
    def test_the_last_one_counts(self, logs, chat):
        write(chat, {"sessionId": "s-1"}, message(output=90), message(output=20))
        logs.read("gemini-cli")
        assert logs.totals() == (1, 105, 50)
        append(chat, message(output=10))
        assert (logs.read("gemini-cli")["updated"], logs.totals()) == (1, (1, 105, 40))

    @pytest.mark.parametrize(("counter", "name"), [(counter, name) for counter, names in gemini_cli.SPELLINGS.items() for name in names])
    def test_every_spelling_of_a_counter(self, logs, chat, counter, name):
        told = message(dreams=0)
        told["tokens"].pop(counter, None)
        told["tokens"][name] = 70 if counter != "total" else 100 + 20 + 30 + 5 + 60  # the cache beside the input
        write(chat, {"sessionId": "s-1"}, told)
        logs.read("gemini-cli")
        [row] = logs.rows
        expected = {"input": (75, 50, 60, 30), "output": (105, 100, 60, 30), "cached": (105, 50, 70, 30), "thoughts": (105, 90, 60, 70), "tool": (170, 50, 60, 30)}
        expected["total"] = (165, 50, 60, 30)
        assert tuple(row[key] for key in ("inputTokens", "outputTokens", "cachedTokens", "reasoningTokens")) == expected[counter]
        assert logs.stderr == ""


class TestSilence:
    def test_a_source_whose_logs_hold_no_call_is_named(self, logs, log):
        write(log, USER_LINE)
        write(log.with_name("s2.jsonl"), USER_LINE)
        assert logs.read("claude-code")["new"] == 0
        assert logs.stderr.startswith(f"eco: warning: claude-code: no call was found in {log}") and " and 1 more" in logs.stderr
        logs.read("claude-code")
        assert logs.stderr == ""

    def test_a_session_that_goes_on_without_an_answer_is_not(self, logs, log):
        write(log, claude_line("m1"))
        logs.read("claude-code")
        append(log, USER_LINE)
        logs.read("claude-code")
        assert logs.stderr == ""

    @pytest.mark.parametrize("left", [0, 1])
    def test_a_log_that_was_written_anew_with_fewer_calls_is_named(self, logs, log, left):
        write(log, *(claude_line(f"m{number}", request=f"r{number}") for number in range(3)))
        write(log.with_name("s2.jsonl"), claude_line("m9", request="r9"))
        logs.read("claude-code")
        write(log, USER_LINE, *(claude_line(f"m{number}", request=f"r{number}") for number in range(left)))
        append(log.with_name("s2.jsonl"), USER_LINE)
        logs.read("claude-code")
        assert logs.stderr == f"eco: warning: claude-code: {log} was written anew and holds fewer calls than before, {left} of 3: those that were imported stay\n"
        assert logs.totals()[0] == 4
