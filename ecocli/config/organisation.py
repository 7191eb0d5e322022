"""The undertaking in config.toml: `[organisation]`, `[organisation.entities.NAME]` and `[instruments.NAME]`."""

import datetime
from collections.abc import Sequence
from typing import Any

from ecocli.config import tables
from ecocli.core.organisation import CONSOLIDATIONS, KINDS, LEASES, LIMITED, STANDARDS, Entity, Instrument, Organisation
from ecocli.errors import shorten

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = 256
WORDS = {"consolidation": CONSOLIDATIONS, "lease": LEASES, "standard": STANDARDS}
TEXTS = ("name", "prepared_by", "currency", "cost_centre")
KEYS = (*TEXTS, *WORDS, "base_year", "recalculation_threshold", "revenue", "entities")
ENTITY = ("share", "controlled", "key", "tags")
DETAILS = ("place", "tracking", "owner", "source")
INSTRUMENT = ("kind", "mwh", "g_per_kwh", "market", "year", "retired", *DETAILS)
NEEDED = ("kind", "g_per_kwh", "market", "year")


def organisation(value: Any) -> Organisation:
    """The table `[organisation]`. ValueError, naming the key, for what cannot be used."""
    given = tables.known(tables.table(value), KEYS, "organisation")
    found: dict[str, Any] = {key: tables.text(given[key], key) for key in TEXTS if key in given}
    found |= {key: _one_of(given[key], key, words) for key, words in WORDS.items() if key in given}
    found |= {key: _year(given[key], key) for key in ("base_year",) if key in given}
    if "recalculation_threshold" in given:
        found["recalculation_threshold"] = _amount(given["recalculation_threshold"], "recalculation_threshold", 0.0, 1.0)
    if "revenue" in given:
        found["revenue"] = _amount(given["revenue"], "revenue", 0.0, 1e15)
    return Organisation(**found, entities=tuple(_entity(tables.name(each), body) for each, body in tables.table(given.get("entities", {}), "entities").items()))


def instruments(value: Any) -> tuple[Instrument, ...]:
    """The tables `[instruments.NAME]`. ValueError, naming the key, for what cannot be used."""
    return tuple(_instrument(tables.name(each), body) for each, body in tables.table(value).items())


def _entity(entity: str, body: Any) -> Entity:
    given = tables.known(tables.table(body, entity), ENTITY, entity)
    if not {"key", "tags"} & given.keys():
        raise ValueError(f'{shorten(entity)}: key or tags is missing, such as tags = {{ entity = "{shorten(entity)}" }}')
    tags = {tables.text(key, f"{entity}.tags"): tables.text(each, f"{entity}.tags.{key}") for key, each in tables.table(given.get("tags", {}), f"{entity}.tags").items()}
    controlled = given.get("controlled", True)
    if not isinstance(controlled, bool):
        raise ValueError(f"{entity}.controlled: must be true or false, not {shorten(controlled)}")  # noqa: TRY004 - caught with the other bad values
    key = tables.text(given["key"], f"{entity}.key") if "key" in given else None
    return Entity(entity, _amount(given.get("share", 1.0), f"{entity}.share", 0.0, 1.0), controlled, key, tags)


def _instrument(instrument: str, body: Any) -> Instrument:
    given = tables.known(tables.table(body, instrument), INSTRUMENT, instrument)
    for key in NEEDED:
        if key not in given:
            raise ValueError(f"{instrument}.{key} is missing")
    kind = _one_of(given["kind"], f"{instrument}.kind", KINDS)
    if (kind in LIMITED) != ("mwh" in given):
        raise ValueError(f"{instrument}.mwh {'is missing: a ' + kind + ' is for so many MWh' if kind in LIMITED else 'is not for a ' + kind + ', which holds for all electricity in its market'}")
    return Instrument(
        instrument,
        kind,
        _amount(given["g_per_kwh"], f"{instrument}.g_per_kwh", 0.0, 5_000.0),
        _market(given["market"], f"{instrument}.market"),
        _year(given["year"], f"{instrument}.year"),
        _amount(given["mwh"], f"{instrument}.mwh", 0.0, 1e9) if "mwh" in given else None,
        retired=_retired(given["retired"], f"{instrument}.retired") if "retired" in given else None,
        **{key: tables.text(given[key], f"{instrument}.{key}") for key in DETAILS if key in given},
    )


def _market(value: Any, where: str) -> tuple[str, ...]:
    """Names of countries, as written: only the catalogue knows them."""
    names: Sequence[Any] = value if isinstance(value, list) else [value]
    if not names:
        raise ValueError(f"{where}: must name a country at least")
    return tuple(tables.text(each, where) for each in names)


def _retired(value: Any, where: str) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else tables.text(value, where)


def _one_of(value: Any, where: str, words: Sequence[str]) -> str:
    if value not in words:
        raise ValueError(f"{where}: must be one of {', '.join(words)}, not {shorten(value)}")
    return str(value)


def _year(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not FIRST_YEAR <= value <= LAST_YEAR:
        raise ValueError(f"{where}: must be a year from {FIRST_YEAR} to {LAST_YEAR}, not {shorten(value)}")
    return value


def _amount(value: Any, where: str, least: float, most: float) -> float:
    if not tables.is_number(value) or not least <= value <= most:
        raise ValueError(f"{where}: must be a number from {least:g} to {most:g}, not {shorten(value)}")
    return float(value)
