"""What a report for people is made of: sections, tables, figures, and how their text is written."""

import re
from collections.abc import Sequence

from ecocli.core.numbers import significant
from ecocli.util.valueclass import value_class

LEFT, RIGHT = "left", "right"
SOURCE = "source"
"""Header of the one column whose addresses are links."""
URL = re.compile(r"<(https://[^\s<>\\|`]+)>")
NONE = "–"
UNBROKEN = "\N{NO-BREAK SPACE}"

Columns = Sequence[tuple[str, str]]


@value_class(frozen=True, slots=True)
class Table:
    """Cells as text, not escaped for anything yet."""

    caption: str
    columns: Columns
    """Header and justification."""
    rows: Sequence[tuple[str, ...]]
    total: tuple[str, ...] | None = None
    """A last row that sums up."""


@value_class(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    id: str
    title: str
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    points: Sequence[str] = ()
    """A list of sentences, after the tables."""


@value_class(frozen=True, slots=True)
class Figure:
    """One number of the headline."""

    name: str
    value: str
    unit: str
    note: str


def number(value: float) -> str:
    """
    Three significant digits, as many where there are more before the point.

    >>> [number(x) for x in (0.000123456, 12.345, 1234567.0)]
    ['0.000123', '12.3', '1,230,000']
    """
    return significant(value)


def percent(share: float | None) -> str:
    """
    A share, with a space that no line breaks at.

    >>> [percent(x).replace("\\xa0", " ") for x in (None, 0.0, 0.0004, 0.5, 1.0)]
    ['–', '0 %', '<0.1 %', '50.0 %', '100 %']
    """
    if share is None:
        return NONE
    if 0 < share < 0.001:
        return f"<0.1{UNBROKEN}%"
    return f"{100 * share:.1f}{UNBROKEN}%" if 0 < share < 0.9995 else f"{share:.0%}".replace("%", f"{UNBROKEN}%")


def shown(text: str) -> str:
    """A name from outside on one line: what could turn the writing around is shown as an escape."""
    return "".join(c if c.isprintable() or c == UNBROKEN else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def split_url(text: str) -> tuple[str, str | None, str]:
    """
    What stands before an address in angle brackets, the address, and what stands after it.

    >>> split_url("Ember, 2026 <https://ember-energy.org/> (unchecked)")
    ('Ember, 2026 ', 'https://ember-energy.org/', ' (unchecked)')
    """
    found = URL.search(text)
    return (text[: found.start()], found[1], text[found.end() :]) if found else (text, None, "")


def split_range(text: str) -> tuple[str, str]:
    """
    A figure, and its range with the brackets, or nothing.

    >>> split_range("1.23 (0.5 to 4)"), split_range("7")
    (('1.23', '(0.5 to 4)'), ('7', ''))
    """
    value, gap, spread = text.partition(" (")
    return value, gap.strip() + spread


def words(name: str) -> str:
    """
    A name of the program's own as words; what is written in capitals is the name that an audit has.

    >>> words("model_class"), words("EXACT_REGION")
    ('model class', 'EXACT_REGION')
    """
    return name if name.isupper() else name.replace("_", " ")
