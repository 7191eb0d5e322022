"""A clock is doubted when it contradicts the records or the catalogue."""

from pathlib import Path

import pytest

from ecocli.doctor.clock import findings
from ecocli.doctor.finding import DATA, WELL
from ecocli.store.state import State

DAY_MS = 86_400_000
NOW_MS = 1_795_900_000_000
"""2026-11-28."""
EDITION = "2026-11-20/2026-11-21+own-ab12"
NOTHING = State(Path("eco.db"))


def found(now_ms=NOW_MS, edition=EDITION, **known):
    return [(each.code, each.exit_code) for each in findings(now_ms, State(Path("eco.db"), **known), edition)]


def test_nothing_is_odd():
    assert found() == []
    assert found(recorded_at_ms=NOW_MS, started_at_ms=NOW_MS) == []
    assert found(edition=None) == []


def test_before_the_last_record():
    assert found(recorded_at_ms=NOW_MS + 1) == [("clock-behind", DATA)]


def test_before_the_catalogue_was_made():
    assert found(now_ms=0) == [("clock-behind", DATA)]
    assert found(now_ms=0, edition="own-9999-99-99") == []
    assert found(edition="2026-12-20") == []  # three weeks on: the name of an edition is not that exact


@pytest.mark.parametrize(("years", "doubted"), [(9, False), (11, True)])
def test_long_after_the_catalogue_was_made(years, doubted):
    assert found(now_ms=NOW_MS + years * 366 * DAY_MS) == [("clock-ahead", WELL)] * doubted


def test_a_call_that_is_to_come():
    assert found(started_at_ms=NOW_MS + 2 * DAY_MS) == [("call-ahead", WELL)]
    assert found(started_at_ms=NOW_MS + DAY_MS // 2) == []  # a zone ahead of this one
