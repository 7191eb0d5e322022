"""Hours from the API of Electricity Maps, with the user's own key: the only place of eco that speaks to the network, and only when it is asked to."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from ecocli.errors import BadData, UsageError, quoted, shorten
from ecocli.grid.files import check
from ecocli.grid.series import LIFECYCLE, Means, Reading, hour_of

LAYOUT, SOURCE = "electricity-maps-api", "Electricity Maps, API, hourly carbon intensity (life cycle)"
BASE_URL = "https://api.electricitymaps.com"
RECENT, RANGE = "/v3/carbon-intensity/history", "/v3/carbon-intensity/past-range"
"""The last 24 hours, and any time as the key's plan allows it."""
MOST_DAYS = 10
"""In one answer about a range."""
TIMEOUT_S = 30.0
MOST_BYTES = 16 * 1024 * 1024
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")
FAILED = "grid-fetch-failed"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes to the host that it is for, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


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
    address = urlsplit(base_url)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in OWN_HOSTS):
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
    request = urllib.request.Request(url, headers={"auth-token": key, "Accept": "application/json"})  # noqa: S310 - the scheme was looked at
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT_S) as response:
            body = response.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        said = error.read(1000).decode("utf-8", "replace")
        hint = "the key, or what its plan allows" if error.code in (401, 403) else None
        raise BadData(f"Electricity Maps answered {error.code}: {shorten(said or error.reason, 200)}", hint, code=FAILED) from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise BadData(f"Electricity Maps cannot be reached: {shorten(str(reason), 200)}", code=FAILED) from error
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
