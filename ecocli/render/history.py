"""History as the contract's JSON, as CSV, and as a table for a terminal."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from ecocli.contract.answer import ranges
from ecocli.core.dates import iso
from ecocli.core.footprint import FOOTPRINT_FIELDS
from ecocli.core.keys import mask
from ecocli.core.quantity import Estimate
from ecocli.store.history import LOCAL
from ecocli.store.listed import ListedCall, listed
from ecocli.store.rows import Result, StoredCall

COLUMNS = (
    *("id", "logDate", "keyName", "maskedKey", "provider", "model", "inputTokens", "outputTokens"),
    *("reasoningTokens", "cachedTokens", "energyWh", "co2Grams", "waterMl", "treeDays", "region"),
    *("calculationMethod", "source", "isEstimated", "tags"),
)


def row(call: ListedCall) -> dict[str, Any]:
    """One call under the contract's names, in full precision."""
    return dict(zip(COLUMNS, _values(call), strict=True))


def _values(call: ListedCall) -> tuple[Any, ...]:
    """In the order of COLUMNS, which is a ListedCall's own."""
    key = call.key_name or LOCAL, mask(call.key_last4) if call.key_last4 else None
    return call.call_id, iso(call.started_at_ms), *key, *call[4:-2], bool(call.is_estimated), dict(call.tags)


def full_row(call: StoredCall, basis: dict[str, Any], past: Iterable[tuple[Result, dict[str, Any]]] = ()) -> dict[str, Any]:
    """
    Everything that the store knows of a call, so that nothing is lost when another eco reads it.

    Args:
        basis: Content of the call's Basis.
        past: Results that were superseded, oldest first, each with the content of its Basis.
    """
    usage, footprint = call.usage, call.footprint
    return row(listed(call)) | {
        "cacheWriteTokens": usage.cache_write_tokens,
        "detectedRegion": usage.region,
        "startTimeMs": call.started_at_ms,
        "firstTokenTimeMs": usage.first_token_at_ms,
        "endTimeMs": usage.ended_at_ms,
        "recordedTimeMs": call.recorded_at_ms,
        "computedTimeMs": call.computed_at_ms,
        "providerId": call.provider,
        "modelAsReported": usage.model,
        "modelId": call.model_id,
        "format": usage.format,
        "estimationMethod": usage.estimation_method,
        "encoding": usage.encoding,
        "readingAssumptions": list(usage.assumptions),
        "resultAssumptions": list(call.assumptions),
        "range": ranges(footprint),
        "result": {name: _plain(getattr(footprint, name)) for name in FOOTPRINT_FIELDS},
        "basis": basis,
        "pastResults": [_past_result(result, content) for result, content in past],
    }


def _past_result(result: Result, basis: dict[str, Any]) -> dict[str, Any]:
    """Under the names that the row has for the current one."""
    footprint = result.footprint
    return {
        "computedTimeMs": result.computed_at_ms,
        "modelId": result.model_id,
        "region": result.final_region,
        "calculationMethod": result.calculation_method,
        "resultAssumptions": list(result.assumptions),
        "result": {name: _plain(getattr(footprint, name)) for name in FOOTPRINT_FIELDS},
        "basis": basis,
    }


def page(rows: list[dict[str, Any]], total: int, number: int, limit: int) -> dict[str, Any]:
    """The contract's envelope."""
    pages = -(-total // limit)
    return {
        "status": "success",
        "data": rows,
        "pagination": {"totalElements": total, "totalPages": pages, "currentPage": number, "limit": limit},
    }


def write_csv(calls: Iterable[ListedCall], out: TextIO) -> None:
    """RFC 4180 with a header; no cell of text is run as a formula by a spreadsheet."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(spreadsheet.cells(_values(call)) for call in calls)


def write_ndjson(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    """One compact object per line, as they come."""
    out.writelines(json.dumps(body, ensure_ascii=out.isatty(), separators=(",", ":")) + "\n" for body in rows)


def _plain(value: Any) -> Any:
    return [value.low, value.value, value.high] if isinstance(value, Estimate) else value
