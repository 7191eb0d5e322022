"""How wide the ranges are, over every model of the catalogue."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import exp
from statistics import median, quantiles

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.models import CatalogModel, search_models
from ecocli.pipeline.assessment import Assessor
from tools.validate.estimates import footprint
from tools.validate.summary import share
from tools.validate.tables import percent, table

CALLS = {
    "10 / 1k": (10, 0, 1000),
    "1k / 500": (1000, 0, 500),
    "10k / 1.5k": (10_000, 0, 1500),
    "100k / 1k": (100_000, 0, 1000),
    "5k + 95k cached / 1k": (5_000, 95_000, 1000),
}
"""Fresh, cached and output. [token]"""
DAY = date(2026, 6, 1)


def widths_table(eco: Assessor) -> str:
    """Half-widths by kind of model and by call."""
    models = [m for m in search_models(open_entries(None, None)) if m.spec.compute_multiplier is None]
    head = ("models", "fresh + cached / out", "count", "median", "90 % are below", "within x/÷2.5", "within x/÷4")
    return table(head, _rows(eco, models))


def _rows(eco: Assessor, models: Sequence[CatalogModel]) -> Iterator[Sequence[str]]:
    for name, is_open in (("open", True), ("closed", False)):
        chosen = [m for m in models if m.open_weights == is_open]
        for call, tokens in CALLS.items():
            yield name, call, str(len(chosen)), *_cells(half_widths(eco, chosen, tokens))


def half_widths(eco: Assessor, models: Sequence[CatalogModel], tokens: tuple[int, int, int]) -> list[float]:
    """How far each model's range reaches to either side, as x/÷. [1]"""
    return [exp(footprint(eco, m.spec.id, None, tokens, DAY).facility_energy_wh.width / 2) for m in models]


def _cells(found: Sequence[float]) -> Sequence[str]:
    ninety = quantiles(found, n=10)[-1]
    near, far = (percent(share(width <= limit for width in found)) for limit in (2.5, 4))
    return f"x/÷{median(found):.2f}", f"x/÷{ninety:.2f}", near, far
