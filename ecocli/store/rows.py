"""Between the columns of the file and the dataclasses of the program, in both directions."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ecocli.core.footprint import ESTIMATES, Assessment, Basis, Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.util.valueclass import value_class

REASONING = "inferred_reasoning_tokens"


def bounds(name: str) -> tuple[str, str, str]:
    """The three columns of an estimate: 5th, 50th and 95th percentile."""
    return f"{name}_low", name, f"{name}_high"


INPUT_COLUMNS = (
    *("provider", "provider_name", "call_id", "key_id", "source", "format", "model", "region"),
    *("started_at_ms", "first_token_at_ms", "ended_at_ms", "recorded_at_ms"),
    *("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cache_write_tokens"),
    *("is_estimated", "estimation_method", "encoding", "tags", "reading_assumptions"),
)
"""What was reported about a call."""

FIGURE_COLUMNS = tuple(column for name in ESTIMATES for column in bounds(name))
"""In the order of a footprint's row of numbers."""

RESULT_COLUMNS = (
    *("model_id", "final_region", "calculation_method", "assumptions", "basis_id", "computed_at_ms"),
    *FIGURE_COLUMNS,
    "market_co2_g",
    *bounds(REASONING),
    "dominant_factor",
)
"""What was computed for it."""

CALL_COLUMNS = (*INPUT_COLUMNS, *RESULT_COLUMNS)
Row = list[Any]
"""A call on its way into the store, see `call_row`."""
_FIRST_ESTIMATE = RESULT_COLUMNS.index(bounds(ESTIMATES[0])[0])
_FIGURES = slice(_FIRST_ESTIMATE, _FIRST_ESTIMATE + 3 * len(ESTIMATES))


@value_class(frozen=True, slots=True)
class NewCall:
    """A call with its result, ready to be stored. Times are milliseconds since 1970 in UTC."""

    usage: Usage
    provider: str
    """Normal id of who served the call; with `call_id` it makes the call unique."""
    provider_name: str
    """The same for people."""
    call_id: str
    model_id: str | None
    final_region: str
    calculation_method: str
    started_at_ms: int
    recorded_at_ms: int
    key_id: int | None
    """None for the owner of the file."""
    assessment: Assessment
    computed_at_ms: int | None = None
    """None when it was computed as it was recorded; set when a call comes from another store."""


@value_class(frozen=True, slots=True)
class Result:
    """What was computed for a call, and when; `basis_id` leads to the factors, see `Store.basis`."""

    model_id: str | None
    final_region: str
    calculation_method: str
    assumptions: tuple[str, ...]
    basis_id: int
    computed_at_ms: int
    footprint: Footprint


@value_class(frozen=True, slots=True)
class StoredCall(Result):
    """One call as it is in the store, with its current result."""

    row_id: int
    provider: str
    provider_name: str
    call_id: str
    started_at_ms: int
    recorded_at_ms: int
    key_id: int | None
    key_name: str | None
    """None for the owner of the file."""
    key_last4: str | None
    usage: Usage
    """As reported, with the provider, the time and the id that were stored."""


def call_row(new: NewCall) -> Row:
    """In the order of CALL_COLUMNS; where the id of its basis belongs stands the basis's digest."""
    computed_at_ms = new.recorded_at_ms if new.computed_at_ms is None else new.computed_at_ms
    named = (new.model_id, new.final_region, new.calculation_method)
    return [*input_values(new), *result_values(*named, new.assessment, new.assessment.basis.digest, computed_at_ms)]


def input_values(new: NewCall) -> tuple[Any, ...]:
    """In the order of INPUT_COLUMNS."""
    usage = new.usage
    return (
        new.provider,
        new.provider_name,
        new.call_id,
        new.key_id,
        usage.source,
        usage.format,
        usage.model,
        usage.region,
        new.started_at_ms,
        usage.first_token_at_ms,
        usage.ended_at_ms,
        new.recorded_at_ms,
        usage.input_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
        usage.cached_tokens,
        usage.cache_write_tokens,
        usage.is_estimated,
        usage.estimation_method,
        usage.encoding,
        tags_text(usage.tags),
        sentences_text(usage.assumptions),
    )


