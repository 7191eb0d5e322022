"""Values of tables in config.toml. Each check raises ValueError, naming the key, for what cannot be used."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ecocli.errors import did_you_mean, shorten

MOST_CHARACTERS = 64
"""Of a name."""


def table(value: Any, where: str = "") -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where + ': ' if where else ''}must be a table, not {shorten(value)}")  # noqa: TRY004 - caught with the other bad values
    return value


def known(given: Mapping[str, Any], keys: Sequence[str], where: str) -> Mapping[str, Any]:
    """The table, whose keys are all among `keys`."""
    for key in given:
        if key not in keys:
            from difflib import get_close_matches

            meant = did_you_mean(get_close_matches(key, keys, n=1), f"there are {', '.join(keys)}")
            raise ValueError(f"{where}.{shorten(key)} is no setting: {meant}")
    return given


def name(value: str) -> str:
    return text(value, "name", MOST_CHARACTERS)


def text(value: Any, where: str, most: int = 256) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise ValueError(f"{where + ': ' if where else ''}must be a string of 1 to {most} printable characters, not {shorten(value)}")
    return value


def texts(value: Any, where: str) -> list[str]:
    return [text(each, where) for each in (value if isinstance(value, list) else [value])]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
