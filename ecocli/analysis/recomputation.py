"""Stored calls by the current method and data: what would change, and on request the change itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ecocli.core.quantity import ZERO, Estimate
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.store import Store
from ecocli.store.rows import StoredCall
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Recomputed:
    """A stored call beside its new result."""

    call: StoredCall
    assessed: Assessed

    @property
    def differs(self) -> bool:
        """False when the new result is the old one to the last digit."""
        return self.call.footprint != self.assessed.assessment.footprint


@dataclass(slots=True)
class Change:
    """How totals move. Energy in Wh at the meter, carbon in g."""

    calls: int = 0
    changed: int = 0
    energy_before_wh: Estimate = ZERO
    energy_after_wh: Estimate = ZERO
    co2_before_g: Estimate = ZERO
    co2_after_g: Estimate = ZERO

    def add(self, one: Recomputed) -> None:
        before, after = one.call.footprint, one.assessed.assessment.footprint
        self.calls += 1
        self.changed += one.differs
        self.energy_before_wh += before.facility_energy_wh
        self.energy_after_wh += after.facility_energy_wh
        self.co2_before_g += before.co2_g
        self.co2_after_g += after.co2_g


def recompute(calls: Iterable[StoredCall], assessor: Assessor, now_ms: int) -> Iterator[Recomputed]:
    """Each call as it would be estimated today. Names that were once accepted never stop it."""
    for call in calls:
        usage = replace(call.usage, model_reported=True, region_reported=True)
        yield Recomputed(call, assessor.assess(usage, now_ms))


def keep(one: Recomputed, store: Store, now_ms: int) -> None:
    """Make the new result the one that is shown; the old one stays. Inside a transaction of `store`."""
    assessed = one.assessed
    store.supersede(
        one.call.row_id,
        assessed.assessment,
        model_id=assessed.model.spec.id,
        final_region=assessed.site.spec.region,
        calculation_method=assessed.site.calculation_method,
        computed_at_ms=now_ms,
    )
