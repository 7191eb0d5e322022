"""One call, one row, whatever is told, corrected, undone, forgotten and merged, in whichever order."""

import itertools
import json
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.cli_helpers import run_here
from tests.import_helpers import claude_line, write
from tests.program_environment import environment
from tests.signal_helpers import ENDED_MS, telemetry

CALLS, APART_MS = (0, 1), 60_000
"""Equal in all but their time."""
SIGNALS = ("span", "event", "log")
STORES = ("here", "there")
GONE = "gone"


class AnyOrder(RuleBasedStateMachine):
    """Two stores, and what is known of each call in each: its output as told or as corrected, with the moment of that, or GONE."""

    cache: Path

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.env = environment(self.folder, self.cache)
        self.numbers = itertools.count()
        self.known = {store: {} for store in STORES}
        self.undone = {store: set() for store in STORES}

    def teardown(self):
        shutil.rmtree(self.folder)

    def eco(self, store, *arguments, input=b""):
        done = run_here(("--db", f"{store}.db", *arguments), input, self.env, self.folder)
        assert done.exit_code == 0, (arguments, done)
        return done.stdout

    def rows(self, store):
        found = {}
        for line in self.eco(store, "history", "--all", "--full", "--format", "ndjson").splitlines():
            row = json.loads(line)
            ms = round(datetime.fromisoformat(row["logDate"]).timestamp() * 1000)
            found.setdefault(round((ms - ENDED_MS) / APART_MS), []).append(row)
        return found

    @rule(store=st.sampled_from(STORES), call=st.sampled_from(CALLS), signal=st.sampled_from(SIGNALS))
    def tell(self, store, call, signal):
        """By `eco record` or `eco import`."""
        number, at_ms = next(self.numbers), ENDED_MS + call * APART_MS
        if signal == "log":
            time = f"2026-04-01T10:{call * APART_MS // 60_000:02}:00.000Z"
            write(self.folder / f"{number}" / "s1.jsonl", claude_line(f"msg_{call}", request=None, timestamp=time))
            self.eco(store, "import", "claude-code", f"{number}")
        else:
            path = telemetry(self.folder / f"{number}.jsonl", signal == "span", at_ms, span=f"{call + 1:016x}")
            self.eco(store, *(("import", "otel", str(path)) if number % 2 else ("record", "--input", str(path))))
        self.known[store].setdefault(call, (0, 100))

    @precondition(lambda self: any(GONE not in (found, None) for known in self.known.values() for found in known.values()))
    @rule(store=st.sampled_from(STORES), call=st.sampled_from(CALLS), which=st.integers(0, 3))
    def correct(self, store, call, which):
        """By its own id, or by that of any of its reports."""
        if self.known[store].get(call, GONE) == GONE:
            return
        [row] = self.rows(store)[call]
        names = [row["id"], *(report["id"] for report in json.loads(self.eco(store, "explain", row["id"], "--json"))["reports"])]
        moment = next(self.numbers) + 1
        event = {"id": names[which % len(names)], "provider": "Anthropic", "model": "claude-sonnet-4-5", "prompt_tokens": 1, "completion_tokens": 1000 + moment}
        self.eco(store, "record", "--replace", input=json.dumps(event | {"startTimeMs": ENDED_MS + call * APART_MS}).encode())
        self.known[store][call] = (moment, 1000 + moment)

    @rule(store=st.sampled_from(STORES))
    def undo(self, store):
        """What the last command recorded."""
        self.eco(store, "undo", "--yes")
        left = self.rows(store)
        for call, found in self.known[store].items():
            if found != GONE and call not in left:
                self.known[store][call] = GONE
                self.undone[store].add(call)

    @rule(store=st.sampled_from(STORES), call=st.sampled_from(CALLS))
    def forget(self, store, call):
        if self.known[store].get(call, GONE) != GONE:
            [row] = self.rows(store)[call]
            self.eco(store, "forget", "--id", row["id"], "--yes")
            self.known[store][call] = GONE

    @rule(store=st.sampled_from(STORES))
    def merge(self, store):
        """What was undone in either store counts in none; what was forgotten, in that store. Of two corrections the later one holds."""
        other = STORES[1 - STORES.index(store)]
        if not (self.folder / f"{other}.db").exists():
            return
        self.eco(store, "merge", f"{other}.db")
        mine = self.known[store]
        for call, theirs in self.known[other].items():
            if theirs == GONE:
                if call in self.undone[other]:
                    if mine.get(call) != GONE:
                        self.undone[store].add(call)
                    mine[call] = GONE
            elif mine.get(call) != GONE:
                mine[call] = max(mine.get(call, theirs), theirs)

    @invariant()
    def each_call_is_one_row(self):
        for store in STORES:
            expected = {call: [found[1]] for call, found in self.known[store].items() if found != GONE}
            assert {call: [row["outputTokens"] for row in rows] for call, rows in self.rows(store).items()} == expected, store


def test_each_call_is_one_row_in_any_order(cache_folder):
    class Machine(AnyOrder):
        cache = cache_folder

    run_state_machine_as_test(Machine, settings=settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)))
