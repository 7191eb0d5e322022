"""`eco about`."""

from typing import Annotated, Any

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """Show the version, the method and the edition of the data, and whose data that is.

Example: eco about --licences
"""

app = new_app()


@app.command("about", cls=EcoCommand, help=HELP)
def about(
    ctx: typer.Context,
    licences: Annotated[bool, typer.Option("--licences", "--licenses", help="The notices and the whole text of every licence.")] = False,
) -> None:
    from ecocli.cli.session import Session

    session = Session(ctx.meta)
    body = _licences() if licences else _facts(session)
    if session.format("text", "json", pipe="text" if licences else "json") == "json":
        session.show_json(body)
    elif licences:
        session.show("\n\n".join(f"{'=' * 20} {name}\n\n{text.rstrip()}" for name, text in body.items()))
    else:
        from ecocli.render.facts import facts_text

        session.show_folded(facts_text({name: value for name, value in body.items() if name != "credits"}))
        for notice in body["credits"]:
            session.show_folded(f"\n{notice}")


def _facts(session: Any) -> dict[str, Any]:
    from ecocli import __version__
    from ecocli.estimator.methods import METHOD

    credits = [text for _, text in session.catalog.notices()]
    edition = session.catalog.get("meta", "edition")
    return {"version": __version__, "method": METHOD, "dataEdition": edition, "credits": credits, "licences": "eco about --licences"}


def _licences() -> dict[str, str]:
    from ecocli.errors import MissingFile
    from ecocli.util import licences

    found = licences.folder()
    if found is None:
        raise MissingFile("the licences that ship with eco are not in this installation", "pip install --force-reinstall ecocli brings them back")
    return licences.texts(found)
