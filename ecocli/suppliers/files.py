"""A file of any supplier: whose it is, told from its columns, and the figures of AI services in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ecocli.core.supplier_figures import AWS, AZURE, GOOGLE_CLOUD, Figure, Identity, check
from ecocli.errors import BadData, quoted, shorten
from ecocli.ingest.reading import Rejected
from ecocli.suppliers import aws, azure, google_cloud
from ecocli.suppliers.export import Export, Row, opened

PLAIN_ENDINGS = (".csv", ".json", ".jsonl", ".ndjson")
ENDINGS = tuple(f"{ending}{packed}" for ending in PLAIN_ENDINGS for packed in ("", ".gz"))
BAD = "bad-supplier-file"


class NoExport(BadData):
    code = "no-export"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"no export of a supplier in {quoted(str(folder), 200)}", f"their names end in {', '.join(PLAIN_ENDINGS)}, also with .gz")


class Layout(NamedTuple):
    """How a supplier lays out its export."""

    title: str
    telling: frozenset[str]
    """Columns of which one makes a file this supplier's."""
    needed: tuple[str, ...]
    """Columns that it must have as well."""
    is_of_ai: Callable[[Row], bool]
    """True for a row that names the supplier's AI service."""
    figures: Callable[[Row], Iterator[Figure]]
    """The figures of such a row. BadData where a cell cannot be used."""


LAYOUTS = {
    name: Layout(module.TITLE, module.TELLING, module.NEEDED, module.is_of_ai, module.figures)
    for name, module in {GOOGLE_CLOUD: google_cloud, AWS: aws, AZURE: azure}.items()
}


@dataclass
class Reading:
    """What was read of one file."""

    supplier: str
    figures: list[Figure] = field(default_factory=list)
    others: int = 0
    """Rows of services that are no AI service: they are not kept."""
    rejected: list[Rejected] = field(default_factory=list)
    is_page: bool = False
    """The file is one page of several."""


def below(path: Path) -> list[Path]:
    """
    The file, or the files of a folder and the folders in it that may be exports.

    Raises:
        NoExport: The folder has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*") if each.name.lower().endswith(ENDINGS) and each.is_file())
    if not found:
        raise NoExport(path)
    return found


def read(path: Path) -> Reading:
    """
    The figures of a file.

    Raises:
        MissingFile: There is no such file.
        BadData: It cannot be read, or is no export that is known.
    """
    export = opened(path)
    supplier = _supplier(export, path)
    reading = Reading(supplier, is_page=export.is_page)
    seen: dict[tuple[Identity, str | None], tuple[str, float]] = {}
    for row in export.rows:
        try:
            found = _figures(row, LAYOUTS[supplier])
            for figure in found or ():
                _compare(figure, row.where, seen)
        except BadData as error:
            reading.rejected.append(Rejected(error, _place(path, row.where), b""))
        else:
            reading.others += found is None
            reading.figures += found or ()
    return reading


def _figures(row: Row, layout: Layout) -> list[Figure] | None:
    """The figures of a row; None where it is of no AI service."""
    if row.fault:
        raise row.fault
    if not layout.is_of_ai(row):
        return None
    found = list(layout.figures(row))
    for figure in found:
        check(figure)
    return found


def _supplier(export: Export, path: Path) -> str:
    for name, layout in LAYOUTS.items():
        if layout.telling & export.columns:
            missing = [column for column in layout.needed if column not in export.columns]
            if missing:
                raise BadData(f"{quoted(path.name, 200)} lacks columns of {layout.title}: {', '.join(missing)}", "export it with all columns", code=BAD)
            return name
    names = ", ".join(sorted(export.columns)[:6]) or "none"
    titles = "; ".join(layout.title for layout in LAYOUTS.values())
    raise BadData(f"{quoted(path.name, 200)} is no export that is known: its columns are {shorten(names, 120)}", f"known are: {titles}", code=BAD)


def _compare(figure: Figure, where: str, seen: dict[tuple[Identity, str | None], tuple[str, float]]) -> None:
    """BadData where an earlier row has another figure for the same: which one holds, nobody knows."""
    before, kg = seen.setdefault((figure.of, figure.model_version), (where, figure.kg))
    if kg != figure.kg:
        raise BadData(f"the same account, service, place, month and version as {before}, with another figure")


def _place(path: Path, where: str) -> str:
    return f"{path}:{where.removeprefix('line ')}" if where.startswith("line ") else f"{path}: {where}"
