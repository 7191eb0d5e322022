"""Names that files of hourly data have for grid zones."""

import re
from collections.abc import Iterable

from ecocli.catalog.entries import Entries

ZONES = "zone/"
BALANCING_AUTHORITIES = f"{ZONES}US-"
RENAMED = {"DE-LU": "DE", "UK": "GB", "EL": "GR"}
"""ENTSO-E's names of whole countries that the catalogue has under another one."""
BIDDING_ZONE = re.compile(r"([A-Z]{2})\d")
"""As in SE3 and NO1, which are SE-SE3 and NO-NO1."""


def find_zone(entries: Entries, name: str) -> str | None:
    """The id of a grid zone by its name in a file of Electricity Maps, EIA-930 or ENTSO-E; None when it is not known."""
    code = name.strip().upper().replace("_", "-")
    if not code or not code.isprintable():
        return None
    match = BIDDING_ZONE.fullmatch(code)
    for candidate in (code, RENAMED.get(code), f"{match[1]}-{code}" if match else None):
        if candidate and entries.get("grid", ZONES + candidate):
            return candidate
    parts = [key.removeprefix(ZONES) for key in entries.keys("grid", BALANCING_AUTHORITIES) if key.endswith(f"-{code}")]
    return parts[0] if len(parts) == 1 else None


def known_zones(entries: Entries, names: Iterable[str]) -> dict[str, str]:
    """The ids of those names that are known."""
    found = {name: find_zone(entries, name) for name in names}
    return {name: zone for name, zone in found.items() if zone}
