"""Claude Code's logs: every answer once, with its largest snapshot, whoever repeats it."""

import copy
import os
import pickle

import pytest

from ecocli import imports
from ecocli.imports import files
from ecocli.imports import lines as lines_of_logs
from ecocli.imports.reading import read_portion
from ecocli.imports.source import Memory
from ecocli.ingest.reading import Fill
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import RowBuilder
from tests.estimator_helpers import NOW_MS, shipped
from tests.import_helpers import SECRET, USER_LINE, Logs, append, claude_line, lines, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def log(tmp_path):
    return tmp_path / ".claude" / "projects" / "garden" / "s1.jsonl"


def test_an_answer_with_its_circumstances(logs, log):
    write(log, USER_LINE, claude_line())
    counts = logs.read("claude-code")
    assert (counts["files"], counts["new"], counts["rejected"]) == (1, 1, 0)
    [row] = logs.rows
    assert (row["id"], row["providerId"], row["model"], row["source"]) == ("msg_1", "anthropic", "claude-sonnet-4-5", "claude-code")
    assert (row["inputTokens"], row["cachedTokens"], row["cacheWriteTokens"], row["outputTokens"]) == (1054, 1000, 50, 100)
    assert row["logDate"] == "2026-04-01T10:00:00Z"
    assert row["tags"] == {"project": "/home/ann/garden", "session": "s1", "branch": "main", "host": os.uname().nodename, "request": "req_1"}


def test_snapshots_of_an_answer_count_once_the_largest_with_the_first_time(logs, log):
    late = claude_line(output=159, timestamp="2026-04-02T00:00:01.000Z")
    write(log, claude_line(output=2, timestamp="2026-04-01T23:59:59.000Z"), late, claude_line(output=9))
    logs.read("claude-code")
    assert logs.totals() == (1, 1054, 159)
    assert logs.rows[0]["logDate"] == "2026-04-01T10:00:00Z"


def test_snapshots_that_come_in_two_imports(logs, log):
    write(log, claude_line(output=2))
    assert logs.read("claude-code")["new"] == 1
    write(log, claude_line(output=2), claude_line(output=159))
    counts = logs.read("claude-code")
    assert (counts["new"], counts["updated"]) == (0, 1)
    assert logs.totals() == (1, 1054, 159)


def test_without_a_request_id_the_message_decides(logs, log):
    write(log, claude_line(request=None, output=1), claude_line(request=None, output=80))
    logs.read("claude-code")
    assert logs.totals() == (1, 1054, 80)


def test_without_a_message_id_the_line_decides(logs, log):
    write(log, claude_line(None, 10, None), claude_line(None, 20, None))
    logs.read("claude-code")
    assert [row["id"] for row in logs.rows] == ["u-None-10", "u-None-20"]


def test_a_resumed_and_forked_session_counts_once(logs, log):
    write(log, claude_line("msg_1"), claude_line("msg_2", request="req_2"))
    write(log.with_name("s2.jsonl"), claude_line("msg_1", sessionId="s2"), claude_line("msg_3", request="req_3", sessionId="s2"))
    write(log.parent / "s2" / "subagents" / "agent-a.jsonl", claude_line("msg_3", request="req_3"), claude_line("msg_4", request="req_4"))
    counts = logs.read("claude-code")
    assert (counts["files"], counts["new"], counts["duplicates"]) == (3, 4, 2)
    assert logs.totals() == (4, 4 * 1054, 400)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("apart", [True, False])
def test_a_sub_agents_copy_under_another_request_is_no_call(logs, log, first, apart):
    original, replay = claude_line(output=10), claude_line(output=500, request="req_9", isSidechain=True)
    pair = (replay, original) if first else (original, replay)
    for at in (1, 2) if apart else (2,):
        write(log, *pair[:at])
        logs.read("claude-code")
    assert logs.totals() == (1, 1054, 10)


def test_a_gateway_that_repeats_its_message_id(logs, log):
    for _ in range(2):
        write(log, claude_line("msg_x", 10, "req_1"), claude_line("msg_x", 20, "req_2"), claude_line("msg_x", 25, "req_2"))
        logs.read("claude-code")
        assert logs.totals() == (2, 2108, 35)


