"""The schema of regions.yaml: grids, operators, clouds, regions and providers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ecocli.catalog.schema import Basis, Name, SourceEntry, Strict, check_bounds

Iso2 = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Iso3 = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Code = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
"""The code of a cloud region, or an id of the catalogue."""
Names = Annotated[list[Name], Field(default_factory=list)]
Unchecked = Annotated[list[Literal["code", "zone", "status"]], Field(default_factory=list)]
"""Fields whose content was recalled and not read at a source."""
Status = Literal["ga", "restricted", "announced", "unlisted", "not_public", "canary", "gov", "cn", "sovereign"]


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
    country: Iso3 | None = None
    intensity: Intensity
    direct: Intensity | None = None


class Subregion(Place):
    zone: Name
    """The grid zone whose intensity it has in a mix."""
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
    """PUE and on-site water of the sites of an operator."""

    name: Name | None = None
    """The operator; by default the provider."""
    pue: Pue
    wue_site: Water
    wue_basis: Literal["withdrawal", "consumption", "not stated", "assumed"]


class Mix(Strict):
    name: Name
    weights: dict[Name, Annotated[float, Field(gt=0)]] = Field(min_length=1)
    """Weights by eGRID subregion."""


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
    """Other zones where the site may be; the range includes theirs."""
    egrid: Name | None = None
    status: Status = "ga"
    facility: Name
    intensity: Intensity | None = None
    """Only where it differs from that of the zone."""
    pue: Pue | None = None
    wue_site: Water | None = None
    water: Water | None = None
    direct: Intensity | None = None
    market: Intensity | None = None
    unchecked: Unchecked
    note: str | None = None


class Default(Strict):
    """The place to assume when no region is known: exactly one of region, mix, zone and cloud, or the world."""

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
    """Its own cloud, where a region code is looked up first."""
    hosts: Names
    """Clouds that it is known to rent from, the likeliest first."""
    facility: Name
    default: Default
    labels: Annotated[dict[Code, Name], Field(default_factory=dict)]
    """Its own region names that look like those of a cloud, with the place that each means."""
    local: bool = False
    operator: Literal["wide_expert_parallel"] | None = None
    """How it serves its sparse models, where it has said so itself."""
    note: str | None = None
    evidence: str
    checked: bool = True


class RegionCatalog(Strict):
    """The whole of regions.yaml."""

    edition: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    sources: dict[Code, SourceEntry]
    ranges: Ranges
    egrid_lifecycle: Plain
    """Ratio of lifecycle to direct intensity of eGRID subregions."""
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
