"""A row of the history: its fields, where the value of each is from, and how a full row is read back; and the page around rows."""

import sys
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.contract.answer import ranges
from ecocli.core.dates import iso
from ecocli.core.footprint import FOOTPRINT_FIELDS, Footprint
from ecocli.core.keys import mask
from ecocli.core.quantity import Estimate
from ecocli.errors import BadField
from ecocli.ingest import rules
from ecocli.store.history import LOCAL
from ecocli.store.history_rows import HistoryRow
from ecocli.store.rows import Result, StoredCall

if TYPE_CHECKING:
    from ecocli.store.trail import Withdrawn

BAD_ROW = "bad-history-row"
"""Code of the errors that only a whole row of a full history avoids."""
MOST_G_PER_KWH = 10_000.0
"""More than ten times the intensity of any grid."""
OPTIONAL_FIGURES = ("market_co2_g", "inferred_reasoning_tokens")

Body = Mapping[str, Any]
"""A row, or a past result inside of one."""


# values, each checked as it is read


def text(body: Body, name: str) -> str:
    found: str = rules.TEXT(name, body.get(name))
    return found


def optional_text(body: Body, name: str) -> str | None:
    return None if body.get(name) is None else text(body, name)


def optional_intensity(body: Body, name: str) -> float | None:
    found = body.get(name)
    if found is not None and not (_is_figure(found) and found <= MOST_G_PER_KWH):
        raise BadField(name, found, f"must be a number up to {MOST_G_PER_KWH:g}", code=BAD_ROW)
    return found and float(found)


def time_ms(body: Body, name: str) -> int:
    found: int = rules.TIME(name, body.get(name))
    return found


def sentences(body: Body, name: str) -> tuple[str, ...]:
    found = body.get(name)
    found = [] if found is None else found
    if not isinstance(found, list) or not all(isinstance(sentence, str) for sentence in found):
        raise BadField(name, found, "must be a list of sentences")
    return tuple(found)


def footprint(body: Body, name: str) -> Footprint:
    found = body.get(name)
    if not isinstance(found, dict) or set(found) != set(FOOTPRINT_FIELDS):
        raise BadField(name, found, f"must hold {', '.join(FOOTPRINT_FIELDS)}", code=BAD_ROW)
    values: dict[str, Any] = {field: _estimate(field, found[field]) if isinstance(found[field], list) else found[field] for field in FOOTPRINT_FIELDS}
    for field, value in values.items():
        kind = str if field == "dominant_factor" else int | float if field == "market_co2_g" else Estimate
        if not (isinstance(value, kind) or (value is None and field in OPTIONAL_FIGURES)):
            raise BadField(f"result.{field}", found[field], "must be a low, a central and a high value", code=BAD_ROW)
    market = values["market_co2_g"]
    if market is not None and not _is_figure(market):
        raise BadField("result.market_co2_g", market, "must be a number", code=BAD_ROW)
    values["market_co2_g"] = market and float(market)
    return Footprint(**values)


def _estimate(name: str, bounds: list[Any]) -> Estimate:
    if len(bounds) != 3 or not all(map(_is_figure, bounds)):
        raise BadField(f"result.{name}", bounds, "must be a low, a central and a high value", code=BAD_ROW)
    return Estimate(*map(float, bounds))


