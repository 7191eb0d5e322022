"""`eco config`."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session
from ecocli.errors import UnknownRegion, plain

COLUMNS = (("setting", "left"), ("value", "left"), ("from", "left"), ("meaning", "left"))

app = new_app(cls=EcoGroup, help="Show and change the defaults: what is configured, and from where.\n\nExample: eco config set region DE")
Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete.settings, help="As eco config list shows it; a value of a table with dots, as in tags.project.")]


@app.command("list", cls=EcoCommand)
def list_settings(ctx: typer.Context) -> None:
    """List every setting: its value, and where that comes from.

    Example: eco config list
    """
    from ecocli.contract import configuration as contract

    session = Session(ctx.meta)
    found = session.configuration
    if session.format("table", "json") == "json":
        session.show_json(contract.body(found, _file()))
    else:
        rows = ((row.name, _short(_text(row.value)), _origin(row), row.meaning) for row in found.listed)
        session.show_table(COLUMNS, rows, plain(str(_file())))
    _raise_first(found)


@app.command("get", cls=EcoCommand)
def get(ctx: typer.Context, name: Name) -> None:
    """Print the value of a setting, or the values of a table.

    Example: eco config get region
    """
    from ecocli.config.assigning import path_of
    from ecocli.config.listing import KEY, NAMES_IN_FILE
    from ecocli.contract import configuration as contract

    session = Session(ctx.meta)
    found = session.configuration
    title = NAMES_IN_FILE.get(name, name)
    rows = [row for row in found.listed if row.name == title or row.name.startswith(f"{title}.")]
    if not rows and name != KEY:
        path_of(name)
    if session.format("text", "json", pipe="text") == "json":
        session.show_json([contract.row(row) for row in rows])
    else:
        _show_values(session, title, [row for row in rows if row.value is not None])
    _raise_first(found)


@app.command("set", cls=EcoCommand)
def set_(
    ctx: typer.Context,
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", autocompletion=complete.setting_values, help="Tags as key=value,key=value.", show_default=False)],
) -> None:
    """Write a setting into config.toml; comments in it stay.

    Example: eco config set timezone Europe/Berlin
    """
    from ecocli.config.assigning import assign

    session = Session(ctx.meta)
    _check_meaning(session, name, value)
    written, kept = assign(_file(), name, value)
    session.say(f"{written} = {_text(kept)}, in {_file()}")
    _warn_if_beaten(session, written)


@app.command("unset", cls=EcoCommand)
def unset(ctx: typer.Context, name: Name) -> None:
    """Take a setting out of config.toml; its default counts again.

    Example: eco config unset timezone
    """
    from ecocli.config.assigning import unassign

    session = Session(ctx.meta)
    if unassign(_file(), name):
        session.say(f"removed: {name}, from {_file()}")
        _warn_if_beaten(session, name)
    else:
        session.say(f"{name} is not set in {_file()}")


@app.command("path", cls=EcoCommand)
def path(ctx: typer.Context) -> None:
    """Print where config.toml is, or would be.

    Example: eco config path
    """
    from ecocli.contract import database

    session = Session(ctx.meta)
    file = _file()
    _ = session.configuration  # a broken file is no reason not to say where it is
    if session.format("text", "json", pipe="text") == "json":
        session.show_json(database.place(file))
    else:
        session.show(plain(str(file)) if sys.stdout.isatty() else str(file))  # a script needs the name as it is


def _file() -> Path:
    from ecocli.config.paths import config_folder

    return config_folder(os.environ) / "config.toml"


def _text(value: Any) -> str | None:
    """A value as `eco config set` takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ",".join(f"{key}={text}" for key, text in value.items())
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _short(text: str | None) -> str | None:
    """A path below the home folder with ~ in its stead."""
    home = os.environ.get("HOME", "").rstrip("/")
    return f"~{text.removeprefix(home)}" if text and home and text.startswith(f"{home}/") else text


def _origin(row: Any) -> str:
    from ecocli.config.listing import FILE

    return "config.toml" if row.origin == FILE else row.where


def _show_values(session: Session, name: str, rows: Any) -> None:
    if not rows:
        session.say(f"{name} is not set")
    for row in rows:
        text = _text(row.value) or ""
        session.show(plain(text if row.name == name else f"{row.name} = {text}"))


def _check_meaning(session: Session, name: str, value: str) -> None:
    """UnknownRegion or UsageError for a place or a zone that there is not: every later command would stop at it."""
    _ = session.configuration  # another value that cannot be used is no reason not to change this one
    if name.rpartition(".")[2] == "region":
        from ecocli.catalog.regions import resolve_site

        try:
            resolve_site(session.catalog, None, value, fallback=False)
        except UnknownRegion as error:
            error.hint = error.hint or "eco regions list --search TEXT shows the names that there are"
            raise
    elif name in ("timezone", "tz"):
        session.zone(value)


def _warn_if_beaten(session: Session, name: str) -> None:
    from ecocli.config.listing import NAMES_IN_FILE, VARIABLE

    for row in session.configuration.listed:
        if row.name == NAMES_IN_FILE.get(name, name) and row.origin == VARIABLE:
            session.say(f"eco: warning: {row.where} is set, and beats what config.toml says")


def _raise_first(found: Any) -> None:
    if found.problems:
        raise found.problems[0].error
