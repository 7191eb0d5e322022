"""`eco history`."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Look back at recorded calls, newest first.

Example: eco history --start-date 2025-01-01 --model gpt-4o --format csv > history.csv
"""

PAGE = 100
"""Calls on a page unless --limit says otherwise."""
WHOLE = ("csv", "ndjson")
"""Formats that hold every call unless a page is asked for."""

app = new_app()


@app.command("history", cls=EcoCommand, help=HELP)
def history(
    ctx: typer.Context,
    since: options.Since = None,
    until: options.Until = None,
    last: options.Last = None,
    start_date: options.StartDate = None,
    end_date: options.EndDate = None,
    key_name: options.KeyName = None,
    provider: options.Provider = None,
    model: options.Model = None,
    region: options.Region = None,
    source: options.Source = None,
    tag: options.Tags = None,
    id: options.Id = None,
    tz: options.Zone = None,
    page: Annotated[int | None, typer.Option(metavar="N", min=1, max=10**9, help="Which page; csv and ndjson hold every call unless a page is asked for.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-L", metavar="N", min=1, max=100_000, help=f"Calls on a page; {PAGE} by default.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Every call, streamed; what csv and ndjson do by themselves.")] = False,
    columns: Annotated[str | None, typer.Option(metavar="NAMES", autocompletion=complete.named("ecocli.contract.history", "SHORT_NAMES", several=True), help="Which columns, such as when,model,energy,carbon,id.")] = None,
    sort: Annotated[str | None, typer.Option(metavar="COLUMN", autocompletion=complete.named("ecocli.store.history", "SORTS"), help="Largest first by a figure, or by name; the newest first by default.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Everything that is stored; in csv what fits into cells, ranges included.")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="With --all --full: before them the calls that were undone or replaced, and count nowhere.")] = False,
) -> None:
    from contextlib import closing
    from dataclasses import replace
    from itertools import chain

    from ecocli.cli.filters import filters
    from ecocli.cli.session import Session
    from ecocli.errors import UsageError

    session = Session(ctx.meta)
    format = session.format("table", "json", "csv", "ndjson")
    if full and format == "table":
        raise UsageError("--full needs --format ndjson, json or csv, not table")
    if withdrawn and format == "csv":
        raise UsageError("--withdrawn needs --format ndjson or json, not csv")
    asks_for_page = (page, limit) != (None, None)
    if all and asks_for_page:
        raise UsageError("--all takes neither --page nor --limit", "leave --all away for one page")
    wanted = _columns(columns, full)
    _check_sort(sort)
    if withdrawn and not (all and full):
        raise UsageError("--withdrawn needs --all and --full", "eco explain shows a single one")
    session.authorize("history:read")
    chosen = filters(session, start_date, end_date, key_name, provider, model, region, source, tag, tz, since=since, until=until, last=last)
    zone = session.zone(tz)
    chosen = replace(_of_ids(session, chosen, id), sort=sort)
    if format != "table" and tz is None and (chosen.start_ms, chosen.end_ms) != (None, None):
        _say_zone(session, zone)
    with session.open_store(create=False) as store:
        if session.quiet:
            return
        if all or (format in WHOLE and not asks_for_page):
            with closing(store.rows(chosen) if full else store.history(chosen)) as calls:  # a reader that goes away leaves them half read
                found = chain(store.trail.each(chosen), calls) if withdrawn else calls
                _print_all(store, found, format, full, session, zone, wanted)
        else:
            _print_page(store, chosen, format, full, session, zone, page or 1, limit or PAGE, wanted)
        if model or provider or region or source:
            from ecocli.cli import unmatched

            unmatched.say(session, store, chosen)


def _of_ids(session: Any, chosen: Any, given: list[str] | None) -> Any:
    """The filters, with whole ids for those that are given. UnknownRecord for one that no call has."""
    if not given:
        return chosen
    from dataclasses import replace

    from ecocli.analysis import ids
    from ecocli.errors import UnknownRecord

    with session.open_store(create=False) as store:
        found = {text: ids.resolved(store, text) for text in given}
        for text, call_id in found.items():
            if not store.find(call_id):
                raise UnknownRecord(text)
    return replace(chosen, call_ids=tuple(found.values()))


def _say_zone(session: Any, zone: Any) -> None:
    """Where days are not those of UTC, in which the times of every format but the table are."""
    from ecocli.core.zones import described, zone_name

    if zone_name(zone) != "UTC":
        session.say(f"eco: days are those of {described(zone)}")


