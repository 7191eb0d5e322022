"""What the store promises: nothing lost, nothing doubled, nothing half-written, and clear words when it cannot."""

import ast
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecocli.cli import hints
from ecocli.core.footprint import Assessment, Basis, Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.usage import SERVING, Usage
from ecocli.errors import BadData, StoreError, UnknownKey, UnknownRecord
from ecocli.store import ANY, Filters, NewCall, Store, migrations, rows
from ecocli.store.bulk import Rows
from ecocli.store.columns import CALL_COLUMNS, RESULT_COLUMNS

KNOWN = len(migrations.MIGRATIONS)
"""The newest schema that this eco knows."""

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def assessment(scale: float = 1.0, digest: str = "d1", **changes: Any) -> Assessment:
    estimates = [Estimate(number * scale, number * scale * 2, number * scale * 5) for number in range(1, 10)]
    footprint = Footprint(*estimates, market_co2_g=None, inferred_reasoning_tokens=None, dominant_factor="intensity")
    return Assessment(replace(footprint, **changes), Basis({"method": "eco-1", "digest": digest}, digest))


def new_call(call_id: str = "a", at_ms: int = 1_000, provider: str = "openai", **changes: Any) -> NewCall:
    usage = changes.pop("usage", Usage(10, 20))
    known = {"model_id": "openai/gpt-4o", "final_region": "us-east-1", "calculation_method": "EXACT_REGION"}
    known |= {"recorded_at_ms": 9_000, "key_id": None, "assessment": assessment()} | changes
    return NewCall(usage, provider, provider.title(), call_id, started_at_ms=at_ms, **known)


def add(store: Store, *calls: NewCall, **how: bool) -> list[Any]:
    with store.transaction():
        return [store.add(call, **how) for call in calls]


def ids(calls: Any) -> list[str]:
    return [call.call_id for call in calls]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "eco.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


SCRIPT = """
import sys, time
from pathlib import Path
from tests.store.test_store import *
path = Path(sys.argv[1])
"""


