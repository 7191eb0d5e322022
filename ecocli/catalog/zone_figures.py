"""Join what regions.yaml says of grid zones with a file of their figures."""

from typing import Any

OPEN = "zones-open.yaml"
"""Figures under licences that ask for no more than credit, for who may not pass on the others."""
ZONES = ("zones.yaml", OPEN)
"""Files with figures of zones, the better one first."""

Raw = dict[str, Any]


def with_zones(regions: Raw, figures: Raw) -> Raw:
    """Parsed regions.yaml with the parsed figures of its zones, their sources, notices and hours."""
    joined = regions | {"hours": figures["hours"]}
    joined["notices"] = [*regions.get("notices", []), *figures.get("notices", [])]
    joined["sources"] = regions["sources"] | figures["sources"]
    joined["zones"] = {code: zone | figures["zones"].get(code, {}) for code, zone in regions["zones"].items()}
    return joined