def _is_figure(value: Any) -> bool:
    """True for a number that is not negative and that a float can hold; JSON also has 10^400."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max


# the table


class Field(NamedTuple):
    """One field of a row."""

    name: str
    attribute: str
    """Path in a StoredCall."""
    event: str | None = None
    """The field of the native event that it is read back as, by the rules of every event."""
    show: Callable[[Any], Any] | None = None
    """Makes the field's value from the attribute's, where they differ."""
    read: Callable[[Body, str], Any] | None = None
    """Makes the attribute's value from the field's, where that is no field of the event."""


def _figures(footprint: Footprint) -> dict[str, Any]:
    values = ((name, getattr(footprint, name)) for name in FOOTPRINT_FIELDS)
    return {name: [value.low, value.value, value.high] if isinstance(value, Estimate) else value for name, value in values}


SHORT = (
    Field("id", "call_id", "id", read=text),
    Field("logDate", "started_at_ms", show=iso),
    Field("keyName", "key_name", show=lambda name: name or LOCAL),
    Field("maskedKey", "key_last4", show=lambda last4: mask(last4) if last4 else None),
    Field("provider", "provider_name", "provider", read=text),
    Field("model", "shown_model"),
    Field("inputTokens", "usage.input_tokens", "prompt_tokens"),
    Field("outputTokens", "usage.output_tokens", "completion_tokens"),
    Field("reasoningTokens", "usage.reasoning_tokens", "reasoning_tokens"),
    Field("cachedTokens", "usage.cached_tokens", "cached_tokens"),
    Field("energyWh", "footprint.facility_energy_wh.value"),
    Field("co2Grams", "footprint.co2_g.value"),
    Field("waterMl", "footprint.water_ml.value"),
    Field("treeDays", "footprint.tree_days.value"),
    Field("region", "final_region", read=text),
    Field("calculationMethod", "calculation_method", read=text),
    Field("source", "usage.source", "source"),
    Field("isEstimated", "usage.is_estimated", "is_estimated", show=bool),
    Field("tags", "usage.tags", "tags", show=dict),
)
"""Of every row, in the order of a HistoryRow."""

FULL = (
    *SHORT,
    Field("cacheWriteTokens", "usage.cache_write_tokens", "cache_write_tokens"),
    Field("detectedRegion", "usage.region", "detected_region"),
    Field("concurrency", "usage.concurrency", "concurrency"),
    Field("accelerator", "usage.accelerator", "accelerator"),
    Field("weightPrecision", "usage.weight_precision", "weight_precision"),
    Field("hosting", "usage.hosting", "hosting"),
    Field("control", "usage.control", "control"),
    Field("host", "usage.host", "host"),
    Field("hardware", "usage.hardware", "hardware"),
    Field("loadMs", "usage.load_ms", "load_ms"),
    Field("promptMs", "usage.prompt_ms", "prompt_ms"),
    Field("generationMs", "usage.generation_ms", "generation_ms"),
    Field("measuredWh", "usage.measured_wh", "measured_wh"),
    Field("measuredBoundary", "usage.measured_boundary", "measured_boundary"),
    Field("measuredBy", "usage.measured_by", "measured_by"),
    Field("serviceTier", "usage.service_tier", "service_tier"),
    Field("serverToolCalls", "usage.server_tool_calls", "server_tool_calls", show=lambda calls: dict(calls) if calls else None),
    Field("startTimeMs", "started_at_ms", "startTimeMs", read=time_ms),
    Field("firstTokenTimeMs", "usage.first_token_at_ms", "firstTokenTimeMs"),
    Field("endTimeMs", "usage.ended_at_ms", "endTimeMs"),
    Field("recordedTimeMs", "recorded_at_ms", read=time_ms),
    Field("computedTimeMs", "computed_at_ms", read=time_ms),
    Field("providerId", "provider", read=text),
    Field("modelAsReported", "usage.model", "model"),
    Field("modelId", "model_id", read=optional_text),
    Field("format", "usage.format", read=text),
    Field("estimationMethod", "usage.estimation_method", "estimation_method"),
    Field("encoding", "usage.encoding", read=optional_text),
    Field("readingAssumptions", "usage.assumptions", show=list, read=sentences),
    Field("resultAssumptions", "assumptions", show=list, read=sentences),
    Field("gridGramsPerKwh", "grid_g_per_kwh", read=optional_intensity),
    Field("range", "footprint", show=ranges),
    Field("result", "footprint", show=_figures, read=footprint),
)
"""Of a full row, which also has "basis" and "pastResults"."""

RESULT = tuple(
    next(field for field in FULL if field.name == name)
    for name in ("computedTimeMs", "modelId", "region", "calculationMethod", "resultAssumptions", "gridGramsPerKwh", "result")
)
"""Of a past result, which also has "basis": as the row has them of the current one."""

COLUMNS = tuple(field.name for field in SHORT)
SHORT_NAMES = {
    "id": "id", "when": "logDate", "key": "keyName", "provider": "provider", "model": "model", "in": "inputTokens", "out": "outputTokens",
    "reasoning": "reasoningTokens", "cached": "cachedTokens", "energy": "energyWh", "carbon": "co2Grams", "water": "waterMl", "tree": "treeDays",
    "region": "region", "method": "calculationMethod", "source": "source", "tags": "tags",
}  # fmt: skip
"""Columns of a table, to the fields that they show."""

FIGURES = {"energyWh": "facility_energy_wh", "co2Grams": "co2_g", "waterMl": "water_ml", "treeDays": "tree_days", "embodiedCo2Grams": "embodied_co2_g"}
"""Of a flat row, each with its bounds beside it; the last is the hardware's part of the carbon."""
NESTED = ("readingAssumptions", "resultAssumptions", "range", "result")
"""Fields of a full row that no cell can hold."""
FLAT = (
    *(field.name for field in FULL if field.name not in NESTED),
    *("method", "embodiedCo2Grams"),
    *(f"{name}{bound}" for name in FIGURES for bound in ("Low", "High")),
)
"""Columns of a full CSV, those of a short one first."""