def start(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Another process with the helpers of this file, its path as `path`."""
    command = [sys.executable, "-c", SCRIPT + code, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **pipes, **options)


def finish(process: subprocess.Popen[str]) -> str:
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    return stdout


class TestACall:
    def test_comes_back_with_every_field(self, store):
        key, _ = store.keys.create("Production Key", ["record"], 1)
        usage = Usage(
            input_tokens=100,
            output_tokens=50,
            provider="OpenAI",
            model="gpt-4o-2024",
            reasoning_tokens=7,
            cached_tokens=3,
            cache_write_tokens=2,
            region="us-east-1",
            started_at_ms=1_000,
            first_token_at_ms=1_100,
            ended_at_ms=1_900,
            source="claude-code",
            is_estimated=True,
            estimation_method="dom_gpt_tokenizer_v1",
            id="call-1",
            tags={"project": 'α "quoted"', "empty": ""},
            format="openai-chat",
            encoding="o200k_base",
            assumptions=("reasoning was counted apart",),
            concurrency=12.5,
            accelerator="RTX 4090",
            weight_precision="q4_K_M",
            hosting="own",
            control=False,
            host="desk.local",
            hardware="desk",
            load_ms=250.0,
            prompt_ms=500.5,
            generation_ms=4000.0,
            measured_wh=0.25,
            measured_boundary="wall",
            measured_by="a meter",
            service_tier="flex",
            server_tool_calls={"web_search": 3},
        )
        given = assessment(0.1, market_co2_g=0.25, inferred_reasoning_tokens=Estimate(1.0, 2.0, 3.0))
        given = replace(given, assumptions=("hosts as in the paper", "a second"))
        assert all(getattr(usage, f.name) not in (None, ()) for f in fields(Usage)), "a field was forgotten here"
        [outcome] = add(store, new_call("call-1", usage=usage, key_id=key.id, assessment=given, computed_at_ms=7))

        call = store.call(outcome.row_id)
        assert replace(call.usage, provider="OpenAI", tags=dict(call.usage.tags)) == usage
        assert call.footprint == given.footprint
        assert call.assumptions == given.assumptions
        assert (call.provider, call.provider_name, call.call_id) == ("openai", "Openai", "call-1")
        assert (call.model_id, call.final_region, call.calculation_method) == (
            "openai/gpt-4o",
            "us-east-1",
            "EXACT_REGION",
        )
        assert (call.started_at_ms, call.recorded_at_ms, call.computed_at_ms) == (1_000, 9_000, 7)
        assert (call.key_id, call.key_name, call.key_last4) == (key.id, "Production Key", key.last4)
        assert store.basis(call.basis_id) == given.basis

    def test_keeps_the_unknown_unknown(self, store):
        [outcome] = add(store, new_call(model_id=None))
        call = store.call(outcome.row_id)
        unknown = ("model", "region", "reasoning_tokens", "cached_tokens", "cache_write_tokens", "first_token_at_ms")
        assert all(getattr(call.usage, name) is None for name in (*unknown, *SERVING, "ended_at_ms", "encoding"))
        assert (call.usage.tags, call.usage.assumptions, call.assumptions) == ({}, (), ())
        assert (call.model_id, call.key_id, call.key_name, call.key_last4) == (None, None, None, None)
        assert call.footprint.market_co2_g is None
        assert call.footprint.inferred_reasoning_tokens is None

    def test_of_zero_tokens_is_not_unknown(self, store):
        [outcome] = add(store, new_call(usage=Usage(0, 0, reasoning_tokens=0, cached_tokens=0)))
        usage = store.call(outcome.row_id).usage
        assert (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens, usage.cached_tokens) == (0, 0, 0, 0)
        assert usage.cache_write_tokens is None

    def test_is_found_by_its_id_also_when_two_providers_share_it(self, store):
        add(store, new_call("x", provider="openai"), new_call("x", provider="azure"), new_call("y"))
        assert [call.provider for call in store.find("x")] == ["openai", "azure"]
        assert [call.provider for call in store.find("x", "azure")] == ["azure"]
        assert store.find("z") == []

    def test_that_is_not_there(self, store):
        with pytest.raises(UnknownRecord):
            store.call(77)

    def test_shares_its_basis_with_others(self, store):
        add(store, *(new_call(str(number)) for number in range(5)), new_call("b", assessment=assessment(digest="d2")))
        assert len({call.basis_id for call in store.rows()}) == 2

    def test_with_text_that_is_no_unicode_is_refused(self, store):
        with pytest.raises(BadData, match="not valid Unicode"):
            add(store, new_call("\ud800"))
        assert store.count() == 0

    def test_columns_are_those_of_the_file(self, store):
        with store.snapshot():
            connection = store.connection
            columns = [row[1] for row in connection.execute("PRAGMA table_info(calls)")]
            past = [row[1] for row in connection.execute("PRAGMA table_info(past_results)")]
            withdrawn = [row[1] for row in connection.execute("PRAGMA table_info(withdrawn_calls)")]
            withdrawn_past = [row[1] for row in connection.execute("PRAGMA table_info(withdrawn_results)")]
        assert sorted(columns) == sorted(["id", "run_id", *CALL_COLUMNS])
        assert sorted(withdrawn) == sorted([*columns, "kind", "withdrawn_at_ms", "lifted_at_ms"])
        assert sorted(withdrawn_past) == sorted(past)
        assert sorted(past) == sorted(["id", "call", *RESULT_COLUMNS])


class TestTwiceTheSame:
    def test_is_one_call(self, store):
        first, again = add(store, new_call("a"), new_call("a", usage=Usage(999, 999)))
        assert (again.row_id, again.duplicate, again.replaced) == (first.row_id, True, False)
        assert not first.duplicate
        assert store.count() == 1
        assert store.call(first.row_id).usage.input_tokens == 10

    def test_at_another_provider_is_another_call(self, store):
        assert not add(store, new_call("a"), new_call("a", provider="azure"))[1].duplicate

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_the_largest_snapshot_and_the_earliest_start_win_in_any_order(self, store, order):
        partial = new_call("a", 1_000, usage=Usage(10, 2), assessment=assessment(1))
        middle = new_call("a", 3_000, usage=Usage(10, 30), assessment=assessment(2))
        whole = new_call("a", 2_000, usage=Usage(10, 300, ended_at_ms=4_000), assessment=assessment(3, "d9"))
        snapshots = (partial, middle, whole)
        for at in order:
            [outcome] = add(store, snapshots[at], replace_smaller=True)
        call = store.call(outcome.row_id)
        assert (call.usage.output_tokens, call.usage.ended_at_ms, call.started_at_ms) == (300, 4_000, 1_000)
        assert call.footprint == whole.assessment.footprint
        assert store.basis(call.basis_id).digest == "d9"
        assert store.count() == 1

    def test_replacing_says_so_and_keeps_who_recorded_when(self, store):
        key, _ = store.keys.create("k", ["record"], 1)
        first, larger, equal = add(
            store,
            new_call("a", key_id=key.id),
            new_call("a", usage=Usage(10, 21), recorded_at_ms=12_000),
            new_call("a", usage=Usage(21, 10), recorded_at_ms=13_000),
            replace_smaller=True,
        )
        assert [(o.duplicate, o.replaced) for o in (first, larger, equal)] == [
            (False, False),
            (True, True),
            (True, False),
        ]
        call = store.call(first.row_id)
        assert (call.key_name, call.recorded_at_ms, call.computed_at_ms) == ("k", 9_000, 12_000)

    def test_replacing_drops_results_of_the_smaller_snapshot(self, store):
        [outcome] = add(store, new_call("a"))
        supersede(store, outcome.row_id, 2.0)
        add(store, new_call("a", usage=Usage(10, 21)), replace_smaller=True)
        assert store.past_results(outcome.row_id) == []


def supersede(store: Store, row_id: int, scale: float) -> None:
    where = {"model_id": "openai/gpt-4o-new", "final_region": "us", "calculation_method": "REGION_SPECIFIC"}
    with store.transaction():
        store.supersede(row_id, assessment(scale, f"edition-{scale}"), **where, computed_at_ms=int(scale))


def test_recomputing_shows_the_newest_result_and_keeps_the_older_ones(store):
    first, other = add(store, new_call("a"), new_call("b"))
    supersede(store, first.row_id, 2.0)
    supersede(store, first.row_id, 3.0)
    call, past = store.call(first.row_id), store.past_results(first.row_id)
    assert call.footprint == assessment(3.0).footprint
    assert (call.model_id, call.computed_at_ms, call.usage.input_tokens) == ("openai/gpt-4o-new", 3, 10)
    assert [result.footprint for result in past] == [assessment(1.0).footprint, assessment(2.0).footprint]
    assert [store.basis(result.basis_id).digest for result in past] == ["d1", "edition-2.0"]
    assert [result.model_id for result in past] == ["openai/gpt-4o", "openai/gpt-4o-new"]
    assert store.past_results(other.row_id) == []


class TestATransaction:
    def test_is_undone_by_an_error(self, store):
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.add(new_call("a"))
            1 / 0  # noqa: B018
        assert store.count() == 0
        add(store, new_call("a"))  # its basis went too, and must not be taken for stored
        assert store.basis(store.find("a")[0].basis_id) == assessment().basis

    def test_is_undone_by_ctrl_c(self, store):
        with pytest.raises(KeyboardInterrupt), store.transaction():
            store.add(new_call("a"))
            raise KeyboardInterrupt
        assert store.count() == 0

    def test_is_undone_by_kill_9(self, path):
        with Store.open(path) as store:
            add(store, new_call("before"))
        process = start(
            """
with Store.open(path) as store, store.transaction():
    for number in range(20_000):
        store.add(new_call(str(number)))
    print("in the middle", flush=True)
    time.sleep(60)
""",
            path,
        )
        assert process.stdout.readline() == "in the middle\n"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with Store.open(path) as store:
            assert ids(store.rows()) == ["before"]
            add(store, new_call("after"))
            assert store.count() == 2

    def test_acknowledged_is_on_the_disk(self, store):
        with store.snapshot():
            connection = store.connection
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


class TestLoading:
    """Many calls at once, of which SQLite does not look at each for what it refers to."""

    def loaded(self, *calls: NewCall, model: str | None = "gpt-4o") -> Rows:
        """Rows that share all but their ids, times and models."""
        own = ("call_id", "started_at_ms", "model")
        shared = tuple(value for name, value in zip(CALL_COLUMNS, rows.call_row(calls[0]), strict=True) if name not in own)
        return Rows([0] * len(calls), own, [[call.call_id for call in calls], [call.started_at_ms for call in calls], [model] * len(calls)], [shared])

    def load(self, store: Store, new: Rows) -> Any:
        with store.loading():
            store.keep_bases({assessment().basis.digest: rows.basis_text(assessment().basis)})
            return store.add_rows(new)

    def test_leaves_everything_referring_to_what_is_there(self, store):
        assert len(self.load(store, self.loaded(new_call("a"), new_call("b", 2_000)))) == 2
        with store.snapshot():
            connection = store.connection
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert store.basis(store.find("b")[0].basis_id) == assessment().basis

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
    def test_that_is_stopped_leaves_nothing_behind(self, store, error):
        with pytest.raises(error), store.loading():
            store.add(new_call("a"))
            raise error
        with store.snapshot():
            connection = store.connection
            assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert store.count() == 0

    def test_a_row_that_breaks_a_rule_undoes_all_of_it(self, store):
        good, bad = new_call("a"), new_call("b")
        with pytest.raises(sqlite3.IntegrityError, match="source"), store.loading():
            store.keep_bases({assessment().basis.digest: rows.basis_text(assessment().basis)})
            store.add_rows(self.loaded(good))
            broken = self.loaded(bad)
            broken.groups = [tuple(None if name == "source" else value for name, value in zip(broken.shared_names, group, strict=True)) for group in broken.groups]
            store.add_rows(broken)
        assert store.count() == 0
        self.load(store, self.loaded(good))
        assert ids(store.rows()) == ["a"]

    def test_tells_which_were_there_before(self, store):
        first = self.load(store, self.loaded(new_call("b")))[0]
        outcomes = self.load(store, self.loaded(new_call("a"), new_call("b"), new_call("c")))
        assert [outcome.duplicate for outcome in outcomes] == [False, True, False]
        assert (outcomes[1].row_id, list(outcomes.met)) == (first.row_id, [1])
        assert [store.call(outcome.row_id).call_id for outcome in outcomes] == ["a", "b", "c"]

    def test_tells_which_were_forgotten(self, store):
        self.load(store, self.loaded(new_call("b")))
        assert store.forget(ANY) == 1
        outcomes = self.load(store, self.loaded(new_call("a"), new_call("b"), new_call("c")))
        assert [(outcome.forgotten, outcome.row_id is None) for outcome in outcomes] == [(False, False), (True, True), (False, False)]
        assert [store.call(outcomes[at].row_id).call_id for at in (0, 2)] == ["a", "c"]


class TestTwoAtOnce:
    def test_sixteen_first_runs_all_succeed(self, path):
        code = """
import multiprocessing

def first_run(file, name, barrier):
    barrier.wait()
    with Store.open(file) as store:
        add(store, new_call(str(name)))

fork = multiprocessing.get_context("fork")  # so that they are off within a millisecond of one another
for number in range(25):
    barrier = fork.Barrier(16)
    file = path.with_name(f"{number}.db")
    processes = [fork.Process(target=first_run, args=(file, name, barrier)) for name in range(16)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with Store.open(file) as store:
        assert sorted(ids(store.rows()), key=int) == [str(name) for name in range(16)]
"""
        finish(start(code, path))

    def test_a_first_run_waits_for_another_that_is_looking(self, path):
        path.parent.mkdir()
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        later = threading.Timer(0.2, other.close)
        later.start()
        with Store.open(path) as store:  # needs the file for itself, to switch on the write-ahead log
            assert store.count() == 0
        later.join()

    def test_nothing_is_lost_between_writers(self, path):
        code = """
with Store.open(path) as store:
    for number in range(40):
        add(store, new_call(f"{sys.argv[2]}-{number}"))
"""
        for process in [start(code, path, number) for number in range(6)]:
            finish(process)
        with Store.open(path) as store:
            assert len(set(ids(store.rows()))) == store.count() == 240

    def test_a_long_reader_neither_blocks_a_writer_nor_sees_what_it_writes(self, path, store):
        add(store, *(new_call(str(number), number) for number in range(2_000)))
        with Store.open(path, busy_timeout_s=0.1) as writer:
            reading = store.rows()
            next(reading)
            add(writer, new_call("meanwhile"))
            assert len(list(reading)) == 1_999
        assert store.count() == 2_001

    def test_a_snapshot_sees_one_state(self, path, store):
        with store.snapshot():
            before = store.count()
            with Store.open(path) as writer:
                add(writer, new_call("a"))
            assert store.count() == before
        assert store.count() == before + 1


class TestTheFile:
    def test_is_its_owners_alone_under_any_umask(self, tmp_path):
        target = tmp_path / "one" / "two" / "eco.db"
        code = """
with Store.open(path) as store:
    add(store, new_call("a"))
    for each in sorted(path.parent.iterdir()):
        print(each.name, oct(each.stat().st_mode & 0o777))
"""
        shown = finish(start(code, target, umask=0))
        assert shown.splitlines() == ["eco.db 0o600", "eco.db-shm 0o600", "eco.db-wal 0o600"]
        assert [mode(folder) for folder in (target.parent, target.parent.parent)] == [0o700, 0o700]

    @pytest.mark.parametrize("page_bytes", [None, 4096, 65536])
    def test_has_large_pages_unless_somebody_else_made_it(self, path, page_bytes):
        if page_bytes:
            path.parent.mkdir()
            with closing(sqlite3.connect(path)) as connection:
                connection.execute(f"PRAGMA page_size = {page_bytes}")
                connection.execute("VACUUM")
        with Store.open(path) as store:
            add(store, new_call("a"))
            with store.snapshot():
                connection = store.connection
                assert connection.execute("PRAGMA page_size").fetchone() == (page_bytes or migrations.PAGE_BYTES,)

    def test_a_folder_that_was_there_is_left_as_it_is(self, tmp_path):
        tmp_path.chmod(0o755)
        Store.open(tmp_path / "eco.db").close()
        assert mode(tmp_path) == 0o755

    def test_that_does_not_exist_reads_as_empty_and_is_not_made(self, path):
        with Store.open(path, create=False) as store:
            assert (store.count(), store.page(ANY, 1, 100), list(store.rows()), store.find("a")) == (0, [], [], [])
            with pytest.raises(StoreError, match="read-only"):
                add(store, new_call("a"))
        assert not path.parent.exists()

    def test_that_exists_is_opened_for_reading_too(self, path, store):
        add(store, new_call("a"))
        with Store.open(path, create=False) as reader:
            assert reader.count() == 1

    def test_may_be_empty(self, path):
        path.parent.mkdir()
        path.touch()
        with Store.open(path) as store:
            add(store, new_call("a"))
        assert [each.name for each in path.parent.iterdir()] == ["eco.db"]

    def test_opening_and_adding_imports_nothing_heavy(self, path):
        Store.open(path).close()
        code = """
from pathlib import Path
import sys
from ecocli.store import Store, NewCall
from ecocli.core.usage import Usage
from ecocli.cli import hints
from ecocli.core.footprint import Assessment, Basis, Footprint
from ecocli.core.quantity import ONE
found = Assessment(Footprint(*[ONE] * 9, None, None, "x"), Basis({}, "d"))
with Store.open(Path(sys.argv[1])) as store, store.transaction():
    store.add(NewCall(Usage(1, 2), "p", "P", "a", None, "WORLD", "GLOBAL_AVERAGE", 1, 1, None, found))
heavy = {"pydantic", "yaml", "rich", "typer", "secrets", "difflib", "hmac"}
print(sorted(heavy & sys.modules.keys()))
"""
        shown = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True)
        assert shown.stdout == "[]\n", shown.stderr


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestAMigration:
    @pytest.fixture
    def add_a_column(self, tmp_path: Path) -> Path:
        migration = tmp_path / "v5.sql"
        migration.write_text("ALTER TABLE calls ADD COLUMN note TEXT;\n")
        return migration

    @pytest.fixture
    def fail_in_the_middle(self, tmp_path: Path) -> Path:
        migration = tmp_path / "v5.sql"
        migration.write_text("CREATE TABLE notes (text TEXT NOT NULL);\nINSERT INTO notes DEFAULT VALUES;\n")
        return migration

    def test_keeps_a_copy_of_what_was_there(self, path, monkeypatch, add_a_column):
        with Store.open(path) as store:
            add(store, new_call("a"))
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, add_a_column))
        with Store.open(path) as store:
            assert ids(store.rows()) == ["a"]
        backup = path.with_name(f"eco.db.v{KNOWN}.bak")
        assert mode(backup) == 0o600
        assert sorted(each.name for each in path.parent.iterdir()) == ["eco.db", f"eco.db.v{KNOWN}.bak"]
        monkeypatch.undo()
        with Store.open(backup) as store:
            assert ids(store.rows()) == ["a"]

    def test_that_fails_leaves_the_file_as_it_was(self, path, monkeypatch, fail_in_the_middle):
        with Store.open(path) as store:
            add(store, new_call("a"))
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, fail_in_the_middle))
        with pytest.raises(sqlite3.IntegrityError, match=r"notes\.text"):
            Store.open(path)
        monkeypatch.undo()
        with Store.open(path) as store:
            assert store.connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'notes'").fetchone() == (0,)
            add(store, new_call("b"))
            assert store.count() == 2

    def test_waits_for_a_writer_and_loses_nothing_of_it(self, path, monkeypatch, add_a_column):
        with Store.open(path) as store:
            add(store, new_call("a"))
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, add_a_column))
        with Store.open(path) as store, Store.open(path) as second:
            add(second, new_call("b"))
            assert store.count() == 2

    def test_finds_a_newer_eco_was_first(self, path, monkeypatch):
        def newer(connection: sqlite3.Connection, _: Path) -> None:
            connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {KNOWN + 1}")

        monkeypatch.setattr(migrations, "apply", newer)
        assert refused(path)[0] == f"PATH was written by a newer eco: version {KNOWN + 1}, and this eco knows {KNOWN}"

    def test_of_an_unfinished_first_run_starts_over(self, path, monkeypatch, fail_in_the_middle):
        monkeypatch.setattr(migrations, "MIGRATIONS", (fail_in_the_middle,))
        with pytest.raises(sqlite3.IntegrityError):
            Store.open(path)
        monkeypatch.undo()
        with Store.open(path) as store:
            assert store.count() == 0


def refused(path: Path, use: Callable[[Store], Any] = Store.count, **options: Any) -> tuple[str, str]:
    """The message and the hint, with the path as PATH; each is one line."""
    with pytest.raises(StoreError) as caught, Store.open(path, **{"busy_timeout_s": 0.05} | options) as store:
        use(store)
    assert caught.value.exit_code == 5
    message, hint = str(caught.value), hints.hint(caught.value) or ""
    assert "\n" not in message + hint
    return message.replace(str(path), "PATH"), hint


def write(store: Store) -> None:
    add(store, new_call("w"))


class TestWhatCannotBeUsed:
    def test_a_folder(self, tmp_path):
        message, hint = refused(tmp_path)
        assert message == "PATH is a folder, not a file"
        assert hint == "name a file inside it with --db or ECO_DB"

    def test_a_file_where_a_folder_should_be(self, tmp_path):
        (tmp_path / "file").touch()
        message, _ = refused(tmp_path / "file" / "eco.db", write)
        assert message == "PATH cannot be used: file exists"

    def test_no_database(self, path):
        path.parent.mkdir()
        path.write_text("dear diary, " * 500)
        message, hint = refused(path)
        assert message == "PATH is not a database"
        assert hint.startswith("point --db or ECO_DB at another file")
        assert path.read_text().startswith("dear diary")

    def test_another_programs_database(self, path):
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE logs (id INTEGER)")
        before = path.read_bytes()
        message, hint = refused(path)
        assert message == "PATH is the database of another program"
        assert hint == "point --db or ECO_DB at another file"
        assert path.read_bytes() == before

    def test_a_newer_file(self, path):
        Store.open(path).close()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA user_version = 99")
        message, hint = refused(path)
        assert message == f"PATH was written by a newer eco: version 99, and this eco knows {KNOWN}"
        assert hint == "upgrade eco, or point --db or ECO_DB at another file"

    def test_a_damaged_file(self, path):
        with Store.open(path) as store:
            add(store, *(new_call(str(number)) for number in range(500)))
        content = bytearray(path.read_bytes())
        content[4096 * 12 :] = b"\xa5" * len(content[4096 * 12 :])
        path.write_bytes(content)
        message, hint = refused(path, lambda store: list(store.rows()))
        assert message == "PATH is damaged"
        assert hint == "eco db check says where; eco db restore FILE puts a backup in its place"

    def test_locked_too_long(self, path, store):
        with store.transaction():
            message, hint = refused(path, write)
        assert message == "PATH stayed locked by another program"
        assert hint == "try again when it is done, or wait longer with ECO_BUSY_TIMEOUT"

    def test_a_full_disk(self, path, store):
        add(store, new_call("before"))

        def fill(store: Store) -> None:
            with store.transaction():
                connection = store.connection
                connection.execute("PRAGMA max_page_count = 1")  # means: not one page more
                for number in range(5_000):
                    store.add(new_call(str(number)))

        message, hint = refused(path, fill)
        assert message == "no room left on the disk for PATH"
        assert hint == "free some space and run the command again: it stored nothing"
        assert ids(store.rows()) == ["before"]


AS_NOBODY = """
if os.geteuid() == 0:
    os.setuid(NOBODY)
try:
    with Store.open(path) as store:
        print("read", store.count())
        add(store, new_call("w"))
except StoreError as error:
    print(str(error).replace(str(path), "PATH"))
    print(hints.hint(error))
"""


class TestWithoutPermission:
    """In another process that is not the superuser, whom permissions do not stop."""

    @pytest.fixture
    def case(self) -> Iterator[SimpleNamespace]:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            inner = Path(folder) / "inner"
            inner.mkdir(0o777)
            inner.chmod(0o777)
            file = inner / "eco.db"
            with Store.open(file) as store:
                add(store, new_call("a"))
            yield SimpleNamespace(folder=inner, file=file, see=lambda p=file: finish(start(AS_NOBODY, p)).splitlines())
            inner.chmod(0o700)

    def test_to_read(self, case):
        case.file.chmod(0o000)
        assert case.see()[0] == "PATH cannot be read: no permission"

    def test_to_write_the_file(self, case):
        case.file.chmod(0o444)
        read, message, hint = case.see()
        assert read == "read 1"
        assert message == "PATH cannot be written: it is read-only"
        assert hint == "check the permissions, or point --db or ECO_DB at another file"

    def test_to_write_the_folder(self, case):
        case.file.chmod(0o666)
        case.folder.chmod(0o555)
        assert case.see()[0] == "PATH is in a folder that cannot be written"

    def test_to_make_the_file(self, case):
        case.folder.chmod(0o555)
        assert case.see(case.folder / "new.db")[0] == "PATH cannot be used: permission denied"

    def test_to_search_the_folder(self, case):
        case.folder.chmod(0o000)
        assert case.see()[0] == "PATH cannot be used: permission denied"


MOMENTS = st.lists(st.integers(min_value=0, max_value=8), max_size=25)


class TestHistory:
    @settings(max_examples=40, deadline=None)
    @given(moments=MOMENTS, limit=st.integers(1, 9), start_ms=st.none() | st.integers(0, 8), key=st.booleans())
    def test_pages_one_after_another_are_all_rows_in_order(self, moments, limit, start_ms, key):
        filters = Filters(start_ms=start_ms, model="gpt-4o" if key else None)
        with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "eco.db") as store:
            add(store, *(new_call(str(number), at_ms) for number, at_ms in enumerate(moments)))
            numbered = sorted(((at_ms, n) for n, at_ms in enumerate(moments)), reverse=True)
            expected = [str(n) for at_ms, n in numbered if start_ms is None or at_ms >= start_ms]
            total = store.count(filters)
            pages = range(1, total // limit + 3)
            assert total == len(expected)
            assert [call_id for page in pages for call_id in ids(store.page(filters, page, limit))] == expected
            assert ids(store.rows(filters)) == expected

    def test_dates_take_the_start_and_leave_the_end(self, store):
        add(store, *(new_call(str(at_ms), at_ms) for at_ms in (9, 10, 11, 12)))
        assert ids(store.rows(Filters(start_ms=10, end_ms=12))) == ["11", "10"]
        assert store.page(Filters(start_ms=13), 1, 10) == []

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(provider="anthropic"), "b"),
            (Filters(provider="Anthropic"), "b"),
            (Filters(model="GPT-4o"), "a"),
            (Filters(model="anthropic/claude-sonnet-4.5"), "b"),
            (Filters(model="claude-sonnet-4.5"), "b"),
            (Filters(model="claude-sonnet-4-5-20250929"), "b"),
            (Filters(model="sonnet"), ""),
            (Filters(source="claude-code"), "b"),
            (Filters(region="EU-west-1"), "b"),
            (Filters(region="us-east-1"), "a"),
            (Filters(key_name="Production Key"), "b"),
            (Filters(key_name="local"), "a"),
            (Filters(tags=(("team", "search"),)), "ba"),
            (Filters(tags=(("team", "search"), ("n", "1"))), "b"),
            (Filters(tags=(('odd "key" \\ $.x', "ü"),)), "b"),
            (Filters(tags=(("team", "Search"),)), ""),
            (Filters(model="gpt-4o", provider="anthropic"), ""),
            (Filters(start_ms=2, key_name="Production Key", tags=(("n", "1"),)), "b"),
        ],
    )
    def test_filters(self, store, filters, expected):
        key, _ = store.keys.create("Production Key", ["record"], 1)
        tags = {"team": "search", "n": "1", 'odd "key" \\ $.x': "ü"}
        claude = Usage(1, 1, model="claude-sonnet-4-5-20250929", region="eu-west-1", source="claude-code", tags=tags)
        b = new_call("b", 2, "anthropic", usage=claude, key_id=key.id, model_id="anthropic/claude-sonnet-4.5")
        add(store, new_call("a", usage=Usage(1, 1, tags={"team": "search"}), at_ms=1))
        add(store, replace(b, final_region="IE"))
        assert "".join(ids(store.rows(filters))) == "".join(ids(store.page(filters, 1, 9))) == expected
        assert store.count(filters) == len(expected)

    @pytest.mark.parametrize("hostile", ["x'; DROP TABLE calls; --", '" OR 1=1 --', ":start_ms", "%", 'ü \\ "'])
    def test_a_name_is_never_sql(self, store, hostile):
        key, _ = store.keys.create(hostile, ["record"], 1)
        usage = Usage(1, 1, model=hostile, region=hostile, source=hostile, tags={hostile: hostile})
        add(store, new_call(hostile, usage=usage, provider=hostile, key_id=key.id), new_call("other"))
        filters = Filters(None, None, key.name, hostile, hostile, hostile, hostile, tags=((hostile, hostile),))
        assert ids(store.rows(filters)) == ids(store.page(filters, 1, 9)) == ids(store.find(hostile)) == [hostile]
        assert store.count() == 2

    def test_an_unknown_key_is_an_error_with_a_suggestion(self, store):
        store.keys.create("Production Key", ["record"], 1)
        for use in (store.count, lambda f: store.page(f, 1, 1), lambda f: list(store.rows(f))):
            with pytest.raises(UnknownKey) as caught:
                use(Filters(key_name="production kay"))
            assert caught.value.hint == "did you mean Production Key?"

    @pytest.mark.parametrize("filters", [ANY, Filters(start_ms=1, end_ms=90)])
    def test_a_page_is_found_in_the_index_alone_and_from_the_nearer_end(self, store, filters):
        add(store, *(new_call(str(number), number) for number in range(100)))
        with store.snapshot():
            connection = store.connection
            seen: list[str] = []
            connection.set_trace_callback(seen.append)
            store.page(filters, 9, 10, total=89)
            connection.set_trace_callback(None)
            plan = " / ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {seen[-1]}"))
        assert "COVERING INDEX calls_started_at_ms" in plan
        assert "TEMP B-TREE" not in plan
        assert "LIMIT 9 OFFSET 0" in seen[-1]

    def test_streaming_takes_no_more_memory_for_more_rows(self, store):
        def peak_bytes() -> int:
            tracemalloc.start()
            for _ in store.rows():
                pass
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return peak

        add(store, *(new_call(str(number), number) for number in range(500)))
        few = peak_bytes()
        add(store, *(new_call(str(number), number) for number in range(500, 5_000)))
        assert peak_bytes() < 2 * few

    def test_streaming_goes_on_when_the_same_store_is_asked_something_else(self, store):
        add(store, *(new_call(str(number), number) for number in range(500)))
        streamed = [(store.count(), store.basis(call.basis_id), call.call_id) for call in store.rows()]
        assert len(streamed) == 500

    def test_tags_are_json_for_other_tools(self, store):
        add(store, new_call("a", usage=Usage(1, 1, tags={"k": "ü"})))
        with store.snapshot():
            connection = store.connection
            assert json.loads(connection.execute("SELECT tags FROM calls").fetchone()[0]) == {"k": "ü"}


def test_no_connection_is_used_outside_of_the_folder():
    package = ROOT / "ecocli"
    users = {file for file in package.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute) and node.attr == "connection"}
    assert users
    assert {file.parent for file in users} == {package / "store"}
