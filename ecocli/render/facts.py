"""A catalogue entry as text: one line per fact, and two per factor, with range, source and year."""

from collections.abc import Mapping
from typing import Any

from ecocli.core.factors import FACTOR_FIELDS
from ecocli.core.numbers import significant
from ecocli.errors import plain


def facts_text(body: Mapping[str, Any]) -> str:
    """The facts that have a value, with aligned names."""
    width = max(len(name) for name in body)
    lines = (line for name, value in body.items() if value not in (None, [], "") for line in _lines(name, value, width))
    return "\n".join(map(plain, lines))


def _lines(name: str, value: Any, width: int) -> list[str]:
    label = f"{name:<{width}}  "
    if isinstance(value, Mapping) and set(FACTOR_FIELDS) <= set(value):
        figures = f"{significant(value['value'])} ({significant(value['low'])}–{significant(value['high'])}) {value['unit']}"
        return [f"{label}{figures}", f"{' ' * (width + 2)}{value['basis']}, {value['year']}: {value['source']}"]
    if isinstance(value, Mapping):
        return [line for key, inner in value.items() for line in _lines(f"{name}.{key}", inner, width)]
    if isinstance(value, (list, tuple)):
        return [f"{label}{', '.join(map(str, value))}"]
    return [f"{label}{value}"]
