"""`eco forget`: what is removed is gone from the disk, and stays away."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecocli.core.usage import Usage
from ecocli.store import Filters, Store
from tests.import_helpers import Logs, append, claude_line, codex_count, codex_meta, codex_turn, write
from tests.imports.test_import_others import api_request, opencode
from tests.schema_helpers import leave
from tests.store.test_store import add, assessment, new_call, supersede

pty = pytest.importorskip("pty")

CALL = ("-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
MARK = "xyzzy-7391"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "eco"


def found_in(folder: Path, text: str) -> list[str]:
    """The files of a folder that hold a text, in any of SQLite's encodings."""
    forms = (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"))
    return [path.name for path in sorted(folder.rglob("*")) if path.is_file() and any(form in path.read_bytes() for form in forms)]


def ids(eco):
    return sorted(row["id"] for row in eco("history", "--json").json["data"])


@pytest.fixture
def three(eco):
    """A call of 2024, one of 2025 with a tag, and one of 2026."""
    eco("record", *CALL, "--id", "old", "--start-time-ms", "1704067200000")
    eco("record", *CALL, "--id", "tagged", "--start-time-ms", "1735689600000", "--tag", "project=x", "--tag", "team=y")
    eco("record", *CALL, "--id", "new", "--start-time-ms", "1767225600000", "--tag", "project=z")


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        (["--before", "2025-01-01"], ["new", "tagged"]),
        (["--before", "2025-01-02"], ["new"]),
        (["--before", "2025-01-01", "--tz", "America/New_York"], ["new"]),
        (["--before", "2025-01-01T00:00:00.001Z"], ["new"]),
        (["--tag", "project=x"], ["new", "old"]),
        (["--tag", "project=x", "--tag", "team=n"], ["new", "old", "tagged"]),
        (["--id", "old"], ["new", "tagged"]),
        (["--id", "old", "--id", "new"], ["tagged"]),
        (["--id", "old", "--id", "old"], ["new", "tagged"]),
        (["--id", "old", "--id", "tagged", "--provider", "openai"], ["new"]),
        (["--before", "2026-01-01", "--tag", "project=z"], ["new", "old", "tagged"]),
        (["--before", "2100-01-01", "--provider", "openai"], []),
        (["--before", "2100-01-01", "--provider", "Anthropic"], ["new", "old", "tagged"]),
    ],
)
def test_removes_the_calls_for_which_every_condition_holds(eco, three, conditions, left):
    counted = eco("forget", *conditions, "--dry-run").json
    counted.pop("timeZone", None)  # where they were chosen by time
    assert counted == {"calls": 3 - len(left), "removed": 0, "dryRun": True, "backups": []}
    assert len(ids(eco)) == 3
    assert eco("forget", *conditions, "--yes").json["removed"] == 3 - len(left)
    assert ids(eco) == left
    assert eco("db", "check").json["problems"] == []


def test_totals_and_budgets_follow(eco, three):
    eco("budget", "set", "1mWh", "--per", "year", "--tag", "project=now")
    eco("record", *CALL, "--id", "now", "--tag", "project=now")
    eco("budget", "check", exit_code=7)
    eco("forget", "--tag", "project=now", "--yes")
    assert eco("budget", "check").json[0]["spent"] == 0
    assert eco("summary", "--by", "source", "--json").json["total"]["calls"] == 3


