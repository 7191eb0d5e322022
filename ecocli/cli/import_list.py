"""`eco import list`: every source, where its logs are found here, and what is stored of them."""

import os
from pathlib import Path
from typing import Any

from ecocli import imports as logs
from ecocli.cli.session import Session
from ecocli.core.dates import iso
from ecocli.store.imports import Overview
from ecocli.store.supplier_figures import Overview as SupplierOverview
from ecocli.store.supplier_figures import SupplierFigures

COLUMNS = (("source", "left"), ("found here", "left"), ("files", "right"), ("last import (UTC)", "left"), ("calls", "right"))


def show(meta: dict[str, Any]) -> None:
    """Print the list."""
    session = Session(meta)
    format = session.format("table", "json")
    session.authorize("history:read")
    with session.open_store(create=False) as store:
        stored = store.imports.overview()
        suppliers = SupplierFigures(store).overview()
    rows = [_row(name, stored.get(name, Overview())) for name in logs.names()]
    rows += [_supplier(suppliers)] if suppliers.figures else []
    if format == "json":
        session.show_json({"sources": rows})
    else:
        session.show_table(COLUMNS, map(_cells, rows))


def _row(name: str, stored: Overview) -> dict[str, Any]:
    source = logs.by_name(name)
    places = source.roots(dict(os.environ))
    found = [place for place in places if place.exists()]
    return {
        "source": name,
        "title": source.title,
        "places": [str(place) for place in places],
        "found": [str(place) for place in found],
        "files": sum(1 for place in found for _ in source.files(place)),
        "logsRead": stored.logs,
        "lastImport": None if stored.read_at_ms is None else iso(stored.read_at_ms),
        "calls": stored.calls,
    }


def _supplier(stored: SupplierOverview) -> dict[str, Any]:
    """Suppliers' own figures, which are no calls and have no fixed place."""
    read = None if stored.imported_at_ms is None else iso(stored.imported_at_ms)
    return {
        "source": "supplier", "title": "suppliers' own figures", "places": [], "found": [], "files": 0, "logsRead": stored.files, "lastImport": read, "calls": 0,
        "figures": stored.figures,
    }  # fmt: skip


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    found = ", ".join(map(_short, row["found"])) or None
    read = row["lastImport"] and row["lastImport"][:16].replace("T", " ")
    return row["source"], found, f"{row['files']:,}" if found else None, read, f"{row['calls']:,}"


def _short(place: str) -> str:
    """A path below the home folder with ~ in its stead."""
    home = str(Path(os.path.expanduser("~")))
    return f"~{place.removeprefix(home)}" if place.startswith(home + os.sep) else place
