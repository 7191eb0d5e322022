"""`eco hardware`."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session

app = new_app(cls=EcoGroup, help="Describe your own machine, for calls that Ollama, LM Studio and the like answer.\n\nExample: eco hardware add desk --gpu \"RTX 4090\" --region DE")
Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete.hardware, help="The profile's name.")]


@app.command("list", cls=EcoCommand)
def list_hardware(ctx: typer.Context, search: Annotated[str, typer.Option(help="Part of a machine's name.")] = "") -> None:
    """List your profiles, then the table of usual machines.

    Example: eco hardware list --search mac
    """
    from ecocli.contract.hardware import profile_row

    session = Session(ctx.meta)
    format = session.format("table", "json")
    profiles = [profile_row(profile) for profile in (session.settings.hardware or {}).values()]
    machines = [{"id": id} | body for id, body in session.catalog.all("machine") if search.lower() in body["name"].lower()]
    if format == "json":
        session.show_json({"profiles": profiles, "machines": machines})
        return
    if profiles:
        _print_profiles(profiles, session)
        session.show("")
    _print_machines(machines, session)


@app.command("show", cls=EcoCommand)
def show(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete.any_hardware, help="Of a profile or a machine.")]) -> None:
    """Show a profile, or a machine of the table, with every number's range and source.

    Example: eco hardware show "Mac mini M4"
    """
    from ecocli.catalog.machines import machine_named
    from ecocli.contract.hardware import profile_row

    session = Session(ctx.meta)
    profile = (session.settings.hardware or {}).get(name)
    body = profile_row(profile) if profile else machine_named(session.catalog, name)
    if session.format("text", "json") == "json":
        session.show_json(body)
    else:
        from ecocli.render.facts import facts_text

        session.show_folded(facts_text(body))


@app.command("check", cls=EcoCommand)
def check(ctx: typer.Context) -> None:
    """Look for what is odd about your profiles; exit 4 when there is something.

    Example: eco hardware check
    """
    from ecocli.errors import BadConfig
    from ecocli.pipeline.own_hardware import problems

    session = Session(ctx.meta)
    format = session.format("table", "json")
    found = problems(session.catalog, session.settings.preferences)
    if format == "json":
        session.show_json([problem._asdict() for problem in found])
    elif found:
        session.show_table([("profile", "left"), ("problem", "left")], found)
    else:
        session.show(f"nothing odd: {', '.join(session.settings.hardware or {}) or 'no profiles'}")
    if found:
        raise BadConfig(f"{_file()}: something is odd about {', '.join(dict.fromkeys(problem.profile for problem in found))}")


@app.command("add", cls=EcoCommand)
def add(
    ctx: typer.Context,
    name: Name,
    gpu: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.machines, help="Its graphics card or chip, as in eco hardware list.")] = None,
    machine: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.machines, help="The machine, as in eco hardware list.")] = None,
    active_w: Annotated[str | None, typer.Option(metavar="W", help="Watts at the wall while it answers: one number, or low,central,high.")] = None,
    idle_w: Annotated[str | None, typer.Option(metavar="W", help="Watts at the wall while it waits.")] = None,
    region: Annotated[str | None, typer.Option(metavar="CODE", autocompletion=complete.regions, help="Where it stands: a country, state, zone or city.")] = None,
    match_provider: Annotated[list[str] | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="Whose calls it computes; repeatable. Without any match: every local runtime's.")] = None,
    match_host: Annotated[list[str] | None, typer.Option(metavar="HOST", help="The host of such calls; repeatable.")] = None,
    match_tag: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="A tag of such calls; repeatable.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a profile of this name.")] = False,
) -> None:
    """Write a profile of your machine into config.toml, from the table of usual machines or from your own meter.

    Example: eco hardware add desk --gpu "RTX 4090" --region DE
    """
    from ecocli.catalog.machines import machine_named
    from ecocli.cli import hardware_input as read
    from ecocli.config.hardware_file import add_profile
    from ecocli.contract.hardware import profile_row
    from ecocli.errors import UsageError
    from ecocli.pipeline.own_hardware import profile_body

    session = Session(ctx.meta)
    format = session.format("text", "json")
    if gpu is None and machine is None and active_w is None:
        raise UsageError("one of --gpu, --machine and --active-w is needed", "eco hardware list shows the machines that are known")
    if gpu is not None and machine is not None:
        raise UsageError("--gpu and --machine name the same thing: give one of them")
    found = machine_named(session.catalog, machine or gpu or "") if machine or gpu else None
    match = {"providers": match_provider, "hosts": match_host, "tags": read.tags(match_tag or [])}
    given = read.numbers({"active_w": active_w, "idle_w": idle_w}) | ({"region": read.region(session, region)} if region is not None else {})
    body = profile_body(found, given, {key: value for key, value in match.items() if value})
    profile = read.profile(name, body)
    _ = session.settings  # says what is wrong with the file, if something is
    add_profile(_file(), name, body, replace)
    if format == "json":
        session.show_json(profile_row(profile))
    else:
        session.say(f"added: {_described(profile)}, in {_file()}")
    _warn_of(session, name)


@app.command("remove", cls=EcoCommand)
def remove(ctx: typer.Context, name: Name) -> None:
    """Take a profile out of config.toml. Calls that were recorded with it keep their figures.

    Example: eco hardware remove desk
    """
    from ecocli.config.hardware_file import remove_profile
    from ecocli.errors import shorten

    session = Session(ctx.meta)
    _ = session.settings  # says what is wrong with the file, if something is
    remove_profile(_file(), name)
    session.say(f"removed: {shorten(name)}, from {_file()}")
    _warn_of(session, name)


def _file() -> Path:
    from ecocli.config.paths import config_folder

    return config_folder(os.environ) / "config.toml"


def _warn_of(session: Session, name: str) -> None:
    """Say what is odd about a profile now that the file has changed."""
    from ecocli.config.settings import load
    from ecocli.pipeline.own_hardware import problems

    for problem in problems(session.catalog, load(os.environ).preferences):
        if problem.profile == name:
            session.say(f"eco: warning: {name}: {problem.problem}")


def _described(profile: Any) -> str:
    watts = profile.active_w
    machine = f", {profile.machine}" if profile.machine else ""
    return f"{profile.name}{machine}, {watts.low:g} to {watts.high:g} W at the wall"


def _print_profiles(profiles: list[dict[str, Any]], session: Session) -> None:
    columns = [("profile", "left"), ("active W", "right"), ("idle W", "right"), ("region", "left"), ("matches", "left")]
    cells = ((p["name"], _range(p["active_w"]), _range(p["idle_w"]), p["region"] or "", _matches(p["match"])) for p in profiles)
    session.show_table(columns, cells)


def _print_machines(machines: list[dict[str, Any]], session: Session) -> None:
    columns = [("machine", "left"), ("active W", "right"), ("idle W", "right"), ("kgCO2e", "right"), ("watts are", "left")]
    cells = ((m["name"], _range(m["active_w"]), _range(m["idle_w"]), _range(m["embodied_kg"]), m["active_w"]["basis"]) for m in machines)
    session.show_table(columns, cells, f"{len(machines)} machines of the table: centre (low–high) at the wall, and of making one")


def _range(factor: dict[str, Any] | None) -> str:
    return f"{factor['value']:g} ({factor['low']:g}–{factor['high']:g})" if factor else ""


def _matches(match: dict[str, Any]) -> str:
    tags = (f"{key}={value}" for key, value in match.get("tags", {}).items())
    names = [*match.get("hosts", ()), *tags, *match.get("providers", ())]
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