class TestNotAByteStays:
    def test_of_a_call(self, eco, folder):
        eco("record", *CALL, "--id", "kept", "--tag", "project=kept")
        eco("record", "--prompt-tokens", "1", "--completion-tokens", "1", "--provider", f"{MARK} Cloud", "--id", f"id-{MARK}", "--source", f"s-{MARK}",
            "-m", "gpt-4o", "--tag", f"project={MARK}", "--tag", f"{MARK}=1")  # fmt: skip
        assert found_in(folder, MARK)
        eco("forget", "--tag", f"project={MARK}", "--yes")
        assert found_in(folder, MARK) == []
        assert ids(eco) == ["kept"]
        assert sorted(path.name for path in folder.iterdir()) == ["eco.db"]

    def test_while_somebody_else_has_the_file_open(self, eco, folder):
        eco("record", *CALL, "--id", "kept")
        with Store.open(folder / "eco.db") as other:
            eco("record", *CALL, "--tag", f"project={MARK}")
            assert other.count() == 2
            assert found_in(folder, MARK)
            eco("forget", "--tag", f"project={MARK}", "--yes")
            assert found_in(folder, MARK) == []
            assert other.count() == 1

    def test_of_many_with_their_results_and_factors(self, tmp_path):
        with Store.open(tmp_path / "eco.db") as store:
            made = [new_call(f"{MARK}-{at}", at, usage=Usage(1, 1, tags={"t": MARK}), assessment=assessment(1, f"{MARK}{at}")) for at in range(500)]
            add(store, *made, new_call("kept", 1_000))
            supersede(store, 7, 2.0)
            assert store.forget(Filters(tags=(("t", MARK),))) == 500
            with store.snapshot():
                connection = store.connection
                counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("calls", "past_results", "bases")]
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
                assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
            assert counts == [1, 0, 1]
            assert found_in(tmp_path, MARK) == []

    def test_of_what_was_removed_before_without_forgetting(self, tmp_path):
        """Room that was given back earlier holds old bytes, too."""
        with Store.open(tmp_path / "eco.db") as store:
            add(store, new_call("a", usage=Usage(1, 1, tags={"t": MARK})), new_call("b"))
            add(store, new_call("a", usage=Usage(1, 2)), replace_smaller=True)
            store.forget(Filters(call_ids=("b",)))
            assert found_in(tmp_path, MARK) == []

    def test_of_where_its_log_lay(self, eco, folder, tmp_path):
        log = tmp_path / ".claude" / "projects" / f"-home-{MARK}" / "s1.jsonl"
        write(log, claude_line("msg_1", cwd=f"/home/{MARK}", gitBranch=f"branch-{MARK}"))
        eco("import", "claude-code")
        assert found_in(folder, MARK)
        eco("forget", "--tag", f"project=/home/{MARK}", "--yes")
        assert found_in(folder, MARK) == []


class TestStaysAway:
    def test_from_record(self, eco, three):
        eco("forget", "--id", "old", "--yes")
        again = eco("record", *CALL, "--id", "old")
        assert (again.json["id"], again.json["forgotten"]) == ("old", True)
        assert again.json["energy_wh"] > 0
        assert again.stderr == "eco: warning: call 'old' was forgotten, and is not stored again\n"
        assert ids(eco) == ["new", "tagged"]

    def test_among_many(self, eco, three):
        eco("forget", "--id", "old", "--yes")
        events = [{"model": "gpt-4o", "provider": "OpenAI", "prompt_tokens": 1, "completion_tokens": 1, "id": id} for id in ("old", "other")]
        answers = eco("record", "--format", "ndjson", input="\n".join(map(json.dumps, events))).stdout.splitlines()
        assert ["forgotten" in json.loads(line) for line in answers] == [True, False]
        assert ids(eco) == ["new", "other", "tagged"]

    def test_another_providers_call_of_that_id_is_another_call(self, eco, three):
        eco("forget", "--id", "old", "--yes")
        assert "forgotten" not in eco("record", *CALL, "--id", "old", "--provider", "Azure").json
        assert ids(eco) == ["new", "old", "tagged"]

    def test_from_merge_and_from_a_history(self, eco, three, folder, tmp_path):
        history = eco("history", "--all", "--full", "--format", "ndjson").stdout
        eco("db", "backup", "other.db")
        eco("forget", "--id", "old", "--yes")
        assert eco("merge", "other.db").json == {"new": 0, "updated": 0, "duplicates": 2, "forgotten": 1}
        assert "1 forgotten before" in eco("merge", "other.db", "--format", "text").stdout
        assert eco("import", "eco", "-", input=history).json["sources"][0]["forgotten"] == 1
        assert ids(eco) == ["new", "tagged"]

    def test_when_it_was_never_there(self, eco):
        eco("record", *CALL, "--id", "a")
        eco("forget", "--id", "a", "--yes")
        eco("record", *CALL, "--id", "b")
        assert ids(eco) == ["b"]


