"""The schema of regions.yaml: operators, clouds, regions, providers, and the whole file."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ecocli.catalog.schema import Name, Notice, SourceEntry, Strict
from ecocli.catalog.schema_places import (
    City,
    Country,
    Direct,
    Geo,
    GridHours,
    HourProfile,
    Intensity,
    Iso3,
    Names,
    Place,
    Plain,
    Province,
    Pue,
    Ranges,
    State,
    Subregion,
    Water,
    World,
    Zone,
)


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Code = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
"""The code of a cloud region, or an id of the catalogue."""
Pattern = Annotated[str, AfterValidator(_is_pattern)]
Unchecked = Annotated[list[Literal["code", "zone", "status"]], Field(default_factory=list)]
"""Fields whose content was recalled and not read at a source."""
Status = Literal["ga", "restricted", "announced", "unlisted", "not_public", "canary", "gov", "cn", "sovereign", "local"]
"""`local` is a single site beside a region: AWS's local zones, IBM's single data centres."""


class Facility(Strict):
    """PUE and on-site water of the sites of an operator."""

    name: Name | None = None
    """The operator; by default the provider."""
    mean_over: Name | None = None
    """The sites whose mean it is: at any one of them the figures are derived. Without it they are those of the site."""
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
    minor: bool = False
    """Its regions do not count in the means of geographies, and give way to another cloud's region of the same code."""
    zone_suffix: Pattern | None = None
    """Ends of zone names behind their region's code, as a regular expression."""
    source: Name | None = None
    """Where the codes of its regions, and their places, were read."""
    unchecked: Unchecked


class Region(Place):
    aliases: Names
    """Other codes and display names that its cloud uses for it."""
    country: Iso3
    zone: Name
    alternatives: Names
    """Other zones where the site may be; the range includes theirs."""
    egrid: Name | None = None
    status: Status = "ga"
    facility: Name
    intensity: Intensity | None = None
    """Only where it differs from that of the zone, whose direct intensity then says nothing of this place."""
    pue: Pue | None = None
    wue_site: Water | None = None
    water: Water | None = None
    direct: Direct | None = None
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
    serves: list[Name] | None = None
    """Makers whose models it serves beside its own, by the ids that models.yaml gives them; open: any whose weights are published. Absent: not known."""
    forwards: bool = False
    """It passes calls on to others: where they are computed depends on whom it chose."""
    note: str | None = None
    evidence: str
    checked: bool = True


class RegionCatalog(Strict):
    """The whole of regions.yaml, joined with the figures of zones that have a file of their own."""

    edition: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    notices: Annotated[list[Notice], Field(default_factory=list)]
    sources: dict[Code, SourceEntry]
    ranges: Ranges
    hours: GridHours
    hour_profiles: Annotated[dict[Name, HourProfile], Field(default_factory=dict)]
    lifecycle_ratios: dict[Code, Plain]
    """Lifecycle over direct intensity of a whole country, for parts of it whose direct intensity is known."""
    world: World
    zones: dict[Name, Zone]
    egrid: dict[Name, Subregion]
    states: dict[Annotated[str, Field(pattern="^US-[A-Z]{2}$")], State]
    countries: dict[Iso3, Country]
    facilities: dict[Code, Facility]
    mixes: dict[Code, Mix]
    clouds: dict[Code, Cloud]
    geos: dict[Code, Geo]
    cities: dict[Code, City]
    provinces: dict[Annotated[str, Field(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$")], Province]
    no_region: Names
    providers: dict[Code, Provider]
    regions: dict[Code, dict[Code, Region]]
