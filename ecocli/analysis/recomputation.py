"""Recompute stored calls with the current method and data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import UnsupportedModality
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.store import Store
from ecocli.store.rows import StoredCall
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Recomputed:
    """A stored call and its new result."""

    call: StoredCall
    assessed: Assessed

    @property
    def differs(self) -> bool:
        """False when the new footprint equals the old one exactly."""
        return self.call.footprint != self.assessed.assessment.footprint


@dataclass(slots=True)
class Change:
    """Totals before and after. Energy at the meter [Wh], carbon [g]."""

    calls: int = 0
    changed: int = 0
    unsupported: int = 0
    """Calls of models that are no longer estimated, whose results stay as they are."""
    energy_before_wh: Estimate = ZERO
    energy_after_wh: Estimate = ZERO
    co2_before_g: Estimate = ZERO
    co2_after_g: Estimate = ZERO

    def add(self, one: Recomputed | None) -> None:
        """Add one call, or one that is not estimated."""
        if one is None:
            self.unsupported += 1
            return
        before, after = one.call.footprint, one.assessed.assessment.footprint
        self.calls += 1
        self.changed += one.differs
        self.energy_before_wh += before.facility_energy_wh
        self.energy_after_wh += after.facility_energy_wh
        self.co2_before_g += before.co2_g
        self.co2_after_g += after.co2_g


def recompute(calls: Iterable[StoredCall], assessor: Assessor, now_ms: int) -> Iterator[Recomputed | None]:
    """Each call with its estimate by the current method; None for one of a kind of model that is not estimated. Names that were once accepted are no errors."""
    for call in calls:
        usage = replace(call.usage, model_reported=True, region_reported=True)
        try:
            yield Recomputed(call, assessor.assess(usage, now_ms))
        except UnsupportedModality:
            yield None


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