# writing

_full, _result = (attrgetter(*(field.attribute for field in fields)) for fields in (FULL, RESULT))
_show_short, _show_full, _show_result = ([(at, field.show) for at, field in enumerate(fields) if field.show] for fields in (SHORT, FULL, RESULT))


def values(call: HistoryRow) -> list[Any]:
    """In the order of COLUMNS, in full precision."""
    return _shown(call, _show_short)


def row(call: HistoryRow) -> dict[str, Any]:
    """One call under the contract's names, in full precision."""
    return dict(zip(COLUMNS, values(call), strict=True))


def _energy_source(content: Mapping[str, Any]) -> str:
    return str((content.get("serving") or {}).get("energy") or "modelled")


def full_row(call: StoredCall, basis: dict[str, Any], past: Iterable[tuple[Result, dict[str, Any]]] = ()) -> dict[str, Any]:
    """
    Everything that the store knows of a call, so that nothing is lost when another eco reads it.

    Args:
        basis: Content of the call's Basis.
        past: Results that were superseded, oldest first, each with the content of its Basis.
    """
    results = [_named(RESULT, _shown(_result(result), _show_result)) | {"basis": content} for result, content in past]
    named = _named(FULL, _shown(_full(call), _show_full))
    return named | {"energySource": _energy_source(basis), "basis": basis, "pastResults": results}


def flat(body: Body) -> list[Any]:
    """A full row in the order of FLAT: what of it fits into cells, ranges included."""
    bounds = {name: body["result"][figure] for name, figure in FIGURES.items()}
    found = {"method": body["basis"].get("method"), "embodiedCo2Grams": bounds["embodiedCo2Grams"][1]}
    for name, (low, _, high) in bounds.items():
        found |= {f"{name}Low": low, f"{name}High": high}
    return [found[name] if name in found else body[name] for name in FLAT]


def withdrawn_row(entry: "Withdrawn", basis: dict[str, Any], past: Iterable[tuple[Result, dict[str, Any]]]) -> dict[str, Any]:
    """A full row of a call that was undone or replaced, as `full_row` makes it of one that counts."""
    why = entry.withdrawal
    return full_row(entry.call, basis, past) | {"withdrawn": why.kind, "withdrawnTimeMs": why.at_ms, "liftedTimeMs": why.lifted_at_ms}


def _named(fields: Iterable[Field], shown: Iterable[Any]) -> dict[str, Any]:
    return {field.name: value for field, value in zip(fields, shown, strict=True)}


def _shown(found: Iterable[Any], shows: Iterable[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    shown = list(found)
    for at, show in shows:
        shown[at] = show(shown[at])
    return shown


def page(rows: list[dict[str, Any]], total: int, number: int, limit: int) -> dict[str, Any]:
    """Page `number` of `total` rows, `limit` on each."""
    return {"status": "success", "data": rows, "pagination": pagination(total, -(-total // limit), number, limit)}


def pagination(total: int, pages: int, number: int, limit: int) -> dict[str, int]:
    return {"totalElements": total, "totalPages": pages, "currentPage": number, "limit": limit}
