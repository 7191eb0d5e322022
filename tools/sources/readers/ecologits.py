"""EcoLogits' model data: models.json of its later releases, models.csv of 0.4."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.sources.stated import Entry, Stated


def models(path: Path) -> dict[str, Entry]:
    """Sizes by the name of the model; a name that two providers have has the one that comes first."""
    found: dict[str, Entry] = {}
    for name, entry in _csv(path) if path.suffix == ".csv" else _json(path):
        found.setdefault(name, entry)
    return found


def _json(path: Path) -> Iterator[tuple[str, Entry]]:
    for model in json.loads(path.read_text("utf-8"))["models"]:
        size = model["architecture"]["parameters"]
        both = size if isinstance(size, dict) and "total" in size else {"total": size, "active": size}
        yield model["name"], {"total_params_b": _stated(both["total"]), "active_params_b": _stated(both["active"])}


def _csv(path: Path) -> Iterator[tuple[str, Entry]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            total, active = (_bounds(row[f"{kind}_parameters"]) for kind in ("total", "active"))
            yield row["name"], {"total_params_b": total, "active_params_b": active}


def _stated(size: Any) -> Stated:
    return Stated(size["min"], size["max"]) if isinstance(size, dict) else Stated.exactly(size)


def _bounds(text: str) -> Stated:
    """`20;70` is a range, `130` a single number."""
    numbers = [float(part) for part in text.split(";")]
    return Stated(numbers[0], numbers[-1])
