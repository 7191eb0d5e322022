"""`eco grid`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session
from ecocli.core.numbers import counted

KEY_VARIABLE = "ELECTRICITYMAPS_API_KEY"
app = new_app(cls=EcoGroup, help="Hourly carbon intensity of grids, from files of your own.\n\nExample: eco grid import US-CAL-CISO_2025_hourly.csv")


@app.command("import", cls=EcoCommand)
def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV of Electricity Maps, NESO, EIA-930 or ENTSO-E.")],
    zone: Annotated[str | None, typer.Option(metavar="ZONE", autocompletion=complete.regions, help="The zone of the file, or the one to take of several.")] = None,
    layout: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.named("ecocli.grid.files", "LAYOUTS"), help="How the file is laid out; told from its first line by default.")] = None,
) -> None:
    """Read hours of carbon intensity from a file; hours that are there already are replaced.

    Example: eco grid import EIA930_BALANCE_2025_Jan_Jun.csv --zone US-CAL-CISO
    """
    from ecocli.grid import files

    session = Session(ctx.meta)
    format = session.format("text", "json")
    session.authorize("record")
    name, reading = files.read(file, layout)
    _keep(session, format, name, files.LAYOUTS[name].source, reading, zone)


@app.command("fetch", cls=EcoCommand)
def fetch(
    ctx: typer.Context,
    zone: Annotated[str, typer.Option(metavar="ZONE", autocompletion=complete.regions, help="The zone, as in eco regions list --places.")],
    since: options.Since = None,
    until: options.Until = None,
    last: options.Last = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where the API is.", show_default=False)] = None,
) -> None:
    """Ask Electricity Maps for the hours of a zone, the last 24 by default. Your key is read from ELECTRICITYMAPS_API_KEY.

    Example: eco grid fetch --zone DE --since 2025-05
    """
    import os

    from ecocli.errors import BadConfig, UnknownRegion

    session = Session(ctx.meta)
    format = session.format("text", "json")
    session.authorize("record")
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise BadConfig(f"{KEY_VARIABLE} is {'no key' if key else 'not set'}", "your own key of the Electricity Maps API")
    from ecocli.catalog.grid_zones import find_zone

    found = find_zone(session.catalog, zone)
    if found is None:
        raise UnknownRegion(zone)
    from ecocli.grid import fetch as api

    start, end = _moments(session.now_ms(), since, until, last)
    reading = api.fetch(found, start, end, key, url or api.BASE_URL)
    _keep(session, format, api.LAYOUT, api.SOURCE, reading, found)


def _moments(now_ms: int, since: str | None, until: str | None, last: str | None) -> tuple[Any, Any]:
    """The first moment that is asked for, if there is one, and the end; days are those of UTC, as the hours are."""
    from datetime import UTC

    from ecocli.cli import spans
    from ecocli.core.dates import EPOCH, MS

    start_ms, end_ms = spans.bounds(UTC, now_ms, since=since, until=until, last=last, start_date=None, end_date=None)
    end_ms = now_ms if end_ms is None else min(now_ms, end_ms)
    return (None if start_ms is None else EPOCH + start_ms * MS), EPOCH + end_ms * MS


@app.command("list", cls=EcoCommand)
def list_hours(ctx: typer.Context) -> None:
    """List the zones and hours that were imported.

    Example: eco grid list
    """
    from ecocli.contract import grid
    from ecocli.store.grid import GridHours

    session = Session(ctx.meta)
    format = session.format("table", "json")
    session.authorize("history:read")
    with session.open_store(create=False) as store:
        bodies = list(map(grid.held, GridHours(store).held()))
    if format == "json":
        session.show_json(bodies)
    elif not bodies:
        session.show("no hours: eco grid import FILE.csv reads some")
    else:
        columns = [("zone", "left"), ("hours", "right"), ("first", "left"), ("last", "left"), ("mean g/kWh", "right"), ("basis", "left"), ("layout", "left")]
        session.show_table(columns, map(_cells, bodies))


def _cells(body: Mapping[str, Any]) -> tuple[str, ...]:
    return body["zone"], f"{body['hours']:,}", *_span(body), f"{body['meanGramsPerKwh']:.0f}", body["basis"], body["layout"]


def _span(body: Mapping[str, Any]) -> tuple[str, str]:
    """The first and the last hour, as far as an hour is told."""
    return body["firstHour"][: len("2025-01-01T00")], body["lastHour"][: len("2025-01-01T00")]


def _keep(session: Session, format: str, layout: str, source: str, reading: Any, zone: str | None) -> None:
    """Store the hours of a file and print what came of it."""
    from ecocli.contract import grid
    from ecocli.store.grid import GridHours, GridSource

    zones, unknown = _zones(session, reading.zones, zone)
    with session.open_store() as store:
        found = GridHours(store).add(zones, GridSource(layout, source, reading.basis), session.now_ms())
    bodies = [grid.added(one, layout, source) for one in found]
    if format == "json":
        session.show_json(bodies)
    else:
        session.show("\n".join(map(_line, bodies)))
    if unknown:
        session.say(f"eco: warning: {counted(unknown, 'area')} of the file left out: no {'zone' if unknown == 1 else 'zones'} of the catalogue")
    if reading.incomplete:
        session.say(f"eco: warning: {counted(reading.incomplete, 'hour')} left out, without the generation of a fuel")


def _line(body: Mapping[str, Any]) -> str:
    first, last = _span(body)
    return f"{body['zone']}: {counted(body['hours'], 'hour')} from {first} to {last} ({body['layout']}): {body['new']:,} new, {body['replaced']:,} replaced"


def _zones(session: Session, read: Mapping[str, Mapping[int, float]], asked: str | None) -> tuple[dict[str, Mapping[int, float]], int]:
    """
    Hours by the catalogue's zones, and how many areas are none of them.

    Raises:
        UnknownRegion: The zone that is asked for is none.
        BadData: The file has nothing for a zone that is known.
    """
    from ecocli.catalog.grid_zones import find_zone, known_zones
    from ecocli.errors import BadData, UnknownRegion, shorten

    wanted = asked and find_zone(session.catalog, asked)
    if asked and not wanted:
        raise UnknownRegion(asked)
    if wanted and len(read) == 1:
        return {wanted: next(iter(read.values()))}, 0
    known = known_zones(session.catalog, read)
    zones = {zone: read[zone if zone in read else name] for name, zone in known.items() if wanted in (None, zone)}
    if not zones:
        names = ", ".join(shorten(name) for name in list(read)[:5]) or "none"
        raise BadData(f"the file has no hours of {wanted or 'a zone of the catalogue'}, but of: {names}", "--zone names the zone of a file", code="bad-grid-file")
    return zones, 0 if wanted else len(read) - len(known)
