"""Long text at a terminal through a pager, chosen as git chooses its own."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from shutil import get_terminal_size

VARIABLE = "ECO_PAGER"
DEFAULT = "less"
NONE = ("", "cat")
OPTIONS = {"LESS": "FRX", "LV": "-c"}
"""As git has them: less ends at once where all fits, keeps colours, and leaves the text on the screen."""


def show(text: str, setting: str | None) -> None:
    """
    Print text; at a terminal that it does not fit, through the pager.

    Args:
        setting: `pager` of config.toml.
    """
    program = chosen(os.environ, setting)
    if not program or not sys.stdout.isatty() or text.count("\n") < get_terminal_size().lines or not _paged(text, program):
        sys.stdout.write(text)


def chosen(env: Mapping[str, str], setting: str | None) -> list[str]:
    """
    The pager with its arguments: ECO_PAGER, else the setting, else PAGER, else less. Empty for none, as an empty one or cat means.

    >>> chosen({"PAGER": "most", "ECO_PAGER": "less -S"}, "more"), chosen({"PAGER": "most"}, ""), chosen({}, None)
    (['less', '-S'], [], ['less'])
    """
    given = next(text for text in (env.get(VARIABLE), setting, env.get("PAGER"), DEFAULT) if text is not None)
    if env.get("TERM") == "dumb" or given.strip() in NONE:
        return []
    try:
        return shlex.split(given)
    except ValueError:  # a quotation mark that nobody closes
        return []


def _paged(text: str, program: list[str]) -> bool:
    """Whether the pager could be started. This process waits until it ends, also where Ctrl-C is pressed in it."""
    sys.stdout.flush()
    try:
        process = subprocess.Popen(program, stdin=subprocess.PIPE, env=OPTIONS | os.environ)  # noqa: S603 - what the user chose
    except (OSError, ValueError):
        return False
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with suppress(BrokenPipeError):  # it ended before it had read all
            process.communicate(text.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "strict"))
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return True
