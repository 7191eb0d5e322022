"""A report that eco wrote as JSON, read again: what it was made of, and where a new one differs."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from ecocli.config import organisation as config
from ecocli.contract.report_changes import INSTRUMENT
from ecocli.core.dates import EPOCH, MS
from ecocli.core.organisation import Instrument, Organisation
from ecocli.core.zones import zone
from ecocli.errors import BadData, UsageError, quoted
from ecocli.ingest import documents
from ecocli.reports.figures import SMALLEST
from ecocli.reports.statements import TITLE
from ecocli.store.history import Filters
from ecocli.store.row_digest import FORM
from ecocli.util.valueclass import value_class

FILTERS = {"keyName": "key_name", "provider": "provider", "model": "model", "region": "region", "source": "source"}
ORGANISATION = {
    "name": "name", "consolidation": "consolidation", "lease": "lease", "standard": "standard", "baseYear": "base_year", "currency": "currency",
    "recalculationThreshold": "recalculation_threshold", "revenue": "revenue", "preparedBy": "prepared_by", "costCentre": "cost_centre",
}  # fmt: skip
ENTITY = {"share": "share", "controlled": "controlled", "keyName": "key", "tags": "tags"}
"""Names in the JSON, to those in config.toml."""
ASIDE = ("generated", "comparison", "restatement", "warnings", "credits", "cost")
"""Parts that a report made later says otherwise, or need not say: list prices are those of the price list that is installed."""
NAMING = (
    *("name", "scope", "category", "hosting", "part", "rung", "instrument", "country", "kind", "owner", "unit"),
    *("supplier", "day", "month", "year", "place", "basis", "source", "reason", "factors"),
)
"""Fields by which an element of a list is known, as far as it has them."""
UNNAMED = "without one"
"""The element that has those calls, say, that name no cost centre."""
INPUTS = ("period", "filters", "organisation", "instruments")
HINT = "give a file that eco report --format json wrote; --verify reads no other format"


class NoReport(BadData):
    code = "no-report"

    def __init__(self, path: str, reason: str, hint: str = HINT) -> None:
        super().__init__(f"{quoted(path, 200)} is no report that can be verified: {reason}", hint)


@value_class(frozen=True, slots=True)
class Written:
    """A report in a file, and what it was made of."""

    body: Mapping[str, Any]
    filters: Filters
    tz: tzinfo
    made_at_ms: int
    organisation: Organisation
    instruments: tuple[Instrument, ...]


@value_class(frozen=True, slots=True)
class Difference:
    """One figure that is another one now; None where it is not there, or unknown."""

    where: str
    """Path in the JSON, elements of a list by their names."""
    then: float | str | None
    now: float | str | None


def read(data: bytes, path: str) -> Written:
    """
    Args:
        path: Name of the file, for errors.

    Raises:
        NoReport: It is no report as JSON, or one of another form.
    """
    try:
        body = documents.parse(data)
    except BadData as error:
        raise NoReport(path, str(error)) from error
    if not isinstance(body, dict) or body.get("title") != TITLE:
        raise NoReport(path, "it has not the title of one")
    if not isinstance(body.get("evidence"), dict):
        raise NoReport(path, "it has no evidence", "it is of an older eco, which kept no hash: make it anew")
    if body["evidence"].get("form") != FORM:
        raise NoReport(path, f"its hash is of the form {quoted(body['evidence'].get('form'))}, and this eco knows {FORM}", "upgrade eco")
    try:
        return _written(body)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UsageError) as error:
        raise NoReport(path, f"{'/'.join(INPUTS[:2])} or {'/'.join(INPUTS[2:])} cannot be read ({error})") from error


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Every figure, name of a method and hash that differs between two reports, in the order of the first."""
    before, after = (dict(_leaves({name: part for name, part in body.items() if name not in ASIDE})) for body in (then, now))
    pairs = ((where, before.get(where), after.get(where)) for where in dict.fromkeys((*before, *after)))
    return [Difference(where, was, found) for where, was, found in pairs if not _same(was, found)]


def _same(was: Any, found: Any) -> bool:
    if isinstance(was, float | int) and isinstance(found, float | int):
        return abs(was - found) <= SMALLEST * max(abs(was), abs(found))
    return bool(was == found)


def _leaves(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every number below a value, and the hash of the rows: sentences are no figures, and change with eco."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, f"{where}.{name}" if where else name)
    elif isinstance(value, list):
        seen: dict[str, int] = {}
        for at, part in enumerate(value):
            name = _name(part, at)
            seen[name] = seen.get(name, 0) + 1
            yield from _leaves(part, f"{where}[{name}]" if seen[name] == 1 else f"{where}[{name} #{seen[name]}]")
    elif (isinstance(value, int | float) and not isinstance(value, bool)) or where == "evidence.sha256":
        yield where, value


def _name(part: Any, at: int) -> str:
    if not isinstance(part, Mapping):
        return str(at)
    named = [part[name] for name in NAMING if name in part]
    return ", ".join(str(value) for value in named if value is not None) or (UNNAMED if named else str(at))


def _written(body: Mapping[str, Any]) -> Written:
    period, chosen, told = body["period"], body["filters"], body["organisation"]
    named: dict[str, Any] = {attribute: _text(chosen[name]) for name, attribute in FILTERS.items() if name in chosen}
    tags = tuple((_text(name), _text(value)) for name, value in chosen.get("tags", {}).items())
    filters = Filters(start_ms=_ms(period["start"]), end_ms=_ms(period["end"]), tags=tags, **named)
    entities = {each["name"]: _known(each, ENTITY) for each in told["entities"]}
    undertaking = config.organisation(_known(told, ORGANISATION) | {"entities": entities})
    instruments = config.instruments({each["name"]: _known({**each, "name": None}, INSTRUMENT) for each in body["instruments"]})
    made_at_ms = _ms(body["generated"])
    if made_at_ms is None:
        raise ValueError("generated is missing")
    return Written(body, filters, zone(_text(period["timeZone"])), made_at_ms, undertaking, instruments)


def _known(given: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The values that are there, under their names in config.toml."""
    return {names[name]: value for name, value in given.items() if name in names and value is not None}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{quoted(value)} is no text")
    return value


def _ms(text: str | None) -> int | None:
    return None if text is None else (datetime.fromisoformat(_text(text)).astimezone(UTC) - EPOCH) // MS
