"""`eco regions`."""

from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session
from ecocli.core.numbers import counted

CLOUDS = ("aws", "azure", "gcp", "oci", "alibaba", "ibm")

app = new_app(cls=EcoGroup, help="The places that eco knows: cloud regions, countries, states and grid zones.\n\nExample: eco regions list --cloud aws")


@app.command("list", cls=EcoCommand)
def list_regions(
    ctx: typer.Context,
    cloud: Annotated[str | None, typer.Option(metavar="TEXT", autocompletion=complete.closed(CLOUDS), help="aws, azure, gcp, oci, alibaba or ibm.")] = None,
    search: Annotated[str, typer.Option(help="Part of a code, name, country or zone.")] = "",
    places: Annotated[bool, typer.Option("--places", help="Countries, states, zones and geographies instead.")] = False,
) -> None:
    """List cloud regions with their grid, or other places.

    Example: eco regions list --search oregon
    """
    from ecocli.catalog.notices import notices_for, sources_in
    from ecocli.catalog.regions import search_places, search_regions

    session = Session(ctx.meta)
    format = session.format("table", "json", "ndjson")
    bodies = search_places(session.catalog, search) if places else search_regions(session.catalog, search, cloud)
    credits = notices_for(session.catalog, sources_in(bodies))
    if format == "table":
        (_print_places if places else _print_regions)(bodies, session)
        for notice in credits:
            session.show_folded(notice)
        return
    (session.show_json if format == "json" else session.show_lines)(bodies)
    for notice in credits:  # a list of places has no room for it
        session.say(f"eco: {notice}")


@app.command("show", cls=EcoCommand)
def show(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", autocompletion=complete.regions)],
    provider: Annotated[str | None, typer.Option(metavar="NAME", help="Its cloud or provider; the likeliest cloud by default.")] = None,
) -> None:
    """Show one place with every factor and its source, and the sites behind a mean.

    Any name that an audit gives to a place is known: eco regions show us-openai

    Example: eco regions show us-west-2 --provider aws
    """
    from ecocli.catalog.notices import notices_for, sources_in
    from ecocli.catalog.region_means import look_up, sites_behind
    from ecocli.contract.catalogue import region_body

    session = Session(ctx.meta)
    found = look_up(session.catalog, provider, code)
    sites = sites_behind(session.catalog, found)
    body = region_body(code, found, sites)
    credits = notices_for(session.catalog, sources_in(body))
    if session.format("text", "json") == "json":
        session.show_json(body | ({"credits": credits} if credits else {}))
    else:
        from ecocli.render.facts import facts_text

        session.show_folded(facts_text(region_body(code, found, ())))
        if sites:
            _print_sites(sites, session)
        for notice in credits:
            session.show_folded(f"\n{notice}")
    _warn(session, found)


@app.command("resolve", cls=EcoCommand)
def resolve(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete.regions)],
    provider: Annotated[str | None, typer.Option(metavar="NAME", help="Who serves the call.")] = None,
    region_fallback: Annotated[bool, typer.Option("--region-fallback", help="Resolve an unknown name to the provider's average.")] = False,
) -> None:
    """Show which place a name resolves to, and how.

    Example: eco regions resolve "West US 2" --provider azure
    """
    session = Session(ctx.meta)
    found = _resolved(session, name, provider, region_fallback or session.settings.region_fallback)
    body = {
        "name": name,
        "finalRegion": found.spec.region,
        "finalProvider": found.spec.provider,
        "calculationMethod": found.calculation_method,
        "regionMatch": found.match,
        "warnings": list(found.warnings),
    }
    if session.format("text", "json") == "json":
        session.show_json(body)
    else:
        session.show(f"{found.spec.region}, {found.spec.provider} ({found.match})")
        _warn(session, found)


def _resolved(session: Session, region: str, provider: str | None, fallback: bool) -> Any:
    from ecocli.catalog.regions import resolve_site

    return resolve_site(session.catalog, provider, region, fallback)


def _warn(session: Session, found: Any) -> None:
    for warning in found.warnings:
        session.say(f"eco: warning: {warning}")


def _print_regions(bodies: list[dict[str, Any]], session: Session) -> None:
    columns = [("cloud", "left"), ("code", "left"), ("name", "left"), ("grid", "left"), ("gCO2e/kWh", "right"), ("PUE", "right")]
    cells = (
        (b["cloud"], b["code"], b["name"], b["zone"], f"{b['site']['intensity_g_per_kwh']['value']:.0f}", f"{b['site']['pue']['value']:.2f}")
        for b in bodies
    )
    session.show_table(columns, cells, f"{len(bodies)} regions")


def _print_sites(sites: list[dict[str, Any]], session: Session) -> None:
    columns = [("site", "left"), ("name", "left"), ("grid", "left"), ("share", "right"), ("gCO2e/kWh", "right"), ("L/kWh", "right")]
    carbon = [f"{site['intensity_g_per_kwh']:.0f}" if "intensity_g_per_kwh" in site else "" for site in sites]
    cells = ((s["site"], s["name"], s["zone"], f"{s['share']:.1%}", c, f"{s['wue_source_l_per_kwh']:.2f}") for s, c in zip(sites, carbon, strict=True))
    session.show("")
    session.show_table(columns, cells, f"a mean over {counted(len(sites), 'site')}" + ("" if any(carbon) else ", of water alone"))


def _print_places(bodies: list[dict[str, Any]], session: Session) -> None:
    cells = ((b["key"].partition("/")[2] or b["key"], b["name"]) for b in bodies)
    session.show_table([("code", "left"), ("name", "left")], cells, counted(len(bodies), "place"))
