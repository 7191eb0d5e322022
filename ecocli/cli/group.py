"""The options that all commands share, and the one place where an error becomes an exit code."""

import errno
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Self

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from ecocli import __version__
from ecocli.cli.json_words import ALL, are_in, attached
from ecocli.errors import BadData, EcoError, StoreError, plain, shorten

# Typer carries its own copy of Click and exports only some of its errors; this is the base they share
CLICK_ERROR: type[Exception] = typer.BadParameter.__mro__[2]
CLOSED_PIPE = 141
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
META = "ecocli."


def _remember(ctx: typer.Context, param: Any, value: Any) -> Any:
    """Keep a common option where commands find it; one after the command wins over one before it."""
    if value is not None and value is not False:
        ctx.meta[META + param.name] = value
    return value


def _remember_fields(ctx: typer.Context, param: Any, value: str | None) -> str | None:
    """As `_remember`; `--json` by itself leaves the fields that were named before the command."""
    if value is not None and not (value == ALL and META + "json" in ctx.meta):
        _remember(ctx, param, value)
    return value


def _show_version(ctx: typer.Context, param: Any, value: bool) -> None:
    if value:
        print(f"eco {__version__}")
        raise typer.Exit


def _formats(ctx: Any, args: list[str], incomplete: str) -> list[str]:
    from ecocli.cli.output_formats import offered

    return offered(ctx.command_path, incomplete)


def _fields(ctx: typer.Context, incomplete: str) -> list[Any]:
    from ecocli.cli.json_fields import offered

    return offered(ctx, incomplete)


def common_options() -> list[TyperOption]:
    """Options that stand before or after any command."""
    shared: dict[str, Any] = {"callback": _remember, "expose_value": False}
    return [
        TyperOption(param_decls=["--db"], metavar="FILE", help="The file that holds the records. [env: ECO_DB]", **shared),
        TyperOption(param_decls=["--format"], metavar="FORMAT", help="How results are printed; each command names its own.", autocompletion=_formats, **shared),
        TyperOption(
            param_decls=["--json", "-j"], metavar="[FIELDS]", autocompletion=_fields, expose_value=False, callback=_remember_fields,
            help="The same as --format json; errors are JSON too. With names such as id,model: these fields alone.",
        ),
        TyperOption(param_decls=["--jq"], metavar="EXPR", help="JSON, filtered as jq does it; needs ecocli[jq].", **shared),
        TyperOption(param_decls=["--quiet", "-q"], is_flag=True, help="Print errors only.", **shared),
        TyperOption(param_decls=["--key"], metavar="KEY", hidden=True, help="Better: ECO_API_KEY.", **shared),
        TyperOption(
            param_decls=["--version"], is_flag=True, is_eager=True, help="Print the version.", callback=_show_version, expose_value=False
        ),
    ]


