"""Build sites from the entries of regions.yaml: the figures of each place, with their ranges."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ecocli.catalog.mean_sites import Weighted, of_cloud, of_geo
from ecocli.catalog.region_figures import Figures, Grid, spanning
from ecocli.catalog.schema_places import Ratio
from ecocli.catalog.schema_regions import Default, RegionCatalog
from ecocli.core.specs import SITE_FACTORS, SiteSpec

ABOUT_WUE = {
    "withdrawal": "the operator's on-site water is a withdrawal, an upper bound on consumption",
    "not stated": "the operator does not say whether its on-site water is withdrawn or consumed",
    "assumed": "the operator publishes no on-site water: an assumption with a wide range",
}
IN_SERVICE = ("ga", "gov", "cn", "sovereign", "local")


class Sites:
    """Sites of a validated catalogue. Intensities in gCO2e/kWh, water in L/kWh."""

    def __init__(self, catalog: RegionCatalog) -> None:
        self.catalog = catalog
        self.ranges = catalog.ranges
        self.figures = Figures(catalog)

    def region(self, cloud: str, code: str) -> SiteSpec:
        """A cloud region: the intensity of its zone, and PUE and on-site water of its own or of its operator."""
        region = self.catalog.regions[cloud][code]
        facility = self.catalog.facilities[region.facility]
        grid = self._region_grid(f"{cloud}/{code}", self.ranges.zone)
        grid["notes"] = (*grid.get("notes", ()), *_about_water(facility.wue_basis), *_about_status(region.status))
        return SiteSpec(
            provider=self.catalog.clouds[cloud].name,
            pue=self.figures.pue(region.pue) if region.pue else self.figures.facility_pue(facility),
            wue_site_l_per_kwh=self.figures.factor(region.wue_site, self.ranges.wue) if region.wue_site else self.figures.facility_water(facility),
            **grid,
        )

    def cloud(self, key: str) -> SiteSpec:
        """A cloud when no region is known."""
        return self._site(self.catalog.clouds[key].facility, self.catalog.clouds[key].name, self._cloud_grid(key))

    def default(self, key: str) -> SiteSpec:
        """A provider when no region is known: its likeliest place, with PUE and water ranges of all sites of its operator."""
        provider = self.catalog.providers[key]
        site = self._site(provider.facility, provider.name, self._default_grid(provider.default))
        if not provider.default.region:
            return site
        likely = self.region(*provider.default.region.split("/", 1))
        return replace(site, pue=spanning(likely.pue, [site.pue]), wue_site_l_per_kwh=spanning(likely.wue_site_l_per_kwh, [site.wue_site_l_per_kwh]))

    def facility(self, key: str) -> dict[str, Any]:
        """PUE and on-site water of an operator as JSON, with its name when it has one."""
        entry = self.catalog.facilities[key]
        body = {
            "pue": self.figures.facility_pue(entry).to_json(),
            "wue_site_l_per_kwh": self.figures.facility_water(entry).to_json(),
            "notes": _about_water(entry.wue_basis) if entry.wue_site.value else (),
        }
        return body | ({"provider": entry.name} if entry.name else {})

    def grids(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(key, body) of every country, state, zone, subregion and geography, and of the world."""
        catalog = self.catalog
        yield "world", _body("GLOBAL_AVERAGE", catalog.world, self._world())
        for code, zone in catalog.zones.items():
            yield f"zone/{code}", _body("EXACT_ZONE", zone, self._zone(code, self.ranges.zone))
        for code, part in catalog.egrid.items():
            yield f"egrid/{code}", _body("EXACT_ZONE", part, self._subregion(code))
        for code, state in catalog.states.items():
            yield f"state/{code}", _body("EXACT_ZONE", state, self._state(code))
        for code, country in catalog.countries.items():
            yield f"country/{code}", _body("COUNTRY", country, self._country(code, self.ranges.country))
        for code, geo in catalog.geos.items():
            yield f"geo/{code}", _body("GEO_AVERAGE", geo, self._geo(code))

    def _world(self) -> Grid:
        world = self.catalog.world
        water = self.figures.factor(world.water, self.ranges.water_default)
        return {"region": "WORLD", "intensity_g_per_kwh": self.figures.factor(world.intensity, self.ranges.world), "wue_source_l_per_kwh": water}

    def _zone(self, code: str, ratio: Ratio, egrid: str | None = None) -> Grid:
        """A grid zone, with the water of an eGRID subregion where `egrid` names one."""
        zone, part = self.catalog.zones[code], self.catalog.egrid.get(egrid or "")
        grid = self.figures.place(code, self.figures.zone(code, ratio), zone.country, part.water if part else None)
        return _noted(grid, zone.note) | {"zone": code} | self.figures.memo("direct", self.figures.zone_direct(code))

    def _subregion(self, code: str) -> Grid:
        part = self.catalog.egrid[code]
        intensity = self.figures.lifecycle(part.direct, part.lifecycle_ratio, self.ranges.subregion)
        return self.figures.place(code, intensity, "USA", part.water) | {"zone": code} | self.figures.memo("direct", part.direct)

    def _state(self, code: str) -> Grid:
        """A state: the intensity of its grid zone, else its own, else that of its main subregion."""
        state, ratio = self.catalog.states[code], self.ranges.country
        part = self.catalog.egrid[state.egrid]
        if state.zone:
            intensity, zone = self.figures.zone(state.zone, ratio), state.zone
        elif state.intensity:
            intensity, zone = self.figures.factor(state.intensity, ratio), code
        else:
            intensity, zone = self.figures.lifecycle(part.direct, part.lifecycle_ratio, ratio), state.egrid
        return self.figures.place(code, intensity, "USA", part.water) | {"zone": zone}

    def _country(self, iso3: str, ratio: Ratio) -> Grid:
        """A country: its grid zone, with a range that holds the country's figure of another source; else that figure."""
        country = self.catalog.countries[iso3]
        own = [self.figures.factor(country.intensity, ratio)] if country.intensity else []
        if country.zone is None:
            return self.figures.place(country.iso2, own[0], iso3)
        grid = self._zone(country.zone, ratio) | {"region": country.iso2}
        others = [replace(other, low=other.value, high=other.value) for other in own]
        return grid | {"intensity_g_per_kwh": spanning(grid["intensity_g_per_kwh"], others)}

    def _geo(self, key: str) -> Grid:
        geo = self.catalog.geos[key]
        grid = self._mean_of_regions(of_geo(self.catalog, key), geo.name)
        if geo.intensity:
            grid["intensity_g_per_kwh"] = self.figures.factor(geo.intensity, self.ranges.mix)
        if geo.zone:
            grid |= {"intensity_g_per_kwh": self.figures.zone(geo.zone, self.ranges.mix), "zone": geo.zone}
            grid.pop("direct_intensity_g_per_kwh", None)
        return grid | {"region": key.upper()}

    def _mix(self, key: str, ratio: Ratio) -> Grid:
        """The weighted mean of eGRID subregions, each with the intensity of its zone."""
        mix = self.catalog.mixes[key]
        places = [self._zone(self.catalog.egrid[code].zone, ratio, code) for code in mix.weights]
        grid = self.figures.mean(places, list(mix.weights.values()), ratio, mix.name)
        return grid | {"region": key, "country": "USA"}

    def _cloud_grid(self, key: str) -> Grid:
        cloud = self.catalog.clouds[key]
        if cloud.mix:
            return self._mix(cloud.mix, self.ranges.mix)
        return self._mean_of_regions(of_cloud(self.catalog, key), f"the public regions of {cloud.name}") | {"region": key}

    def _default_grid(self, default: Default) -> Grid:
        ranges = self.ranges
        if default.cloud:
            return self._cloud_grid(default.cloud)
        if default.mix:
            return self._mix(default.mix, getattr(ranges, default.range or "mix"))
        ratio = getattr(ranges, default.range or "country")
        if default.region:
            return self._region_grid(default.region, ratio)
        if default.zone:
            return self._default_zone(default, ratio)
        return self._world()

    def _default_zone(self, default: Default, ratio: Ratio) -> Grid:
        zone, country = str(default.zone), str(default.country)
        if self.catalog.countries[country].zone == zone:
            return self._country(country, ratio)
        return self._zone(zone, ratio, default.egrid) | {"country": country}

    def _region_grid(self, key: str, ratio: Ratio) -> Grid:
        cloud, _, code = key.partition("/")
        region = self.catalog.regions[cloud][code]
        part = self.catalog.egrid.get(region.egrid or "")
        water = region.water or (part.water if part else None)
        others = [self.figures.zone(name, ratio) for name in region.alternatives]
        intensity = self.figures.factor(region.intensity, ratio) if region.intensity else self.figures.zone(region.zone, ratio)
        grid = self.figures.place(code, spanning(intensity, others), region.country, water)
        direct = region.direct if region.intensity else region.direct or self.figures.zone_direct(region.zone)
        memos = self.figures.memo("direct", direct) | self.figures.memo("market", region.market)
        return _noted(grid, None if region.intensity else self.catalog.zones[region.zone].note) | {"zone": region.zone} | memos

    def _mean_of_regions(self, sites: Weighted, label: str) -> Grid:
        grids = [self._region_grid(key, self.ranges.mix) for key in sites]
        return self.figures.mean(grids, list(sites.values()), self.ranges.mix, label)

    def _site(self, facility: str, name: str, grid: Grid) -> SiteSpec:
        entry = self.catalog.facilities[facility]
        about = _about_water(entry.wue_basis) if entry.wue_site.value else ()
        grid = grid | {"notes": (*grid.get("notes", ()), *about)}
        wue = self.figures.facility_water(entry)
        return SiteSpec(provider=entry.name or name, pue=self.figures.facility_pue(entry), wue_site_l_per_kwh=wue, **grid)


def _body(match: str, place: Any, grid: Grid) -> dict[str, Any]:
    site = {key: value.to_json() if key in SITE_FACTORS else value for key, value in grid.items()}
    return {"match": match, "name": place.name, "own": place.own, "site": site}


def _noted(grid: Grid, note: str | None) -> Grid:
    return grid | {"notes": (*grid.get("notes", ()), note)} if note else grid


def _about_water(basis: str) -> tuple[str, ...]:
    return (ABOUT_WUE[basis],) if basis in ABOUT_WUE else ()


def _about_status(status: str) -> tuple[str, ...]:
    return () if status in IN_SERVICE else (f"the cloud lists this region as {status.replace('_', ' ')}",)
