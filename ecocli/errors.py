"""Errors that know their exit code: the library raises them, the command line prints them."""

from collections.abc import Iterable
from typing import Any

SHOWN_CHARACTERS = 60

EXIT_CODES = {
    0: "done",
    1: "a bug in eco",
    2: "wrong use of the command line, a value that an option does not allow included",
    3: "a name that is not known: model, region, key, record, budget",
    4: "data that cannot be used: no or bad input, missing file, bad field, bad catalogue or configuration file; some lines skipped",
    5: "the store: locked too long, read-only, full, damaged, or written by a newer eco",
    6: "not permitted: bad, expired or revoked key, missing scope",
    7: "over budget (`eco budget check`)",
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
    The same in quotes. `repr` would escape what is escaped already once more.

    >>> print(quoted("a\x1b"), quoted("it's"))
    'a\x1b' "it's"
    """
    text = shorten(value, limit)
    mark = '"' if "'" in text and '"' not in text else "'"
    return f"{mark}{text}{mark}"


def did_you_mean(close: Iterable[str], otherwise: str) -> str:
    """A hint that names up to three near misses, or says where the whole list is."""
    names = [shorten(name) for name in close][:3]
    return f"did you mean {' or '.join(names)}?" if names else otherwise


class EcoError(Exception):
    """Anything a user, a file or the machine can cause. `exit_code` is the contract's."""

    exit_code = 1
    code = "error"
    where: str | None = None
    """Place in the input that the message begins with."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

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


class UnknownName(EcoError):
    """A model, region, key or record that is not known."""

    exit_code = 3
    code = "unknown-name"


class UnknownModel(UnknownName):
    code = "unknown-model"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        hint = did_you_mean(close, "eco models list --search TEXT; --model-fallback accepts the family or class")
        super().__init__(f"no model named {quoted(name)} in the catalogue", hint)


class UnknownRegion(UnknownName):
    code = "unknown-region"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        hint = did_you_mean(close, "eco regions list --search TEXT; --region-fallback accepts the provider's average")
        super().__init__(f"no region named {quoted(name)} in the catalogue", hint)


class UnknownKey(UnknownName):
    code = "unknown-key"

    def __init__(self, name: str, close: Iterable[str] = ()) -> None:
        super().__init__(f"no key named {quoted(name)}", did_you_mean(close, "eco keys list shows them all"))


class UnknownRecord(UnknownName):
    code = "unknown-record"

    def __init__(self, call_id: str) -> None:
        super().__init__(f"no record with id {quoted(call_id)}", "eco history lists the ids")


class BadData(EcoError):
    """Data that cannot be used: bad input, a missing file, a bad catalogue or configuration file."""

    exit_code = 4
    code = "bad-data"


class NoInput(BadData):
    code = "no-input"


class BadField(BadData):
    """One field of an event; `where` is its place when it came from many."""

    code = "bad-field"

    def __init__(self, field: str, value: object, rule: str, hint: str | None = None) -> None:
        self.field = field
        super().__init__(f"{field}: {rule}, not {literal(value)}", hint)


class MissingFile(BadData):
    code = "missing-file"


class BadCatalog(BadData):
    code = "bad-catalogue"


class BadConfig(BadData):
    code = "bad-configuration"


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


class OverBudget(EcoError):
    """More was spent than a budget allows."""

    exit_code = 7
    code = "over-budget"


def literal(value: object) -> str:
    """How a value is written in JSON, shortened: strings in quotes, numbers bare."""
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"  # str() of a huge integer is slow, and refused by Python
    return shorten(value)
