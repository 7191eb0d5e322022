"""Logs that a tool compressed in their place: Codex does with Zstandard."""

import sys

import pytest
import zstandard

from tests.import_helpers import Logs, codex_count, codex_meta, codex_turn, lines, write

ROLLOUT = (codex_meta("s-1"), codex_turn(), codex_count(3, 3), codex_count(5, 2))
"""Two calls: 3 and then 2 times 10 tokens in and 2 out."""


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def packed(tmp_path):
    path = tmp_path / ".codex" / "sessions" / "2026" / "rollout-s-1.jsonl.zst"
    path.parent.mkdir(parents=True)
    path.write_bytes(zstandard.compress(lines(*ROLLOUT)))
    return path


def test_a_log_that_is_compressed_after_it_was_read(logs, packed):
    plain = write(packed.with_suffix(""), *ROLLOUT)
    packed.rename(packed.with_suffix(".later"))
    assert logs.read("codex")["new"] == 2
    plain.unlink()
    packed.with_suffix(".later").rename(packed)
    counts = logs.read("codex")
    assert (counts["new"], counts["duplicates"]) == (0, 2)
    assert logs.totals() == (2, 50, 10)


def test_several_frames_and_a_log_that_is_cut(logs, packed):
    frames = [zstandard.compress(lines(body)) for body in ROLLOUT]
    packed.write_bytes(b"".join(frames[:-1]) + frames[-1][:-9])
    logs.read("codex", exit_code=None)
    assert logs.totals() == (1, 30, 6)


def test_a_log_that_is_damaged(logs, packed):
    packed.write_bytes(b"\x28\xb5\x2f\xfd" + b"\xff" * 40)
    logs.read("codex", exit_code=4)
    assert "damaged: it cannot be unpacked" in logs.stderr


def test_without_zstandard_it_is_said_and_read_another_time(logs, packed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "compression.zstd", None)
        patch.setitem(sys.modules, "zstandard", None)
        logs.read("codex", exit_code=4)
        assert "pip install 'ecocli[zstd]'" in logs.stderr
    assert logs.read("codex")["new"] == 2