def test_what_claude_code_made_up_is_no_call(logs, log):
    write(log, claude_line("a", message={"model": "<synthetic>"}), claude_line("b", isApiErrorMessage=True), USER_LINE)
    counts = logs.read("claude-code")
    assert (counts["new"], counts["rejected"]) == (0, 0)


def test_cache_writes_are_the_sum_of_their_kinds(logs, log):
    parts = {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 70}
    write(log, claude_line(usage={"cache_creation": parts, "cache_creation_input_tokens": None}))
    logs.read("claude-code")
    [row] = logs.rows
    assert (row["inputTokens"], row["cacheWriteTokens"]) == (1104, 100)


def test_a_gateway_whose_total_says_that_the_input_holds_the_cache(logs, log):
    usage = {"input_tokens": 1100, "cache_creation_input_tokens": 0, "total_tokens": 1200}
    write(log, claude_line(usage=usage, message={"model": "qwen3-coder-plus"}))
    logs.read("claude-code")
    assert logs.totals() == (1, 1100, 100)  # not 1100 + 1000


def test_a_copy_of_a_call_whose_message_id_another_one_takes_first(logs, log):
    write(log.with_name("b.jsonl"), claude_line("msg_x", 10, "req_1"))
    logs.read("claude-code")
    write(log.with_name("a.jsonl"), claude_line("msg_x", 7, "req_2"))
    write(log.with_name("c.jsonl"), claude_line("msg_x", 10, "req_1", sessionId="resumed"))
    counts = logs.read("claude-code")
    assert (counts["new"], counts["duplicates"]) == (1, 1)
    assert logs.totals() == (2, 2 * 1054, 17)


def test_models_of_gateways_and_long_contexts(logs, log):
    write(
        log,
        claude_line("a", message={"model": "claude-sonnet-4-5[1m]"}),
        claude_line("b", request="r2", message={"model": "nobody-knows-this-7b"}),
        claude_line("msg_bdrk_c", request="r3"),
    )
    logs.read("claude-code")
    assert [row["model"] for row in logs.rows] == ["claude-sonnet-4-5", "nobody-knows-this-7b", "claude-sonnet-4-5"]
    assert [row["providerId"] for row in logs.rows][::2] == ["anthropic", "aws"]


def test_the_same_answer_piped_in_is_the_same_call(logs, log, eco):
    import json

    message = claude_line()["message"] | {"type": "message"}
    eco("record", input=json.dumps(message))
    write(log, claude_line())
    counts = logs.read("claude-code")
    assert (counts["new"], counts["duplicates"]) == (0, 1)
    assert logs.totals() == (1, 1054, 100)


def paths_of(body, above=()):
    for key, value in body.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths_of(value, (*above, key))


ITERATIONS = {"iterations": [{"type": "compaction", "input_tokens": 5, "output_tokens": 6}]}


def test_a_compaction_beside_a_message_is_a_call_of_its_own(logs, log):
    """Its tokens are not in the message's sums; and few logs name a region."""
    write(log, claude_line("msg_1", 100, usage=ITERATIONS))
    assert logs.read("claude-code")["new"] == 2
    assert logs.totals() == (2, 4 + 50 + 1000 + 5, 100 + 6)


@pytest.mark.parametrize("body", [claude_line(), claude_line(None), claude_line(usage=ITERATIONS), claude_line(cwd=None), USER_LINE])
def test_no_text_of_a_line_is_passed_between_processes(log, body):
    write(log, body)
    source, builder = imports.by_name("claude-code"), RowBuilder(Assessor(shipped()), Fill(), NOW_MS, None)
    with log.open("rb") as stream:
        [portion] = lines_of_logs.portions(stream, files.look(log, "host"), 0, 1 << 20)
    passed = pickle.dumps(read_portion(source, portion, {}, builder))
    assert b"s1.jsonl" in passed or (body is USER_LINE and SECRET.encode() not in passed)


