"""List prices of calls, by the optional library genai-prices; None where it does not list the exact model."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_names import candidates, normalised
from ecocli.catalog.model_parts import has_suffix
from ecocli.catalog.models import resolve_model
from ecocli.core import hosting
from ecocli.core.dates import EPOCH, MS
from ecocli.core.usage import Usage
from ecocli.errors import UnknownModel, UnsupportedModality
from ecocli.pipeline.bases import DAY_MS
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, PriceCalculation

    Rate = ModelPrice
    """One price for each kind of token."""

SOURCE = "genai-prices"
PROVIDERS = {"amazon": "aws", "gcp": "google", "moonshot": "moonshotai", "xai": "x-ai"}
"""The catalogue's ids of providers, where they differ, to those of the library."""
SAME_MODEL = ("exact", "alias", "suffix")
"""Matches by the model's own name: a model resolved to a family or class has no price."""


@value_class(frozen=True, slots=True)
class Price:
    """The list price of one call."""

    usd: Decimal
    edition: str
    """Version of the price list."""
    provider: str
    """The provider's id in the price list."""
    model: str
    """The model's id in the price list."""
    source: str = SOURCE


@dataclass(slots=True)
class Cost:
    """The cost of calls; `priced` is the number of those with a known price, which `usd` covers."""

    calls: int = 0
    priced: int = 0
    usd: Decimal = Decimal(0)

    def add(self, price: Price | None) -> None:
        """Add one call."""
        self.add_calls(1, price.usd if price else None)

    def add_calls(self, calls: int, usd: Decimal | None) -> None:
        """Add some calls that cost so much together; None where their price is not known."""
        self.calls += calls
        if usd is not None:
            self.priced += calls
            self.usd += usd


class Listing:
    """A model in the price list of one provider."""

    def __init__(self, provider_id: str, model: "ModelInfo") -> None:
        self.provider_id, self.model = provider_id, model
        self._rates: dict[tuple[int, int], Rate] = {}

    def rate(self, started_at_ms: int, input_tokens: int) -> "Rate":
        """
        The prices of its tokens at a time and behind a prompt of some length.

        Calls of one rate, which is one object, cost together what their tokens together cost.
        """
        prices = self.model.get_prices(EPOCH + started_at_ms * MS)
        starts = sorted({tier.start for price in vars(prices).values() for tier in getattr(price, "tiers", ())})
        key = id(prices), bisect_left(starts, input_tokens)
        if key not in self._rates:
            self._rates[key] = type(prices)(**{name: _step(price, input_tokens) for name, price in vars(prices).items()})
        return self._rates[key]


