"""From a usage to its footprint: names looked up, factors gathered, equations applied. Nothing is stored."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import LATEST, maker_of, resolve_model
from ecocli.catalog.regions import normal_provider, resolve_site
from ecocli.core import hosting
from ecocli.core.factors import Factor
from ecocli.core.footprint import Assessment, Basis, Footprint, Spent
from ecocli.core.matches import ModelMatch, SiteMatch
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.core.usage import Usage, Usages
from ecocli.estimator import eco2 as plans
from ecocli.estimator import methods
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import CONSTANTS, Fleet, vintage
from ecocli.estimator.figures import split
from ecocli.estimator.footprint import footprint, spent
from ecocli.estimator.methods import METHOD
from ecocli.estimator.plan import Plan
from ecocli.pipeline.serving import Serving, serving
from ecocli.util.digests import sha256
from ecocli.util.valueclass import value_class

DAY_MS = 86_400_000
MOST_WAYS, MOST_ROUTES = 4096, 1024
COUNTED = "token counts are estimates of the visible text"
OTHER_TOKENIZER = "the model has a tokenizer of its own: its text was counted with OpenAI's, so the counts may be off further"


@value_class(frozen=True, slots=True)
class Assessed:
    """A usage with the model and the site that it was matched to, and its footprint."""

    usage: Usage
    model: ModelMatch
    site: SiteMatch
    serving: Serving
    started_at_ms: int
    assessment: Assessment
    doubts: tuple[str, ...] = ()
    """Warnings about what was reported of the call."""

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.model.warnings + self.site.warnings + self.serving.warnings + self.doubts


@value_class(frozen=True, slots=True)
class Route:
    """The matches and the basis that calls share when they name the same model, provider and region."""

    model: ModelMatch
    site: SiteMatch
    serving: Serving
    plan: plans.Plan
    """Of some day."""
    basis: Basis


@value_class(frozen=True, slots=True)
class Costs:
    """Footprints of many calls, by column."""

    routes: Sequence[Route]
    spent: Sequence[Spent]
    reasoning_tokens: Sequence[Estimate | None] | None = None
    """Hidden reasoning inferred for each call; None where it was inferred for none."""
    assumptions: Sequence[tuple[str, ...]] | None = None
    """Assumptions of each call beyond its basis; None where there are none."""

    def footprint(self, row: int) -> Footprint:
        """The footprint of one call."""
        figures, market_co2_g, dominant_factor = self.spent[row]
        reasoning_tokens = self.reasoning_tokens[row] if self.reasoning_tokens else None
        return Footprint.of(figures, market_co2_g, reasoning_tokens, dominant_factor)

    def assessed(self, row: int, usage: Usage, started_at_ms: int) -> Assessed:
        """One call as `Assessor.assess` gives it."""
        route = self.routes[row]
        assumptions = self.assumptions[row] if self.assumptions else ()
        return Assessed(usage, route.model, route.site, route.serving, started_at_ms, Assessment(self.footprint(row), route.basis, assumptions))


Asked = tuple[str | None, str | None, str | None, str, bool, str | None, str | None, str | None, int]
"""Model, provider and region as a call names them, its format, whether the region was reported, hosting, accelerator, weight precision, and the day."""


class Assessor:
    """
    Assesses calls against one catalogue, keeping what calls have in common.

    Args:
        catalog: Where names are looked up.
        strict: An unknown model is an error; otherwise it goes on to its family or class, with a warning.
        region_fallback: Let a region that the caller named go on to the provider's average.
    """

    def __init__(self, catalog: Entries, *, strict: bool = False, region_fallback: bool = False) -> None:
        self._catalog = catalog
        self._strict = strict
        self._region_fallback = region_fallback
        self._edition: str = catalog.get("meta", "edition") or "unknown"
        self._models: dict[tuple[Any, ...], ModelMatch] = {}
        self._routes: dict[tuple[Any, ...], Route] = {}
        self._ways: dict[Asked, tuple[Route, Plan]] = {}
        self._ages: dict[int, Fleet] = {}

    def assess(self, usage: Usage, now_ms: int) -> Assessed:
        """
        The footprint of one call.

        Raises:
            UnknownModel: The catalogue does not have the model, and this assessor is strict.
            UnsupportedModality: The catalogue does not have the model, which is one of images, speech and the like.
            UnknownRegion: The catalogue does not have a region that the caller named.
        """
        started_at_ms = usage.started_at_ms if usage.started_at_ms is not None else now_ms
        stated = usage.tags.get(hosting.TAG), usage.accelerator, usage.weight_precision
        asked = (usage.model, usage.provider, usage.region, usage.format, usage.region_reported, *stated, started_at_ms // DAY_MS)
        route, plan = self._ways.get(asked) or self._way(asked)
        call, assumptions = call_of(usage, plan)
        return Assessed(usage, route.model, route.site, route.serving, started_at_ms, Assessment(footprint(plan, call), route.basis, assumptions))

    def assess_many(self, usages: Usages, started_at_ms: Sequence[int]) -> Costs:
        """
        Footprints of many calls that have the same fields.

        Raises:
            UnknownModel: The catalogue does not have the model, and this assessor is strict.
            UnsupportedModality: The catalogue does not have the model, which is one of images, speech and the like.
            UnknownRegion: The catalogue does not have a region that the caller named.
        """
        names = (usages.column(name) for name in ("model", "provider", "region"))
        hostings = (tags.get(hosting.TAG) for tags in usages.column("tags", {}))
        stated = hostings, *(usages.column(name) for name in ("accelerator", "weight_precision"))
        days = [start_ms // DAY_MS for start_ms in started_at_ms]
        asked = zip(*names, repeat(usages.format), repeat(usages.region_reported), *stated, days)
        if any(usages.column("is_estimated", False)):
            return self._assess_estimated(usages, asked)
        tokens = map(split, usages.column("input_tokens"), usages.column("cached_tokens"), usages.column("output_tokens"))
        routes, costs = [], []
        for each, split_tokens, concurrency in zip(asked, tokens, usages.column("concurrency"), strict=True):
            route, plan = self._ways.get(each) or self._way(each)
            routes.append(route)
            costs.append(spent(plan if concurrency is None else plan.at_concurrency(concurrency, split_tokens), split_tokens))
        return Costs(routes, costs)

    def _assess_estimated(self, usages: Usages, asked: Iterable[Asked]) -> Costs:
        """Footprints of calls with estimated counts, which may hide reasoning and carry assumptions of their own."""
        routes, costs, reasoning, assumptions = [], [], [], []
        for usage, each in zip(usages.each(), asked, strict=True):
            route, plan = self._ways.get(each) or self._way(each)
            call, assumed = call_of(usage, plan)
            found = footprint(plan, call)
            routes.append(route)
            costs.append((found.figures, found.market_co2_g, found.dominant_factor))
            reasoning.append(found.inferred_reasoning_tokens)
            assumptions.append(assumed)
        return Costs(routes, costs, reasoning, assumptions)

    def model_named(self, name: str | None, provider: str | None, format: str | None = None, day: int = LATEST) -> ModelMatch:
        """The model of a name on a day. UnknownModel where this assessor is strict and the catalogue does not have it."""
        key = (name, provider, format)
        found = self._models.get(key)
        if found is None or not _holds(found, day):
            provider_id = provider and normal_provider(self._catalog, provider)
            found = resolve_model(self._catalog, name, provider_id, not self._strict, provider=provider, format=format, day=day)
            self._models[key] = found
        return found

    def _way(self, asked: Asked) -> tuple[Route, Plan]:
        """Where a call goes, and what it costs there on its day."""
        if len(self._ways) == MOST_WAYS:  # years of events in any order must not fill the memory
            self._ways.clear()
            self._ages.clear()
        names, day = asked[:-1], asked[-1]
        route = self._routes.get(names)
        if route is None or not _holds(route.model, day):
            route = self._route(names, day)
        way = self._ways[asked] = route, plans.aged(route.plan, self._age(day))
        return way

    def _route(self, asked: tuple[Any, ...], day: int) -> Route:
        if len(self._routes) == MOST_ROUTES:  # nor names of chance
            self._routes.clear()
            self._ways.clear()
            self._models.clear()
        model_name, provider_name, region, format, region_reported, hosted, accelerator, weight_precision = asked
        model = self.model_named(model_name, provider_name, format, day)
        provider = provider_name or maker_of(self._catalog, model.spec.id)
        site = resolve_site(self._catalog, provider, region, self._region_fallback or region_reported)
        served = serving(self._catalog, model, model_name, provider, hosted, accelerator, weight_precision)
        plan = plans.make(model.spec, site.spec, served.constants, model.widening, day * DAY_MS)
        route = self._routes[asked] = Route(model, site, served, plan, _basis(model, site, served, self._edition))
        return route

    def _age(self, day: int) -> Fleet:
        """E4, which all models share."""
        if day not in self._ages:
            self._ages[day] = vintage(day * DAY_MS, CONSTANTS)
        return self._ages[day]


def _holds(model: ModelMatch, day: int) -> bool:
    """False where the name stood for another model on that day."""
    return model.days is None or day in model.days


def call_of(usage: Usage, plan: Plan) -> tuple[Call, tuple[str, ...]]:
    """The part of a usage that the equations see, and what that assumes."""
    counting, assumptions = _counting(usage, plan)
    start, first = usage.started_at_ms, usage.first_token_at_ms
    call = Call(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        wait_ms=None if start is None or first is None else first - start,
        is_estimated=usage.is_estimated,
        concurrency=usage.concurrency,
        counting=counting,
    )
    return call, assumptions


def _counting(usage: Usage, plan: Plan) -> tuple[Estimate, tuple[str, ...]]:
    """How far the token counts may be off, and why. Every encoding of tiktoken is OpenAI's own."""
    if not usage.is_estimated:
        return ONE, ()
    counted = plan.constants["counted_text"].estimate
    if usage.encoding is None or plan.model.developer == "openai":
        return counted, (COUNTED,)
    return counted * plan.constants["other_tokenizer"].estimate, (COUNTED, OTHER_TOKENIZER)


def _basis(model: ModelMatch, site: SiteMatch, served: Serving, edition: str) -> Basis:
    content = {
        "method": METHOD,
        "data_edition": edition,
        "model": model.spec.to_json(),
        "model_match": model.match,
        "model_widening": model.widening,
        "site": site.spec.to_json(),
        "region_match": site.match,
        "calculation_method": site.calculation_method,
        "serving": served.to_json(),
        "constants": {name: factor.to_json() for name, factor in served.constants.items()},
        "assumptions": [*model.spec.notes, *model.warnings, *site.spec.notes, *site.warnings, *served.assumptions, *served.warnings],
    }
    return Basis(content, digest(content))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of canonical JSON: the same content has the same digest on every machine."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def plan_of(content: Mapping[str, Any], started_at_ms: int) -> Plan:
    """The plan that a stored basis stands for: the factors of then, whatever the data files say now."""
    plan: Plan = methods.package(content["method"]).make(
        ModelSpec.from_json(content["model"]),
        SiteSpec.from_json(content["site"]),
        {name: Factor.from_json(factor) for name, factor in content["constants"].items()},
        content["model_widening"],
        started_at_ms // DAY_MS * DAY_MS,
    )
    return plan
