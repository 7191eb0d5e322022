"""Names that stand for another model every few months: which one it was on a day."""

from dataclasses import replace
from typing import Any, NamedTuple

from ecocli.core.matches import ModelMatch
from ecocli.errors import quoted

EVER = 10**6
"""A day after all that the catalogue knows of, and its negative before it. [day since 1970]"""


class Span(NamedTuple):
    """The model that a name stands for from one day to another."""

    model_id: str
    since: str
    """ISO 8601."""
    days: range
    """Days since 1970, in UTC. The first span reaches back for ever: nothing is known of what was before."""
    source: str

    def noted(self, found: ModelMatch, name: str) -> ModelMatch:
        """The match, with a sentence for the audit that says since when the name stands for this model."""
        note = f"{quoted(name)} stands for {self.model_id} since {self.since}: {self.source}"
        return replace(found, spec=replace(found.spec, notes=(*found.spec.notes, note)), days=self.days)


def span_on(moves: dict[str, Any], provider_id: str | None, is_exact: bool, day: int) -> Span | None:
    """
    What a name stood for on a day.

    Args:
        moves: The name's history, as `compile_models` writes it.
        is_exact: The name is also the id of one model, which stays what it is but at the provider who moves the name.

    Returns:
        None where the name does not move: at other hosts than the one that moves it, where a model has it as its own.
    """
    at = moves["at"]
    is_there = at is not None and provider_id == at
    if not is_there and (is_exact or moves["only_there"] or (provider_id and at and moves["own"])):
        return None
    spans = moves["spans"]
    number = max((number for number, span in enumerate(spans) if span["day"] <= day), default=0)
    begin = spans[number]["day"] if number else -EVER
    end = spans[number + 1]["day"] if number + 1 < len(spans) else EVER + 1
    return Span(spans[number]["id"], spans[number]["from"], range(begin, end), spans[number]["source"])
