"""JSON through jq: strings come out bare, null as an empty line, anything else as JSON, each on a line."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from ecocli.errors import MissingExtra, UsageError, plain, shorten

OTHERWISE = "where the program jq is installed: eco … --json | jq EXPR"
AFTERWARDS = "--json alone prints what it was given; what the command was to do is done"


def compiled(expression: str) -> Callable[[Any], Iterator[Any]]:
    """
    A function from a value to what the expression makes of it.

    Raises:
        MissingExtra: The package jq is not installed.
        UsageError: The expression is not valid; the function raises it where the value does not fit.
    """
    try:
        import jq
    except ImportError as error:
        missing = MissingExtra("--jq", "jq")
        missing.hint = f"{missing.hint}; {OTHERWISE}"
        raise missing from error
    try:
        program = jq.compile(expression)
    except ValueError as error:
        raise UsageError(f"--jq: {_reason(error)}", "such as --jq '.data[] | .model'") from error

    def run(body: Any) -> Iterator[Any]:
        try:
            yield from program.input_text(json.dumps(body))
        except ValueError as error:
            raise UsageError(f"--jq: {_reason(error)}", AFTERWARDS) from error

    return run


def line(value: Any, at_terminal: bool) -> str:
    r"""
    One result; at a terminal nothing in it drives that.

    >>> [line(value, at_terminal=True) for value in ("a\tb", None, 1, {"a": "ä"})]
    ['a\tb', '', '1', '{"a": "\\u00e4"}']
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return "\n".join("\t".join(map(plain, part.split("\t"))) for part in value.split("\n")) if at_terminal else value
    return json.dumps(value, ensure_ascii=at_terminal)


def _reason(error: ValueError) -> str:
    """The first line of what jq says, without its name."""
    text = str(error).partition("\n")[0].removeprefix("jq: error: ")
    return shorten(text.removesuffix(":"), 120)
