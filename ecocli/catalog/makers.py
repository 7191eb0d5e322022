"""Whose models a provider serves."""

from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import normal_provider
from ecocli.core.matches import KNOWN_MATCHES, ModelMatch
from ecocli.errors import shorten

OPEN = "open"
"""In the list of a provider: models of any maker whose weights are published."""
ROUTER = "openrouter"
"""The maker of models that choose among others', by names that other gateways and agents give to the same: auto."""
TELLS_MAKER = (*KNOWN_MATCHES, "family")


def disagreement(entries: Entries, provider: str | None, found: ModelMatch, *, is_self_run: bool) -> str | None:
    """
    A sentence where the provider is no known host of the model; None where it is, or where that is not known.

    Args:
        provider: As the call names it.
        found: What the model's name was matched to.
        is_self_run: The caller runs the model, on a machine of their own or a rented one: there any open model may be.
    """
    key = normal_provider(entries, provider) if provider else None
    body: dict[str, Any] = (entries.get("provider", key) if key else None) or {}
    serves, maker = body.get("serves"), found.spec.developer
    if serves is None or found.match not in TELLS_MAKER or maker in (key, ROUTER, *serves):
        return None
    if normal_provider(entries, maker) is None:  # it sells to nobody itself, as the maker of a model in a catalogue of one's own
        return None
    may_be_open = found.spec.open_weights or found.match not in KNOWN_MATCHES  # of an unknown relative nobody can tell
    if may_be_open and (is_self_run or OPEN in serves):
        return None
    who = shorten(provider.strip() if provider and body["local"] else body["name"])
    return f"{who} is not known to serve {found.spec.id}: the provider or the model may be wrong, both are taken as written"
