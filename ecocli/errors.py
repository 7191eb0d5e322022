"""Errors that know their exit code: the library raises them, the command line prints them."""

from collections.abc import Iterable
from typing import Any

SHOWN_CHARACTERS = 60

EXIT_CODES = {
    0: "done",
    1: "a bug in eco",
    2: "wrong use of the command line, a value that an option does not allow included",
    3: "a name that is not known: model, region, key, record, budget",
    4: "data that cannot be used: no or bad input, missing file, bad field, bad catalogue or configuration file, a kind of model that is not estimated; some lines skipped",
    5: "the store: locked too long, read-only, full, damaged, or written by a newer eco; a port in use",
    6: "not permitted: bad, expired or revoked key, missing scope",
    7: "over budget (`eco budget check`)",
    8: "a report that would say something else today (`eco report --verify`)",
    127: "the command that `eco measure` is to run is not there, or cannot be run",
    130: "interrupted",
    141: "the reader of the output is gone",
}
"""Every one that there is; `tests/cli/test_exit_codes.py` reaches each. Those of errors stand in their classes."""


def plain(text: str) -> str:
    r"""
    `text` on one line, safe for a terminal: a name from outside must not drive it.

    >>> print(plain("a\x1b[2J\nb"))
    a\x1b[2J\nb
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def shorten(value: object, limit: int = SHOWN_CHARACTERS) -> str:
    """`value` on one line, safe for a terminal, at most `limit` characters."""
    text = value if isinstance(value, str) else repr(value)
    safe = plain(text[: limit + 1])
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def quoted(value: object, limit: int = SHOWN_CHARACTERS) -> str:
    r"""
    `value` as `shorten` shows it, in quotes. `repr` would escape what is escaped already once more.

    >>> print(quoted("a\x1b"), quoted("it's"))
    'a\x1b' "it's"
    """
    text = shorten(value, limit)
    mark = '"' if "'" in text and '"' not in text else "'"
    return f"{mark}{text}{mark}"


def did_you_mean(close: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint that names up to three near misses, or says something else where there is none."""
    names = [shorten(name) for name in close][:3]
    return f"did you mean {' or '.join(names)}?" if names else otherwise


