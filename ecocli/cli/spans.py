"""The options that say which time a command looks back at; loaded only where one is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo

from ecocli.core import when
from ecocli.errors import UsageError

Bounds = tuple[int | None, int | None]
"""First millisecond, and the first one after; None where unlimited."""


def bounds(tz: tzinfo, now_ms: int, *, since: str | None, until: str | None, last: str | None, start_date: str | None, end_date: str | None) -> Bounds:
    """The time that the options name together. UsageError for one that is not valid, and for two that contradict each other."""
    first = _one("begin", since=since, start_date=start_date, last=last)
    final = _one("end", until=until, end_date=end_date, last=last)
    start_ms, end_ms = _edge(first, 0, tz, now_ms), _edge(final, 1, tz, now_ms)
    if first and final and start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise UsageError(f"{' '.join(final)} is before {' '.join(first)}", "swap them")
    return start_ms, end_ms


def moment(option: str, text: str, tz: tzinfo, now_ms: int) -> int:
    """The moment that an option names. [ms]"""
    with _named(option):
        return when.moment(text, tz, now_ms)


def start(option: str, text: str, tz: tzinfo, now_ms: int) -> int:
    """The first millisecond of what an option names."""
    with _named(option):
        return when.span(text, tz, now_ms)[0]


def _one(what: str, **given: str | None) -> tuple[str, str] | None:
    """The one option that is given, with its value."""
    # an empty option, as from an unset variable of a script, is an error and does not mean "all"
    found = [(f"--{name.replace('_', '-')}", value) for name, value in given.items() if value is not None]
    if len(found) > 1:
        raise UsageError(f"{found[0][0]} and {found[1][0]} both say when to {what}", "leave one of them out")
    return found[0] if found else None


def _edge(given: tuple[str, str] | None, edge: int, tz: tzinfo, now_ms: int) -> int | None:
    if given is None:
        return None
    option, text = given
    with _named(option):
        return (when.rolling if option == "--last" else when.span)(text, tz, now_ms)[edge]


@contextmanager
def _named(option: str) -> Iterator[None]:
    """The error of a value, with the option in front."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{option}: {error}", error.hint) from error