def _print_page(store: Any, chosen: Any, format: str, full: bool, session: Any, zone: Any, page: int, limit: int, wanted: Any) -> None:
    from ecocli.contract import history as contract
    from ecocli.render import history as render

    with store.snapshot():
        total = store.count(chosen)
        calls = (store.page if full else store.history_page)(chosen, page, limit, total)
        rows = list(_rows(store, calls, full, wanted)) if full or format in ("json", "ndjson") else []
    if format == "json":
        session.show_json(contract.page(rows, total, page, limit))
    elif format == "ndjson":
        render.write_ndjson(rows, sys.stdout)
    elif format == "csv" and full:
        render.write_full_csv(rows, csv_out())
    elif format == "csv":
        render.write_csv(calls, csv_out(), *_fields(wanted))
    else:
        _print_table(store, calls, total, session, zone, wanted, f"{len(calls)} of {total:,} {'call' if total == 1 else 'calls'}, page {page} of {-(-total // limit)}")
    if total > len(calls):
        session.say(f"eco: {total - len(calls):,} of {total:,} calls are left out: {_rest(page, limit, total)}--all shows every one")


def _rest(page: int, limit: int, total: int) -> str:
    return f"--page {page + 1} shows the next, " if page * limit < total else ""


def _print_all(store: Any, calls: Any, format: str, full: bool, session: Any, zone: Any, wanted: Any) -> None:
    from ecocli.render import history as render

    if format == "csv" and full:
        render.write_full_csv(_rows(store, calls, full, wanted), csv_out())
    elif format == "csv":
        render.write_csv(calls, csv_out(), *_fields(wanted))
    elif format == "ndjson":
        render.write_ndjson(_rows(store, calls, full, wanted), sys.stdout)
    elif format == "json" and session.filter:
        _print_filtered(_rows(store, calls, full, wanted), session.filter)
    elif format == "json":
        render.write_json(_rows(store, calls, full, wanted), sys.stdout)
    else:
        rows = list(calls)
        _print_table(store, rows, len(rows), session, zone, wanted, f"{len(rows):,} calls")


def _print_filtered(rows: Iterator[dict[str, Any]], filter: Any) -> None:
    """Fields as the rows come; an expression wants all of them together."""
    from ecocli.render import history as render

    if filter.needs_all:
        every = list(filter.each(rows))
        filter.print({"status": "success", "data": every})
    else:
        render.write_list(filter.each(rows), sys.stdout)


def _rows(store: Any, calls: Any, full: bool, wanted: Any) -> Iterator[dict[str, Any]]:
    from ecocli.contract.history import row

    if full:
        return _full_rows(store, calls)
    rows = map(row, calls)
    return ({name: body[name] for name in _fields(wanted)[0]} for body in rows) if wanted else rows


def _columns(given: str | None, full: bool) -> tuple[str, ...] | None:
    """The columns that are asked for, by their names in a table; None for the usual ones."""
    if given is None:
        return None
    from ecocli.contract.history import SHORT_NAMES
    from ecocli.errors import UsageError, quoted

    if full:
        raise UsageError("--full is every column, and --columns some", "leave one of them out")
    by_field = {field: name for name, field in SHORT_NAMES.items()}
    names = tuple(by_field.get(name, name) for name in map(str.strip, given.split(",")))
    for name in names:
        if name not in SHORT_NAMES:
            from ecocli.cli.habits import figure

            raise UsageError(f"--columns: no column {quoted(name)}", figure(name, SHORT_NAMES, f"the columns are {', '.join(SHORT_NAMES)}"))
    return names


def _fields(wanted: Any) -> tuple[tuple[str, ...], ...]:
    """The fields of columns, as an argument; none for the usual ones."""
    from ecocli.contract.history import SHORT_NAMES

    return (tuple(SHORT_NAMES[name] for name in wanted),) if wanted else ()


def _check_sort(sort: str | None) -> None:
    if sort is None:
        return
    from ecocli.errors import UsageError, quoted
    from ecocli.store.history import SORTS

    if sort not in SORTS:
        from ecocli.cli.habits import figure

        raise UsageError(f"--sort: must be one of {', '.join(SORTS)}, not {quoted(sort)}", figure(sort, SORTS))


def _full_rows(store: Any, calls: Any) -> Iterator[dict[str, Any]]:
    """With the content of every basis, each looked up once."""
    from ecocli.contract.history import full_row, withdrawn_row
    from ecocli.store.rows import StoredCall

    bases: dict[int, Any] = {}
    for found in calls:
        call, past = (found, store.past_results(found.row_id)) if isinstance(found, StoredCall) else (found.call, found.past)
        for result in (call, *past):
            if result.basis_id not in bases:
                bases[result.basis_id] = store.basis(result.basis_id).content
        earlier = [(result, bases[result.basis_id]) for result in past]
        yield full_row(call, bases[call.basis_id], earlier) if found is call else withdrawn_row(found, bases[call.basis_id], earlier)


def _print_table(store: Any, calls: Any, total: int, session: Any, zone: Any, wanted: Any, caption: str) -> None:
    from ecocli.render.calls_table import history_table

    if not total:
        print("no calls match")
        return
    history_table(calls, store.short_ids(call.call_id for call in calls), zone, sys.stdout, session.colour(sys.stdout), caption, wanted)


def csv_out() -> Any:
    """Standard output as the csv module needs it."""
    # the csv module ends its own lines; a text stream must not translate them again
    sys.stdout.reconfigure(newline="", encoding="utf-8")  # type: ignore[union-attr]  # a real stream
    return sys.stdout
