"""PUE and on-site water of clouds' sites, from tables that others collect: by year and region."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tools.sources.stated import Entry, Stated

COLUMNS = {"pue": "power-usage-effectiveness", "wue_site": "water-usage-effectiveness"}
"""Fields of the catalogue, and the columns of the Green Software Foundation's Cloud_Region_Metadata.csv."""


def aws(path: Path) -> dict[str, Entry]:
    """SPRUCE's aws-pue-wue.csv, a copy of the tables on AWS's page, by YEAR/REGION; comments begin with #."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {f"{year}/{region}": _entry(pue, wue) for _, region, year, pue, wue in csv.reader(lines)}


def collected(path: Path) -> dict[str, Entry]:
    """The Green Software Foundation's table, by YEAR/PROVIDER/REGION, as it spells them."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {f"{row['year']}/{row['cloud-provider']}/{row['cloud-region']}": _entry(*(row[column] for column in COLUMNS.values())) for row in rows}


def _entry(pue: str, wue: str) -> Entry:
    return dict(_stated(pue=pue, wue_site=wue))


def _stated(**cells: str) -> Iterator[tuple[str, Stated]]:
    """The cells that hold a number."""
    yield from ((field, Stated.exactly(float(cell))) for field, cell in cells.items() if cell.strip())
