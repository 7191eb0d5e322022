"""What owners of shipped figures want to be said wherever those go."""

from collections.abc import Iterable, Iterator
from typing import Any

from ecocli.catalog.entries import Entries


def notices_for(entries: Entries, sources: Iterable[str]) -> list[str]:
    """The notices of those owners whom any of the citations names; one that a call of last year holds counts too."""
    cited = set(sources)
    return [text for owner, text in entries.notices() if any(owner in source for source in cited)]


def sources_in(value: Any) -> Iterator[str]:
    """Every citation in a body of the catalogue, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get("source"), str):
            yield value["source"]
        value = value.values()
    elif not isinstance(value, list):
        return
    for inner in value:
        yield from sources_in(inner)
