"""Entries on the hours of grid zones."""

from collections.abc import Mapping
from typing import Any

from ecocli.catalog.entries import Entries

ANY_ZONE = "*"
"""The key of what is known of zones in general."""


def hours_of(entries: Entries, zone: str | None) -> Mapping[str, Any]:
    """The width of an hour in a zone as "hour", and a "profile" where there is one; of any zone where none is named, or nothing is known of it."""
    found: Mapping[str, Any] = (entries.get("hours", zone) if zone else None) or entries.get("hours", ANY_ZONE) or {}
    return found
