"""
man/eco.1 from the commands themselves.

    python -m tools.man              writes it
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from ecocli import __version__
from ecocli.cli.group import common_options
from ecocli.cli.main import app
from ecocli.errors import EXIT_CODES

PAGE = Path(__file__).parent.parent / "man" / "eco.1"
COMMON = {param.name for param in common_options()} | {"help"}

ENVIRONMENT = {
    "ECO_DB": "The file that holds the records, as --db.",
    "ECO_API_KEY": "The key of whoever records or looks back; better than --key, which shows in the list of processes.",
    "ECO_REGION": "The region of calls that name none.",
    "ECO_CONCURRENCY": "Requests in flight at once, per copy of the weights, of calls that do not say.",
    "ECO_ACCELERATOR": "The accelerator of calls that name none.",
    "ECO_WEIGHT_PRECISION": "The number format of the weights of calls that name none.",
    "ECO_TAGS": "Tags of every call, as project=x,team=y.",
    "ECO_TZ": "Time zone of dates without an offset, and of days and weeks in totals.",
    "ECO_FORMAT": "Output format, where the command has it.",
    "ECO_BUSY_TIMEOUT": "Seconds to wait for other writers; 60 by default.",
    "ECO_PAGER": "The program that shows long text at a terminal, before PAGER; none where it is empty. By default less.",
    "ECO_STATUSLINE": "Format string of eco statusline.",
    "NO_COLOR": "Any value: no colour.",
}
FILES = {
    "~/.local/share/eco/eco.db": "The records, below $XDG_DATA_HOME.",
    "~/.config/eco/config.toml": "Defaults, below $XDG_CONFIG_HOME; flags beat variables beat this file.",
    "~/.config/eco/models.yaml, regions.yaml": "Models and regions of your own; they add entries or replace whole ones.",
}


def page() -> str:
    """The whole page, in roff's man macros."""
    root = typer.main.get_command(app)
    return "\n".join((*_head(root), *_commands(root), *_end())) + "\n"


def _head(root: Any) -> Iterator[str]:
    words, _, example = inspect.cleandoc(root.help).partition("\n\n")
    yield '.\\" Made by python -m tools.man: do not edit.'
    yield f'.TH ECO 1 "" "eco {__version__}" "User Commands"'
    yield from (".ad l", ".nh")  # commands are copied: no stretched spaces, no broken words
    yield from (".SH NAME", f"eco \\- {_text(words[0].lower() + words[1:].rstrip('.'))}")
    yield from (".SH SYNOPSIS", ".B eco", r"[\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGS\fR]")
    yield from (".SH DESCRIPTION", _text(f"{words} Records are kept in one SQLite file; no network is used."))
    yield "Without a command, eco shows today, this week and this month."
    yield from (".PP", _text(example))
    yield from (".SH OPTIONS", "These stand before or after any command.")
    yield from _parameters(common_options())
    yield from (".TP", r"\fB\-h\fR, \fB\-\-help\fR", "Show a command's options and an example.")


def _commands(root: Any) -> Iterator[str]:
    yield ".SH COMMANDS"
    for path, command in commands(root):
        yield f".SS {_text(path)}"
        yield from _paragraphs(command.help)
        yield from _parameters(param for param in command.params if param.name not in COMMON)


def commands(group: Any, before: str = "eco") -> Iterator[tuple[str, Any]]:
    """Every command below a group, with the words that call it; a group stands before its own."""
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"{before} {name}", command
        if hasattr(command, "list_commands"):
            yield from commands(command, f"{before} {name}")


def _end() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    yield from _list((f"\\fB{code}\\fR", meaning) for code, meaning in EXIT_CODES.items())
    yield ".SH ENVIRONMENT"
    yield from _list((f"\\fB{name}\\fR", meaning) for name, meaning in ENVIRONMENT.items())
    yield from (".SH FILES", "On Linux; elsewhere the platform's own folders.")
    yield from _list((f"\\fI{_text(name)}\\fR", meaning) for name, meaning in FILES.items())
    yield from (".SH SEE ALSO", _text("README.md and METHODOLOGY.md of the source: recipes, equations, sources and limits."))


def _parameters(params: Any) -> Iterator[str]:
    yield from _list((_usage(param), param.help or "") for param in params if not getattr(param, "hidden", False))


def _usage(param: Any) -> str:
    """`-m, --model NAME`, or an argument's name."""
    metavar = f"\\fI{_text(param.metavar or param.name.upper())}\\fR"
    if param.param_type_name == "argument":
        return metavar
    names = ", ".join(f"\\fB{_text(name)}\\fR" for name in (*sorted(param.opts, key=len), *param.secondary_opts))
    return names if param.is_flag else f"{names} {metavar}"


def _list(entries: Any) -> Iterator[str]:
    for term, meaning in entries:
        yield from (".TP", term, _text(meaning) or "\\&")


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield from (".PP", _text(paragraph))


def _text(text: str) -> str:
    """Words on one line that roff prints as they are: a hyphen that can be copied, no macro at its start."""
    line = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
