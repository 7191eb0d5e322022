"""`eco`: the commands by name; the module of a command is imported when it is called."""

import gc

# imported modules and calls hold no cycles, and collecting them took a fifth of any run
gc.set_threshold(200_000)

from typing import Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import RootGroup, new_app, prepare_streams

TAKEN = {"import": "import_", "session": "session_"}
"""Modules of commands whose name Python, or another module, has already."""
COMMANDS = {
    name: f"ecocli.cli.{TAKEN.get(name, name)}"
    for name in (
        *("record", "estimate", "history", "summary", "report", "explain", "compare", "recompute", "import", "merge", "budget", "statusline"),
        *("daily", "weekly", "monthly", "session", "blocks"),
        *("keys", "db", "undo", "forget", "grid", "models", "regions", "hardware", "measure", "serve", "formats", "schema", "config", "doctor", "setup", "about"),
    )
}
"""Each command with the module that has its `app`."""
GLANCE = ("summary", "--glance")


class Eco(RootGroup):
    modules = COMMANDS

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a command, run GLANCE."""
        args = self._with_fields(ctx, args)
        return super().parse_args(ctx, args if ctx.resilient_parsing or self._has_command(args) else [*args, *GLANCE])

    def _has_command(self, args: list[str]) -> bool:
        """True when there is a word besides options and their values, or an option without its value, which the parser reports."""
        valued = {name for param in self.params for name in param.opts if not getattr(param, "is_flag", False)}
        words = iter(args)
        for word in words:  # noqa: SIM110 - the condition consumes words
            if not word.startswith("-") or (word in valued and next(words, None) is None):
                return True
        return False


app = new_app(cls=Eco)


@app.callback()
def eco() -> None:
    """Energy, carbon and water of AI model calls, each with an honest range.

    Example: eco record --provider Google --model gemini-3-pro --prompt-tokens 788 --completion-tokens 312
    """


def main() -> None:
    """Entry point of the `eco` command."""
    prepare_streams()
    if complete.asked_for():
        from typer.completion import completion_init  # type: ignore[attr-defined]  # of Typer's own, but not named in its __all__

        completion_init()
    try:
        typer.main.get_command(app)(prog_name="eco")
    finally:
        gc.freeze()  # a last collection at exit would take a sixth of any run
