"""`eco report --lock`, `--unlock` and `--compare`: what a report is of, who locks it, and what stands beside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.cli.session import Session
from ecocli.core import when
from ecocli.errors import UsageError, quoted, shorten
from ecocli.store import files
from ecocli.store.history import LOCAL, Filters

if TYPE_CHECKING:
    from ecocli.reports import Report
    from ecocli.store import Store
    from ecocli.store.locked_reports import LockedReport

    Make = partial[Report]
    """Makes a report of a store and filters."""

PERIOD, PREVIOUS = "period", "previous"
TIMES = ("since", "until", "last", "start_date", "end_date")
RECORD = "record"
"""The scope that whoever locks needs, as of every command that writes."""


class Asked(NamedTuple):
    """Options of the command; None where they are not given."""

    compare: str | None
    lock: str | None
    unlock: str | None
    why: str | None
    is_nil: bool
    times: Mapping[str, Any]
    """The other options that name a period, by name."""


def of_period(asked: Asked, chosen: Filters, tz: tzinfo, now_ms: int) -> Filters:
    """The filters with the period that `--lock 2025` or `--unlock 2025` names; "period" is that of the other options."""
    options = {option: word for option, word in (("lock", asked.lock), ("unlock", asked.unlock)) if word is not None}
    if len(set(options.values())) > 1:
        raise UsageError("--unlock and --lock name two periods", "both together lift a lock and lock the same period anew")
    option, word = next(iter(options.items()), ("lock", PERIOD))
    if word == PERIOD:
        return chosen
    if given := next((name for name in TIMES if asked.times[name] is not None), None):
        raise UsageError(f"--{option} {word} and --{given.replace('_', '-')} both say which period", f"leave one of them out, or say --{option} {PERIOD}")
    try:
        start_ms, end_ms = when.span(word, tz, now_ms)
    except UsageError as error:
        raise UsageError(f"--{option}: {error}", f"for example 2025, 2025-Q3 or 2025-11; {PERIOD} means that of --start-date and --end-date") from error
    return replace(chosen, start_ms=start_ms, end_ms=end_ms)


def made(session: Session, store: "Store", asked: Asked, make: "Make", chosen: Filters) -> "Report":
    """The report, locked or set free as the options say, with what stands beside it."""
    is_locked, is_lifted = asked.lock is not None, asked.unlock is not None
    if asked.why is not None and not is_lifted:
        raise UsageError("--why is for --unlock")
    if asked.is_nil and not is_locked:
        raise UsageError("--nil is for --lock")
    if is_lifted and not (asked.why and asked.why.strip()):
        raise UsageError("--unlock needs a reason, which stays beside what was locked", 'add --why "…"')
    if is_locked or is_lifted:
        files.expect(store.path)
    by = name_of(store, session.authorize(RECORD)) if is_locked or is_lifted else LOCAL
    # before anything is locked or lifted: a word that is wrong leaves all as it was
    beside = None if asked.compare is None else _beside(asked.compare, chosen, make.keywords["tz"], make.keywords["now_ms"])
    found = make(store, filters=chosen)
    if is_locked or is_lifted:
        _change(session, store, asked, found, by)
    return _with_changes(store, make, found, beside)


def name_of(store: "Store", key_id: int | None) -> str:
    """Who a key belongs to; "local" for the owner of the file."""
    return LOCAL if key_id is None else next(key.name for key in store.keys.list() if key.id == key_id)


def _change(session: Session, store: "Store", asked: Asked, found: "Report", by: str) -> None:
    """Lift a lock, lock anew, or both: both, or neither."""
    from ecocli.reports import locking, spans

    filters = found.filters
    with store.transaction():
        lifted = None if asked.why is None else locking.lift(store, filters, found.tz, by, asked.why.strip(), found.now_ms)
        if asked.lock is not None:
            locking.lock(store, found, by, asked.is_nil)
    period = spans.name((filters.start_ms or 0, filters.end_ms or 0), found.tz)
    if lifted:
        _say_lifted(session, period, lifted)
    if asked.lock is not None:
        _say_locked(session, period, found)


def _say_lifted(session: Session, period: str, lifted: "LockedReport") -> None:
    from ecocli.core.dates import iso

    session.say(f"eco: {period} is locked no more; {shorten(lifted.locked_by)} locked it {iso(lifted.locked_at_ms)}, and what it said then is kept")


def _say_locked(session: Session, period: str, found: "Report") -> None:
    from ecocli.core.numbers import counted

    evidence = found.evidence
    rows = f"{counted(evidence.calls, 'call')}, SHA-256 {evidence.sha256}" if evidence.calls else "a nil report, of no calls"
    session.say(f"eco: {period} is locked: {rows}")


def _beside(word: str, chosen: Filters, tz: tzinfo, now_ms: int) -> Filters:
    """The filters of the period that `--compare` names."""
    from ecocli.reports import spans

    if chosen.start_ms is None:
        raise UsageError(f"--compare {word}: the report has no period to compare", "--since says from when, --until until when")
    span = (chosen.start_ms, now_ms + 1 if chosen.end_ms is None else chosen.end_ms)
    if word == PREVIOUS:
        start_ms, end_ms = spans.before(span, tz, now_ms)
    elif when.YEAR.fullmatch(word):
        start_ms, end_ms = spans.in_year(span, int(word), tz, now_ms)
    else:
        raise UsageError(f"--compare: must be {PREVIOUS} or a year, not {quoted(word)}")
    return replace(chosen, start_ms=start_ms, end_ms=end_ms)


def _with_changes(store: "Store", make: "Make", found: "Report", other: Filters | None) -> "Report":
    from ecocli.reports import locking
    from ecocli.reports.comparison import comparison
    from ecocli.reports.totals import totals

    found = locking.with_restatement(store, found)
    if other is None:
        return found
    then = totals(store, make.keywords["catalog"], other, found.tz, found.organisation, found.instruments)
    return replace(found, comparison=comparison(then, found, (other.start_ms or 0, other.end_ms or 0)))
