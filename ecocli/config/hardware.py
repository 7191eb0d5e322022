"""Hardware profiles and per-provider settings in config.toml: `[hardware.NAME]` and `[provider.NAME]`."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from ecocli.config import tables
from ecocli.core.factors import Factor
from ecocli.core.hardware import Hardware
from ecocli.core.hosting import KINDS
from ecocli.errors import shorten

Check = Callable[[Any], Any]
ABOUT = 1.25
"""x/÷ of a single number that stands for a low, a central and a high one. [1]"""
MOST_COPIES = 1_000
MATCH = ("providers", "hosts", "tags")
AMOUNTS: dict[str, tuple[str, float, float]] = {
    "active_w": ("W", 0.5, 1e6),
    "idle_w": ("W", 0.0, 1e6),
    "pue": ("1", 1.0, 5.0),
    "embodied_kg": ("kgCO2e", 0.0, 1e6),
    "life_years": ("year", 0.1, 100.0),
    "hours_per_year": ("h/year", 1.0, 8784.0),
}
"""Numbers of a profile, each with its unit, its least and its most."""
KEYS = (*AMOUNTS, "region", "machine", "copies", "source", "match")


def profiles(value: Any) -> dict[str, Hardware]:
    """The profiles of the table `[hardware]`, by name. ValueError, naming the key, for what cannot be used."""
    return {tables.name(name): profile(name, body) for name, body in tables.table(value).items()}


def profile(name: str, body: Any) -> Hardware:
    """One profile. ValueError, naming the key, for what cannot be used."""
    table = tables.known(tables.table(body, name), KEYS, name)
    if "active_w" not in table:
        raise ValueError(f"{shorten(name)}: active_w is missing, such as active_w = [60, 90, 130]")
    source = tables.text(table.get("source", f"hardware profile {name}"), f"{name}.source", 256)
    amounts: dict[str, Any] = {key: _amount(table[key], f"{name}.{key}", key, source) for key in AMOUNTS if key in table}
    idle = amounts.get("idle_w")
    if idle is not None and idle.value > amounts["active_w"].value:
        raise ValueError(f"{shorten(name)}: idle_w ({idle.value:g}) is more than active_w ({amounts['active_w'].value:g})")
    match = _match(table.get("match", {}), f"{name}.match")
    texts: dict[str, Any] = {key: tables.text(table[key], f"{name}.{key}") for key in ("region", "machine") if key in table}
    return Hardware(name, **texts, copies=_copies(table.get("copies", 1), f"{name}.copies"), **amounts, **match)


def providers(value: Any, checks: Mapping[str, Check]) -> dict[str, dict[str, Any]]:
    """
    The settings of each provider in the table `[provider]`.

    Args:
        checks: Of the settings that a provider may have as well as all calls together, by name; each gives the value.

    Raises:
        ValueError: Something cannot be used; the message names the key.
    """
    own: dict[str, Check] = {"hosting": _hosting, "hardware": lambda value: tables.text(value, "", tables.MOST_CHARACTERS)}
    return {tables.name(name): _provider(name, body, {**checks, **own}) for name, body in tables.table(value).items()}


def _provider(name: str, body: Any, checks: Mapping[str, Check]) -> dict[str, Any]:
    table = tables.known(tables.table(body, name), tuple(checks), name)
    found = {}
    for key, given in table.items():
        try:
            found[key] = checks[key](given)
        except ValueError as error:
            raise ValueError(f"{shorten(name)}.{key}: {error}") from error
    return found


def _amount(value: Any, where: str, key: str, source: str) -> Factor:
    unit, least, most = AMOUNTS[key]
    numbers = value if isinstance(value, list) else [max(least, value / ABOUT), value, value * ABOUT] if tables.is_number(value) else []
    if len(numbers) != 3 or not all(map(tables.is_number, numbers)) or not least <= numbers[0] <= numbers[1] <= numbers[2]:
        raise ValueError(f"{where}: must be a number or [low, central, high] in {unit}, at least {least:g}, not {shorten(value)}")
    if numbers[1] > most:
        raise ValueError(f"{where}: must be at most {most:g} {unit}, not {shorten(value)}")
    low, central, high = map(float, numbers)
    return Factor(central, low, high, unit, source, datetime.datetime.now(datetime.UTC).year, "reported")


def _match(value: Any, where: str) -> dict[str, Any]:
    table = tables.known(tables.table(value, where), MATCH, where)
    names = {key: tuple(text.lower() for text in tables.texts(table[key], f"{where}.{key}")) for key in ("providers", "hosts") if key in table}
    if "tags" in table:
        names["tags"] = {tables.text(key, f"{where}.tags"): tables.text(text, f"{where}.tags.{shorten(key)}", 256) for key, text in tables.table(table["tags"], where).items()}  # type: ignore[assignment]
    return names


def _copies(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_COPIES:
        raise ValueError(f"{where}: must be a whole number from 1 to {MOST_COPIES}, not {shorten(value)}")
    return value


def _hosting(value: Any) -> str:
    if value not in KINDS:
        raise ValueError(f"must be one of {', '.join(KINDS)}, not {shorten(value)}")
    return str(value)