class TestAnImport:
    @pytest.fixture
    def logs(self, eco):
        return Logs(eco)

    @pytest.fixture
    def log(self, tmp_path):
        return tmp_path / ".claude" / "projects" / "garden" / "s1.jsonl"

    def test_does_not_bring_it_back(self, logs, log, eco):
        write(log, claude_line("msg_1", request="req_1"), claude_line("msg_2", request="req_2"))
        logs.read("claude-code")
        eco("forget", "--id", "msg_1", "--yes")
        again = logs.read("claude-code")
        assert (again["new"], again["forgotten"], again["duplicates"]) == (0, 1, 1)
        assert [row["id"] for row in logs.rows] == ["msg_2"]

    def test_does_not_bring_it_back_from_a_copy_in_another_session(self, logs, log, eco):
        write(log, claude_line("msg_1"))
        logs.read("claude-code")
        eco("forget", "--tag", "session=s1", "--yes")
        write(log.with_name("s2.jsonl"), claude_line("msg_1", sessionId="s2"), claude_line("msg_2", request="req_2", sessionId="s2"))
        logs.read("claude-code")
        assert [row["id"] for row in logs.rows] == ["msg_2"]

    def test_does_not_bring_it_back_when_its_provider_is_taken_for_another(self, logs, log, eco):
        write(log, claude_line("msg_1"))
        logs.read("claude-code")
        eco("forget", "--id", "msg_1", "--yes")
        write(log, claude_line("msg_1", message={"id": "msg_bdrk_1"}), claude_line("msg_1", message={"model": "gpt-4o"}))
        logs.read("claude-code")
        assert logs.rows == []

    def test_keeps_other_calls_to_which_a_gateway_gave_the_same_id(self, logs, log, eco):
        write(log, claude_line("msg_1", request="req_1"), claude_line("msg_1", 7, request="req_2"))
        logs.read("claude-code")
        eco("forget", "--id", "msg_1", "--yes")
        log.unlink()
        write(log.with_name("s2.jsonl"), claude_line("msg_1", 8, request="req_3"))
        assert logs.read("claude-code")["new"] == 1
        assert sorted(row["id"] for row in logs.rows) == ["msg_1:req_2", "msg_1:req_3"]

    def test_does_not_bring_it_back_under_the_id_of_its_request(self, logs, log, eco, tmp_path):
        write(log, claude_line("msg_1", request="req_1"), claude_line("msg_2", request="req_2"))
        logs.read("claude-code")
        eco("forget", "--id", "msg_1", "--yes")
        write(tmp_path / "otel.jsonl", *map(api_request, ("req_1", "req_2", "req_3")))
        assert logs.read("otel", tmp_path / "otel.jsonl")["new"] == 1
        assert sorted(row["id"] for row in logs.rows) == ["msg_2", "req_3"]

    def test_does_not_bring_it_back_when_only_its_request_was_known(self, logs, log, eco, tmp_path):
        write(tmp_path / "otel.jsonl", api_request("req_1"))
        logs.read("otel", tmp_path / "otel.jsonl")
        eco("forget", "--before", "2100-01-01", "--yes")
        write(log, claude_line("msg_1", request="req_1"), claude_line("msg_2", request="req_2"))
        assert logs.read("claude-code")["forgotten"] == 1
        assert [row["id"] for row in logs.rows] == ["msg_2"]

    def test_does_not_bring_a_copy_of_it_back(self, logs, eco, tmp_path):
        """OpenCode copies calls under new ids."""
        messages = tmp_path / "data" / "opencode" / "storage" / "message" / "ses_1"
        write(messages / "m1.json", opencode("m1"))
        logs.read("opencode")
        eco("forget", "--id", "m1", "--yes")
        write(messages / "m2.json", opencode("m2"))
        write(messages / "m3.json", opencode("m3", created=1_790_000_000_000))
        assert logs.read("opencode")["forgotten"] == 2
        assert [row["id"] for row in logs.rows] == ["m3"]

    def test_does_not_bring_a_session_of_codex_back(self, logs, eco, tmp_path):
        log = tmp_path / ".codex" / "sessions" / "rollout-1.jsonl"
        write(log, codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(2, 1))
        logs.read("codex")
        assert logs.totals()[0] == 2
        eco("forget", "--tag", "session=s1", "--yes")
        assert logs.read("codex")["forgotten"] == 2
        assert logs.rows == []

    def test_goes_on_with_what_is_new(self, logs, log, eco):
        write(log, claude_line("msg_1"))
        logs.read("claude-code")
        eco("forget", "--before", "2100-01-01", "--yes")
        append(log, claude_line("msg_2", request="req_2"))
        assert logs.read("claude-code")["new"] == 1
        assert [row["id"] for row in logs.rows] == ["msg_2"]

    def test_of_a_call_that_was_piped_in_before(self, logs, log, eco):
        eco("record", "--provider", "Anthropic", "-m", "claude-sonnet-4-5", "--prompt-tokens", "1", "--completion-tokens", "1", "--id", "msg_1")
        eco("forget", "--id", "msg_1", "--yes")
        write(log, claude_line("msg_1"))
        assert logs.read("claude-code")["forgotten"] == 1
        assert logs.rows == []


