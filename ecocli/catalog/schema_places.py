"""The schema of places in regions.yaml: figures, grids, countries, geographies, cities."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ecocli.catalog.schema import Basis, Name, Strict, check_bounds

Iso2 = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Iso3 = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Names = Annotated[list[Name], Field(default_factory=list)]


class Ratio(Strict):
    """A range as multiples of the value. [1]"""

    low: float = Field(gt=0, le=1)
    high: float = Field(ge=1)


class Ranges(Strict):
    """Default ranges (5th and 95th percentile) of figures without a range of their own, by the kind of place or figure."""

    zone: Ratio
    subregion: Ratio
    country: Ratio
    mix: Ratio
    world: Ratio
    water: Ratio
    water_mix: Ratio
    water_default: Ratio
    pue: Ratio
    """Range of the overhead, PUE - 1."""
    wue: Ratio


class HourSpread(Ratio):
    """One hour's intensity over the mean of its year, 5th and 95th percentile. [1]"""

    source: Name
    year: int = Field(ge=1990, le=2100)
    """The last year that was looked at."""


class HourProfile(Strict):
    """A grid's year by months and hours in UTC."""

    source: Name
    year: int = Field(ge=1990, le=2100)
    """The year that it was made of."""
    months: list[Annotated[list[Annotated[float, Field(gt=0)]], Field(min_length=24, max_length=24)]] = Field(min_length=12, max_length=12)
    """Intensity over the mean of the year. [1]"""

    @model_validator(mode="after")
    def _has_a_mean_of_one(self) -> Self:
        if abs(sum(map(sum, self.months)) / 288 - 1) > 1e-3:
            raise ValueError("the mean of a profile must be 1")
        return self


class GridHours(Strict):
    """How far hours are from the mean: those of any zone, of single ones, and from mean times profile in years that a profile was not made of."""

    any: HourSpread
    zones: dict[Name, HourSpread]
    profiles: dict[Name, HourSpread]


class Figure(Strict):
    """A sourced number; without `low` and `high` it has the default range of its kind."""

    value: float = Field(ge=0)
    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    unit: str
    source: Name
    """Id of an entry under `sources`."""
    year: int = Field(ge=1990, le=2100)
    """The year that the number describes."""
    basis: Basis = "reported"

    @model_validator(mode="after")
    def _bounds_contain_the_value(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high go together")
        if self.low is not None and self.high is not None:
            check_bounds(self.low, self.value, self.high)
        return self


class Intensity(Figure):
    unit: Literal["gCO2e/kWh"]


class Direct(Figure):
    """Combustion only; of some grids CO2 alone is published."""

    unit: Literal["gCO2e/kWh", "gCO2/kWh"]


class Water(Figure):
    unit: Literal["L/kWh"]


class Pue(Figure):
    value: float = Field(ge=1)
    low: float | None = Field(default=None, ge=1)
    unit: Literal["1"]


class Plain(Figure):
    unit: Literal["1"]


class Place(Strict):
    """Fields of every place. `own` marks entries of the user's own file and is set when the files are merged."""

    name: Name
    own: bool = False


class World(Place):
    aliases: Names
    intensity: Intensity
    water: Water


class Zone(Place):
    """A grid zone: its lifecycle intensity, or the ratio to its direct one that makes it, or the eGRID subregion that it is."""

    country: Iso3 | None = None
    intensity: Intensity | None = None
    direct: Direct | None = None
    """Of the same zone and by the same accounting of imports."""
    lifecycle_ratio: Name | None = None
    egrid: Name | None = None
    note: str | None = None
    """Where its figure is weak: an assumption of every call there."""

    @model_validator(mode="after")
    def _one_lifecycle(self) -> Self:
        if sum(given is not None for given in (self.intensity, self.lifecycle_ratio, self.egrid)) != 1:
            raise ValueError("one of intensity, lifecycle_ratio and egrid is needed")
        if self.lifecycle_ratio and not self.direct:
            raise ValueError("a lifecycle_ratio needs a direct intensity")
        return self


class Subregion(Place):
    zone: Name
    """The grid zone whose intensity it has in a mix."""
    direct: Direct
    lifecycle_ratio: Name = "us"
    water: Water | None = None


class State(Place):
    """A US state: its grid zone's intensity where it is one, else its own, else that of its main eGRID subregion."""

    egrid: Name
    zone: Name | None = None
    intensity: Intensity | None = None


class Country(Place):
    """A country. With `zone`, that zone's intensity counts, and the range holds `intensity`, which is of another source."""

    iso2: Iso2
    aliases: Names
    zone: Name | None = None
    """The grid zone that feeds the whole country."""
    intensity: Intensity | None = None
    water: Water | None = None

    @model_validator(mode="after")
    def _has_a_figure(self) -> Self:
        if self.zone is None and self.intensity is None:
            raise ValueError("zone or intensity is needed")
        return self


class Geo(Place):
    """The mean of the regions named, or of the public regions in the countries named."""

    aliases: Names
    countries: Annotated[list[Iso3], Field(default_factory=list)]
    regions: Names
    intensity: Intensity | None = None
    zone: Name | None = None
    """The grid zone whose intensity it has, where it is a single country."""

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if bool(self.countries) == bool(self.regions):
            raise ValueError("either countries or regions are needed")
        return self


class City(Strict):
    """A city: asked for by name, it is the provider's own region there, else its grid zone, or its country where that has none."""

    name: Name
    aliases: Names
    zone: Name | None = None
    country: Iso3 | None = None
    state: Annotated[str, Field(pattern="^US-[A-Z]{2}$")] | None = None
    regions: Names

    @model_validator(mode="after")
    def _one_grid(self) -> Self:
        if (self.zone is None) == (self.country is None):
            raise ValueError("either zone or country is needed")
        return self


class Province(Strict):
    """A part of a country other than a US state, which stands for its grid zone. Its key is its ISO 3166-2 code."""

    name: Name | None = None
    aliases: Names
    zone: Name
