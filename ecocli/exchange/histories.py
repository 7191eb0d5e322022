"""A row of `eco history --full` back to the call that it was printed from."""

from collections.abc import Iterable
from typing import Any

from ecocli.contract.history import BAD_ROW, FULL, RESULT, Field, text, time_ms
from ecocli.core.footprint import Assessment, Basis
from ecocli.core.usage import Usage
from ecocli.errors import BadData, BadField
from ecocli.exchange.bases import check_basis
from ecocli.ingest import native
from ecocli.pipeline.bases import digest
from ecocli.store.history import LOCAL
from ecocli.store.merge import ForeignCall, ForeignKey
from ecocli.store.rows import NewCall, NewResult
from ecocli.store.trail import Withdrawal

LAST4 = 4
USAGE = "usage."
READING = tuple(field for field in FULL if field.read and field.attribute.startswith(USAGE))
"""Said about how the call was read."""
CALL = tuple(field for field in FULL if field.read and field not in (*READING, *RESULT))
"""Said about the call, beside its usage and its results."""


def foreign_call(row: Any) -> ForeignCall:
    """
    The call of a row, with every result that was computed for it.

    Raises BadData for anything that is not such a row.
    """
    if not isinstance(row, dict):
        raise BadData("not a JSON object", code=BAD_ROW)
    if not {"basis", "result", "providerId", "recordedTimeMs"} <= row.keys():
        raise BadData("not a row of a full history", code=BAD_ROW)
    usage, result = _usage(row), _result(row, row)
    new = NewCall(usage=usage, key_id=None, **_attributes(CALL, row), **{name: getattr(result, name) for name in NewResult.__dataclass_fields__})
    past = row.get("pastResults") or []
    if not isinstance(past, list) or not all(isinstance(one, dict) for one in past):
        raise BadField("pastResults", past, "must be a list of results")
    return ForeignCall(new, tuple(_result(one, row) for one in past), _key(row), _withdrawal(row))


def _usage(row: dict[str, Any]) -> Usage:
    """By the rules of every event; nothing is put right, for it was when the call was recorded."""
    given = {field.event: row[field.name] for field in FULL if field.event and row.get(field.name) is not None}
    return native.to_usage(given, **_attributes(READING, row))


def _result(body: dict[str, Any], row: dict[str, Any]) -> NewResult:
    content = body.get("basis")
    if not isinstance(content, dict):
        raise BadField("basis", content, "must be an object", code=BAD_ROW)
    basis = Basis(content, _digest(content))
    check_basis(basis, time_ms(row, "startTimeMs"))
    found = _attributes(RESULT, body)
    return NewResult(Assessment(found.pop("footprint"), basis, found.pop("assumptions"), found.pop("grid_g_per_kwh")), **found)


def _digest(content: dict[str, Any]) -> str:
    try:
        return digest(content)
    except UnicodeEncodeError as error:
        raise BadData("basis: holds half a character, which cannot be stored", code=BAD_ROW) from error


def _attributes(fields: Iterable[Field], body: dict[str, Any]) -> dict[str, Any]:
    """The values of attributes, by their names, each read from its field."""
    return {field.attribute.removeprefix(USAGE): field.read(body, field.name) for field in fields if field.read}


def _withdrawal(row: dict[str, Any]) -> Withdrawal | None:
    if row.get("withdrawn") is None:
        return None
    lifted_at_ms = None if row.get("liftedTimeMs") is None else time_ms(row, "liftedTimeMs")
    return Withdrawal(text(row, "withdrawn"), time_ms(row, "withdrawnTimeMs"), lifted_at_ms)


def _key(row: dict[str, Any]) -> ForeignKey | None:
    masked = row.get("maskedKey")
    if not masked or row.get("keyName") == LOCAL:
        return None
    return ForeignKey(text(row, "keyName"), text(row, "maskedKey")[-LAST4:])
