"""`eco`: the commands by name, each in its own file, loaded when it is called."""

import typer

from ecocli import __version__
from ecocli.cli import complete
from ecocli.cli.group import RootGroup, new_app

COMMANDS = {
    "record": "ecocli.cli.record",
    "estimate": "ecocli.cli.estimate",
    "history": "ecocli.cli.history",
    "explain": "ecocli.cli.explain",
    "compare": "ecocli.cli.compare",
    "recompute": "ecocli.cli.recompute",
    "keys": "ecocli.cli.keys",
    "models": "ecocli.cli.models",
    "regions": "ecocli.cli.regions",
    "formats": "ecocli.cli.formats",
}
"""Command to the module whose `app` it is: only the one that is called is imported."""


class Eco(RootGroup):
    modules = COMMANDS


app = new_app(cls=Eco)


def _version(value: bool) -> None:
    if value:
        print(f"eco {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def eco(
    ctx: typer.Context,
    version: bool = typer.Option(False, "--version", is_eager=True, callback=_version, help="Print the version."),
) -> None:
    """Energy, carbon and water of AI model calls, each with an honest range.

    Example: eco record --provider Google --model gemini-3-pro --prompt-tokens 788 --completion-tokens 312
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


def main() -> None:
    """Entry point of the `eco` command."""
    if complete.asked_for():
        from typer.completion import completion_init

        completion_init()
    typer.main.get_command(app)(prog_name="eco")
