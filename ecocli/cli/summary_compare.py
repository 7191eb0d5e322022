"""`eco summary --compare previous`."""

from typing import Any

from ecocli.analysis import previous, summaries
from ecocli.analysis.periods import PERIODS
from ecocli.cli.session import Session
from ecocli.core import durations, when
from ecocli.core.zones import described
from ecocli.errors import UsageError, quoted
from ecocli.store.history import Filters

WORD = "previous"
THIS_MONTH = "this month"


def show(session: Session, word: str, chosen: Filters, by: tuple[str, ...], times: dict[str, str | None], tz: Any) -> None:
    """Print the totals of a time, and of the one before it, by groups that are no periods."""
    if word != WORD:
        raise UsageError(f"--compare: must be {WORD}, not {quoted(word)}")
    if any(name in PERIODS for name in by):
        raise UsageError(f"--compare {WORD} shows two periods", "--by names another group, such as model")
    format = session.format("table", "json", "ndjson")
    session.authorize("history:read")
    now_ms = session.now_ms()
    span, step = _span(chosen, times, tz, now_ms)
    earlier = previous.before(span, step, tz)
    with session.open_store(create=False) as store, store.snapshot():
        both = [summaries.summary(store, _within(chosen, each), by, tz, now_ms) for each in (span, earlier)]
    if not session.quiet:
        _print(session, both, span, earlier, format, tz)


def _span(chosen: Filters, times: dict[str, str | None], tz: Any, now_ms: int) -> tuple[previous.Span, previous.Step | None]:
    """The time that is asked for up to now, and the step that leads to the one before."""
    first, final = times["since"] or times["start_date"], times["until"] or times["end_date"]
    if times["last"] is not None:
        count, unit = durations.parse(times["last"])
        period = when.ROLLING[unit][0] if unit in when.ROLLING else None
        return _until_now(chosen, now_ms), (period, count) if period else None
    if first is None and final is not None:
        raise UsageError(f"--compare {WORD} needs a beginning", "--since says when, or --last how long")
    whole = when.span(first or THIS_MONTH, tz, now_ms)
    end_ms = min(whole[1] if final is None and whole[1] > now_ms else chosen.end_ms or now_ms + 1, now_ms + 1)
    span = (whole[0], end_ms)
    is_one = whole[1] > now_ms if final is None else chosen.end_ms == whole[1]
    step = previous.step_of(whole, tz) if is_one else previous.days_of(span, tz)
    return span, step


def _until_now(chosen: Filters, now_ms: int) -> previous.Span:
    return chosen.start_ms or 0, min(chosen.end_ms or now_ms + 1, now_ms + 1)


def _within(chosen: Filters, span: previous.Span) -> Filters:
    from dataclasses import replace

    return replace(chosen, start_ms=span[0], end_ms=span[1])


def _print(session: Session, both: Any, span: previous.Span, earlier: previous.Span, format: str, tz: Any) -> None:
    from ecocli.contract import summary as contract
    from ecocli.render import summary as render

    found = previous.pairs(*both)
    if format == "json":
        session.show_json(contract.compared(both, found, span, earlier))
    elif format == "ndjson":
        session.show_lines(contract.pair_row(*pair) for pair in found)
    else:
        titles = [render.span_title(each, tz) for each in (span, earlier)]
        session.show_folded(f"{titles[0]} beside {titles[1]} ({described(tz)})")
        if both[0].by:
            session.show_table(*render.pairs_table(both[0].by, found))
            session.show("")
        session.show_table(*render.change_table(both[0].total, both[1].total))
