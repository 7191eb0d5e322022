"""The tables of docs/source-check.md."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tools.sources.check import Checked
from tools.sources.figures import Figure
from tools.sources.readers import READERS

BEGIN = "<!-- begin: python -m tools.sources -->\n"
END = "<!-- end: python -m tools.sources -->\n"


def tables(held: Sequence[Figure], found: Sequence[Checked]) -> str:
    return "\n".join((_summary(held, found), _differences(found), _missing(found), _others(held, found)))


def write(path: Path, text: str) -> None:
    """Replace what stands between the markers; the words around them are anyone's."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    path.write_text(before + BEGIN + text + END + rest.partition(END)[2], "utf-8")


def _summary(held: Sequence[Figure], found: Sequence[Checked]) -> str:
    counts = Counter(figure.source for figure in held)
    read = list(dict.fromkeys(each.figure.source for each in found))
    rows = [(f"`{source}`", READERS[source].wants, counts[source], *_outcomes(source, found)) for source in read]
    head = f"## What was read again\n\n{len(found):,} of {len(held):,} figures cite a source that is a file and was read again.\n"
    return head + _table(("source", "file", "figures", "agree", "differ", "not in it"), rows)


def _outcomes(source: str, found: Sequence[Checked]) -> tuple[int, int, int]:
    mine = [each for each in found if each.figure.source == source]
    agree, absent = sum(each.agrees for each in mine), sum(each.stated is None for each in mine)
    return agree, len(mine) - agree - absent, absent


def _differences(found: Sequence[Checked]) -> str:
    rows = [(f"`{each.figure.path}`", f"{each.figure.value:g}", str(each.stated), f"`{each.name}`", f"`{each.figure.source}`") for each in found if each.stated and not each.agrees]
    return "## What differs\n" + (_table(("figure", "here", "there", "its name there", "source"), rows) if rows else "\nNothing.\n")


def _missing(found: Sequence[Checked]) -> str:
    rows = [(f"`{each.figure.path}`", f"{each.figure.value:g}", _why(each), f"`{each.figure.source}`") for each in found if each.stated is None]
    return "## What was not found\n" + (_table(("figure", "here", "why", "source"), rows) if rows else "\nNothing.\n")


def _why(each: Checked) -> str:
    return f"`{each.name}` states no such number, or none that can be counted" if each.name else "not in this copy"


def _others(held: Sequence[Figure], found: Sequence[Checked]) -> str:
    read = {each.figure.source for each in found}
    counts = Counter(figure.source for figure in held if figure.source not in read)
    head = "## What no program can read again\n\nPages, papers, derivations and memories; `checked` under `sources` says which of them a person read.\n"
    return head + _table(("source", "figures"), [(f"`{source}`", count) for source, count in sorted(counts.items())])


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    return "\n" + "\n".join(_lines(tuple(head), rows)) + "\n"


def _lines(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield _line(head)
    yield "|" + "---|" * len(head)
    yield from map(_line, rows)


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"
