"""Building blocks of a report for people: sections, tables, figures, and formatting of their text."""

import re
from collections.abc import Sequence

from ecocli.errors import plain
from ecocli.util.valueclass import value_class

LEFT, RIGHT = "left", "right"
SOURCE = "source"
"""Header of the only column whose URLs become links."""
ELEMENT = "XBRL element"
"""Header of a column of words so long that they may break anywhere."""
URL = re.compile(r"<(https://[^\s<>\\|`]+)>")
NONE = "–"
UNBROKEN = "\N{NO-BREAK SPACE}"

Columns = Sequence[tuple[str, str]]


@value_class(frozen=True, slots=True)
class Table:
    """A table; cells are text that is not escaped yet."""

    caption: str
    columns: Columns
    """(header, justification) of each column."""
    rows: Sequence[tuple[str, ...]]
    total: tuple[str, ...] | None = None
    """A last row with sums."""


@value_class(frozen=True, slots=True)
class Section:
    """A heading with sentences, tables and a list below it."""

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


def percent(share: float | None) -> str:
    """
    A share in percent, with a no-break space.

    >>> [percent(x).replace("\\xa0", " ") for x in (None, 0.0, 0.0004, 0.5, 1.0)]
    ['–', '0 %', '<0.1 %', '50.0 %', '100 %']
    """
    if share is None:
        return NONE
    if 0 < share < 0.001:
        return f"<0.1{UNBROKEN}%"
    return f"{100 * share:.1f}{UNBROKEN}%" if 0 < share < 0.9995 else f"{share:.0%}".replace("%", f"{UNBROKEN}%")


def shown(text: str) -> str:
    """Text on one line: control characters, and those that change the direction of writing, are shown as escapes."""
    return UNBROKEN.join(map(plain, text.split(UNBROKEN)))


def split_url(text: str) -> tuple[str, str | None, str]:
    """
    (text before a URL in angle brackets, the URL or None, text after it)

    >>> split_url("Ember, 2026 <https://ember-energy.org/> (unchecked)")
    ('Ember, 2026 ', 'https://ember-energy.org/', ' (unchecked)')
    """
    found = URL.search(text)
    return (text[: found.start()], found[1], text[found.end() :]) if found else (text, None, "")


def split_range(text: str) -> tuple[str, str]:
    """
    (figure, its range in brackets or "")

    >>> split_range("1.23 (0.5 to 4)"), split_range("7")
    (('1.23', '(0.5 to 4)'), ('7', ''))
    """
    value, gap, spread = text.partition(" (")
    return value, gap.strip() + spread


def words(name: str) -> str:
    """
    An identifier as words; one in capitals is unchanged, since it is a name in the audit.

    >>> words("model_class"), words("EXACT_REGION")
    ('model class', 'EXACT_REGION')
    """
    return name if name.isupper() else name.replace("_", " ")