class TestAsking:
    def test_a_script_must_say_yes(self, eco, three):
        refused = eco("forget", "--id", "old", exit_code=2)
        assert refused.stderr == "eco: 1 call would be removed for good\nhint: --yes removes them, --dry-run only counts them\n"
        assert len(ids(eco)) == 3

    @pytest.mark.parametrize(("answer", "left"), [("y", 2), ("n", 3), ("", 3)])
    def test_a_person_is_asked(self, eco, env, three, tmp_path, answer, left):
        inside, outside = pty.openpty()
        command = [sys.executable, "-m", "ecocli", "forget", "--id", "old", "--format", "text"]
        process = subprocess.Popen(command, stdin=outside, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=tmp_path)
        os.write(inside, f"{answer}\n".encode())
        stdout, stderr = process.communicate(timeout=30)
        os.close(inside), os.close(outside)
        assert process.returncode == 0
        assert stderr == b"Remove 1 call for good? [y/N] "
        assert stdout == (b"removed 1 call for good\n" if left == 2 else b"nothing was removed\n")
        assert len(ids(eco)) == left

    def test_for_what(self, eco, three):
        refused = eco("forget", "--yes", exit_code=2)
        assert refused.stderr == (
            "eco: --before, --since, --until, --tag, --id, --model, --key-name or --last is needed\nhint: for example eco forget --before 2025-01-01\n"
        )
        assert eco("forget", "--provider", "OpenAI", "--yes", exit_code=2).stderr == refused.stderr
        eco("forget", "--before", "", "--yes", exit_code=2)
        eco("forget", "--id", "", "--yes", exit_code=3)
        assert len(ids(eco)) == 3

    def test_for_an_id_that_is_not_there(self, eco, three):
        assert eco("forget", "--id", "none", "--yes", exit_code=3).stderr == "eco: no record with id 'none'\nhint: eco history lists the ids\n"

    def test_for_one_id_of_several_that_is_not_there(self, eco, three):
        refused = eco("forget", "--id", "old", "--id", "none", "--yes", exit_code=3)
        assert refused.stderr == "eco: no record with id 'none'\nhint: eco history lists the ids\n"
        assert len(ids(eco)) == 3

    @pytest.mark.parametrize(("option", "values"), [("--before", ("2025-01-01", "2026-01-01")), ("--provider", ("OpenAI", "Azure"))])
    def test_for_a_condition_that_is_given_twice(self, eco, three, option, values):
        twice = [part for value in values for part in (option, value)]
        refused = eco("forget", *twice, "--id", "old", "--yes", exit_code=2)
        assert refused.stderr == f"eco: {option} is given 2 times\nhint: keep one of them, or run the command once for each\n"
        assert len(ids(eco)) == 3

    def test_for_an_id_that_two_providers_share(self, eco, three):
        eco("record", *CALL, "--id", "old", "--provider", "Azure")
        refused = eco("forget", "--id", "old", "--yes", exit_code=2)
        assert refused.stderr == "eco: 2 providers have a call with the id 'old': azure, openai\nhint: name one with --provider\n"
        eco("forget", "--id", "old", "--provider", "Azure", "--yes")
        assert [row["provider"] for row in eco("history", "--json").json["data"] if row["id"] == "old"] == ["OpenAI"]

    def test_where_nothing_is_stored(self, eco, folder):
        assert eco("forget", "--before", "2025-01-01", "--yes", "--format", "text").stdout == "no calls match\n"
        assert not folder.exists()

    def test_a_key_is_ignored(self, eco, three):
        assert eco("forget", "--id", "old", "--yes", ECO_API_KEY="eco_wrong").json["removed"] == 1


