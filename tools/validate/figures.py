"""Published figures as published.yaml holds them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

PRODUCTION = ("measured", "fleet", "statement", "modelled")
"""Kinds whose serving is batched as in production: only these are in the summary."""
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Figure:
    """
    One published figure, for one call.

    Energies are in Wh at `boundary`; low and high are the publication's own and None where it gives none.
    fresh, cached and output are tokens; output None means that the tokens are not known, even as a guess.
    """

    id: str
    kind: str
    source: str
    date: date
    what: str
    model: str
    boundary: str
    why: str
    energy_wh: float | None = None
    low: float | None = None
    high: float | None = None
    taken_as: str | None = None
    provider: str | None = None
    fresh: int = 0
    cached: int = 0
    output: int | None = None
    tokens: str | None = None
    frontier: bool = False
    """One of the seven that a frontier model's central value must meet within a factor of 2.5."""
    water_onsite_ml: float | None = None
    lca_co2_g: float | None = None
    lca_water_ml: float | None = None

    @property
    def in_production(self) -> bool:
        return self.kind in PRODUCTION


@dataclass(frozen=True)
class Published:
    """The whole file."""

    sources: dict[str, dict[str, Any]]
    figures: tuple[Figure, ...]
    agents: dict[str, Any]
    batch8: dict[str, Any]


def published() -> Published:
    """published.yaml; an unknown key is a TypeError."""
    raw = read("published.yaml")
    raw["figures"] = tuple(Figure(**row) for row in raw["figures"])
    return Published(**raw)


def read(name: str) -> dict[str, Any]:
    """A YAML file of this folder."""
    text = (Path(__file__).parent / name).read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.SafeLoader)
    return content


def noon_ms(day: date) -> int:
    """[ms since 1970, UTC]"""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) + 12 * HOUR_MS
