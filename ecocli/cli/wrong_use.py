"""Convert errors of the option parser to eco's own: short, with the value and a hint."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ecocli.errors import UsageError, did_you_mean, quoted, shorten

MEANT = {
    "help": "eco --help shows the commands, eco COMMAND --help one of them",
    "version": "eco --version prints it",
    "log": "eco history lists calls, eco record adds one",
    "list": "eco history lists calls; eco models list and eco regions list what can be named",
    "show": "eco explain ID shows a call, eco history several",
    "rm": "eco undo takes the last run back, eco forget removes calls for good",
}
"""Words of other programs, with what eco calls it."""
SHORT = {"-n": "--limit"}
"""Short options of other programs, with what eco calls them. For any other, the options of its letter are offered."""
RANGE = re.compile(r"(.*) is not in the range (\S+)<=x<=(\S+)", re.DOTALL)
AT_LEAST = re.compile(r"(.*) is not in the range x>=(\S+)", re.DOTALL)
KINDS = {"int": "a whole number", "integer": "a whole number", "float": "a number"}
KIND = re.compile(r"(.*) is not a valid (\w+)(?: range)?", re.DOTALL)
NO_VALUE = re.compile(r"Option '(.*)' requires an argument", re.DOTALL)
A_VALUE = re.compile(r"Option '(.*)' does not take a value", re.DOTALL)


def usage_error(error: Any) -> UsageError:
    """Convert an error of the parser."""
    context = getattr(error, "ctx", None)
    help = f"{context.command_path} --help shows the options" if context else "eco --help shows the commands"
    if hasattr(error, "possibilities"):
        return UsageError(f"no option {shorten(error.option_name)}", _meant(error, context) or did_you_mean(error.possibilities or (), help))
    if getattr(error, "param", None) is None:
        return UsageError(_plain(error.format_message()), help)
    name = error.param.opts[0] if error.param.param_type_name == "option" else error.param.make_metavar(ctx=context)
    if not error.message:
        return UsageError(f"{name} is missing", help)
    return UsageError(f"{name}: {_rule(error.message.rstrip('.'))}", help)


def unknown_command(name: str, commands: Iterable[str], path: str) -> UsageError:
    """The error for a word that is no command; `path` is the command that it was given to."""
    from difflib import get_close_matches

    if path == "eco" and name in MEANT:
        return UsageError(f"no command {quoted(name)}", MEANT[name])
    return UsageError(f"no command {quoted(name)}", did_you_mean(get_close_matches(name, list(commands)), f"{path} --help shows the commands"))


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
    if name.startswith("--"):
        return f"--format {name[2:]}" if name[2:] in offered(context.command_path, "") else None
    shown = [param for param in context.command.params if param.param_type_name == "option" and not param.hidden]
    long = [option for param in shown for option in param.opts if option.startswith("--")]
    return did_you_mean([option for option in long if option == SHORT.get(name) or option.startswith(f"-{name}")])


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