def _with_help(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a command, with the help that `python -OO` drops: it is read from the source, as far as that is there."""
    if options.get("help") or sys.flags.optimize < 2 or not options.get("callback"):
        return options
    import ast
    import inspect

    function = inspect.unwrap(options["callback"])
    with suppress(OSError, SyntaxError):
        source = ast.parse(inspect.getsource(inspect.getmodule(function) or function))
        found = (node for node in ast.walk(source) if isinstance(node, ast.FunctionDef) and node.name == function.__name__)
        return options | {"help": next((ast.get_docstring(node) for node in found), None)}
    return options


class _Parsing:
    """
    How commands and groups read their words beyond what the parser does.

    An option that takes one value and is given twice is refused: the parser would drop all but the last.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            left: list[str] = super().parse_args(ctx, self._with_fields(ctx, args))  # type: ignore[misc]  # a mixin of Typer's commands
        except CLICK_ERROR as error:
            if getattr(error, "ctx", None) is None:
                error.ctx = ctx  # type: ignore[attr-defined]  # the parser leaves out whose option lacks its value
            raise
        return left

    def _with_fields(self, ctx: Any, args: list[str]) -> list[str]:
        """`args`, with the names of fields that belong to `--json` behind it."""
        params = self.params  # type: ignore[attr-defined]
        takes_words = hasattr(self, "list_commands") or any(param.param_type_name == "argument" for param in params)
        return attached(args, params, takes_words=takes_words, mixed=ctx.allow_interspersed_args)

    def make_parser(self, ctx: Any) -> Any:
        parser = super().make_parser(ctx)  # type: ignore[misc]  # a mixin of Typer's commands
        if ctx.resilient_parsing:  # a command line that is still being typed
            return parser
        parse = parser.parse_args

        def parse_once(args: list[str]) -> Any:
            values, left, order = parse(args=args)
            _check_repetition(order)
            return values, left, order

        parser.parse_args = parse_once
        return parser


def _check_repetition(given: Sequence[Any]) -> None:
    """UsageError for the first option of `given`, the parameters as often as they are given, that should be there once."""
    for param in dict.fromkeys(given):
        times = given.count(param)
        if times > 1 and param.param_type_name == "option" and not (param.multiple or param.is_flag or param.count):
            from ecocli.cli.wrong_use import repeated

            raise repeated(max(param.opts, key=len), times)


class EcoCommand(_Parsing, TyperCommand):
    """A command with the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_with_help(kwargs))
        self.params += common_options()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Words that are left over are an error of eco's own, which can say what was meant."""
        ctx.allow_extra_args = True
        ctx.meta[META + "command"] = ctx.command_path
        given = list(args)
        left = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            from ecocli.cli.leftover import leftover

            raise leftover(left, ctx.command_path, {param.name for param in self.params if param.name}, given)
        return left


class EcoGroup(_Parsing, TyperGroup):
    """A group with the common options, whose errors are eco's."""

    modules: dict[str, str] = {}
    """Command to the module whose `app` it is; imported only when it is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_with_help(kwargs))
        self.params += common_options()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:  # a person who looks around
            print(ctx.get_help())
            raise typer.Exit
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not ctx.resilient_parsing and args[0] not in self.list_commands(ctx):
            from ecocli.cli.wrong_use import unknown_command

            raise unknown_command(args[0], self.list_commands(ctx), ctx.command_path, args[1:])
        return super().resolve_command(ctx, args)

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
            from ecocli.cli.wrong_use import usage_error

            code = _report(usage_error(error), arguments)
        except typer.Abort:
            code = 130
        except SystemExit as ended:
            if not isinstance(ended.__context__, BrokenPipeError):  # Typer makes 1 of it, which is that of a bug
                raise
            code = _silence_stdout()
        except OSError as error:
            _silence_stdout()
            code = CLOSED_PIPE if error.errno == errno.EPIPE else _report(_from_os(error), arguments)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError as error:
            raise typer.Exit(_silence_stdout()) from error


def prepare_streams() -> None:
    """Give closed standard streams somewhere to go, and let every name be printed whatever the locale is."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # never closed: it stands in for a stream that lives as long as the process
            setattr(sys, name, open(os.open(os.devnull, os.O_RDWR), mode, closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # what is read by programs is UTF-8; a terminal gets what it can show
        stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # a real stream
    sys.stderr = _Unheard.like(sys.stderr)


class _Unheard(io.TextIOWrapper):
    """Standard error, whose reader may go away or whose disk may be full: what nobody hears changes neither the work nor its exit code."""

    @classmethod
    def like(cls, stream: Any) -> Self:
        encoding, errors = stream.encoding, stream.errors
        return cls(stream.detach(), encoding, errors, line_buffering=True)

    def write(self, text: str) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def _silence_stdout() -> int:
    # the interpreter flushes once more at its end: give it somewhere to write
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE


def _from_os(error: OSError) -> EcoError:
    """The error for what the machine refused while bytes came in or went out."""
    what = shorten(error.filename) if error.filename else "standard input or output"
    if error.errno in NO_ROOM:
        return StoreError(f"no room left: {what}", "free some space; eco history shows what was stored")
    return BadData(f"{what}: {(error.strerror or 'cannot be read or written').lower()}")


def _report(error: EcoError, arguments: list[str]) -> int:
    """On standard error, whatever names from outside it holds: nothing that drives a terminal, and no secret."""
    from ecocli.cli import hints
    from ecocli.core.keys import without_secrets

    message, hint = without_secrets(hints.message(error)), without_secrets(hints.hint(error) or "") or None
    if are_in(arguments):
        from ecocli.contract import errors

        print(json.dumps(errors.body(error.code, message, hint), ensure_ascii=sys.stderr.isatty()), file=sys.stderr)
    else:
        print(f"eco: {plain(message)}", file=sys.stderr)
        if hint:
            print(f"hint: {plain(hint)}", file=sys.stderr)
    return error.exit_code


def new_app(**options: Any) -> typer.Typer:
    """A Typer app in eco's manner: plain help, no completion installer, `-h`."""
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **options,
    )
