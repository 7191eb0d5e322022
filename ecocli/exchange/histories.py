"""A row of `eco history --full` back to the call that it was printed from."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from ecocli.analysis.explanation import explanation
from ecocli.core.footprint import FOOTPRINT_FIELDS, Assessment, Basis, Footprint
from ecocli.core.quantity import ZERO, Estimate
from ecocli.core.usage import Usage
from ecocli.errors import BadData, BadField, shorten
from ecocli.ingest import native
from ecocli.pipeline.assessment import digest, plan_of
from ecocli.store.history import LOCAL
from ecocli.store.rows import NewCall, StoredCall
from ecocli.store.union import ForeignCall, ForeignKey, ForeignResult

BAD_ROW = "bad-history-row"
"""Code of the errors that only a whole row of a full history avoids."""
LAST4 = 4

USAGE_FIELDS = {
    "provider": "provider",
    "modelAsReported": "model",
    "inputTokens": "prompt_tokens",
    "outputTokens": "completion_tokens",
    "reasoningTokens": "reasoning_tokens",
    "cachedTokens": "cached_tokens",
    "cacheWriteTokens": "cache_write_tokens",
    "detectedRegion": "detected_region",
    "startTimeMs": "startTimeMs",
    "firstTokenTimeMs": "firstTokenTimeMs",
    "endTimeMs": "endTimeMs",
    "source": "source",
    "isEstimated": "is_estimated",
    "estimationMethod": "estimation_method",
    "id": "id",
    "tags": "tags",
}
"""What a row calls the fields of the native event."""

UNSOUND = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading something raises that was not written by eco."""

AUDITED = ("method", "data_edition", "calculation_method", "region_match", "model_match")
"""What an answer's audit takes from a basis."""

LARGEST = Usage(native.MAX_TOKENS, native.MAX_TOKENS, is_estimated=True, started_at_ms=0, first_token_at_ms=60_000)
NOTHING = Footprint(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, None, None, "")
"""What a basis that holds together can explain; any footprint will do."""

_checked: dict[str, None] = {}


def foreign_call(row: Any) -> ForeignCall:
    """
    The call of a row, with every result that was computed for it.

    Raises BadData for anything that is not such a row.
    """
    if not isinstance(row, dict):
        raise BadData("not a JSON object", code=BAD_ROW)
    if not {"basis", "result", "providerId", "recordedTimeMs"} <= row.keys():
        raise BadData("not a row of a full history", code=BAD_ROW)
    usage = _usage(row)
    result = _result(row, row)
    new = NewCall(
        usage=usage,
        provider=_text(row, "providerId"),
        provider_name=_text(row, "provider"),
        call_id=_text(row, "id"),
        model_id=result.model_id,
        final_region=result.final_region,
        calculation_method=result.calculation_method,
        started_at_ms=_time(row, "startTimeMs"),
        recorded_at_ms=_time(row, "recordedTimeMs"),
        key_id=None,
        assessment=result.assessment,
        computed_at_ms=result.computed_at_ms,
    )
    past = row.get("pastResults") or []
    if not isinstance(past, list) or not all(isinstance(one, dict) for one in past):
        raise BadField("pastResults", past, "must be a list of results")
    return ForeignCall(new, tuple(_result(one, row) for one in past), _key(row))


def check_call(call: StoredCall) -> None:
    """Nothing, or BadData: a call of another store, by the rules of every event."""
    given = {name: getattr(call.usage, attribute) for name, attribute in native.ATTRIBUTES.items()}
    given |= {"provider": call.provider_name, "id": call.call_id, "startTimeMs": call.started_at_ms}
    native.to_usage({name: value for name, value in given.items() if value is not None})


def _usage(row: dict[str, Any]) -> Usage:
    """By the rules of every event; nothing is put right, for it was when the call was recorded."""
    given = {name: row[key] for key, name in USAGE_FIELDS.items() if row.get(key) is not None}
    return native.to_usage(
        given,
        format=_text(row, "format"),
        encoding=None if row.get("encoding") is None else _text(row, "encoding"),
        assumptions=_sentences(row, "readingAssumptions"),
    )