def test_backups_that_still_hold_it_are_named(eco, tmp_path):
    leave(1, tmp_path / "eco.db")
    eco("db", "backup", "--db", "eco.db")
    done = eco("forget", "--id", "nothing-more", "--yes", "--db", "eco.db")
    own, upgrade = sorted(str(path) for path in tmp_path.glob("eco.db.*.bak"))
    assert done.json["backups"] == [own, upgrade]
    assert upgrade.endswith("eco.db.v1.bak")
    assert done.stderr == f"eco: warning: backups may still hold them: {own}, {upgrade}\n"


def test_a_reader_that_holds_on_is_named_and_the_rows_are_gone(eco, three, folder):
    with Store.open(folder / "eco.db") as reader, reader.snapshot():
        assert reader.count() == 3
        held = eco("forget", "--id", "old", "--yes", exit_code=5, ECO_BUSY_TIMEOUT="0.1")
    assert held.stderr.startswith("eco: removed (1), but not from the disk yet: another program is reading ")
    assert held.stderr.endswith("\nhint: eco db vacuum removes them\n")
    assert ids(eco) == ["new", "tagged"]


def test_its_hashes_are_of_this_store_alone(eco, tmp_path):
    for name in ("a.db", "b.db"):
        eco("record", *CALL, "--id", "same", "--db", name)
        eco("forget", "--id", "same", "--yes", "--db", name)
    hashes = [sqlite3_rows(tmp_path / name, "SELECT hash FROM forgotten") for name in ("a.db", "b.db")]
    assert [len(found) for found in hashes] == [1, 1]
    assert hashes[0] != hashes[1]


def sqlite3_rows(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


NAMES = st.lists(st.tuples(st.sampled_from(["openai", "azure"]), st.sampled_from("abcdef")), max_size=12)


@settings(max_examples=30)
@given(NAMES, NAMES, NAMES)
def test_no_call_that_was_forgotten_is_ever_there_and_no_other_is_missing(tmp_path_factory, first, gone, second):
    path = tmp_path_factory.mktemp("forget") / "eco.db"
    with Store.open(path) as store:
        add(store, *(new_call(call_id, provider=provider) for provider, call_id in first))
        removed = {name for name in gone if name in first}
        assert sum(store.forget(Filters(provider=provider, call_ids=(call_id,))) for provider, call_id in gone) == len(removed)
        add(store, *(new_call(call_id, provider=provider) for provider, call_id in second))
        stored = {(call.provider, call.call_id) for call in store.rows()}
    assert stored == (set(first) | set(second)) - removed
