"""`eco formats`."""

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """List the payload formats that record and estimate take.

The fields of eco's own event: eco schema event.

Example: eco formats
"""

app = new_app()


@app.command("formats", cls=EcoCommand, help=HELP)
def formats(ctx: typer.Context) -> None:
    from ecocli.cli.session import Session
    from ecocli.ingest.formats import listing

    session = Session(ctx.meta)
    found, faults = listing()
    if session.format("table", "json") == "json":
        session.show_json([{"name": name, "title": title} for name, title in found])
    else:
        session.show_table([("format", "left"), ("what it is", "left")], found)
    for fault in faults:
        session.say(f"eco: warning: {fault}")
