"""What models.yaml and regions.yaml share: sources, and numbers that carry their papers."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecocli.core.factors import Factor
from ecocli.errors import literal

Basis = Literal["measured", "reported", "derived", "assumed"]
Name = Annotated[str, Field(min_length=1, max_length=256)]


class Strict(BaseModel):
    """A typo in a key is an error, a number in quotes is not a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True)


class SourceEntry(Strict):
    """Where a number was read."""

    title: Name
    publisher: Name
    year: int = Field(ge=1990, le=2100)
    url: str | None = None
    licence: str | None = None
    checked: bool = True
    """False when the figure was recalled or inferred and not read at the source."""

    @property
    def citation(self) -> str:
        """One line that stands by itself in a stored factor."""
        where = f" <{self.url}>" if self.url else ""
        doubt = "" if self.checked else " (unchecked)"
        return f"{self.title}. {self.publisher}, {self.year}{where}{doubt}"


class FactorEntry(Strict):
    """A number with its papers, as YAML writes it."""

    value: float = Field(ge=0)
    """Central value, in `unit`."""
    low: float = Field(ge=0)
    """5th percentile, in `unit`."""
    high: float = Field(ge=0)
    """95th percentile, in `unit`."""
    unit: Name
    source: Name
    """Id of an entry under `sources`."""
    year: int = Field(ge=1990, le=2100)
    """The year that the number describes."""
    basis: Basis = "reported"

    @model_validator(mode="after")
    def _bounds_contain_the_value(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"low {self.low} <= value {self.value} <= high {self.high} does not hold")
        if self.low == 0 < self.value:
            raise ValueError("low must be above 0 where the value is: ranges are ratios")
        return self

    def factor(self, sources: dict[str, SourceEntry]) -> Factor:
        citation = sources[self.source].citation
        return Factor(self.value, self.low, self.high, self.unit, citation, self.year, self.basis)


def reason(problem: Mapping[str, Any]) -> str:
    """What is wrong with a field, of pydantic's account of it: with the value, where that is one."""
    known = {"extra_forbidden": "unknown key", "missing": "missing"}.get(problem["type"])
    if known:
        return known
    said, value = str(problem["msg"]).removeprefix("Value error, "), problem["input"]
    return f"{said}, not {literal(value)}" if isinstance(value, str | int | float) else said
