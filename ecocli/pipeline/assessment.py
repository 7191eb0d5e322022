"""From a usage to its footprint: names looked up, factors gathered, equations applied. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.makers import disagreement
from ecocli.catalog.models import LATEST, maker_of, resolve_model
from ecocli.catalog.regions import normal_provider
from ecocli.core import hosting
from ecocli.core.footprint import Assessment, Basis, Footprint, Spent
from ecocli.core.matches import ModelMatch, SiteMatch
from ecocli.core.preferences import NONE, Preferences
from ecocli.core.quantity import Estimate
from ecocli.core.usage import WARNINGS, Usage, Usages
from ecocli.errors import quoted, shorten
from ecocli.estimator import eco2 as plans
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import CONSTANTS, Fleet, vintage
from ecocli.estimator.figures import split
from ecocli.estimator.footprint import footprint, spent
from ecocli.estimator.grid_time import GridTime
from ecocli.estimator.plan import Plan
from ecocli.pipeline import years
from ecocli.pipeline.bases import DAY_MS, basis_of
from ecocli.pipeline.call_inputs import call_of, energy_source, energy_sources
from ecocli.pipeline.hosting import HOSTED_OLLAMA, hosting_of, is_hosted_ollama, site_of
from ecocli.pipeline.hours import grid_zone, known_time
from ecocli.pipeline.serving import MODELLED, Serving, serving
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.catalog.own_names import OwnNames
    from ecocli.core.aliases import Alias
    from ecocli.core.hardware import Hardware
    from ecocli.pipeline.at_home import Notes
    from ecocli.pipeline.defaults import Defaults

HOUR_MS = 3_600_000
MOST_WAYS, MOST_ROUTES = 4096, 1024
NOT_PLACED = (
    "the region {region} of the settings is for own machines and for providers whose place is not known: "
    "{provider}'s calls are where {provider} computes; [provider.NAME] region in config.toml places one provider"
)


@value_class(frozen=True, slots=True)
class Assessed:
    """A usage with the model and the site that it was matched to, and its footprint."""

    usage: Usage
    model: ModelMatch
    site: SiteMatch
    serving: Serving
    started_at_ms: int
    assessment: Assessment
    own_warnings: tuple[str, ...] = ()
    """About this call alone."""
    doubts: tuple[str, ...] = ()
    """Warnings about what was reported of the call."""

    @property
    def warnings(self) -> tuple[str, ...]:
        read = tuple(sentence for sentence in self.usage.assumptions if sentence.startswith(WARNINGS))
        return self.model.warnings_about(self.usage.model) + self.site.warnings + self.serving.warnings + self.own_warnings + self.doubts + read



@value_class(frozen=True, slots=True)
class Route:
    """The matches and the basis that calls share when they name the same model, provider and region."""

    model: ModelMatch
    site: SiteMatch
    serving: Serving
    grid: GridTime
    plan: plans.Plan
    """Of some day, and where the grid has a profile of some hour."""
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


Asked = tuple[str | None, str | None, str | None, str, bool, str | None, str | None, str | None, str | None, str | None, str, int]
"""
Model, provider and region as a call names them, its format, whether the region was reported; hosting, host, hardware, accelerator and
weight precision as it states them; how its energy may be found, and the day.
"""


class Assessor:
    """
    Assesses calls against one catalogue, keeping what calls have in common.

    Args:
        catalog: Where names are looked up.
        strict: An unknown model is an error; otherwise it goes on to its family or class, with a warning.
        region_fallback: Let a region that the caller named go on to the provider's average.
        preferences: The user's settings: own names for models, and for calls that leave something open.

    Raises:
        BadConfig: One of the user's names is for a model that the catalogue does not have.
    """

    def __init__(self, catalog: Entries, *, strict: bool = False, region_fallback: bool = False, preferences: Preferences = NONE) -> None:
        self._catalog = catalog
        self._preferences = preferences
        self._own_names = own_names(catalog, preferences.aliases)
        self._hardware = dict(preferences.hardware)
        self._strict = strict
        self._region_fallback = region_fallback
        self._edition: str = catalog.get("meta", "edition") or "unknown"
        self._models: dict[tuple[Any, ...], ModelMatch] = {}
        self._routes: dict[tuple[Any, ...], Route] = {}
        self._ways: dict[Asked, tuple[Route, plans.Plan]] = {}
        self._hours: dict[tuple[Asked, int], tuple[Route, plans.Plan]] = {}
        self._ages: dict[int, Fleet] = {}

    @cached_property
    def defaults(self) -> "Defaults | None":
        """Fills in the user's settings; None where there are none."""
        if replace(self._preferences, aliases=()) == NONE:
            return None
        from ecocli.pipeline.defaults import Defaults

        return Defaults(self._catalog, self._preferences, self._own_names)

    def learn(self, profile: "Hardware") -> None:
        """Take over a profile of a stored call, unless one of this name is configured."""
        self._hardware.setdefault(profile.name, profile)

    def assess(self, usage: Usage, now_ms: int) -> Assessed:
        """
        The footprint of one call.

        Raises:
            UnknownModel: The catalogue does not have the model, and this assessor is strict.
            UnsupportedModality: The catalogue does not have the model, which is one of images, speech and the like.
            UnknownRegion: The catalogue does not have a region that the caller named.
        """
        started_at_ms = usage.started_at_ms if usage.started_at_ms is not None else now_ms
        stated = hosting.stated(usage.hosting, usage.tags.get(hosting.TAG)), usage.host, usage.hardware, usage.accelerator, usage.weight_precision
        names = usage.model, usage.provider, usage.region, usage.format, usage.region_reported
        route, plan = self._found((*names, *stated, energy_source(usage), started_at_ms // DAY_MS), started_at_ms)
        call, assumptions = call_of(usage, plan)
        assessment = Assessment(footprint(plan, call), route.basis, assumptions)
        if route.serving.energy is MODELLED:
            return Assessed(usage, route.model, route.site, route.serving, started_at_ms, assessment)
        notes = notes_of(plan, call)
        assessment = replace(assessment, assumptions=assumptions + notes.assumptions)
        return Assessed(usage, route.model, route.site, route.serving, started_at_ms, assessment, notes.warnings)

    def assess_many(self, usages: Usages, started_at_ms: Sequence[int]) -> Costs:
        """
        Footprints of many calls that have the same fields.

        Raises:
            UnknownModel: The catalogue does not have the model, and this assessor is strict.
            UnsupportedModality: The catalogue does not have the model, which is one of images, speech and the like.
            UnknownRegion: The catalogue does not have a region that the caller named.
        """
        names = (usages.column(name) for name in ("model", "provider", "region"))
        tags = (tags.get(hosting.TAG) for tags in usages.column("tags", {}))
        stated = map(hosting.stated, usages.column("hosting"), tags), *(usages.column(name) for name in ("host", "hardware", "accelerator", "weight_precision"))
        days = [start_ms // DAY_MS for start_ms in started_at_ms]
        asked = zip(*names, repeat(usages.format), repeat(usages.region_reported), *stated, energy_sources(usages), days)
        ways = list(map(self._found, asked, started_at_ms))
        if any(usages.column("is_estimated", False)) or any(route.serving.energy is not MODELLED for route, _ in ways):
            return self._assess_singly(usages, ways)
        tokens = map(split, usages.column("input_tokens"), usages.column("cached_tokens"), usages.column("output_tokens"))
        costs = [
            spent(plan if concurrency is None else plan.at_concurrency(concurrency, split_tokens), split_tokens)
            for (_, plan), split_tokens, concurrency in zip(ways, tokens, usages.column("concurrency"), strict=True)
        ]
        return Costs([route for route, _ in ways], costs)

    def _assess_singly(self, usages: Usages, ways: Sequence[tuple[Route, Plan]]) -> Costs:
        """Footprints of calls with estimated counts, times or measurements, which may hide reasoning and carry assumptions of their own."""
        routes, costs, reasoning, assumptions = [], [], [], []
        for usage, (route, plan) in zip(usages.each(), ways, strict=True):
            call, assumed = call_of(usage, plan)
            found = footprint(plan, call)
            if route.serving.energy is not MODELLED:
                assumed += notes_of(plan, call).assumptions
            routes.append(route)
            costs.append((found.figures, found.market_co2_g, found.dominant_factor))
            reasoning.append(found.inferred_reasoning_tokens)
            assumptions.append(assumed)
        return Costs(routes, costs, reasoning, assumptions)

    def model_named(self, name: str | None, provider: str | None, format: str | None = None, is_own: bool = False, day: int = LATEST) -> ModelMatch:
        """The model of a name on a day. UnknownModel where this assessor is strict and the catalogue does not have it."""
        key = (name, provider, format, is_own)
        found = self._models.get(key)
        if found is None or not _holds(found, day):
            provider_id = provider and normal_provider(self._catalog, provider)
            own = self._own_names.match(name, provider, format, day) if self._own_names and name else None
            found = own or resolve_model(self._catalog, name, provider_id, not self._strict, provider=provider, format=format, is_own=is_own, day=day)
            self._models[key] = found
        return found

    def _meant(self, name: str | None, provider: str | None) -> str | None:
        """The model's name behind the user's own name for it."""
        if name is None or self._own_names is None:
            return name
        return self._own_names.meant(name, provider)

    def _found(self, asked: Asked, started_at_ms: int) -> tuple[Route, plans.Plan]:
        """Where a call goes, and what it costs there at its time."""
        way = self._ways.get(asked) or self._way(asked)
        return self._at_hour(asked, way, started_at_ms) if way[0].grid.months else way

    def _at_hour(self, asked: Asked, way: tuple[Route, plans.Plan], started_at_ms: int) -> tuple[Route, plans.Plan]:
        key = asked, started_at_ms // HOUR_MS
        found = self._hours.get(key)
        if found is None:
            route, plan = way
            if len(self._hours) == MOST_WAYS:
                self._hours.clear()
            found = self._hours[key] = route, plans.placed(plan, route.grid.site(route.site.spec, started_at_ms))
        return found

    def _way(self, asked: Asked) -> tuple[Route, plans.Plan]:
        """Where a call goes, and what it costs there on its day."""
        if len(self._ways) == MOST_WAYS:  # years of events in any order must not fill the memory
            self._ways.clear()
            self._ages.clear()
        names, day = asked[:-1], asked[-1]
        route = self._routes.get((names, years.year_of(day)))
        if route is None or not _holds(route.model, day):
            route = self._route(names, day)
        way = self._ways[asked] = route, plans.aged(route.plan, self._age(day))
        return way

    def _route(self, asked: tuple[Any, ...], day: int) -> Route:
        if len(self._routes) == MOST_ROUTES:  # nor names of chance
            self._routes.clear()
            self._ways.clear()
            self._hours.clear()
            self._models.clear()
        year = years.year_of(day)
        model_name, provider_name, region, format, region_reported, stated, host, hardware, accelerator, weight_precision, energy = asked
        profile = self._hardware.get(hardware) if hardware else None
        meant = self._meant(model_name, provider_name)
        told = provider_name or hosting.runtime_of(model_name)
        hosted = hosting_of(self._catalog, meant, told, stated, host, profile)
        model = self.model_named(model_name, provider_name, format, hosted == hosting.OWN, day)
        provider = told or maker_of(self._catalog, model.spec.id)
        if hosted == hosting.API and is_hosted_ollama(self._catalog, meant, provider):
            provider = HOSTED_OLLAMA
        site = site_of(self._catalog, provider, region, hosted, profile, self._region_fallback or region_reported)
        served = serving(self._catalog, model, meant, provider, hosted, accelerator, weight_precision, profile, energy)
        grid = known_time(self._catalog, grid_zone(site, served))
        plan = plans.make(model.spec, grid.site(site.spec, day * DAY_MS), served.constants, model.widening, day * DAY_MS)
        site = self._with_notes(site, hosted, region, hardware, profile)
        if doubt := disagreement(self._catalog, provider, model, is_self_run=hosted not in (hosting.API, hosting.CLOUD)):
            site = replace(site, warnings=(*site.warnings, doubt))
        route = self._routes[asked, year] = Route(model, site, served, grid, plan, basis_of(model, site, served, grid, self._edition, year))
        return route

    def _with_notes(self, site: SiteMatch, hosted: str, region: str | None, hardware: str | None, profile: "Hardware | None") -> SiteMatch:
        """The place with a word on settings that are of no use to the call."""
        notes = []
        if region is None and self._preferences.region is not None and hosted in (hosting.API, hosting.CLOUD):
            notes.append(NOT_PLACED.format(region=shorten(self._preferences.region), provider=shorten(site.provider_name)))
        if hardware is not None and profile is None:
            notes.append(f"hardware profile {quoted(hardware)} is not configured: eco hardware list shows those that are")
        return replace(site, warnings=(*site.warnings, *notes)) if notes else site

    def _age(self, day: int) -> Fleet:
        """E4, which all models share."""
        if day not in self._ages:
            self._ages[day] = vintage(day * DAY_MS, CONSTANTS)
        return self._ages[day]


def own_names(catalog: Entries, aliases: "tuple[Alias, ...]") -> "OwnNames | None":
    """The user's own names for models, looked up in a catalogue; None where there are none. BadConfig as for `OwnNames`."""
    if not aliases:
        return None
    from ecocli.catalog.own_names import OwnNames  # few users have any

    return OwnNames(catalog, aliases)


def _holds(model: ModelMatch, day: int) -> bool:
    """False where the name stood for another model on that day."""
    return model.days is None or day in model.days


def notes_of(plan: Plan, call: Call) -> "Notes":
    """The sentences about one call that was measured or timed."""
    from ecocli.pipeline import at_home  # few calls are

    return at_home.notes_of(plan, call)
