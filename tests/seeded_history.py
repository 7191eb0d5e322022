"""
Two years of an undertaking's calls, made up and always the same: own, rented, cloud and API ones, recorded the ways people do it.

Nothing here imports ecocli: `sums` is what a report has to agree with, and adds up the full export in plain Python.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from math import fsum
from pathlib import Path
from typing import Any

Row = dict[str, Any]

CONFIG = """\
timezone = "UTC"

[organisation]
name = "=Example & Söhne GmbH"
consolidation = "operational-control"
base_year = 2024
recalculation_threshold = 0.05
revenue = 12_500_000
currency = "EUR"
prepared_by = "Ann Example"
cost_centre = "centre"

[organisation.entities.Labs]
share = 0.6
controlled = false
tags = { entity = "labs" }

[organisation.entities.Shop]
key = "Shop key"

[instruments.wind-2024]
kind = "certificate"
mwh = 0.00001
g_per_kwh = 0
market = ["DE"]
year = 2024

[instruments.hydro-2025]
kind = "contract"
mwh = 5
g_per_kwh = 12
market = ["SE"]
year = 2025
"""
KEY = "Shop key"
UNCONTROLLED = ("entity", "labs")
"""The tag of calls that operational control leaves out of the inventory."""
CERTIFIED_WH = {("DEU", 2024): 10.0}
"""What the certificate of CONFIG is for, which is less than was used."""
CONTRACTED_G_PER_KWH = {("SWE", 2025): 12.0}
"""Of the contract, which is for more than was used."""

CALLERS: tuple[Row, ...] = (
    {"provider": "ollama", "model": "llama-3.1-8b", "region": "DE", "hosting": "own", "tags": {"centre": "research"}},
    {"provider": "vLLM", "model": "llama-3.3-70b-instruct", "region": "SE", "hosting": "own", "tags": {"centre": "research", "entity": "labs"}},
    {"provider": "vLLM", "model": "llama-3.3-70b-instruct", "region": "SE", "hosting": "own", "tags": {"centre": "=cmd|' /C calc'!A0"}},
    {"provider": "vLLM", "model": "llama-3.3-70b-instruct", "region": "DE", "hosting": "rented", "control": True, "tags": {"centre": "support"}},
    {"provider": "vLLM", "model": "llama-3.1-8b", "region": "US-CA", "hosting": "rented", "tags": {"centre": "support"}},
    {"provider": "ollama", "model": "llama-3.1-8b", "region": "FR", "hosting": "own", "control": False},
    {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1", "hosting": "cloud", "tags": {"centre": "support"}},
    {"provider": "AWS", "model": "claude-haiku-4.5", "region": "eu-central-1", "hosting": "cloud"},
    {"provider": "Azure", "model": "gpt-4o", "region": "swedencentral", "hosting": "cloud", "is_estimated": True},
    {"provider": "Google Cloud", "model": "gemini-3-pro", "region": "europe-west4", "hosting": "cloud", "cached_tokens": 300},
    {"provider": "OpenAI", "model": "gpt-4o", "tags": {"centre": "sales"}},
    {"provider": "OpenAI", "model": "gpt-5.1", "reasoning_tokens": 120},
    {"provider": "Anthropic", "model": "claude-sonnet-4.5", "source": "claude-code"},
    {"provider": "Mistral", "model": "mistral-large", "tags": {"entity": "labs"}},
)  # fmt: skip
MONTHS = [(year, month) for year in (2024, 2025) for month in range(1, 13) if (year, month) != (2024, 8)]
"""One month nobody worked."""
SPAN = ("--since", "2024", "--until", "2025")


def events() -> Iterator[Row]:
    """Each caller once or twice a month, growing over time, no two calls alike."""
    for at, (year, month) in enumerate(MONTHS):
        for number, caller in enumerate(CALLERS):
            for again in range(1 + (at + number) % 2):
                start = datetime(year, month, 1 + (number * 2 + again) % 28, (number * 7 + again) % 24, tzinfo=UTC)
                tags = caller.get("tags", {}) | ({"session": f"s{year}{month}"} if caller["provider"] == "Anthropic" else {})
                counts = {"prompt_tokens": 400 + 37 * at + 101 * number + again, "completion_tokens": 150 + 13 * at + 7 * number + again}
                yield caller | counts | {"id": f"call-{at}-{number}-{again}", "startTimeMs": int(start.timestamp() * 1000), "tags": tags}


def record(run: Callable[..., Any], config: Path) -> None:
    """
    Record it.

    Args:
        run: Runs eco with these arguments, on this `input`, with further environment variables; its `stdout` is what it printed.
        config: The configuration folder of eco.
    """
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(CONFIG, "utf-8")
    secret = run("keys", "create", KEY).stdout.strip()
    each = list(events())
    run("record", "--quiet", input=_lines(one for one in each if one["provider"] != "Azure"))
    run("record", "--quiet", input=_lines(one for one in each if one["provider"] == "Azure"), ECO_API_KEY=secret)
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_747_000_000, "model": "gpt-4o", "usage": {"prompt_tokens": 812, "completion_tokens": 96}}
    run("record", "--quiet", input=json.dumps(answer))
    # what counts no longer: a call that was wrong, some that were recorded by mistake, one that somebody wanted gone
    run("record", "--quiet", "--replace", input=_lines([each[0] | {"completion_tokens": 999}, each[20] | {"prompt_tokens": 5}]))
    run("record", "--quiet", input=_lines({"model": "gpt-4o", "prompt_tokens": 10**6, "completion_tokens": 10**5, "startTimeMs": 1_740_787_200_000 + at} for at in range(3)))
    run("undo", "--yes")
    run("forget", "--yes", "--id", each[30]["id"])


def rows(export: str) -> list[Row]:
    """Calls of `eco history --all --full --format ndjson`."""
    return [json.loads(line) for line in export.splitlines()]


FIGURES = {"energyMWh": "facility_energy_wh", "co2Tonnes": "co2_g", "embodiedCo2Tonnes": "embodied_co2_g", "waterM3": "water_ml"}
"""Names in the report, in millions of what the export has."""
BY = {
    "byModel": lambda row: row["modelId"],
    "byRegion": lambda row: row["region"],
    "byMonth": lambda row: row["logDate"][:7],
    "byCostCentre": lambda row: row["tags"].get("centre"),
}


def total(calls: Iterable[Row]) -> Row:
    """Sums of central values, rounded once."""
    each = list(calls)
    return {"calls": len(each)} | {name: fsum(row["result"][figure][1] for row in each) / 1e6 for name, figure in FIGURES.items()}


def grouped(calls: Iterable[Row], by: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in calls:
        groups.setdefault(by(row), []).append(row)
    return groups


def by_scope(calls: Iterable[Row]) -> dict[tuple[int, int | None], float]:
    """
    Tonnes by (scope, category), by operational control.

    Own machines, and rented ones that the undertaking controls, are scope 2 by what is burnt, category 3 by what is upstream;
    rented ones else category 8, what is bought category 1; hardware is category 2 of own, 8 of rented, 1 of bought machines.
    """
    parts: dict[tuple[int, int | None], list[float]] = {}
    for row in calls:
        if row["tags"].get(UNCONTROLLED[0]) == UNCONTROLLED[1]:
            continue
        co2_g, embodied_g = row["result"]["co2_g"][1], row["result"]["embodied_co2_g"][1]
        if is_operated(row):
            burnt = combustion(row)
            parts.setdefault((2, None), []).append(co2_g * burnt)
            parts.setdefault((3, 3), []).append(co2_g * (1 - burnt))
        else:
            parts.setdefault((3, 8 if row["hosting"] == "rented" else 1), []).append(co2_g)
        parts.setdefault((3, {"own": 2, "rented": 8}.get(row["hosting"], 1)), []).append(embodied_g)
    return {place: fsum(each) / 1e6 for place, each in parts.items()}


def is_operated(row: Row) -> bool:
    return row["control"] is True or (row["hosting"] == "own" and row["control"] is None)


def combustion(row: Row) -> float:
    """The part of the life cycle's factor that is burnt, where one source has both for a year; else all of it."""
    site = row["basis"]["site"]
    whole, direct = site["intensity_g_per_kwh"], site.get("direct_intensity_g_per_kwh")
    if direct is None or (whole["year"], whole["basis"]) != (direct["year"], direct["basis"]) or whole["basis"] != "reported" or direct["value"] >= whole["value"]:
        return 1.0
    return direct["value"] / whole["value"]


def market_tonnes(calls: Iterable[Row]) -> float:
    """Market-based scope 2: certificates and contracts for what they cover, the location-based figure for the rest."""
    operated = [row for row in calls if is_operated(row) and row["tags"].get(UNCONTROLLED[0]) != UNCONTROLLED[1]]
    grams = []
    for place, each in grouped(operated, lambda row: (row["basis"]["site"]["country"], int(row["logDate"][:4]))).items():
        energy_wh = fsum(row["result"]["facility_energy_wh"][1] for row in each)
        located_g = fsum(row["result"]["co2_g"][1] * combustion(row) for row in each)
        if place in CONTRACTED_G_PER_KWH:
            grams.append(energy_wh / 1000 * CONTRACTED_G_PER_KWH[place])
        else:
            grams.append(located_g * (1 - min(1.0, CERTIFIED_WH.get(place, 0.0) / energy_wh)))
    return fsum(grams) / 1e6


def _lines(each: Iterable[Row]) -> str:
    return "".join(json.dumps(one) + "\n" for one in each)
