"""What a call costs in money: the list price of genai-prices, an optional extra; none where it does not know the very model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_names import candidates, normalised, without_suffixes
from ecocli.catalog.models import resolve_model
from ecocli.core import hosting
from ecocli.core.dates import EPOCH, MS
from ecocli.core.usage import Usage
from ecocli.errors import UnknownModel
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, PriceCalculation

SOURCE = "genai-prices"
PROVIDERS = {"amazon": "aws", "gcp": "google", "moonshot": "moonshotai", "xai": "x-ai"}
"""The catalogue's ids of providers that the library calls otherwise."""
SAME_MODEL = ("exact", "alias", "suffix")
"""Matches that name the model itself: what is taken for its family or class has no price."""


@value_class(frozen=True, slots=True)
class Price:
    """What one call costs by a price list."""

    usd: Decimal
    edition: str
    """Version of the price list."""
    provider: str
    """As the price list calls it, like the model."""
    model: str
    source: str = SOURCE


@dataclass(slots=True)
class Cost:
    """Of many calls, and of how many of them a price is known."""

    calls: int = 0
    priced: int = 0
    usd: Decimal = Decimal(0)

    def add(self, price: Price | None) -> None:
        """Count one call in."""
        self.calls += 1
        if price:
            self.priced += 1
            self.usd += price.usd


class PriceList:
    """The prices that come with the library: nothing is fetched. Made by `PriceList.open`."""

    def __init__(self, catalog: Entries, library: Any) -> None:
        self._catalog = catalog
        self._library = library
        self._names: dict[tuple[str, str, str], str | None] = {}

    @classmethod
    def open(cls, catalog: Entries) -> Self | None:
        """None where the extra is not installed."""
        try:
            import genai_prices
        except ImportError:
            return None
        return cls(catalog, genai_prices)

    def price(
        self, usage: Usage, provider_id: str, basis: Mapping[str, Any], started_at_ms: int, has_inferred_reasoning: bool
    ) -> Price | None:
        """
        The list price of the tokens as counted, at the time of the call.

        Args:
            usage: Its model, as reported, is what is looked up first: dated ids may have prices of their own.
            provider_id: Who served the call, as the catalogue knows it.
            basis: Content of the call's Basis: what the model's name was resolved to, and how.
            has_inferred_reasoning: Tokens were billed that nobody counted.

        Returns:
            None when the price list does not have this provider's price for this very model, or when the
            tokens were not bought one by one.
        """
        model_id, model_match = basis["model"]["id"], basis["model_match"]
        if usage.model is None or model_match not in SAME_MODEL or has_inferred_reasoning or not _is_bought(usage):
            return None
        key = (provider_id, usage.model, model_id)
        if key not in self._names:
            self._names[key] = self._name(*key, model_match)
        name = self._names[key]
        return None if name is None else self._calculated(PROVIDERS.get(provider_id, provider_id), name, usage, started_at_ms)

    def _name(self, provider_id: str, reported: str, model_id: str, model_match: str) -> str | None:
        """Under which name the price list has the model; the first that it knows decides."""
        for name in _spellings(reported, model_id, model_match):
            listed = self._look_up(PROVIDERS.get(provider_id, provider_id), name)
            if listed is not None:
                return name if _lists(listed.match, name.lower()) or self._is_same(listed.id, provider_id, model_id) else None
        return None

    def _look_up(self, provider: str, name: str) -> "ModelInfo | None":
        """
        What the price list has under a name, if it is in that provider's own part of the list.

        The library goes on to another provider of a like name, and to whom a model comes from: not here.
        """
        try:
            found: PriceCalculation = self._library.calc_price(self._library.Usage(), name, provider_id=provider)
        except LookupError:
            return None
        is_own = found.provider.id == provider and any(model is found.model for model in found.provider.models)
        return found.model if is_own else None

    def _is_same(self, listed_id: str, provider_id: str, model_id: str) -> bool:
        """Whether our catalogue takes the listed model for the one that was called: a name that only begins like it may be another's."""
        try:
            return resolve_model(self._catalog, listed_id.removeprefix("regional."), provider_id, fallback=False).spec.id == model_id
        except UnknownModel:
            return False

    def _calculated(self, provider: str, name: str, usage: Usage, started_at_ms: int) -> Price | None:
        tokens = self._library.Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_reasoning_tokens=usage.reasoning_tokens,
        )
        at = EPOCH + started_at_ms * MS
        try:
            found: PriceCalculation = self._library.calc_price(tokens, name, provider_id=provider, genai_request_timestamp=at)
        except ValueError:  # priced by something that token counts do not tell
            return None
        if not _states(found.model_price, usage):
            return None
        return Price(found.total_price, self._library.__version__, found.provider.id, found.model.id)


def _lists(match: Any, name: str) -> bool:
    """Whether the price list has the whole name, and not just how it begins, ends or looks."""
    return getattr(match, "equals", "").lower() == name or any(_lists(part, name) for part in getattr(match, "or_", ()))


def _is_bought(usage: Usage) -> bool:
    """Who runs a model on servers of his own pays no list price."""
    tag = usage.tags.get(hosting.TAG)
    return tag is None or tag.strip().lower() in hosting.NAMES[hosting.BOUGHT]


def _spellings(reported: str, model_id: str, model_match: str) -> Iterator[str]:
    """
    Names to look a model up by: as reported, plainer, and the catalogue's where the reported one is but another word for it.

    An alias with a date or the like names one edition of the model, whose price may differ from the model's.

    >>> list(_spellings("Sonnet", "anthropic/claude-sonnet-4.6", "alias"))[-2:]
    ['claude-sonnet-4.6', 'claude-sonnet-4-6']
    >>> list(_spellings("gpt-4o-2024-05-13", "openai/gpt-4o", "alias"))
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13']
    """
    yield from (reported, reported.rpartition("/")[2], *candidates(reported))
    if model_match == "alias" and not any(without_suffixes(normalised(reported))):
        bare = model_id.rpartition("/")[2]
        yield from (model_id, bare, normalised(bare))


def _states(prices: "ModelPrice", usage: Usage) -> bool:
    """Whether there is a price for what was used: a model that is part of a subscription has none, rather than one of nothing."""
    has_input = usage.input_tokens == 0 or prices.input_mtok is not None
    has_output = usage.output_tokens == 0 or prices.output_mtok is not None
    return has_input and has_output and (prices.input_mtok or prices.output_mtok) is not None
