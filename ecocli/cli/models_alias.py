"""`eco models alias`."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.session import Session


def alias(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", autocompletion=complete.aliases, help="Your own name for it; * stands for any characters, azure/NAME is for Azure alone.")] = None,
    model: Annotated[str | None, typer.Argument(metavar="MODEL", autocompletion=complete.models, help="Id or alias of the model that it is.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the alias out.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Give an alias that is there another model.")] = False,
) -> None:
    """Say which model a name of your own stands for: a deployment, an inference profile, a model group. Without a name, list the aliases.

    Example: eco models alias my-deployment gpt-4o
    """
    from ecocli.errors import UsageError

    session = Session(ctx.meta)
    format = session.format("table", "json")
    if name is None and (remove or replace):
        raise UsageError("the name of an alias is needed", "eco models alias lists them all")
    if remove and (model is not None or replace):
        raise UsageError("--remove takes a name and nothing else")
    if name is not None and (remove or model is not None):
        body = _removed(session, name) if remove else _added(session, name, model or "", replace)
        if format == "json":
            session.show_json(body)
        return
    _list(session, name, format)


def _added(session: Session, name: str, model: str, replace: bool) -> dict[str, Any]:
    from ecocli.catalog import own_names
    from ecocli.config import aliases
    from ecocli.core.aliases import ANY
    from ecocli.errors import shorten

    known = session.settings.aliases
    before = aliases.named(known, name)
    new = aliases.new_alias(known, name, model, replace)
    found = own_names.target(session.catalog, new)
    aliases.write_alias(_file(), new)
    kind = "names like " if ANY in name else ""
    was = f", before {shorten(before.model)}" if before and before.model != model else ""
    session.say(f"{kind}{shorten(new.name, 256)}: {found.spec.id}{was}, in {_file()}")
    return {"name": new.name, "model": model, "id": found.spec.id}


def _removed(session: Session, name: str) -> dict[str, Any]:
    from ecocli.config.aliases import remove_alias
    from ecocli.errors import shorten

    found = remove_alias(_file(), session.settings.aliases, name)
    session.say(f"removed: {shorten(found.name, 256)}, which was {shorten(found.model)}, from {_file()}")
    return {"name": found.name, "model": found.model, "removed": True}


def _list(session: Session, name: str | None, format: str) -> None:
    """All aliases, or one. BadConfig once they are shown when one of them cannot be used."""
    from ecocli.catalog.own_names import target
    from ecocli.config.aliases import UnknownAlias, named
    from ecocli.errors import BadConfig, EcoError, quoted

    known = session.settings.aliases
    if name is not None:
        found = named(known, name)
        if found is None:
            raise UnknownAlias(name, (one.name for one in known))
        known = (found,)
    rows: list[dict[str, Any]] = []
    problem: EcoError | None = None
    for one in known:
        row: dict[str, Any] = {"name": one.name, "model": one.model, "id": None}
        try:
            row["id"] = target(session.catalog, one).spec.id
        except EcoError as error:
            problem = problem or BadConfig(f"{_file()}: aliases: {quoted(one.name)}: {error}", error.hint, code="bad-alias")
        rows.append(row)
    if format == "json":
        session.show_json(rows)
    elif rows:
        session.show_table([("alias", "left"), ("model", "left"), ("is", "left")], [(row["name"], row["model"], row["id"] or "not known") for row in rows])
    else:
        session.show("no aliases: eco models alias NAME MODEL makes one")
    if problem:
        raise problem


def _file() -> Path:
    from ecocli.config.paths import config_folder

    return config_folder(os.environ) / "config.toml"
