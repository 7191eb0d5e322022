"""Logs that a tool compressed in their place: the same calls, read as they are unpacked."""

import gzip
import importlib
import json

import pytest

from ecocli.imports import zstd as unpacking
from tests.import_helpers import Logs, claude_line, codex_count, codex_meta, codex_turn, lines, write

ROLLOUT = [codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(3, 2)]


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / ".codex" / "sessions"
    folder.mkdir(parents=True)
    return folder


def zstd(data):
    try:
        return importlib.import_module("compression.zstd").compress(data)
    except ImportError:
        return importlib.import_module("zstandard").compress(data)


PACKED = [("zst", zstd), ("gz", gzip.compress)]


@pytest.mark.parametrize(("ending", "pack"), PACKED)
class TestPacked:
    def test_has_the_calls_that_it_had_before(self, logs, sessions, ending, pack):
        log = write(sessions / "rollout-1.jsonl", *ROLLOUT)
        logs.read("codex")
        (sessions / f"rollout-1.jsonl.{ending}").write_bytes(pack(log.read_bytes()))
        log.unlink()
        counts = logs.read("codex")
        assert (counts["new"], counts["duplicates"], logs.stderr) == (0, 2, "")
        assert logs.totals() == (2, 30, 6)
        assert logs.read("codex")["unchanged"] == 1

    def test_is_read_where_it_is_all_there_is(self, logs, sessions, ending, pack):
        (sessions / f"rollout-1.jsonl.{ending}").write_bytes(pack(lines(*ROLLOUT[2:])))
        logs.read("codex")
        assert logs.totals() == (2, 30, 6)
        assert {row["tags"]["session"] for row in logs.rows} == {"rollout-1"}

    def test_may_be_of_several_parts(self, logs, sessions, ending, pack):
        (sessions / f"rollout-1.jsonl.{ending}").write_bytes(b"".join(pack(lines(line)) for line in ROLLOUT))
        logs.read("codex")
        assert logs.totals() == (2, 30, 6)

    def test_that_is_cut_gives_what_is_whole(self, logs, tmp_path, ending, pack):
        body = b"".join(lines(claude_line(f"m{number}", number, request=f"r{number}")) for number in range(1, 2_000))
        path = tmp_path / ".claude" / "projects" / "garden" / f"s1.jsonl.{ending}"
        path.parent.mkdir(parents=True)
        path.write_bytes(pack(body)[:-100])
        counts = logs.read("claude-code")
        assert 0 < counts["new"] < 1_999 and counts["unfinished"] == 1
        path.write_bytes(pack(body))
        logs.read("claude-code")
        assert logs.totals()[0] == 1_999

    def test_that_is_damaged_is_named(self, logs, sessions, ending, pack):
        packed = pack(lines(*ROLLOUT))
        (sessions / f"rollout-1.jsonl.{ending}").write_bytes(b"no archive" + packed)
        assert logs.read("codex", exit_code=4)["rejected"] == 1
        assert f"rollout-1.jsonl.{ending}: damaged: it cannot be unpacked" in logs.stderr

    def test_of_another_tool(self, logs, tmp_path, ending, pack):
        chats = tmp_path / ".gemini" / "tmp" / "garden" / "chats"
        chats.mkdir(parents=True)
        message = {"id": "m1", "type": "gemini", "model": "gemini-3-pro", "tokens": {"input": 7, "output": 3}, "timestamp": "2026-05-01T10:00:00Z"}
        (chats / f"session-1.jsonl.{ending}").write_bytes(pack(lines({"sessionId": "s-1"}, message)))
        (chats / f"session-2.json.{ending}").write_bytes(pack(json.dumps({"sessionId": "s-2", "messages": [message]}).encode()))
        logs.read("gemini-cli")
        assert [row["id"] for row in logs.rows] == ["s-1:m1", "s-2:m1"]


def test_a_long_line_is_put_together_from_many_pieces(logs, tmp_path):
    path = tmp_path / ".claude" / "projects" / "garden" / "s1.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(lines(claude_line("m1"), claude_line("m2", request="r2", text="x" * 2_000_000), claude_line("m3", request="r3"))))
    assert logs.read("claude-code")["new"] == 3


def test_without_anything_that_unpacks(monkeypatch, logs, sessions):
    def missing(name):
        raise ImportError(name)

    packed = zstd(lines(*ROLLOUT))
    monkeypatch.setattr(unpacking, "import_module", missing)
    (sessions / "rollout-1.jsonl.zst").write_bytes(packed)
    logs.read("codex", exit_code=4)
    assert "compressed with Zstandard, which this Python cannot read" in logs.stderr
