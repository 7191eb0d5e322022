"""`eco forget`."""

import sys
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Remove calls for good, to the last byte. Nothing brings them back: hashes of their ids keep them away.

Every condition that is given must hold; of several ids any one. Budgets, keys, suppliers' figures, backups and the figures of locked reports stay. eco undo takes back what was recorded by mistake, and erases nothing.

Example: eco forget --tag project=secret
"""

app = new_app()


@app.command("forget", cls=EcoCommand, help=HELP)
def forget(
    ctx: typer.Context,
    before: Annotated[str | None, typer.Option(metavar="WHEN", help="Calls that began before this day, month or moment.")] = None,
    since: options.Since = None,
    until: options.Until = None,
    tag: options.Tags = None,
    id: Annotated[list[str] | None, typer.Option(metavar="ID", autocompletion=complete.call_ids, help='The call with this id, "last", or the end of one: …f3a2c1; repeatable.')] = None,
    provider: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="Who served the calls.")] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", autocompletion=complete.models, help="As written, or the catalogue's id.")] = None,
    key_name: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.keys, help='Who recorded; "local" is the owner of the file.')] = None,
    last: Annotated[bool, typer.Option("--last", help="What the last command of the owner recorded, as eco undo shows it.")] = False,
    supplier: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.named("ecocli.core.supplier_figures", "SUPPLIERS"), help="In the place of calls, the figures that this supplier gave of itself.")] = None,
    tz: options.Zone = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count them, and remove nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    from ecocli.cli import locked
    from ecocli.cli.session import Session

    session = Session(ctx.meta)
    format = session.format("text", "json")
    if supplier is not None:
        from ecocli.cli import forget_supplier
        from ecocli.errors import UsageError

        if any((before, since, until, tag, id, provider, model, key_name, last, tz)):
            raise UsageError("--supplier stands alone: its figures are no calls", "eco forget --supplier aws")
        forget_supplier.run(session, supplier, dry_run, lambda words: yes or _confirmed(words), format)
        return
    named = {"provider": provider, "model": model, "key_name": key_name}
    chosen = _chosen(session, before, tag, id or [], named, last, tz, since, until)
    chosen = _with_whole_ids(session, chosen)
    zone = session.zone(tz) if chosen.start_ms is not None or chosen.end_ms is not None else None
    calls = _count(session, chosen)
    removed = 0
    if calls and not dry_run:
        with session.open_store(create=False) as store:
            locked.say(session, store.locked_reports.touched_by(chosen))
    if calls and not dry_run and (yes or _confirmed(_calls(calls, zone))):
        with session.open_store(create=False) as store:
            removed = store.forget(chosen)
    _show(session, calls, removed, dry_run, format, zone)


def _chosen(
    session: Any, before: str | None, tag: list[str] | None, ids: list[str], named: dict[str, str | None], last: bool, tz: str | None,
    since: str | None, until: str | None,
) -> Any:  # fmt: skip
    from dataclasses import replace

    from ecocli.cli import spans
    from ecocli.cli.filters import filters
    from ecocli.errors import UsageError

    if not (tag or ids or last or named["model"] or named["key_name"]) and all(given is None for given in (before, since, until)):
        raise UsageError("--before, --since, --until, --tag, --id, --model, --key-name or --last is needed", "for example eco forget --before 2025-01-01")
    if before is not None and until is not None:
        raise UsageError("--before and --until both say when to end", "leave one of them out")
    chosen = filters(session, None, None, named["key_name"], named["provider"], named["model"], None, None, tag, tz, since=since, until=until)
    if before is not None:
        chosen = replace(chosen, end_ms=spans.start("--before", before, session.zone(tz), session.now_ms()))
    return replace(chosen, call_ids=tuple(dict.fromkeys(ids)), run_id=_last_run(session) if last else None)


def _last_run(session: Any) -> int:
    """The id of the last run; 0, which none has, where there is none."""
    with session.open_store(create=False) as store:
        run = store.trail.last_run(None)
    return run.id if run else 0


def _with_whole_ids(session: Any, chosen: Any) -> Any:
    """The conditions, with an id for each end of one."""
    if not chosen.call_ids:
        return chosen
    from dataclasses import replace

    from ecocli.analysis import ids

    with session.open_store(create=False) as store:
        return replace(chosen, call_ids=tuple(dict.fromkeys(ids.resolved(store, given, everywhere=True) for given in chosen.call_ids)))


def _count(session: Any, chosen: Any) -> int:
    """
    How many calls would go.

    Raises:
        UnknownRecord: No call has one of the ids.
        UsageError: Two providers have a call with the same id.
    """
    with session.open_store(create=False) as store:
        if not chosen.call_ids:
            return int(store.count(chosen) + store.trail.count(chosen))
        found = [(call.call_id, call.provider) for call in (*store.rows(chosen), *(entry.call for entry in store.trail.each(chosen)))]
    for call_id in chosen.call_ids:
        _check_that_one_has_it(call_id, sorted({provider for known, provider in found if known == call_id}))
    return len(found)


def _check_that_one_has_it(call_id: str, providers: list[str]) -> None:
    from ecocli.errors import UnknownRecord, UsageError, quoted

    if not providers:
        raise UnknownRecord(call_id)
    if len(providers) > 1:
        names = ", ".join(providers)
        raise UsageError(f"{len(providers)} providers have a call with the id {quoted(call_id)}: {names}", "name one with --provider")


def _confirmed(calls: str) -> bool:
    """Asks at a terminal; a script has to say so beforehand."""
    from ecocli.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(f"{calls} would be removed for good", "--yes removes them, --dry-run only counts them")
    print(f"Remove {calls} for good? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _show(session: Any, calls: int, removed: int, dry_run: bool, format: str, zone: Any) -> None:
    from ecocli.contract.database import forgotten
    from ecocli.core.zones import zone_name
    from ecocli.errors import shorten
    from ecocli.store import copies

    backups = [str(path) for path in copies.beside(session.db_path.absolute())]
    if format == "json":
        session.show_json(forgotten(calls, removed, dry_run, backups) | ({"timeZone": zone_name(zone)} if zone else {}))
    elif removed:
        session.show(f"removed {_calls(removed, zone)} for good")
    else:
        session.show(f"{_calls(calls, zone)} would be removed" if dry_run else "nothing was removed" if calls else "no calls match")
    if removed and backups:
        names = ", ".join(shorten(name, 200) for name in backups)
        session.say(f"eco: warning: backups may still hold them: {names}")


def _calls(count: int, zone: Any) -> str:
    """How many calls, and where they were chosen by time whose days count."""
    from ecocli.core.zones import described

    days = f" (days of {described(zone)})" if zone else ""
    return f"{'1 call' if count == 1 else f'{count:,} calls'}{days}"