def _result(body: dict[str, Any], row: dict[str, Any]) -> ForeignResult:
    content = body.get("basis")
    if not isinstance(content, dict):
        raise BadField("basis", content, "must be an object", code=BAD_ROW)
    basis = Basis(content, digest(content))
    check_basis(basis, _time(row, "startTimeMs"))
    assessment = Assessment(_footprint(body.get("result")), basis, _sentences(body, "resultAssumptions"))
    model_id = None if body.get("modelId") is None else _text(body, "modelId")
    named = (_text(body, "region"), _text(body, "calculationMethod"))
    return ForeignResult(assessment, model_id, *named, _time(body, "computedTimeMs"))


def check_basis(basis: Basis, started_at_ms: int) -> None:
    """It must explain the call later on; each is tried once."""
    if basis.digest in _checked:
        return
    try:
        _check_audit(basis.content)
        plan_of(basis.content, started_at_ms)
        steps = explanation(LARGEST, NOTHING, basis.content, started_at_ms)
        json.dumps([basis.content, steps], allow_nan=False)  # 1e400 is a number in JSON, and infinite in Python
    except UNSOUND as error:
        raise BadData(f"basis: cannot be used: {shorten(repr(error))}", code=BAD_ROW) from error
    _checked[basis.digest] = None


def _check_audit(content: Mapping[str, Any]) -> None:
    for name in AUDITED:
        _text(content, name)
    if content.get("assumptions") is None:
        raise BadField("assumptions", None, "must be a list of sentences", code=BAD_ROW)
    _sentences(content, "assumptions")


def _footprint(body: Any) -> Footprint:
    names = FOOTPRINT_FIELDS
    if not isinstance(body, dict) or set(body) != set(names):
        raise BadField("result", body, f"must hold {', '.join(names)}", code=BAD_ROW)
    values: dict[str, Any] = {name: _estimate(name, body[name]) if isinstance(body[name], list) else body[name] for name in names}
    optional = ("market_co2_g", "inferred_reasoning_tokens")
    for name, value in values.items():
        kind = str if name == "dominant_factor" else int | float if name == "market_co2_g" else Estimate
        if not (isinstance(value, kind) or (value is None and name in optional)):
            raise BadField(f"result.{name}", body[name], "must be a low, a central and a high value", code=BAD_ROW)
    market = values["market_co2_g"]
    if market is not None and not _is_figure(market):
        raise BadField("result.market_co2_g", market, "must be a number", code=BAD_ROW)
    values["market_co2_g"] = market and float(market)
    return Footprint(**values)


def _estimate(name: str, bounds: list[Any]) -> Estimate:
    if len(bounds) != 3 or not all(map(_is_figure, bounds)) or bounds != sorted(bounds):
        raise BadField(f"result.{name}", bounds, "must be a low, a central and a high value", code=BAD_ROW)
    return Estimate(*map(float, bounds))


def _is_figure(value: Any) -> bool:
    """A number that is not negative and that a float can hold; JSON also has 10^400."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max


def _key(row: dict[str, Any]) -> ForeignKey | None:
    masked = row.get("maskedKey")
    if not masked or row.get("keyName") == LOCAL:
        return None
    return ForeignKey(_text(row, "keyName"), _text(row, "maskedKey")[-LAST4:])


def _text(row: Mapping[str, Any], name: str) -> str:
    text: str = native.CHECKS["model"](name, row.get(name))
    return text


def _time(row: Mapping[str, Any], name: str) -> int:
    time_ms: int = native.CHECKS["startTimeMs"](name, row.get(name))
    return time_ms


def _sentences(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = row.get(name)
    found = [] if found is None else found
    if not isinstance(found, list) or not all(isinstance(sentence, str) for sentence in found):
        raise BadField(name, found, "must be a list of sentences")
    return tuple(found)
