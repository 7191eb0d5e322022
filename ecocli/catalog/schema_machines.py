"""The schema of machines.yaml: machines of one's own, each number with its range and source."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ecocli.catalog.schema import Basis, Name, Notice, SourceEntry, Strict, check_bounds
from ecocli.core.factors import Factor

Range = Annotated[list[float], Field(min_length=3, max_length=3)]


class RangeEntry(Strict):
    """A number of a machine; its unit is that of the field that holds it."""

    range: Range
    """5th percentile, centre, 95th percentile."""
    source: Name
    """Id of an entry under `sources`."""
    basis: Basis

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_bounds(*self.range)
        return self

    def factor(self, unit: str, sources: dict[str, SourceEntry]) -> Factor:
        """The entry as a Factor, with the citation and the year of its source."""
        low, value, high = self.range
        source = sources[self.source]
        return Factor(value, low, high, unit, source.citation, source.year, self.basis)


class MachineEntry(Strict):
    """A usual machine of one's own."""

    name: Name
    kind: Literal["laptop", "desktop", "workstation", "board", "laptop or desktop"]
    names: list[Name] = Field(min_length=1)
    """Names that people and drivers give it, or its chip."""
    active_w: RangeEntry
    """At the wall, while it answers one request at a time. [W]"""
    idle_w: RangeEntry
    """At the wall, while it waits. [W]"""
    embodied_kg: RangeEntry
    """Making it. [kgCO2e]"""

    @model_validator(mode="after")
    def _draws_more_at_work(self) -> Self:
        if not all(idle < active for idle, active in zip(self.idle_w.range, self.active_w.range, strict=True)):
            raise ValueError("idle_w must be below active_w, its low and high too")
        return self


class MachinesFile(Strict):
    """machines.yaml."""

    edition: Name
    notices: list[Notice] = Field(default_factory=list)
    sources: dict[Name, SourceEntry]
    machines: dict[Name, MachineEntry]
