"""`eco schema`."""

from pathlib import Path
from typing import Annotated

import typer

import ecocli
from ecocli.cli.group import EcoCommand, new_app

HELP = """Print the JSON Schema of what eco reads or writes.

event is what record and estimate take, answer what they print, history a page of eco history, recomputation
what eco recompute changes, doctor what eco doctor found; models and regions are the files of the catalogue, your own included.

Example: eco schema event > event.schema.json
"""
FOLDER = Path(ecocli.__file__).parent / "contract" / "schemas"

app = new_app()


def names(incomplete: str = "") -> list[str]:
    """Names of the schemas that start with `incomplete`."""
    return sorted(file.stem for file in FOLDER.glob("*.json") if file.stem.startswith(incomplete))


@app.command("schema", cls=EcoCommand, help=HELP)
def schema(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=names, help="event, answer, history, recomputation, doctor, models or regions.")],
) -> None:
    from difflib import get_close_matches

    from ecocli.cli.session import Session
    from ecocli.errors import UsageError, did_you_mean, quoted

    if name not in names():
        close = get_close_matches(name.lower(), names(), n=1)
        raise UsageError(f"no schema {quoted(name)}", did_you_mean(close, f"there are {', '.join(names())}"))
    session = Session(ctx.meta)
    text = (FOLDER / f"{name}.json").read_text("utf-8")
    if session.filter:
        import json

        session.show_json(json.loads(text))
    else:
        session.show(text.rstrip("\n"))
