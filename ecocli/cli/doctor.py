"""`eco doctor`."""

import os

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """Look at how eco is set up here: where things lie, what is configured and from where, which logs of other tools there are.

What is wrong stands first, with the command that mends it. Nothing is created or changed.
The exit code is 0 when all is well, 5 when something is wrong with the store, and 4 when with anything else.

Example: eco doctor
"""

app = new_app()


@app.command("doctor", cls=EcoCommand, help=HELP)
def doctor(ctx: typer.Context) -> None:
    from ecocli.cli import hints
    from ecocli.cli.session import PROMPT_WAIT_S, Session
    from ecocli.doctor.examination import examine

    session = Session(ctx.meta)
    configuration = session.configuration
    format = session.format("text", "json")
    found = examine(os.environ, session.db_path.absolute(), configuration, session.now_ms(), PROMPT_WAIT_S, hints.hint)
    if format == "json":
        from ecocli.contract import doctor as contract

        session.show_json(contract.body(found))
    else:
        from ecocli.render.doctor import HANG, text

        session.show_folded(text(found, os.environ.get("HOME")), HANG)
    if found.problems:
        from ecocli.doctor.finding import error

        raise error(found.problems)
