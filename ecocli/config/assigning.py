"""A setting and its value as words of a command line: what they mean in config.toml, checked as a reader of that file would."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from ecocli.config import editing, settings
from ecocli.config.listing import KEY, KEY_VARIABLE, MEANINGS, NAMES_IN_FILE, UNUSED
from ecocli.config.settings import ALIASES, NAMES, Settings
from ecocli.core import hosting
from ecocli.errors import BadConfig, UnknownName, UsageError, did_you_mean, quoted, shorten

SWITCHES = {"true": True, "false": False}
SWITCHED = ("strict", "region_fallback", "cost", *UNUSED)
NUMBERS = ("concurrency", "busy_timeout_s")
FLAT = ("tags", "aliases")
"""Tables whose values have names of any kind, dots included."""
CLOSED = {**dict.fromkeys(SWITCHED, tuple(SWITCHES)), "format": settings.FORMATS, "hosting": hosting.KINDS}
"""Settings with a closed list of values."""
BY_HAND = {
    "hardware": "eco hardware add writes a profile; any part of it can be changed by hand in {file}",
    "aliases": "eco models alias NAME MODEL writes one",
    "organisation": "write it by hand in {file}: docs/report.md has an example",
    "instruments": "write it by hand in {file}: docs/report.md has an example",
}
"""Tables that are not set value by value, with what does it."""


class UnknownSetting(UnknownName):
    """A setting is named that there is not."""

    code = "unknown-setting"

    def __init__(self, name: str) -> None:
        from difflib import get_close_matches

        super().__init__(f"no setting named {quoted(name)}", did_you_mean(get_close_matches(name, (*MEANINGS, *ALIASES), n=1)))


def assign(file: Path, name: str, text: str) -> tuple[str, Any]:
    """
    Write a setting into the configuration file: its name and value there.

    Raises:
        UnknownSetting: There is none of this name.
        UsageError: It cannot have this value, or is a table whose values are set one by one or by hand.
        BadConfig: The file is broken, or cannot be written. It is as before.
    """
    keys = path_of(name)
    holds = settings.read(file)
    keys = (_spelling(holds, keys[0]), *keys[1:])
    value = _value(keys, text, file)
    _check(keys, _merged(holds, keys, value))
    editing.set_value(file, keys, value)
    return ".".join(keys), value


def unassign(file: Path, name: str) -> bool:
    """
    Take a setting, or a whole table of them, out of the configuration file. False where it is not in there.

    Raises:
        UnknownSetting: There is none of this name, and nothing in the file that is called so.
        BadConfig: The file is broken, or cannot be written. It is as before.
    """
    holds: Any = settings.read(file)
    keys = (name,) if name in holds else path_of(name)
    keys = (_spelling(holds, keys[0]), *keys[1:])
    for key in keys:
        if not isinstance(holds, Mapping) or key not in holds:
            return False
        holds = holds[key]
    editing.remove_value(file, keys)
    return True


def path_of(name: str) -> tuple[str, ...]:
    """The keys that lead to a setting in the file. UnknownSetting where there is none of this name; UsageError for the API key."""
    if name == KEY:
        raise UsageError("a key is not kept in a file", f"put it into {KEY_VARIABLE}")
    first, _, rest = name.partition(".")
    if ALIASES.get(first, first) not in NAMES or (rest and first not in (*FLAT, *BY_HAND, "provider")) or name.endswith("."):
        raise UnknownSetting(name)
    if first in FLAT:
        return (first, rest) if rest else (first,)
    middle, _, last = rest.rpartition(".")  # names of providers may have dots themselves: llama.cpp
    return tuple(key for key in (first, middle, last) if key)


def _spelling(holds: Mapping[str, Any], first: str) -> str:
    """The name under which the file has a setting already; else the one that is documented."""
    name = ALIASES.get(first, first)
    there = [spelling for spelling in holds if ALIASES.get(spelling, spelling) == name]
    return there[-1] if there else NAMES_IN_FILE.get(name, name)


def _value(keys: tuple[str, ...], text: str, file: Path) -> Any:
    first, last = keys[0], keys[-1]
    if first in BY_HAND:
        raise UsageError(f"{shorten('.'.join(keys))} is not set by this command", BY_HAND[first].format(file=file))
    if first == "provider" and len(keys) != 3:
        raise UsageError(f"{shorten('.'.join(keys))} is a table", "name one value of one provider, as in provider.ollama.region")
    if keys == ("tags",):
        return _tags(text)
    if last in SWITCHED:
        return SWITCHES.get(text.lower(), text)
    return _number(text) if last in NUMBERS else text


def _tags(text: str) -> dict[str, str]:
    try:
        return settings.parse_tags(text)
    except ValueError as error:
        raise UsageError(f"tags: {error}", "for example project=x,team=y") from error


def _number(text: str) -> Any:
    """The number that a text stands for, whole where it is; a text that is none stays one, and is refused by name."""
    try:
        number = float(text)
    except ValueError:
        return text
    return text if not isfinite(number) else int(number) if number.is_integer() else number


def _merged(holds: Mapping[str, Any], keys: tuple[str, ...], value: Any) -> Any:
    """The top-level value of the file once the value at `keys` is in it."""
    if len(keys) == 1:
        return value
    inner = holds.get(keys[0], {})
    return {**inner, keys[1]: _merged(inner, keys[1:], value)} if isinstance(inner, Mapping) else {keys[1]: value}


def _check(keys: tuple[str, ...], value: Any) -> None:
    try:
        settings.with_value(Settings(), ALIASES.get(keys[0], keys[0]), value, keys[0])
    except BadConfig as error:
        raise UsageError(str(error), error.hint) from error
