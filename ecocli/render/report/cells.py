"""Cells of a spreadsheet: what text from outside may look like there, and how headers and numbers read."""

import re
from math import floor, log10

from ecocli.render.report.csv import UNITS
from ecocli.render.report.text import shown
from ecocli.util.formulas import STARTS

LONGEST_TEXT = 32_767
"""Characters that Excel takes in a cell."""
LONGEST_TITLE = 31
RESERVED = ("history",)
"""Titles that Excel keeps to itself."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What would be read as an escaped character, by ECMA-376, 22.9.2.19."""
MEASURED = UNITS | {"KWh": "kWh", "Wh": "Wh", "Grams": "gCO2e", "Ml": "mL", "Usd": "USD"}
"""Ends of names in the JSON, with their units; the longest of those that fit is meant."""
INITIALS = {"co2": "CO2", "esrs": "ESRS", "vsme": "VSME", "iso14064": "ISO 14064-1", "sci": "SCI", "gwp": "GWP"}
FEWEST_DECIMALS, MOST_DECIMALS, DIGITS = 0, 12, 3


def text(value: str) -> str:
    r"""
    Text as a cell shows it unchanged, in as many lines: characters that XML has not are shown as escapes.

    >>> text("a\x1b[2J"), text("_x003D_1+1")
    ('a\\x1b[2J', '_x005F_x003D_1+1')
    """
    escaped = ESCAPE.sub("_x005F_", "\n".join(map(shown, value.split("\n"))))
    return escaped if len(escaped) <= LONGEST_TEXT else escaped[: LONGEST_TEXT - 1] + "…"


def looks_like_a_formula(value: str) -> bool:
    """Text that a spreadsheet would take for a formula if it were typed."""
    return value.lstrip("'")[:1] in STARTS


def words(name: str) -> str:
    """
    A name of the JSON as words, without its unit.

    >>> words("embodiedCo2Tonnes low"), words("byModel"), words("scope2"), words("energyMWh")
    ('embodied CO2 low', 'by model', 'scope 2', 'energy')
    """
    unit = _end(name)
    parts = [part.removesuffix(unit) for part in name.split(" ")]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", " ".join(filter(None, parts)))
    spaced = re.sub(r"\b(scope|category)(\d)", r"\1 \2", spaced)
    return " ".join(INITIALS.get(word.lower(), word if word.isupper() else word[:1].lower() + word[1:]) for word in spaced.split(" "))


def unit(name: str) -> str | None:
    """
    The unit that a name of the JSON ends with.

    >>> unit("embodiedCo2Tonnes low"), unit("waterM3"), unit("calls")
    ('tCO2e', 'm3', None)
    """
    return MEASURED.get(_end(name))


def header(name: str) -> str:
    """
    >>> header("energyMWh low"), header("calls")
    ('energy low [MWh]', 'calls')
    """
    return f"{words(name)} [{unit(name)}]" if unit(name) else words(name)


def title(path: tuple[str, ...], taken: set[str]) -> str:
    """
    The title of a sheet: as Excel allows it, and none that is taken, whose titles are in small letters.

    >>> title(("scope2", "marketBased"), set()), title(("a" * 40,), {"a" * 31})
    ('Scope 2 market based', 'Aaaaaaaaaaaaaaaaaaaaaaaaaaaaa 2')
    """
    name = FORBIDDEN.sub(" ", shown(words(" ".join(path)))).strip("' ") or "table"
    name = name[:1].upper() + name[1:]
    found, number = name[:LONGEST_TITLE].rstrip("' "), 1
    while found.lower() in taken or found.lower() in RESERVED:
        number += 1
        found = f"{name[: LONGEST_TITLE - len(f' {number}')]} {number}"
    return found


def number_format(name: str, value: float) -> str:
    """
    How a number reads; the cell keeps all of it.

    >>> number_format("calls", 1200), number_format("share", 0.5), number_format("co2Tonnes", 0.00026222), number_format("year", 2025)
    ('#,##0', '0.0%', '#,##0.000000', '0')
    """
    last = words(name).split(" ")[-1]
    if last == "year":
        return "0"
    if "share" in name.lower():
        return "0.0%"
    if isinstance(value, int) or not value:
        return "#,##0"
    decimals = DIGITS - 1 - floor(log10(abs(value)))
    return "0.00E+00" if decimals > MOST_DECIMALS else f"#,##0.{'0' * decimals}" if decimals > FEWEST_DECIMALS else "#,##0"


def _end(name: str) -> str:
    """The end of a name that stands for a unit, "" where there is none. What a range adds to a name comes after it."""
    ends = [end for end in MEASURED for part in name.split(" ") if part.endswith(end)]
    return max(ends, key=len, default="")
