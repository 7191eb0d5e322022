"""A word on standard error where a filter's name is that of no call."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ecocli.errors import quoted, shorten
from ecocli.store.history import ANY, Filters

NAMED = ("model", "provider", "region", "source")
WILDCARDS = frozenset("*?")
SHOWN = 3


def say(session: Any, store: Any, chosen: Filters) -> None:
    """Name the filters that no call at all fits, with the names in the store that were meant."""
    if session.quiet:
        return
    for name in NAMED:
        text = getattr(chosen, name)
        if text and not WILDCARDS & set(text) and not store.has(replace(ANY, **{name: text})):
            session.say(f"eco: no call has the {name} {quoted(text)}")
            if found := _meant(session, text, store.names(name)):
                session.say(f"hint: did you mean {' or '.join(map(shorten, found))}?")


def _meant(session: Any, text: str, known: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    wanted = text.casefold()
    inside = [name for name in known if wanted in name.casefold()]
    by_catalogue = [name for name in _resolved(session, text) if name in known]
    lower = {name.casefold(): name for name in known}
    close = [lower[name] for name in get_close_matches(wanted, lower, n=SHOWN, cutoff=0.7)]
    return list(dict.fromkeys((*by_catalogue, *close, *sorted(inside))))[:SHOWN]


def _resolved(session: Any, text: str) -> list[str]:
    """The id of the model that the catalogue knows by a name."""
    from ecocli.catalog.models import resolve_model
    from ecocli.errors import EcoError

    try:
        return [resolve_model(session.catalog, text, None, False).spec.id]
    except EcoError:
        return []
