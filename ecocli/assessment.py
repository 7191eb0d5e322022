"""From a usage to its footprint: names looked up, factors gathered, equations applied. Nothing is stored."""

import json
from collections.abc import Mapping
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import maker_of, resolve_model
from ecocli.catalog.regions import normal_provider, resolve_site
from ecocli.constants import CONSTANTS, METHOD
from ecocli.digests import sha256
from ecocli.estimator import plan as plans
from ecocli.estimator.footprint import Call, footprint
from ecocli.estimator.laws import vintage
from ecocli.estimator.plan import Plan
from ecocli.factors import Factor
from ecocli.footprint import Assessment, Basis
from ecocli.matches import ModelMatch, SiteMatch
from ecocli.quantity import ONE, Estimate
from ecocli.specs import ModelSpec, SiteSpec
from ecocli.usage import Usage
from ecocli.values import value_class

DAY_MS = 86_400_000
MOST_PLANS = 4096
COUNTED = "token counts are estimates of the visible text"
OTHER_TOKENIZER = "the model has a tokenizer of its own: its text was counted with OpenAI's, so the counts may be off further"


@value_class(frozen=True, slots=True)
class Assessed:
    """A usage with everything that was found out about it."""

    usage: Usage
    model: ModelMatch
    site: SiteMatch
    started_at_ms: int
    assessment: Assessment

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.model.warnings + self.site.warnings


class Assessor:
    """
    Assesses calls against one catalogue, keeping what calls have in common.

    Args:
        catalog: Where names are looked up.
        model_fallback: Let a model that the caller named go on to its family or class.
        region_fallback: Let a region that the caller named go on to the provider's average.
    """

    def __init__(self, catalog: Entries, *, model_fallback: bool = False, region_fallback: bool = False) -> None:
        self._catalog = catalog
        self._model_fallback = model_fallback
        self._region_fallback = region_fallback
        self._edition: str = catalog.get("meta", "edition") or "unknown"
        self._models: dict[tuple[Any, ...], ModelMatch] = {}
        self._sites: dict[tuple[Any, ...], SiteMatch] = {}
        self._plans: dict[tuple[int, int, int], Plan] = {}
        self._pairs: dict[tuple[int, int], tuple[Plan, Basis]] = {}
        self._ages: dict[int, Estimate] = {}

    def assess(self, usage: Usage, now_ms: int) -> Assessed:
        """
        The footprint of one call.

        Raises:
            UnknownModel, UnknownRegion: A name of the caller's own that the catalogue does not have.
        """
        model = self.model_named(usage.model, usage.provider, usage.model_reported)
        site = self._site(usage, model)
        started_at_ms = usage.started_at_ms if usage.started_at_ms is not None else now_ms
        plan, basis = self._plan(model, site, started_at_ms)
        call, assumptions = call_of(usage, plan)
        return Assessed(usage, model, site, started_at_ms, Assessment(footprint(plan, call), basis, assumptions))

    def model_named(self, name: str | None, provider: str | None, reported: bool) -> ModelMatch:
        """The model of a name; `reported` by the provider it never is an error."""
        fallback = self._model_fallback or reported
        key = (name, provider, fallback)
        if key not in self._models:
            provider_id = provider and normal_provider(self._catalog, provider)
            self._models[key] = resolve_model(self._catalog, name, provider_id, fallback)
        return self._models[key]

    def _site(self, usage: Usage, model: ModelMatch) -> SiteMatch:
        provider = usage.provider or maker_of(self._catalog, model.spec.id)
        fallback = self._region_fallback or usage.region_reported
        key = (provider, usage.region, fallback)
        if key not in self._sites:
            self._sites[key] = resolve_site(self._catalog, provider, usage.region, fallback)
        return self._sites[key]

    def _plan(self, model: ModelMatch, site: SiteMatch, started_at_ms: int) -> tuple[Plan, Basis]:
        day = started_at_ms // DAY_MS
        pair = (id(model), id(site))
        if pair not in self._pairs:
            plan = plans.make(model.spec, site.spec, CONSTANTS, model.widening, day * DAY_MS)
            self._pairs[pair] = (plan, _basis(model, site, self._edition))
        plan, basis = self._pairs[pair]
        if (*pair, day) not in self._plans:
            if len(self._plans) == MOST_PLANS:  # years of events in any order must not fill the memory
                self._plans.clear()
                self._ages.clear()
            self._plans[*pair, day] = plans.aged(plan, self._age(day))
        return self._plans[*pair, day], basis

    def _age(self, day: int) -> Estimate:
        """E4, which all models share. [1]"""
        if day not in self._ages:
            self._ages[day] = vintage(day * DAY_MS, CONSTANTS)
        return self._ages[day]


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


def _basis(model: ModelMatch, site: SiteMatch, edition: str) -> Basis:
    content = {
        "method": METHOD,
        "data_edition": edition,
        "model": model.spec.to_json(),
        "model_match": model.match,
        "model_widening": model.widening,
        "site": site.spec.to_json(),
        "region_match": site.match,
        "calculation_method": site.calculation_method,
        "constants": {name: factor.to_json() for name, factor in CONSTANTS.items()},
        "assumptions": [*model.spec.notes, *model.warnings, *site.spec.notes, *site.warnings],
    }
    return Basis(content, digest(content))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of canonical JSON: the same content has the same digest on every machine."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def plan_of(content: Mapping[str, Any], started_at_ms: int) -> Plan:
    """The plan that a stored basis stands for: the factors of then, whatever the data files say now."""
    return plans.make(
        ModelSpec.from_json(content["model"]),
        SiteSpec.from_json(content["site"]),
        {name: Factor.from_json(factor) for name, factor in content["constants"].items()},
        content["model_widening"],
        started_at_ms // DAY_MS * DAY_MS,
    )
