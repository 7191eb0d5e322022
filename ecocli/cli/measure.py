"""`eco measure`."""

from typing import Annotated

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, new_app
from ecocli.core.hosting import KINDS
from ecocli.core.usage import BOUNDARIES

app = new_app()


@app.command("measure", cls=EcoCommand, context_settings={"allow_interspersed_args": False})
def measure(
    ctx: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="COMMAND", help="What to run, with its own options.", show_default=False)],
    boundary: Annotated[str | None, typer.Option(metavar="WHERE", autocompletion=complete.closed(BOUNDARIES), help="gpu: graphics boards; soc: processors, and boards beside them; wall: a battery. The widest that can be read by default.")] = None,
    idle_s: Annotated[float, typer.Option("--idle-s", metavar="S", min=0, max=3600, help="Seconds to measure the machine at rest before.")] = 5.0,
    hosting: Annotated[str | None, typer.Option(metavar="KIND", autocompletion=complete.closed(KINDS), help="own says that this machine computed, where an answer looks like that of an API.")] = None,
    hardware: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.hardware, help="Hardware profile of this machine, see eco hardware.")] = None,
    provider: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="What served the calls, such as ollama.")] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", autocompletion=complete.models, help="Id, alias or dated id of the model.")] = None,
    region: Annotated[str | None, typer.Option(metavar="PLACE", autocompletion=complete.regions, help="Where this machine stands.")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="For filters and groups; repeatable.")] = None,
    from_format: Annotated[str | None, typer.Option("--from", metavar="FORMAT", autocompletion=complete.formats, help="Format of what COMMAND prints; detected by default.")] = None,
) -> None:
    """Run a command, measure what this machine draws meanwhile, and record the calls that it prints with their shares.

    Standard output and the exit code are COMMAND's own; what eco has to say is on standard error.

    Example: eco measure -- curl -s localhost:11434/api/generate -d @question.json
    """
    given = {name: value for name, value in locals().items() if name not in ("ctx", "command")}
    from ecocli.cli.measure_run import run
    from ecocli.cli.session import Session

    raise typer.Exit(run(Session(ctx.meta), command, given))
