"""Carbon intensity of electricity by zone and hour, as the user imported it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

PUT = (
    "INSERT INTO grid_hours (zone, hour, g_per_kwh, source, imported_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (zone, hour) "
    "DO UPDATE SET g_per_kwh = excluded.g_per_kwh, source = excluded.source, imported_at_ms = excluded.imported_at_ms"
)
ADD_SOURCE = "INSERT INTO grid_sources (layout, source, basis) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
GET_SOURCE = "SELECT id FROM grid_sources WHERE layout = ? AND source = ? AND basis = ?"
KNOWN = "SELECT hour, g_per_kwh, source FROM grid_hours WHERE zone = ? AND hour BETWEEN ? AND ?"
AT = "SELECT h.g_per_kwh, s.layout, s.source, s.basis FROM grid_hours AS h JOIN grid_sources AS s ON s.id = h.source WHERE h.zone = ? AND h.hour = ?"
MEAN = (
    "SELECT count(*), avg(h.g_per_kwh) FROM grid_hours AS h JOIN grid_sources AS s ON s.id = h.source "
    "WHERE h.zone = ? AND h.hour >= ? AND h.hour < ? AND s.basis = ?"
)
LIST = (
    "SELECT h.zone, s.layout, s.source, s.basis, count(*), min(h.hour), max(h.hour), avg(h.g_per_kwh), max(h.imported_at_ms) FROM grid_hours AS h "
    "JOIN grid_sources AS s ON s.id = h.source GROUP BY h.zone, h.source ORDER BY h.zone, min(h.hour)"
)


@value_class(frozen=True, slots=True)
class GridSource:
    """Where hours are from."""

    layout: str
    """Of the file."""
    source: str
    """Whose data."""
    basis: str
    """lifecycle or direct."""


@value_class(frozen=True, slots=True)
class GridHour:
    """The intensity of a zone in one hour. [gCO2e/kWh]"""

    g_per_kwh: float
    origin: GridSource


@value_class(frozen=True, slots=True)
class Added:
    """An import of hours of one zone; a replaced hour had another value or another source."""

    zone: str
    hours: int
    new: int
    replaced: int
    first_hour: int
    """Hours since 1970, UTC."""
    last_hour: int


@value_class(frozen=True, slots=True)
class Held:
    """Hours of one zone from one source."""

    zone: str
    origin: GridSource
    hours: int
    first_hour: int
    """Hours since 1970, UTC."""
    last_hour: int
    mean_g_per_kwh: float
    imported_at_ms: int
    """The latest."""


class GridHours:
    """The hours of one store."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def add(self, zones: Mapping[str, Mapping[int, float]], origin: GridSource, now_ms: int) -> list[Added]:
        """Keep hours by zone, in the place of those that are there for the same hours; all of them, or none. [h since 1970, UTC], [gCO2e/kWh]"""
        with self._store.transaction():
            named = (origin.layout, origin.source, origin.basis)
            self._connection.execute(ADD_SOURCE, named)
            source_id: int = self._connection.execute(GET_SOURCE, named).fetchone()[0]
            return [self._add(zone, hours, source_id, now_ms) for zone, hours in sorted(zones.items()) if hours]

    def _add(self, zone: str, hours: Mapping[int, float], source_id: int, now_ms: int) -> Added:
        first, last = min(hours), max(hours)
        known = {hour: rest for hour, *rest in self._connection.execute(KNOWN, (zone, first, last))}
        changed = [hour for hour, g_per_kwh in hours.items() if known.get(hour) != [g_per_kwh, source_id]]
        self._connection.executemany(PUT, [(zone, hour, hours[hour], source_id, now_ms) for hour in changed])
        replaced = len(known.keys() & changed)
        return Added(zone, len(hours), len(changed) - replaced, replaced, first, last)

    def at(self, zone: str, hour: int) -> GridHour | None:
        """The intensity of a zone in an hour; None where it was not imported."""
        row = self._connection.execute(AT, (zone, hour)).fetchone()
        return None if row is None else GridHour(row[0], GridSource(*row[1:]))

    def mean(self, zone: str, first_hour: int, end_hour: int, basis: str) -> tuple[int, float | None]:
        """How many hours there are from the first up to the end, and their mean intensity. [gCO2e/kWh]"""
        count, mean = self._connection.execute(MEAN, (zone, first_hour, end_hour, basis)).fetchone()
        return count, mean

    def held(self) -> Iterator[Held]:
        """All hours, by zone and source."""
        with self._store.snapshot():
            for zone, layout, source, basis, *rest in self._connection.execute(LIST):
                yield Held(zone, GridSource(layout, source, basis), *rest)
