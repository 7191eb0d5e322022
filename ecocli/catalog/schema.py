"""Parts that the schemas of models.yaml and regions.yaml share: sources and sourced numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecocli.core.factors import Factor
from ecocli.errors import literal

Basis = Literal["measured", "reported", "derived", "assumed"]
Name = Annotated[str, Field(min_length=1, max_length=256)]


class Strict(BaseModel):
    """Base of all entries: unknown keys and implicit conversions are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True)


class SourceEntry(Strict):
    """Where a number was read."""

    title: Name
    publisher: Name
    """Who owns the figures, not who passed them on."""
    year: int = Field(ge=1990, le=2100)
    url: str | None = None
    licence: Name | None = None
    """An SPDX id, "public domain", or "figures quoted" where nothing is licensed and single figures are cited."""
    retrieved: date | None = None
    """The day on which the figures were read."""
    via: Name | None = None
    """What passed them on, where they were not read at their publisher's."""
    checked: bool = True
    """False when the figure was recalled, inferred or read second-hand, and not at the source."""

    @model_validator(mode="after")
    def _second_hand_is_not_checked(self) -> Self:
        if self.via and self.checked:
            raise ValueError(f"checked: true beside via: what was read in {self.via} was not read at its source; write checked: false")
        return self

    @property
    def citation(self) -> str:
        """The source in one line, complete in itself, its licence included."""
        where = f" <{self.url}>" if self.url else ""
        doubt = f"read in {self.via}" if self.via else None if self.checked else "unchecked"
        terms = [each for each in (self.licence, doubt) if each]
        return f"{self.title}. {self.publisher}, {self.year}{where}" + (f" ({', '.join(terms)})" if terms else "")


class Notice(Strict):
    """What an owner's licence wants to be said wherever the figures go, addresses included."""

    owner: Name
    """As its sources name it."""
    text: str


class FactorEntry(Strict):
    """A number with its range and source."""

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
        check_bounds(self.low, self.value, self.high)
        return self

    def factor(self, sources: dict[str, SourceEntry]) -> Factor:
        """The entry as a Factor, with the citation of its source."""
        citation = sources[self.source].citation
        return Factor(self.value, self.low, self.high, self.unit, citation, self.year, self.basis)


def check_bounds(low: float, value: float, high: float) -> None:
    """Raise ValueError when the bounds do not contain the value, or when a ratio of them would be infinite."""
    if not low <= value <= high:
        raise ValueError(f"low {low} <= value {value} <= high {high} does not hold")
    if low == 0 < value:
        raise ValueError("low must be above 0 where the value is: ranges are ratios")


def reason(problem: Mapping[str, Any]) -> str:
    """The message for one of pydantic's error details, with the value that was refused where it is a number or text."""
    known = {"extra_forbidden": "unknown key", "missing": "missing"}.get(problem["type"])
    if known:
        return known
    message, value = str(problem["msg"]).removeprefix("Value error, "), problem["input"]
    return f"{message}, not {literal(value)}" if isinstance(value, str | int | float) else message
