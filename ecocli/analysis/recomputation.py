"""Recompute stored calls with the current method and data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ecocli.analysis.hours import ByHour
from ecocli.core.factors import Factor
from ecocli.core.footprint import Footprint
from ecocli.core.hardware import PROFILE_FACTORS, Hardware
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import UnsupportedModality
from ecocli.estimator.grid_time import ANNUAL, HOURLY
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.store import Filters, Store
from ecocli.store.grid import GridHours
from ecocli.store.rows import StoredCall
from ecocli.util.valueclass import value_class

GRIDS = (HOURLY, ANNUAL)


@value_class(frozen=True, slots=True)
class Recomputed:
    """A stored call and its new result."""

    call: StoredCall
    method: str
    """Of the result that is stored."""
    assessed: Assessed

    @property
    def differs(self) -> bool:
        """False when the new footprint equals the old one exactly and is by the same method."""
        new = self.assessed.assessment
        return self.call.footprint != new.footprint or self.method != new.basis.content["method"]


@dataclass(slots=True)
class Totals:
    """Calls together. Energy at the meter [Wh], carbon [g]."""

    calls: int = 0
    energy_wh: Estimate = ZERO
    co2_g: Estimate = ZERO

    def add(self, footprint: Footprint) -> None:
        """Add one call."""
        self.calls += 1
        self.energy_wh += footprint.facility_energy_wh
        self.co2_g += footprint.co2_g


@dataclass(slots=True)
class Change:
    """Totals before and after, of all calls and by the method of their results."""

    changed: int = 0
    hourly: int = 0
    """Calls whose new result is by the imported hour of their grid."""
    unsupported: int = 0
    """Calls of models that are no longer estimated, whose results stay as they are."""
    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)
    before_by_method: dict[str, Totals] = field(default_factory=dict)
    after_by_method: dict[str, Totals] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return self.before.calls

    def add(self, one: Recomputed | None) -> None:
        """Add one call, or one that is not estimated."""
        if one is None:
            self.unsupported += 1
            return
        before, after = one.call.footprint, one.assessed.assessment
        self.changed += one.differs
        self.hourly += after.grid_g_per_kwh is not None
        self.before.add(before)
        self.after.add(after.footprint)
        self.before_by_method.setdefault(one.method, Totals()).add(before)
        self.after_by_method.setdefault(after.basis.content["method"], Totals()).add(after.footprint)


def recompute(store: Store, filters: Filters, assessor: Assessor, now_ms: int, grid: str | None = None) -> Iterator[Recomputed | None]:
    """
    Each call of `store` with its estimate by the current method; None for one of a kind of model that is not estimated.
    Names that were once accepted are no errors.

    Args:
        grid: "hourly" to use imported hours where they are known, "annual" to use none; None leaves each call as it is.
    """
    methods: dict[int, str] = {}
    by_hour = ByHour(GridHours(store))
    for call in store.rows(filters):
        if call.basis_id not in methods:
            content = store.basis(call.basis_id).content
            methods[call.basis_id] = content["method"]
            if profile := _profile(content):
                assessor.learn(profile)
        usage = replace(call.usage, model_reported=True, region_reported=True)
        try:
            assessed = assessor.assess(usage, now_ms)
        except UnsupportedModality:
            yield None
            continue
        if grid == HOURLY or (grid is None and call.grid_g_per_kwh is not None):
            assessed = by_hour.of(assessed) or assessed
        yield Recomputed(call, methods[call.basis_id], assessed)


def _profile(content: Mapping[str, Any]) -> Hardware | None:
    """The hardware profile that a basis was computed with: its owner may have removed it since."""
    name = (content.get("serving") or {}).get("hardware")
    if name is None:
        return None
    factors: dict[str, Any] = {key: Factor.from_json(factor) for key, factor in content["constants"].items() if key in PROFILE_FACTORS}
    copies = content["constants"].get("copies", {"value": 1})["value"]
    return Hardware(name, pue=Factor.from_json(content["site"]["pue"]), copies=int(copies), **factors)


def keep(one: Recomputed, store: Store, now_ms: int) -> None:
    """Store the new result as the current one; the old one is kept. Call inside a transaction of `store`."""
    assessed = one.assessed
    store.supersede(
        one.call.row_id,
        assessed.assessment,
        model_id=assessed.model.spec.id,
        final_region=assessed.site.spec.region,
        calculation_method=assessed.site.calculation_method,
        computed_at_ms=now_ms,
    )
