"""Convert errors of the option parser to eco's own: short, with the value and a hint."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ecocli.cli import habits
from ecocli.errors import UsageError, quoted, shorten

RANGE = re.compile(r"(.*) is not in the range (\S+)<=x<=(\S+)", re.DOTALL)
AT_LEAST = re.compile(r"(.*) is not in the range x>=(\S+)", re.DOTALL)
KINDS = {"int": "a whole number", "integer": "a whole number", "float": "a number"}
KIND = re.compile(r"(.*) is not a valid (\w+)(?: range)?", re.DOTALL)
WRITTEN = re.compile(r"([0-9]{1,12}(?:[.][0-9]{1,6})?|[0-9]{1,3}(?:[,_ '][0-9]{3}){1,4})([kKmM]?)", re.ASCII)
THOUSANDS = {"": 1, "k": 1000, "m": 1_000_000}
EXAMPLE = re.compile(r"^Example: (.+)$", re.MULTILINE)
NO_VALUE = re.compile(r"Option '(.*)' requires an argument", re.DOTALL)
A_VALUE = re.compile(r"Option '(.*)' does not take a value", re.DOTALL)


def usage_error(error: Any) -> UsageError:
    """Convert an error of the parser."""
    context = getattr(error, "ctx", None)
    help = f"{context.command_path} --help shows the options" if context else "eco --help shows the commands"
    if hasattr(error, "possibilities"):
        return UsageError(f"no option {shorten(error.option_name)}", _meant(error, context) or help)
    if getattr(error, "param", None) is None:
        return UsageError(_plain(error.format_message()), help)
    name = error.param.opts[0] if error.param.param_type_name == "option" else error.param.make_metavar(ctx=context)
    if not error.message:
        return UsageError(f"{name} is missing", _example(context) or help)
    return UsageError(f"{name}: {_rule(error.message.rstrip('.'))}", _number(error.message) or help)


def unknown_command(name: str, commands: Iterable[str], path: str, rest: Sequence[str] = ()) -> UsageError:
    """The error for a word that is no command; `path` is the command that it was given to, and `rest` the words behind it."""
    return UsageError(f"no command {quoted(name)}", habits.command(name, path, list(commands), [word for word in rest if not word.startswith("-")]))


def repeated(option: str, times: int) -> UsageError:
    """The error for an option that takes one value and is given several times."""
    return UsageError(f"{option} is given {times} times", "keep one of them, or run the command once for each")


def unexpected(words: Sequence[str], hint: str) -> UsageError:
    """The error for surplus arguments."""
    return UsageError(f"unexpected {' '.join(quoted(word, 30) for word in words[:3])}", hint)


def _meant(error: Any, context: Any) -> str | None:
    """The hint for an option that other programs have; None where eco has nothing like it."""
    if context is None:
        return None
    from ecocli.cli.output_formats import offered

    name = error.option_name
    if name[2:] in offered(context.command_path, ""):
        return f"--format {name[2:]}"
    shown = [param for param in context.command.params if param.param_type_name == "option" and not param.hidden]
    return habits.option(name, context.command_path, [option for param in shown for option in param.opts])


def _example(context: Any) -> str | None:
    """The example in the command's help."""
    found = EXAMPLE.search(context.command.help or "") if context else None
    return f"for example: {found[1]}" if found else None


def _number(message: str) -> str | None:
    """The digits of a number as people write it: 1k, 1,000, 2_000, 1.5M."""
    found = KIND.fullmatch(message.rstrip("."))
    written = WRITTEN.fullmatch(found[1].strip("'\"").strip()) if found and found[2] in KINDS else None
    if written is None:
        return None
    value = float(re.sub("[,_ ']", "", written[1])) * THOUSANDS[written[2].lower()]
    return f"did you mean {value:.0f}?" if value == int(value) else None


def _rule(message: str) -> str:
    if found := RANGE.fullmatch(message):
        return f"must be {found[2]} to {found[3]}, not {shorten(found[1])}"
    if found := AT_LEAST.fullmatch(message):
        return f"must be at least {found[2]}, not {shorten(found[1])}"
    if (found := KIND.fullmatch(message)) and found[2] in KINDS:
        return f"must be {KINDS[found[2]]}, not {shorten(found[1])}"
    return _plain(message)


def _plain(message: str) -> str:
    if found := NO_VALUE.match(message):
        return f"{shorten(found[1])} needs a value"
    if found := A_VALUE.match(message):
        return f"{shorten(found[1])} takes no value"
    text = shorten(message.rstrip("."), 120)
    return text[:1].lower() + text[1:]