def test_it_does_not_matter_how_much_is_read_at_once(log):
    """Lines may lack what those before them told, wherever the reading stopped in between."""
    late = claude_line("msg_2", cwd=None, gitBranch=None, sessionId=None, timestamp=None)
    write(log, claude_line(), USER_LINE, late, claude_line(None, 3), {"usage": 1}, claude_line("msg_4", usage=ITERATIONS))
    source, found = imports.by_name("claude-code"), []
    for size_bytes in (1, 500, 1 << 20):
        memory, calls, before = Memory(), [], 0
        with log.open("rb") as stream:
            for portion in lines_of_logs.portions(stream, files.look(log, "host"), 0, size_bytes):
                read = lines_of_logs.read(source, stream, portion, memory, before)
                calls, before = [*calls, *read.found], before + read.count
        found.append(calls)
    assert len(found[0]) == 5
    assert found[0] == found[1] == found[2]


NULLED = [path for path in paths_of(claude_line()) if path not in {("message",), ("message", "usage")}]


@pytest.mark.parametrize("path", NULLED, ids=".".join)
@pytest.mark.parametrize("which", [0, 1])
def test_a_null_in_every_field_in_turn(logs, log, path, which):
    """Of two snapshots, one has a null: the call is there once, and what the other one tells of it is kept."""
    pair = [claude_line(output=3), claude_line(output=100)]
    pair[which] = copy.deepcopy(pair[which])
    holder = pair[which]
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = None
    write(log, *pair)
    logs.read("claude-code")
    output = 3 if (path[-1], which) == ("output_tokens", 1) else 100
    assert logs.totals() == (1, 1054, output)
    assert logs.rows[0]["model"] == "claude-sonnet-4-5"


def test_no_usage_at_all_is_said_so(logs, log):
    write(log, claude_line(message={"usage": None}))
    counts = logs.read("claude-code", exit_code=4)
    assert counts["rejected"] == 1
    assert f"{log}:1: no token counts: message.usage holds none" in logs.stderr


def test_counts_that_are_none_are_refused_with_their_place(logs, log, tmp_path):
    write(log, USER_LINE, claude_line("a", usage={"output_tokens": "many"}), claude_line("b", request="r2"))
    counts = logs.read("claude-code", "--rejects", "bad.ndjson", exit_code=4)
    assert (counts["new"], counts["rejected"]) == (1, 1)
    [bad] = [line for line in (tmp_path / "bad.ndjson").read_text().splitlines()]
    assert f'"where": "{log}:2"' in bad and "usage.output_tokens" in bad and SECRET not in bad


def test_several_configuration_folders(logs, eco, tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name / "projects" / "p" / "s.jsonl", claude_line(f"msg_{name}", request=name))
    done = eco("import", "claude-code", CLAUDE_CONFIG_DIR=f"{tmp_path / 'one'}, {tmp_path / 'two'}")
    assert done.json["sources"][0]["new"] == 2


def test_links_that_lead_in_a_circle(logs, log):
    write(log, claude_line())
    (log.parent / "loop").symlink_to(log.parent.parent, target_is_directory=True)
    assert logs.read("claude-code")["new"] == 1


def test_nothing_that_was_said_is_stored(logs, log, tmp_path):
    body = lines(USER_LINE, claude_line(), claude_line("x", usage={"output_tokens": -1}), claude_line("cut"))
    write(log)
    log.write_bytes(body[:-40])
    logs.read("claude-code", exit_code=4)
    for file in (tmp_path / "data" / "eco").iterdir():
        assert b"walrus" not in file.read_bytes()


@pytest.mark.parametrize("length", [255, 256, 300])
def test_ids_too_long_to_be_told_apart_by_their_end(logs, log, length):
    name = "m" * length
    write(log, claude_line(name, 10, "req_1"), claude_line(name, 20, "req_2"), claude_line(name, 30, "req_3"))
    assert logs.read("claude-code")["new"] == 3
    append(log, claude_line(name, 40, "req_4"))
    assert logs.read("claude-code")["new"] == 1
    assert len({row["id"] for row in logs.rows}) == 4
