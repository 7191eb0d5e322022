"""The rules for the values of a native event, each of which checks one value or many at once."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from itertools import chain
from typing import Any

from ecocli.core.hosting import KINDS
from ecocli.core.usage import BOUNDARIES
from ecocli.errors import BadField, shorten

MAX_TOKENS = 10**12
MAX_TIME_MS = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
MAX_CHARACTERS = 256
MAX_TOOLS = 64
MAX_WRITTEN_CHARACTERS = 10_000_000
"""More than fills the longest context there is."""
MAX_MESSAGES = 10_000
MAX_CONCURRENCY = 1_000_000
MAX_ACCELERATOR_CHARACTERS = 64
MAX_PRECISION_CHARACTERS = 32
MAX_PROFILE_CHARACTERS = 64
MAX_DURATION_MS = 10**12
LEAST_WH, MOST_WH = 1e-15, 1e9


class Rule:
    """
    What the values of a field may be.

    Args:
        hold: Whether it holds for all of some values, as it does where it holds for each.
        text: The same for people.
    """

    def __init__(self, hold: Callable[[Collection[Any]], bool], text: str) -> None:
        self.hold, self._text = hold, text

    def __call__(self, name: str, value: Any) -> Any:
        """The value. BadField, naming the field, for one that is not allowed."""
        if not self.hold((value,)):
            raise self._fault(name, value)
        return value

    def _fault(self, name: str, value: Any) -> BadField:
        return BadField(name, value, self._text)


def _are_tool_calls(values: Collection[Any]) -> bool:
    if not _are_all(Mapping, values):
        return False
    names, counts = set(chain.from_iterable(values)), list(chain.from_iterable(calls.values() for calls in values))
    return (not names or _are_texts(names)) and (not counts or _within(MAX_TOKENS)(counts)) and max(map(len, values)) <= MAX_TOOLS


class TagsRule(Rule):
    """Names the tag that is wrong."""

    def _fault(self, name: str, value: Any) -> BadField:
        if not isinstance(value, Mapping):
            return super()._fault(name, value)
        for key, text in value.items():
            if not _are_texts((key,)):
                return BadField(f"{name} key", key, TEXT_RULE)
            if not _are_texts((text,)):
                return BadField(f"{name}.{shorten(key, 20)}", text, TEXT_RULE, known=name)
        return super()._fault(name, value)


class WithheldRule(Rule):
    """Of what was written, which no message shows."""

    def _fault(self, name: str, value: Any) -> BadField:
        return super()._fault(name, _Withheld(value))


class _Withheld:
    """In the place of a value: what kind it is of, and how large."""

    def __init__(self, value: Any) -> None:
        self._kind = f"{KINDS_OF_JSON.get(type(value), 'a number')}{f' of {len(value):,}' if isinstance(value, str | list | dict) else ''}"

    def __repr__(self) -> str:
        return self._kind


KINDS_OF_JSON = {str: "a text", list: "a list", dict: "an object", bool: "true or false", type(None): "null"}


def _within(most: int) -> Callable[[Collection[Any]], bool]:
    def hold(values: Collection[Any]) -> bool:
        return set(map(type, values)) == {int} and min(values) >= 0 and max(values) <= most  # bool is an int: type() tells them apart

    return hold


def _are_texts(values: Collection[Any], most: int = MAX_CHARACTERS) -> bool:
    """At most `most` characters each, without a control character or a lone surrogate, which could not be stored."""
    if not _are_all(str, values):
        return False
    lengths = set(map(len, values))
    return min(lengths) >= 1 and max(lengths) <= most and _is_printable("".join(values))


def _is_printable(text: str) -> bool:
    return text.isprintable() or not any(map(_is_control, text))


def _is_control(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


def _are_numbers(low: float, most: float) -> Callable[[Collection[Any]], bool]:
    def hold(values: Collection[Any]) -> bool:
        return set(map(type, values)) <= {int, float} and all(low <= value <= most for value in values)  # False for NaN

    return hold


def _are_of(words: frozenset[str]) -> Callable[[Collection[Any]], bool]:
    return lambda values: _are_all(str, values) and words >= set(values)


def _are_written(values: Collection[Any]) -> bool:
    """Texts with line breaks and whatever else people write."""
    return _are_all(str, values) and max(map(len, values)) <= MAX_WRITTEN_CHARACTERS


def _are_messages(values: Collection[Any]) -> bool:
    return _are_all(list, values) and all(1 <= len(turns) <= MAX_MESSAGES and _are_all(Mapping, turns) for turns in values)


def _are_flags(values: Collection[Any]) -> bool:
    return _are_all(bool, values)


def _are_tags(values: Collection[Any]) -> bool:
    if not _are_all(Mapping, values):
        return False
    try:
        texts = {text for tags in values for text in chain(tags, tags.values())}  # many have most of them in common
    except TypeError:  # a list or an object among them
        return False
    return not texts or _are_texts(texts)


def _are_all(kind: type, values: Collection[Any]) -> bool:
    return all(issubclass(found, kind) for found in set(map(type, values)))


def _text_rule(most: int) -> str:
    return f"must be a string of 1 to {most} characters without control characters"


TEXT_RULE = _text_rule(MAX_CHARACTERS)
TOKENS = Rule(_within(MAX_TOKENS), "must be an integer from 0 to 10^12")
TIME = Rule(_within(MAX_TIME_MS), f"must be milliseconds since 1970 (UTC), 0 to {MAX_TIME_MS}")
TEXT = Rule(_are_texts, TEXT_RULE)
ACCELERATOR = Rule(partial(_are_texts, most=MAX_ACCELERATOR_CHARACTERS), _text_rule(MAX_ACCELERATOR_CHARACTERS))
PRECISION = Rule(partial(_are_texts, most=MAX_PRECISION_CHARACTERS), _text_rule(MAX_PRECISION_CHARACTERS))
CONCURRENCY = Rule(_are_numbers(1, MAX_CONCURRENCY), "must be a number from 1 to 10^6")
PROFILE = Rule(partial(_are_texts, most=MAX_PROFILE_CHARACTERS), _text_rule(MAX_PROFILE_CHARACTERS))
HOSTING = Rule(_are_of(frozenset(KINDS)), f"must be one of {', '.join(KINDS)}")
BOUNDARY = Rule(_are_of(frozenset(BOUNDARIES)), f"must be one of {', '.join(BOUNDARIES)}")
MILLISECONDS = Rule(_are_numbers(0, MAX_DURATION_MS), "must be milliseconds, from 0 to 10^12")
MEASURED_WH = Rule(_are_numbers(LEAST_WH, MOST_WH), "must be watt-hours, above 0 and at most 10^9")
FLAG = Rule(_are_flags, "must be true or false")
WRITTEN = WithheldRule(_are_written, f"must be a string of at most {MAX_WRITTEN_CHARACTERS:,} characters")
MESSAGES = WithheldRule(_are_messages, f"must be a list of 1 to {MAX_MESSAGES:,} objects with role and content")
TOOL_CALLS = Rule(_are_tool_calls, f"must be an object of at most {MAX_TOOLS} integers from 0 to 10^12")
TAGS = TagsRule(_are_tags, "must be an object of strings")
