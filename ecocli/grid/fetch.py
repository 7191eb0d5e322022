"""Hours from the API of Electricity Maps, with the user's own key."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ecocli.errors import BadData, UsageError, quoted, shorten
from ecocli.grid.files import check
from ecocli.grid.series import LIFECYCLE, Means, Reading, hour_of
from ecocli.net.fetch import FetchFailed, is_private
from ecocli.net.fetch import fetch as ask

LAYOUT, SOURCE = "electricity-maps-api", "Electricity Maps, API, hourly carbon intensity (life cycle)"
BASE_URL = "https://api.electricitymaps.com"
RECENT, RANGE = "/v3/carbon-intensity/history", "/v3/carbon-intensity/past-range"
"""The last 24 hours, and any time as the key's plan allows it."""
MOST_DAYS = 10
"""In one answer about a range."""
MOST_BYTES = 16 * 1024 * 1024
FAILED = "grid-fetch-failed"


def fetch(zone: str, start: datetime | None, end: datetime, key: str, base_url: str = BASE_URL) -> Reading:
    """
    Hours of a zone.

    Args:
        zone: As Electricity Maps names it.
        start: The first moment, in UTC; None for the last 24 hours.
        end: The first moment that no longer counts, in UTC.
        key: Of the user.

    Raises:
        UsageError: The address would show the key to others on its way.
        BadData: No answer, a refusal, or an answer that cannot be used.
    """
    if not is_private(base_url):
        raise UsageError(f"--url: must begin with https://, not {quoted(base_url)}")
    means = Means()
    for path, query in _questions(zone, start, end):
        for moment, value in _values(_answer(f"{base_url.rstrip('/')}{path}?{urlencode(query)}", key)):
            means.add(zone, hour_of(moment), value)
    found = means.reading(LIFECYCLE)
    check(found.zones)
    return found


def _questions(zone: str, start: datetime | None, end: datetime) -> Iterator[tuple[str, dict[str, str]]]:
    """Path and query of each request."""
    query = {"zone": zone, "emissionFactorType": LIFECYCLE}
    if start is None:
        yield RECENT, query
        return
    while start < end:
        until = min(end, start + timedelta(days=MOST_DAYS))
        yield RANGE, {**query, "start": _iso(start), "end": _iso(until)}
        start = until


def _answer(url: str, key: str) -> Any:
    try:
        # without redirects: the key goes to the host that it is for, and nowhere else
        body = ask(url, "Electricity Maps", MOST_BYTES, headers={"auth-token": key, "Accept": "application/json"})
    except FetchFailed as error:
        hint = "the key, or what its plan allows" if error.status in (401, 403) else None
        raise BadData(str(error), hint, code=FAILED) from error
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadData("Electricity Maps answered with something else than JSON", code=FAILED) from error


def _values(body: Any) -> Iterator[tuple[datetime, float]]:
    """Each moment with its intensity; hours without one are left out."""
    rows = (body.get("data") or body.get("history")) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise BadData(f"Electricity Maps answered without hours: {shorten(body, 120)}", code=FAILED)
    for row in rows:
        try:
            moment, value = datetime.fromisoformat(row["datetime"]), row["carbonIntensity"]
            if value is not None:
                yield moment.astimezone(UTC), float(value)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadData(f"Electricity Maps answered with an hour that cannot be read: {shorten(row, 120)}", code=FAILED) from error


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
