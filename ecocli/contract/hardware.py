"""JSON of a hardware profile."""

from typing import Any

from ecocli.core.hardware import PROFILE_FACTORS, Hardware


def profile_row(profile: Hardware) -> dict[str, Any]:
    """A profile as `eco hardware list` and `show` print it; what it does not say is null."""
    factors = {name: getattr(profile, name) for name in (*PROFILE_FACTORS, "pue")}
    numbers = {name: factor.to_json() if factor else None for name, factor in factors.items()}
    match = {"providers": list(profile.providers), "hosts": list(profile.hosts), "tags": dict(profile.tags)}
    match = {name: named for name, named in match.items() if named}
    return {"name": profile.name, "machine": profile.machine, "region": profile.region, "copies": profile.copies, **numbers, "match": match}
