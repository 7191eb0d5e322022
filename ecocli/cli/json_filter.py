"""`--json FIELDS` and `--jq EXPR`: a part of what a command prints as JSON."""

import sys
from collections.abc import Iterable
from typing import Any, TextIO

from ecocli.cli import json_fields
from ecocli.cli.interrupts import interruptible
from ecocli.cli.json_words import ALL
from ecocli.contract import fields
from ecocli.core import json_lines
from ecocli.errors import UsageError


class JsonFilter:
    """What is asked for of the JSON; made before the command does anything, so that a slip changes nothing."""

    def __init__(self, names: str | None, expression: str | None, command: str) -> None:
        if names is not None and not all(names.split(",")):
            raise UsageError("--json: the name of a field is empty", "--json by itself prints all of them")
        self._names = () if names in (None, ALL) else tuple(str(names).split(","))
        self._known = json_fields.known(command)
        self._can_be_repeated = json_fields.can_be_repeated(command)
        fields.check(self._names, self._known if json_fields.is_closed(command) else ())
        self._jq = None
        if expression is not None:
            from ecocli.render import jq_filter

            self._jq = jq_filter.compiled(expression)

    @property
    def needs_all(self) -> bool:
        """True where an expression works on the whole answer at once."""
        return self._jq is not None

    def each(self, rows: Iterable[Any]) -> Iterable[Any]:
        """The fields of rows that come one by one."""
        return fields.picked_each(rows, self._names, self._known) if self._names else rows

    def print(self, body: Any, out: TextIO | None = None) -> None:
        """Print what is asked for of an answer; all of it where that fails, and the command would not give it again."""
        out = out or sys.stdout
        try:
            self._print(body, out)
        except UsageError:
            if not self._can_be_repeated:
                print(json_lines.text(body, out.isatty()), file=out)
            raise

    def _print(self, body: Any, out: TextIO) -> None:
        shown = fields.picked(body, self._names, self._known) if self._names else body
        if self._jq is None:
            print(json_lines.text(shown, out.isatty()), file=out)
            return
        from ecocli.render import jq_filter

        with interruptible():
            for value in self._jq(shown):
                print(jq_filter.line(value, out.isatty()), file=out)
