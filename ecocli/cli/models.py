"""`eco models`."""

from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.models_add import add, own_file, remove
from ecocli.cli.models_alias import alias
from ecocli.cli.models_update import update
from ecocli.cli.session import Session
from ecocli.core.numbers import counted

app = new_app(cls=EcoGroup, help="The models that eco knows.\n\nExample: eco models list --search sonnet")
for name, command in (("add", add), ("remove", remove), ("alias", alias), ("update", update)):
    app.command(name, cls=EcoCommand)(command)


@app.command("list", cls=EcoCommand)
def list_models(
    ctx: typer.Context,
    provider: Annotated[str | None, typer.Option(metavar="NAME", help="A developer or a host.")] = None,
    search: Annotated[str, typer.Option(help="Part of an id, alias or family.")] = "",
) -> None:
    """List models with their sizes.

    Example: eco models list --provider anthropic
    """
    from ecocli.catalog.models import search_models
    from ecocli.catalog.regions import normal_provider
    from ecocli.contract.catalogue import model_row

    session = Session(ctx.meta)
    format = session.format("table", "json", "ndjson")
    provider_id = provider and (normal_provider(session.catalog, provider) or provider.lower())
    rows = [model_row(model) for model in search_models(session.catalog, search, provider_id)]
    if format == "table":
        _print_table(rows, session)
    elif format == "json":
        session.show_json(rows)
    else:
        session.show_lines(rows)


@app.command("show", cls=EcoCommand)
def show(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete.models)]) -> None:
    """Show one model with every factor and its source.

    Example: eco models show openai/gpt-4o
    """
    from ecocli.catalog.models import model
    from ecocli.contract.catalogue import model_body
    from ecocli.errors import UnknownModel

    session = Session(ctx.meta)
    found = model(session.catalog, _resolved(session, name, None).spec.id)
    if found is None:
        raise UnknownModel(name)
    body = model_body(found)
    file = own_file(found.spec.id)
    if session.format("text", "json") == "json":
        session.show_json(body | {"ownFile": file})
    else:
        from ecocli.render.facts import facts_text

        session.show_folded(facts_text(body))
        if file:
            session.show(f"this model is your own, from {file}")


@app.command("resolve", cls=EcoCommand)
def resolve(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete.models)],
    provider: Annotated[str | None, typer.Option(metavar="NAME", help="Who serves it.")] = None,
    model_fallback: options.ModelFallback = False,  # noqa: ARG001 - accepted, and changes nothing
) -> None:
    """Show which model a name resolves to, and how.

    Example: eco models resolve claude-sonnet-4-5-20250929
    """
    session = Session(ctx.meta)
    found = _resolved(session, name, provider)
    body = {"name": name, "model": found.spec.id, "modelMatch": found.match, "widening": found.widening, "notes": list(found.spec.notes), "warnings": list(found.warnings)}
    if session.format("text", "json") == "json":
        session.show_json(body)
    else:
        session.show_folded("\n".join([f"{found.spec.id} ({found.match})", *found.spec.notes]))
        for warning in found.warnings:
            session.say(f"eco: warning: {warning}")


def _resolved(session: Session, name: str, provider: str | None) -> Any:
    """The model of a name, by your own aliases first. UnknownModel where there is none: families and classes do not count here."""
    from ecocli.pipeline.assessment import Assessor

    return Assessor(session.catalog, strict=True, preferences=session.settings.preferences).model_named(name, provider)


def _print_table(rows: list[dict[str, Any]], session: Session) -> None:
    columns = [("id", "left"), ("architecture", "left"), ("total B", "right"), ("active B", "right"), ("size is a", "left")]
    cells = ((r["id"], r["architecture"], f"{r['totalParamsB']:,.4g}", f"{r['activeParamsB']:,.4g}", r["sizeBasis"]) for r in rows)
    session.show_table(columns, cells, counted(len(rows), "model"))