class PriceList:
    """The prices that the library ships; nothing is fetched. Use `PriceList.open`."""

    def __init__(self, catalog: Entries, library: Any) -> None:
        self._catalog = catalog
        self._library = library
        self._listings: dict[tuple[str, str, str], Listing | None] = {}

    @classmethod
    def open(cls, catalog: Entries) -> Self | None:
        """The price list; None when the library is not installed."""
        try:
            import genai_prices
        except ImportError:
            return None
        return cls(catalog, genai_prices)

    @property
    def edition(self) -> str:
        return str(self._library.__version__)

    def price(
        self, usage: Usage, provider_id: str, basis: Mapping[str, Any], started_at_ms: int, has_inferred_reasoning: bool
    ) -> Price | None:
        """
        The list price of the counted tokens at the time of the call.

        Args:
            usage: The reported model is looked up first, since dated ids may have prices of their own.
            provider_id: The catalogue's id of the provider.
            basis: Content of the call's Basis: the id of the model and its match.
            has_inferred_reasoning: True when tokens were billed that nobody counted.

        Returns:
            None when the provider's price of exactly this model is not listed, or tokens were not billed.
        """
        listing = self.listing(usage, provider_id, basis, started_at_ms, has_inferred_reasoning)
        if listing is None:
            return None
        usd = self.usd(listing.model.get_prices(EPOCH + started_at_ms * MS), usage)
        return None if usd is None else Price(usd, self.edition, listing.provider_id, listing.model.id)

    def listing(
        self, usage: Usage, provider_id: str, basis: Mapping[str, Any], started_at_ms: int, has_inferred_reasoning: bool
    ) -> Listing | None:
        """The model of a call in the list, as for `price`; the counts of the usage do not matter."""
        model_id, model_match = basis["model"]["id"], basis["model_match"]
        if usage.model is None or model_match not in SAME_MODEL or has_inferred_reasoning or not _is_bought(usage):
            return None
        key = (provider_id, usage.model, model_id)
        if key not in self._listings:  # a name that moves has another model's id on another day
            self._listings[key] = self._listing(*key, model_match, started_at_ms // DAY_MS)
        return self._listings[key]

    def _listing(self, provider_id: str, reported: str, model_id: str, model_match: str, day: int) -> Listing | None:
        """The first spelling that is listed decides. None when that is another model."""
        provider = PROVIDERS.get(provider_id, provider_id)
        if model_match == "alias" and not self._is_same(reported, provider_id, model_id, day):
            reported = model_id  # a name that the user gave it, which may be that of another model
        for name in _spellings(reported, model_id, model_match):
            listed = self._look_up(provider, name)
            if listed is not None:
                is_it = _lists(listed.match, name.lower()) or self._is_same(listed.id, provider_id, model_id, day)
                return Listing(provider, listed) if is_it else None
        return None

    def _look_up(self, provider: str, name: str) -> "ModelInfo | None":
        """
        The model listed under a name by that provider; None without one.

        The library itself also falls back to similar providers and to the developer of a model.
        """
        try:
            found: PriceCalculation = self._library.calc_price(self._library.Usage(), name, provider_id=provider)
        except LookupError:
            return None
        is_own = found.provider.id == provider and any(model is found.model for model in found.provider.models)
        return found.model if is_own else None

    def _is_same(self, listed_id: str, provider_id: str, model_id: str, day: int) -> bool:
        """True when the catalogue resolves the listed name to the model that was called that day: a common prefix does not suffice."""
        try:
            return resolve_model(self._catalog, listed_id.removeprefix("regional."), provider_id, fallback=False, day=day).spec.id == model_id
        except (UnknownModel, UnsupportedModality):
            return False

    def usd(self, prices: "ModelPrice", usage: Usage) -> Decimal | None:
        """What the counted tokens cost; None where they have no price."""
        tokens = self._library.Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_reasoning_tokens=usage.reasoning_tokens,
        )
        try:
            found: Decimal = prices.calc_price(tokens)["total_price"]
        except ValueError:  # the price does not depend on tokens
            return None
        return found if _states(prices, usage) else None


def _step(price: Any, input_tokens: int) -> Decimal | None:
    """A price, which may depend on the length of the prompt: all tokens behind a long one cost more."""
    if price is None or isinstance(price, Decimal):
        return price
    found: Decimal = next((tier.price for tier in reversed(price.tiers) if input_tokens > tier.start), price.base)
    return found


def _lists(match: Any, name: str) -> bool:
    """True when the price list matches the whole name, not a prefix, suffix or pattern."""
    return getattr(match, "equals", "").lower() == name or any(_lists(part, name) for part in getattr(match, "or_", ()))


def _is_bought(usage: Usage) -> bool:
    """False for models on own or rented servers, which have no list price."""
    tag = usage.tags.get(hosting.TAG)
    if usage.hosting is None and tag is None:
        return True
    return hosting.stated(usage.hosting, tag) in (hosting.API, hosting.CLOUD)


def _spellings(reported: str, model_id: str, model_match: str) -> Iterator[str]:
    """
    Names to look up: as reported, normalised, and the catalogue's own where the reported one is a plain alias.

    An alias with a date or another suffix means one edition of the model, whose price may differ.

    >>> list(_spellings("Sonnet", "anthropic/claude-sonnet-4.6", "alias"))[-2:]
    ['claude-sonnet-4.6', 'claude-sonnet-4-6']
    >>> list(_spellings("gpt-4o-2024-05-13", "openai/gpt-4o", "alias"))
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13']
    """
    yield from (reported, reported.rpartition("/")[2], *candidates(reported))
    if model_match == "alias" and not has_suffix(reported):
        bare = model_id.rpartition("/")[2]
        yield from (model_id, bare, normalised(bare))


def _states(prices: "ModelPrice", usage: Usage) -> bool:
    """True when the tokens that were used have prices. A model sold by subscription has none, which does not mean that it is free."""
    has_input = usage.input_tokens == 0 or prices.input_mtok is not None
    has_output = usage.output_tokens == 0 or prices.output_mtok is not None
    return has_input and has_output and (prices.input_mtok or prices.output_mtok) is not None