class EcoError(Exception):
    """
    Anything a user, a file or the machine can cause. `exit_code` is the contract's.

    `code` names the problem for programs; the command line has more to say about some of them, see ecocli/cli/hints.py.
    """

    exit_code = 1
    code = "error"
    where: str | None = None
    """Place in the input that the message begins with."""

    def __init__(self, message: str, hint: str | None = None, *, code: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if code:
            self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has the same words: the constructors of some classes take what the words are made of."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[EcoError], args: tuple[Any, ...], attributes: dict[str, Any]) -> EcoError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class UsageError(EcoError):
    """The command line was used wrongly, a value that an option does not allow included."""

    exit_code = 2
    code = "usage"


class UnknownFormat(UsageError):
    """A payload format is asked for that there is not."""

    code = "unknown-format"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        super().__init__(f"no payload format named {quoted(name)}", did_you_mean(close))


class UnknownSource(UsageError):
    """Logs are asked for of a tool whose logs cannot be read."""

    code = "unknown-source"

    def __init__(self, name: str, close: Iterable[str] = (), known: Iterable[str] = ()) -> None:
        super().__init__(f"no log source named {quoted(name)}", did_you_mean(close, f"one of {', '.join(known)}"))


class UncountedSource(UnknownSource):
    """Logs are asked for of a tool that keeps no token counts in them, or none that can be read."""

    def __init__(self, reason: str) -> None:
        UsageError.__init__(self, reason)


class UnknownName(EcoError):
    """A model, region, key or record that is not known."""

    exit_code = 3
    code = "unknown-name"


class UnknownModel(UnknownName):
    code = "unknown-model"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        super().__init__(f"no model named {quoted(name)} in the catalogue", did_you_mean(close))


class UnknownRegion(UnknownName):
    code = "unknown-region"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        super().__init__(f"no region named {quoted(name)} in the catalogue", did_you_mean(close))


class UnknownKey(UnknownName):
    code = "unknown-key"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        super().__init__(f"no key named {quoted(name)}", did_you_mean(close))


class UnknownRecord(UnknownName):
    code = "unknown-record"

    def __init__(self, call_id: str) -> None:
        super().__init__(f"no record with id {quoted(call_id)}")


class BadData(EcoError):
    """Data that cannot be used: bad input, a missing file, a bad catalogue or configuration file."""

    exit_code = 4
    code = "bad-data"


class NoInput(BadData):
    code = "no-input"


class BadField(BadData):
    """
    One field of an event; `where` is its place when it came from many.

    `known` is the part of its name that is eco's own, where the rest is a key that the sender made up.
    """

    code = "bad-field"

    def __init__(self, field: str, value: object, rule: str, hint: str | None = None, *, code: str | None = None, known: str | None = None) -> None:
        self.field, self.rule, self.known = field, rule, known or field
        super().__init__(f"{field}: {rule}, not {literal(value)}", hint, code=code)


class UnknownPayload(BadData):
    """A document whose keys no format knows."""

    code = "unknown-payload"


class ForeignLog(BadData):
    """
    A payload was expected, but this is a log of a tool, or the input of its status line.

    `source` is the name of the log source that reads it; None for a status line.
    """

    code = "foreign-log"

    def __init__(self, source: str | None) -> None:
        super().__init__("a log of another tool, not a payload")
        self.source = source


class UnsupportedModality(BadData):
    """A call of a model that works on something else than text, which no law of energy covers. `kind` names it with its article."""

    code = "unsupported-modality"

    def __init__(self, name: str | None, kind: str) -> None:
        super().__init__(f"{quoted(name) if name else 'this'} is {kind}: only models that write or embed text are estimated")
        self.kind = kind


class NotUnderstood(BadData):
    """A call was read, but for a number in it that eco does not know."""

    code = "not-understood"


class MissingFile(BadData):
    code = "missing-file"


class BadCatalog(BadData):
    """`schema` names the JSON Schema of a file that the user wrote."""

    code = "bad-catalogue"
    schema: str | None = None


class BadConfig(BadData):
    code = "bad-configuration"


class BadPlugin(BadData):
    """A payload format or log source of another package that cannot be imported, lacks a part, or fails at its work."""

    code = "bad-plug-in"

    def __init__(self, distribution: str, entry_point: str, reason: BaseException) -> None:
        problem = f"{type(reason).__name__}: {reason}" if str(reason) else type(reason).__name__
        super().__init__(f"plug-in {quoted(distribution)} ({shorten(entry_point, 200)}) cannot be used: {shorten(problem, 200)}", "upgrade or uninstall it")


class MissingExtra(BadData):
    """A command needs packages that are installed only on request."""

    code = "no-extra"

    def __init__(self, command: str, extra: str) -> None:
        super().__init__(f"{command} needs packages that are not installed", f"pip install 'ecocli[{extra}]' adds them")


class SkippedLines(BadData):
    """The good events were stored, some were not; the reasons were written before this."""

    code = "skipped-lines"


class StoreError(EcoError):
    """The store cannot be used: locked too long, read-only, full, damaged or newer than this eco."""

    exit_code = 5
    code = "store"


class NotPermitted(EcoError):
    """A bad, expired or revoked key, or one without the scope that the command needs."""

    exit_code = 6
    code = "not-permitted"


class MissingScope(NotPermitted):
    code = "missing-scope"

    def __init__(self, key: str, scope: str) -> None:
        super().__init__(f"the key {quoted(key)} has no scope {scope}")
        self.scope = scope


class OverBudget(EcoError):
    """More was spent than a budget allows."""

    exit_code = 7
    code = "over-budget"


class ReportDiffers(EcoError):
    """A report that was written is not what it would be now; the differences were printed before this."""

    exit_code = 8
    code = "report-differs"


class CannotRun(EcoError):
    """A command that was to be measured cannot be started."""

    exit_code = 127
    code = "cannot-run"

    def __init__(self, command: str, reason: str | None) -> None:
        super().__init__(f"{quoted(command)} cannot be run: {(reason or 'unknown reason').lower()}", "as in eco measure -- COMMAND …, with a command that the shell would find")


def literal(value: object) -> str:
    """How a value is written in JSON, shortened: strings in quotes, numbers bare."""
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"  # str() of a huge integer is slow, and refused by Python
    return shorten(value)
