"""Which reports are locked, which calls are theirs, and that none of it is ever removed."""

import sqlite3
from dataclasses import replace

import pytest

from ecocli.store import Filters, Store
from ecocli.store.locked_reports import LockedReport, conditions
from ecocli.store.trail import REPLACED, Withdrawal, withdraw
from tests.store.test_store import add, new_call

REPORT = LockedReport(
    start_ms=1_000, end_ms=2_000, time_zone="Europe/Berlin", locked_at_ms=9_000, locked_by="local", eco_version="1.0", calls=1, sha256="a" * 64, last_call=7,
    filters={}, methods={"eco-1": 1}, editions={"2026-11-22": 1}, figures=(("gross", "total", "gCO2e", 0.1 + 0.2),), organisation={"name": "Ä GmbH"}, instruments=({"name": "wind"},),
)  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "eco.db") as opened:
        yield opened


def lock(store: Store, report: LockedReport = REPORT) -> LockedReport:
    with store.transaction():
        store.locked_reports.add(report)
    return store.locked_reports.each()[-1]


def test_it_is_read_as_it_was_kept(store):
    found = lock(store)
    assert replace(found, id=0) == REPORT
    assert store.locked_reports.of(Filters(start_ms=1_000, end_ms=2_000)) == [found]


def test_a_period_is_locked_once_at_a_time_and_a_lifted_lock_stays(store):
    first = lock(store)
    with pytest.raises(sqlite3.IntegrityError), store.transaction():
        store.locked_reports.add(REPORT)
    with store.transaction():
        store.locked_reports.lift(first, "Laptop", "a call was missing", 9_500)
        store.locked_reports.add(replace(REPORT, locked_at_ms=9_500))
    new, old = store.locked_reports.of(Filters(start_ms=1_000, end_ms=2_000))
    assert (old.lifted_at_ms, old.lifted_by, old.lifted_why) == (9_500, "Laptop", "a call was missing")
    assert (new.locked_at_ms, new.lifted_at_ms) == (9_500, None)


@pytest.mark.parametrize("other", [Filters(1_000, 2_001), Filters(1_001, 2_000), Filters(1_000, 2_000, model="gpt-4o"), Filters(1_000, 2_000, tags=(("a", "b"),))])
def test_another_period_or_other_calls_are_another_report(store, other):
    lock(store)
    assert store.locked_reports.of(other) == []


def test_the_order_of_tags_does_not_matter(store):
    tags = (("b", "2"), ("a", "1"))
    lock(store, replace(REPORT, filters=conditions(Filters(tags=tags))))
    assert len(store.locked_reports.of(Filters(1_000, 2_000, tags=tags[::-1]))) == 1


@pytest.mark.parametrize(
    ("filters", "touches"),
    [
        (Filters(), True), (Filters(call_ids=("inside",)), True), (Filters(start_ms=1_500, end_ms=1_501), True),
        (Filters(call_ids=("before",)), False), (Filters(call_ids=("after",)), False), (Filters(end_ms=1_500), False), (Filters(start_ms=1_501), False),
    ],
)  # fmt: skip
def test_calls_of_its_period_are_its_own(store, filters, touches):
    add(store, new_call("before", 999), new_call("inside", 1_500), new_call("after", 2_000))
    report = lock(store)
    assert store.locked_reports.touched_by(filters) == ([report] if touches else [])


def test_only_those_that_it_chose(store):
    add(store, new_call("a", 1_500, "openai"), new_call("b", 1_500, "google"))
    report = lock(store, replace(REPORT, filters={"provider": "google"}))
    assert store.locked_reports.touched_by(Filters(call_ids=("a",))) == []
    assert store.locked_reports.touched_by(Filters(call_ids=("b",))) == [report]


def test_a_lock_that_was_lifted_holds_nothing(store):
    add(store, new_call("a", 1_500))
    report = lock(store)
    with store.transaction():
        store.locked_reports.lift(report, "local", None, 9_500)
    assert store.locked_reports.touched_by(Filters()) == []


@pytest.mark.parametrize(("at_ms", "since_ms", "is_said"), [(1_500, 9_000, True), (1_500, 9_001, False), (2_000, 9_000, False)])
def test_a_call_of_its_period_that_was_replaced(store, at_ms, since_ms, is_said):
    add(store, new_call("a", at_ms))
    report = lock(store)
    with store.transaction():
        withdraw(store.connection, Withdrawal(REPLACED, 9_000), "WHERE c.call_id = :id", {"id": "a"})
    assert store.locked_reports.withdrawn_since(since_ms) == ([report] if is_said else [])


def test_a_call_that_was_recomputed(store):
    add(store, new_call("a", 1_500, computed_at_ms=9_500), new_call("b", 2_500, computed_at_ms=9_900))
    report = lock(store)
    assert store.locked_reports.recomputed_since(9_500) == [report]
    assert store.locked_reports.recomputed_since(9_501) == []