def result_values(
    model_id: str | None,
    final_region: str,
    calculation_method: str,
    assessment: Assessment,
    basis: int | str,
    computed_at_ms: int,
) -> tuple[Any, ...]:
    """In the order of RESULT_COLUMNS; `basis` is its id, or its digest until that is known."""
    footprint = assessment.footprint
    reasoning = footprint.inferred_reasoning_tokens
    return (
        model_id,
        final_region,
        calculation_method,
        sentences_text(assessment.assumptions),
        basis,
        computed_at_ms,
        *footprint.figures,
        footprint.market_co2_g,
        *((reasoning.low, reasoning.value, reasoning.high) if reasoning else (None, None, None)),
        footprint.dominant_factor,
    )


def read_result(row: tuple[Any, ...]) -> Result:
    """From RESULT_COLUMNS."""
    return Result(*_result_fields(row))


def read_call(row: tuple[Any, ...]) -> StoredCall:
    """From the row's id, CALL_COLUMNS, and the key's name and last four characters."""
    row_id, provider, provider_name, call_id, key_id, source, format, model, region = row[:9]
    started_at_ms, first_token_at_ms, ended_at_ms, recorded_at_ms = row[9:13]
    input_tokens, output_tokens, reasoning_tokens, cached_tokens, cache_write_tokens = row[13:18]
    is_estimated, estimation_method, encoding, tags, assumptions = row[18:23]
    usage = Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        provider=provider_name,
        model=model,
        reasoning_tokens=reasoning_tokens,
        cached_tokens=cached_tokens,
        cache_write_tokens=cache_write_tokens,
        region=region,
        started_at_ms=started_at_ms,
        first_token_at_ms=first_token_at_ms,
        ended_at_ms=ended_at_ms,
        source=source,
        is_estimated=bool(is_estimated),
        estimation_method=estimation_method,
        id=call_id,
        tags=read_tags(tags),
        format=format,
        encoding=encoding,
        assumptions=_read_sentences(assumptions),
    )
    key_name, key_last4 = row[-2:]
    identity = (row_id, provider, provider_name, call_id, started_at_ms, recorded_at_ms, key_id, key_name, key_last4)
    return StoredCall(*_result_fields(row[23:-2]), *identity, usage)


def read_counted(row: Row) -> tuple[Usage, Footprint]:
    """What sums are made of, from a `call_row`."""
    usage = Usage(row[CALL_COLUMNS.index("input_tokens")], row[CALL_COLUMNS.index("output_tokens")])
    return usage, _read_footprint(tuple(row[len(INPUT_COLUMNS) : len(CALL_COLUMNS)]))


def _result_fields(row: tuple[Any, ...]) -> tuple[str | None, str, str, tuple[str, ...], int, int, Footprint]:
    """The fields of Result, in their order, from RESULT_COLUMNS."""
    model_id, final_region, calculation_method, assumptions, basis_id, computed_at_ms = row[:_FIRST_ESTIMATE]
    sentences = _read_sentences(assumptions)
    return model_id, final_region, calculation_method, sentences, basis_id, computed_at_ms, _read_footprint(row)


def _read_footprint(row: tuple[Any, ...]) -> Footprint:
    """From RESULT_COLUMNS: the estimates, three columns each, and what follows them."""
    market_co2_g, low, value, high, dominant_factor = row[-5:]
    reasoning = None if value is None else Estimate(low, value, high)
    return Footprint.of(list(row[_FIGURES]), market_co2_g, reasoning, dominant_factor)


def json_text(value: Any) -> str:
    """Compact, and as SQLite's own JSON functions read it."""
    return _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: json.dumps makes a new encoder for every text."""
_encode_lines = json.JSONEncoder(ensure_ascii=False, separators=("\n", ":")).encode


def basis_text(basis: Basis) -> str:
    """Its content, as it is stored."""
    return json_text(dict(basis.content))


def tags_text(tags: Mapping[str, str]) -> str:
    return json_text(dict(tags)) if tags else "{}"


def tags_texts(each: Iterable[Mapping[str, str]]) -> list[str]:
    """The same for many at once. They are told apart by ends of lines, which JSON does not allow inside of any text."""
    objects = _encode_lines(list(map(dict, each)))[1:-1]
    return ["{" + text.replace("\n", ",") + "}" for text in objects[1:-1].split("}\n{")] if objects else []


def sentences_text(sentences: tuple[str, ...]) -> str | None:
    return json_text(sentences) if sentences else None


@lru_cache(maxsize=1000)
def read_tags(text: str) -> Mapping[str, str]:
    tags = json.loads(text)
    if not isinstance(tags, dict):
        raise json.JSONDecodeError("not an object", text, 0)
    return tags


def _read_sentences(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()
