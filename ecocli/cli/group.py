"""What every command shares: the common options, and the one place where an error becomes an exit code."""

import errno
import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from ecocli.errors import EcoError, UsageError

# Typer carries its own copy of Click and exports only some of its errors; this is the base they share
CLICK_ERROR = typer.BadParameter.__mro__[2]
CLOSED_PIPE = 141
META = "ecocli."


def _remember(ctx: typer.Context, param: Any, value: Any) -> Any:
    """Keep a common option where commands find it; one after the command wins over one before it."""
    if value is not None and value is not False:
        ctx.meta[META + param.name] = value
    return value


def common_options() -> list[TyperOption]:
    """Options that stand before or after any command."""
    shared: dict[str, Any] = {"callback": _remember, "expose_value": False}
    return [
        TyperOption(param_decls=["--db"], metavar="FILE", help="The file that holds the records. [env: ECO_DB]", **shared),
        TyperOption(param_decls=["--format"], metavar="FORMAT", help="How results are printed; each command names its own.", **shared),
        TyperOption(param_decls=["--json"], is_flag=True, help="The same as --format json; errors are JSON too.", **shared),
        TyperOption(param_decls=["--quiet", "-q"], is_flag=True, help="Print errors only.", **shared),
        TyperOption(param_decls=["--key"], metavar="KEY", hidden=True, help="Better: ECO_API_KEY.", **shared),
    ]


class EcoCommand(TyperCommand):
    """A command with the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()


class EcoGroup(TyperGroup):
    """A group with the common options, whose errors are eco's."""

    modules: dict[str, str] = {}
    """Command to the module whose `app` it is; imported only when it is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()

    def list_commands(self, ctx: Any) -> list[str]:
        return [*self.modules, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        command = typer.main.get_command(importlib.import_module(self.modules[cmd_name]).app)
        command.name = cmd_name
        return command


class RootGroup(EcoGroup):
    """The whole program: turns errors into a message and an exit code, whoever runs it."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        options["standalone_mode"] = False
        arguments = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(arguments, *rest, **options)
            sys.stdout.flush()
        except EcoError as error:
            code = _report(error, arguments)
        except CLICK_ERROR as error:
            code = _report(_usage_error(error), arguments)
        except typer.Abort:
            code = 130
        except OSError as error:
            code = _closed_pipe_or_store(error, arguments)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError as error:
            raise typer.Exit(_silence_stdout()) from error


def _silence_stdout() -> int:
    # the interpreter flushes once more at its end: give it somewhere to write
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE


def _closed_pipe_or_store(error: OSError, arguments: list[str]) -> int:
    if error.errno == errno.EPIPE:
        return _silence_stdout()
    if error.errno == errno.ENOSPC:
        return _report(EcoError(f"the disk is full: {error.filename or 'standard output'}"), arguments, 5)
    raise error


def _usage_error(error: Any) -> UsageError:
    message = error.format_message().rstrip(".")
    message = message[:1].lower() + message[1:]
    context = getattr(error, "ctx", None)
    hint = f"{context.command_path} --help shows the options" if context else "eco --help shows the commands"
    return UsageError(message, hint)


def _report(error: EcoError, arguments: list[str], exit_code: int | None = None) -> int:
    if "--json" in arguments:
        body = {"code": error.code, "message": str(error), "hint": error.hint}
        print(json.dumps({"error": body}, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"eco: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
    return error.exit_code if exit_code is None else exit_code


def new_app(**options: Any) -> typer.Typer:
    """A Typer app in eco's manner: plain help, no completion installer, `-h`."""
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **options,
    )
