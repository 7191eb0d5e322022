"""What regions.yaml may say: grids, operators, clouds, regions and providers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ecocli.catalog.schema import Basis, Name, SourceEntry, Strict

Iso2 = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Iso3 = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Code = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
"""A cloud region as its cloud writes it, and every id of our own."""
Names = Annotated[list[Name], Field(default_factory=list)]
Unchecked = Annotated[list[Literal["code", "zone", "status"]], Field(default_factory=list)]
"""What was recalled and not read at a source."""
Status = Literal["ga", "restricted", "announced", "unlisted", "not_public", "canary", "gov", "cn", "sovereign"]


class Ratio(Strict):
    """A range as multiples of the value."""

    low: float = Field(gt=0, le=1)
    high: float = Field(ge=1)


class Ranges(Strict):
    """5th and 95th percentile of a figure that states none itself, by what it stands for."""

    zone: Ratio
    subregion: Ratio
    country: Ratio
    mix: Ratio
    world: Ratio
    water: Ratio
    water_mix: Ratio
    water_default: Ratio
    pue: Ratio
    """Of the overhead, PUE - 1."""
    wue: Ratio


class Figure(Strict):
    """A number with its papers; without `low` and `high` it takes the range of its kind."""

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
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"low {self.low} <= value {self.value} <= high {self.high} does not hold")
        if self.low == 0 < self.value:
            raise ValueError("low must be above 0 where the value is: ranges are ratios")
        return self


class Intensity(Figure):
    unit: Literal["gCO2e/kWh"]


class Water(Figure):
    unit: Literal["L/kWh"]


class Pue(Figure):
    value: float = Field(ge=1)
    low: float | None = Field(default=None, ge=1)
    unit: Literal["1"]


class Plain(Figure):
    unit: Literal["1"]


class Place(Strict):
    """What every place has. `own` is set by the merge: the entry came from the user's file."""

    name: Name
    own: bool = False


class World(Place):
    aliases: Names
    intensity: Intensity
    water: Water


class Zone(Place):
    country: Iso3 | None = None
    intensity: Intensity
    direct: Intensity | None = None


class Subregion(Place):
    zone: Name
    """The grid zone that stands for it in a mix."""
    direct: Intensity
    water: Water | None = None


class State(Place):
    egrid: Name
    zone: Name | None = None
    intensity: Intensity | None = None


class Country(Place):
    iso2: Iso2
    aliases: Names
    intensity: Intensity
    water: Water | None = None


class Facility(Strict):
    """PUE and on-site water of an operator's sites."""

    name: Name | None = None
    """The operator; without it the provider that runs there."""
    pue: Pue
    wue_site: Water
    wue_basis: Literal["withdrawal", "consumption", "not stated", "assumed"]


class Mix(Strict):
    name: Name
    weights: dict[Name, Annotated[float, Field(gt=0)]] = Field(min_length=1)
    """eGRID subregion to weight."""


class Cloud(Strict):
    name: Name
    facility: Name
    mix: Name | None = None
    unchecked: Unchecked


class Geo(Place):
    aliases: Names
    countries: list[Iso3] = Field(min_length=1)
    intensity: Intensity | None = None


class Region(Place):
    country: Iso3
    zone: Name
    alternatives: Names
    """Zones where the site may lie instead: the range spans them."""
    egrid: Name | None = None
    status: Status = "ga"
    facility: Name
    intensity: Intensity | None = None
    """Only where the zone's mean does not hold."""
    pue: Pue | None = None
    wue_site: Water | None = None
    water: Water | None = None
    direct: Intensity | None = None
    market: Intensity | None = None
    unchecked: Unchecked
    note: str | None = None


class Default(Strict):
    """Where a provider computes when no region is known: exactly one of region, mix, zone, cloud or the world."""

    match: Literal[
        "PROVIDER_DEFAULT_REGION",
        "PROVIDER_DEFAULT_COUNTRY",
        "PROVIDER_DEFAULT_MIX",
        "CLOUD_AVERAGE",
        "GLOBAL_AVERAGE",
    ]
    region: Name | None = None
    mix: Name | None = None
    cloud: Name | None = None
    zone: Name | None = None
    country: Iso3 | None = None
    egrid: Name | None = None
    range: Literal["zone", "country", "mix", "world"] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [name for name in ("region", "mix", "cloud", "zone") if getattr(self, name) is not None]
        if len(given) != (0 if self.match == "GLOBAL_AVERAGE" else 1):
            raise ValueError(f"{self.match} with {' and '.join(given) or 'no place'}")
        if self.zone and not self.country:
            raise ValueError("a zone needs its country")
        return self


class Provider(Place):
    aliases: Names
    cloud: Name | None = None
    """Its own or documented cloud: a region code is looked for there first."""
    hosts: Names
    """Clouds that it is known to rent from, likeliest first."""
    facility: Name
    default: Default
    labels: Annotated[dict[Code, Name], Field(default_factory=dict)]
    """Region names of its own that look like a cloud's, and the place that they mean."""
    local: bool = False
    note: str | None = None
    evidence: str
    checked: bool = True


class RegionCatalog(Strict):
    """regions.yaml."""

    edition: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    sources: dict[Code, SourceEntry]
    ranges: Ranges
    egrid_lifecycle: Plain
    """Lifecycle over direct intensity, for eGRID subregions."""
    world: World
    zones: dict[Name, Zone]
    egrid: dict[Name, Subregion]
    states: dict[Annotated[str, Field(pattern="^US-[A-Z]{2}$")], State]
    countries: dict[Iso3, Country]
    facilities: dict[Code, Facility]
    mixes: dict[Code, Mix]
    clouds: dict[Code, Cloud]
    geos: dict[Code, Geo]
    no_region: Names
    providers: dict[Code, Provider]
    regions: dict[Code, dict[Code, Region]]
