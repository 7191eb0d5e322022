"""What was recorded by mistake is taken back or replaced: it counts nowhere, and can still be explained."""

import json
import os
import subprocess
import sys

import pytest

from tests.import_helpers import append, claude_line, write

CALL = ("-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
LARGER = ("-m", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "50")
NOVEMBER_2025_MS = "1763985600000"


def ids(eco, *options, **variables):
    return sorted(row["id"] for row in eco("history", "--json", *options, **variables).json["data"])


def events(*names):
    return "".join(json.dumps({"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "id": name}) + "\n" for name in names)


def full(eco, db):
    return eco("history", "--all", "--full", "--withdrawn", "--format", "ndjson", "--db", db).stdout


class TestUndo:
    def test_one_call(self, eco):
        eco("record", *CALL, "--id", "a")
        eco("record", *LARGER, "--id", "b")
        before = eco("summary", "--json").json["data"][0]
        undone = eco("undo", "--yes", "--json").json
        assert (undone["calls"], undone["voided"], undone["models"]) == (1, 1, ["gpt-4o"])
        assert ids(eco) == ["a"]
        after = eco("summary", "--json").json["data"][0]
        assert (before["inputTokens"], after["inputTokens"]) == (1010, 10)
        assert eco("report", "--json").json["total"]["calls"] == 1

    def test_a_batch_then_the_one_before(self, eco):
        eco("record", "-q", input=events("a", "b"))
        eco("record", "-q", input=events("c", "d", "e"))
        assert eco("undo", "--yes", "--json").json["voided"] == 3
        assert ids(eco) == ["a", "b"]
        assert eco("undo", "--yes", "--json").json["voided"] == 2
        assert ids(eco) == []
        assert eco("undo", "--yes", "--format", "text").stdout == "nothing of yours can be undone\n"

    def test_it_is_shown_first(self, eco):
        eco("record", *CALL)
        refused = eco("undo", exit_code=2)
        assert refused.stdout == ""
        assert "would undo 1 call (gpt-4o), recorded 20" in refused.stderr
        assert "--yes" in refused.stderr
        assert eco("undo", "--dry-run", "--format", "text").stdout.startswith("would undo 1 call (gpt-4o)")
        assert len(ids(eco)) == 1

    @pytest.mark.parametrize(("answer", "left"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1)])
    def test_it_asks_at_a_terminal(self, eco, env, tmp_path, answer, left):
        pty = pytest.importorskip("pty")
        eco("record", *CALL)
        ours, theirs = pty.openpty()
        os.write(ours, answer)
        done = subprocess.run([sys.executable, "-m", "ecocli", "undo"], stdin=theirs, capture_output=True, env=env, cwd=tmp_path, check=True)
        assert b"Undo 1 call (gpt-4o)" in done.stderr
        assert len(ids(eco)) == left
        os.close(ours)
        os.close(theirs)

    def test_a_key_undoes_only_its_own(self, eco):
        ada, bob = (eco("keys", "create", name).stdout.strip() for name in ("ada", "bob"))
        eco("record", *CALL, "--id", "ada's", ECO_API_KEY=ada)
        eco("record", *CALL, "--id", "bob's", ECO_API_KEY=bob)
        eco("record", *CALL, "--id", "mine")
        eco("undo", "--yes", ECO_API_KEY=ada)
        assert ids(eco) == ["bob's", "mine"]
        eco("undo", "--yes", ECO_API_KEY=ada)
        assert ids(eco) == ["bob's", "mine"]
        eco("undo", "--yes")
        eco("undo", "--yes")
        assert ids(eco) == ["bob's"]

    def test_it_is_still_explained(self, eco):
        recorded = eco("record", *CALL, "--id", "a", "--json").json
        eco("undo", "--yes")
        explained = eco("explain", "a", "--json").json
        assert explained["energy_wh"] == recorded["energy_wh"]
        assert explained["voided"].startswith("20")
        assert explained["recordedAgain"] is None
        assert eco("explain", "a", "--format", "text").stdout.startswith("voided by eco undo 20")

    def test_it_is_not_recorded_again_without_asking(self, eco):
        eco("record", *CALL, "--id", "a")
        eco("undo", "--yes")
        again = eco("record", *CALL, "--id", "a", "--json")
        assert again.json["voided"] is True
        assert again.stderr == "eco: warning: call 'a' was undone, and is not stored again\n"
        assert ids(eco) == []
        eco("record", *CALL, "--id", "a", "--again")
        assert ids(eco) == ["a"]
        assert eco("explain", "a", "--json").json["withdrawn"][0]["recordedAgain"].startswith("20")
        assert eco("record", *CALL, "--id", "a", "--json").json["duplicate"] is True

    def test_an_import_is_one_run_and_does_not_bring_it_back(self, eco, tmp_path):
        log = write(tmp_path / "logs" / "s.jsonl", *(claude_line(f"c{at}", request=f"r{at}") for at in range(5)))
        eco("record", *CALL, "--id", "a")
        assert eco("import", "claude-code", "logs", "--json").json["sources"][0]["new"] == 5
        assert eco("undo", "--yes", "--json").json["voided"] == 5
        append(log, claude_line("c5", request="r5"))
        assert eco("import", "claude-code", "logs", "--json").json["sources"][0]["new"] == 1
        assert ids(eco) == ["a", "c5"]
        assert eco("import", "claude-code", "logs", "--again", "--json").json["sources"][0]["new"] == 5
        assert ids(eco) == ["a", "c0", "c1", "c2", "c3", "c4", "c5"]
        assert eco("db", "check", "--json").json["problems"] == []

    def test_what_was_recomputed_keeps_its_earlier_results(self, eco):
        eco("record", *CALL, "--id", "a")
        eco("recompute", "--all", "--apply", exit_code=None)
        before = eco("explain", "a", "--json").json
        eco("undo", "--yes")
        assert eco("explain", "a", "--json").json["earlier"] == before["earlier"]


class TestReplace:
    def test_the_new_one_counts_and_the_old_one_is_explained(self, eco):
        old = eco("record", *LARGER, "--id", "a", "--json").json
        new = eco("record", *CALL, "--id", "a", "--replace", "--json").json
        assert new["energy_wh"] < old["energy_wh"]
        assert [row["inputTokens"] for row in eco("history", "--json").json["data"]] == [10]
        explained = eco("explain", "a", "--json").json
        assert (explained["energy_wh"], [each["energy_wh"] for each in explained["withdrawn"]]) == (new["energy_wh"], [old["energy_wh"]])
        assert "replaced 20" in eco("explain", "a", "--format", "text").stdout

    def test_another_provider_too(self, eco):
        eco("record", *CALL, "--id", "a", "--provider", "OpenAI")
        eco("record", *CALL, "--id", "a", "--provider", "Azure", "--replace")
        assert [row["provider"] for row in eco("history", "--json").json["data"]] == ["Azure"]

    def test_many_at_once_new_ones_among_them(self, eco):
        eco("record", "-q", input=events("a", "b"))
        eco("record", "-q", "--replace", input=events("b", "c", "c").replace('"prompt_tokens": 10', '"prompt_tokens": 7'))
        assert {row["id"]: row["inputTokens"] for row in eco("history", "--json").json["data"]} == {"a": 10, "b": 7, "c": 7}
        assert eco("report", "--json").json["corrections"][0]["replaced"] == 1

    def test_a_larger_snapshot_in_a_log_does_not_undo_it(self, eco, tmp_path):
        write(tmp_path / "logs" / "s.jsonl", claude_line("c", 500))
        eco("import", "claude-code", "logs")
        eco("record", "-m", "claude-sonnet-4-5", "--provider", "anthropic", "--prompt-tokens", "1", "--completion-tokens", "1", "--id", "c", "--replace")
        write(tmp_path / "logs" / "t.jsonl", claude_line("c", 9_000))
        eco("import", "claude-code", "logs")
        assert [row["outputTokens"] for row in eco("history", "--json").json["data"]] == [1]

    def test_a_key_replaces_only_its_own(self, eco):
        secret = eco("keys", "create", "k").stdout.strip()
        eco("record", *CALL, "--id", "mine")
        refused = eco("record", *LARGER, "--id", "mine", "--replace", ECO_API_KEY=secret, exit_code=6)
        assert "recorded by somebody else" in refused.stderr
        assert [row["inputTokens"] for row in eco("history", "--json").json["data"]] == [10]

    def test_estimate_has_nothing_to_replace(self, eco):
        assert "for eco record" in eco("estimate", *CALL, "--replace", exit_code=2).stderr


class TestForget:
    @pytest.mark.parametrize("which", [["--last"], ["--model", "gpt-4.1"], ["--id", "b"]])
    def test_by_new_conditions(self, eco, which):
        eco("record", *CALL, "--id", "a")
        eco("record", "-m", "gpt-4.1", *CALL[2:], "--id", "b")
        assert eco("forget", *which, "--yes", "--json").json["removed"] == 1
        assert ids(eco) == ["a"]

    def test_by_key(self, eco):
        secret = eco("keys", "create", "ada").stdout.strip()
        eco("record", *CALL, "--id", "a", ECO_API_KEY=secret)
        eco("record", *CALL, "--id", "b")
        assert eco("forget", "--key-name", "ada", "--yes", "--json").json["removed"] == 1
        assert ids(eco) == ["b"]

    def test_the_trail_too(self, eco, tmp_path):
        eco("record", *LARGER, "--id", "mark-7391")
        eco("record", *CALL, "--id", "mark-7391", "--replace")
        eco("undo", "--yes")
        assert eco("forget", "--id", "mark-7391", "--yes", "--json").json["removed"] == 2
        eco("explain", "mark-7391", exit_code=3)
        assert not any(b"mark-7391" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert eco("report", "--json").json["corrections"][0] | {"month": ""} == {"month": "", "voided": 0, "replaced": 0, "forgotten": 2}

    def test_again(self, eco):
        eco("record", *CALL, "--id", "a")
        eco("forget", "--id", "a", "--yes")
        eco("record", "-q", input=events("a"))
        assert ids(eco) == []
        eco("record", "-q", "--again", input=events("a"))
        assert ids(eco) == ["a"]
        assert eco("report", "--json").json["corrections"] == []
        assert eco("record", *CALL, "--id", "a", "--json").json["duplicate"] is True


class TestElsewhere:
    """Stores of which one knows of a correction, in whichever order they meet."""

    @pytest.fixture
    def two(self, eco):
        eco("record", "-q", "--db", "one.db", input=events("kept", "undone", "changed"))
        eco("db", "backup", "two.db", "--db", "one.db")
        eco("record", *CALL, "--id", "mistake", "--db", "one.db")
        eco("undo", "--yes", "--db", "one.db")
        eco("record", "-m", "gpt-4o", "--prompt-tokens", "3", "--completion-tokens", "1", "--id", "changed", "--replace", "--db", "one.db")
        eco("forget", "--id", "undone", "--yes", "--db", "one.db")

    def test_merged_in_both_orders(self, eco, two):
        eco("merge", "two.db", "--db", "one.db")
        eco("merge", "one.db", "--db", "two.db")
        for db in ("one.db", "two.db"):
            found = {row["id"]: row["inputTokens"] for row in eco("history", "--json", "--db", db).json["data"]}
            assert found == {"kept": 10, "changed": 3} | ({"undone": 10} if db == "two.db" else {})  # each store forgets for itself
            assert eco("explain", "mistake", "--json", "--db", db).json["voided"]
            assert len(eco("explain", "changed", "--json", "--db", db).json["withdrawn"]) == 1
            assert eco("db", "check", "--json", "--db", db).json["problems"] == []

    def test_merged_twice_changes_nothing(self, eco, two):
        eco("merge", "one.db", "--db", "two.db")
        before = full(eco, "two.db")
        assert eco("merge", "one.db", "--db", "two.db", "--json").json == {"new": 0, "updated": 0, "duplicates": 4}
        assert full(eco, "two.db") == before

    def test_undone_here_and_counted_there(self, eco):
        eco("record", "-q", "--db", "one.db", input=events("a", "b"))
        eco("db", "backup", "two.db", "--db", "one.db")
        eco("undo", "--yes", "--db", "one.db")
        assert eco("merge", "two.db", "--db", "one.db", "--json").json["voided"] == 2
        assert eco("merge", "one.db", "--db", "two.db", "--json").json["updated"] == 2
        assert ids(eco, "--db", "one.db") == ids(eco, "--db", "two.db") == []

    def test_recorded_once_more_here(self, eco):
        eco("record", "-q", "--db", "one.db", input=events("a"))
        eco("undo", "--yes", "--db", "one.db")
        eco("db", "backup", "two.db", "--db", "one.db")
        eco("record", "-q", "--again", "--db", "one.db", input=events("a"))
        eco("merge", "two.db", "--db", "one.db")
        assert ids(eco, "--db", "one.db") == ["a"]
        eco("merge", "one.db", "--db", "two.db")
        assert ids(eco, "--db", "two.db") == ["a"]

    @pytest.mark.parametrize("turned", [False, True])
    def test_a_history_there_and_back(self, eco, two, tmp_path, turned):
        lines = full(eco, "one.db").splitlines(keepends=True)
        assert [json.loads(line).get("withdrawn") for line in lines] == ["voided", "replaced", None, None]
        (tmp_path / "all.ndjson").write_text("".join(reversed(lines) if turned else lines))
        eco("import", "eco", "all.ndjson", "--db", "new.db")
        assert sorted(full(eco, "new.db").splitlines()) == sorted(line.rstrip("\n") for line in lines)
        eco("import", "eco", "all.ndjson", "--db", "two.db")
        assert {row["id"]: row["inputTokens"] for row in eco("history", "--json", "--db", "two.db").json["data"]} == {"kept": 10, "undone": 10, "changed": 3}

    @pytest.mark.parametrize("change", [{"withdrawn": "lost"}, {"withdrawnTimeMs": -1}, {"withdrawnTimeMs": None}, {"liftedTimeMs": "now"}])
    def test_a_trail_that_eco_would_not_have_written_is_refused(self, eco, two, tmp_path, change):
        line = json.loads(full(eco, "one.db").splitlines()[0]) | change
        (tmp_path / "bad.ndjson").write_text(json.dumps(line) + "\n")
        refused = eco("import", "eco", "bad.ndjson", "--db", "new.db", exit_code=4)
        assert "withdrawn" in refused.stderr or "lifted" in refused.stderr
        assert full(eco, "new.db") == ""

    def test_a_backup_has_the_trail(self, eco, two):
        before = full(eco, "one.db")
        eco("db", "backup", "copy.db", "--db", "one.db")
        eco("record", *CALL, "--db", "one.db")
        eco("db", "restore", "copy.db", "--db", "one.db")
        assert full(eco, "one.db") == before


def test_reports_count_corrections_by_the_month_of_the_call(eco):
    for name in ("a", "b", "c"):
        eco("record", *CALL, "--id", name, "--start-time-ms", NOVEMBER_2025_MS)
    eco("record", *LARGER, "--id", "a", "--start-time-ms", NOVEMBER_2025_MS, "--replace")
    eco("forget", "--id", "b", "--yes")
    eco("record", "-q", input=events("now"))
    eco("undo", "--yes")
    body = eco("report", "--json").json["corrections"]
    assert body[0] == {"month": "2025-11", "voided": 0, "replaced": 1, "forgotten": 1}
    assert body[1] | {"month": ""} == {"month": "", "voided": 1, "replaced": 0, "forgotten": 0}
    within = eco("report", "--start-date", "2025-11-01", "--end-date", "2025-11-30", "--json").json["corrections"]
    assert within == body[:1]
    assert eco("report", "--model", "gpt-4o", "--json").json["corrections"][0]["forgotten"] is None
    assert "2025-11" in eco("report", "--format", "md").stdout
    assert "calls in no figure,2025-11,replaced,1" in eco("report", "--format", "csv").stdout
