"""Calls and results on their way into the store and out of it: the dataclasses of the program, from and to rows of the file."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from ecocli.core.footprint import Assessment, Basis, Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.store.columns import ASSESSED, CALL, CALL_COLUMNS, FIGURE_COLUMNS, FOOTPRINT_COLUMNS, READ, RESULT, RESULT_COLUMNS, USAGE, USAGE_COLUMNS, json_text
from ecocli.util.valueclass import value_class

Row = list[Any]
"""A call on its way into the store, see `call_row`."""


@value_class(frozen=True, slots=True)
class NewCall:
    """A call with its result, ready to be stored. Times are milliseconds since 1970 in UTC."""

    usage: Usage
    provider: str
    """Normal id of who served the call; with `call_id` it makes the call unique."""
    provider_name: str
    """For people."""
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
class NewResult:
    """A result by itself, ready to be stored for a call that is there. Its fields are those of a NewCall."""

    assessment: Assessment
    model_id: str | None
    final_region: str
    calculation_method: str
    computed_at_ms: int


@value_class(frozen=True, slots=True)
class Result:
    """The figures of a call and when they were computed; `basis_id` leads to the factors, see `Store.basis`."""

    model_id: str | None
    final_region: str
    calculation_method: str
    computed_at_ms: int
    assumptions: tuple[str, ...]
    grid_g_per_kwh: float | None
    """Of the call's own hour; None where the basis alone says the intensity."""
    basis_id: int
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

    @property
    def shown_model(self) -> str | None:
        """As reported, or the catalogue's id where none was."""
        return self.usage.model or self.model_id


Conversions = list[tuple[int, Callable[[Any], Any]]]
"""Places in a row, each with what is done with the value there."""

_call_values, _usage_values, _result_values, _assessed_values = (
    attrgetter(*(column.attribute for column in columns)) for columns in (CALL, USAGE, RESULT, ASSESSED)
)
_write_call: Conversions = [(at, column.write) for at, column in enumerate((*CALL, *USAGE, *RESULT, *ASSESSED)) if column.write]
_write_result: Conversions = [(at, column.write) for at, column in enumerate((*RESULT, *ASSESSED)) if column.write]
BASIS, COMPUTED = CALL_COLUMNS.index("basis_id"), CALL_COLUMNS.index("computed_at_ms")
"""Where they stand in a `call_row`."""
BASIS_OF_RESULT = RESULT_COLUMNS.index("basis_id")
"""Where it stands in a `result_row`."""


def call_row(new: NewCall) -> Row:
    """In the order of CALL_COLUMNS; where the id of its basis belongs stands the basis's digest."""
    assessed, footprint = _assessed_values(new.assessment), _footprint_values(new.assessment.footprint)
    row = [*_call_values(new), *_usage_values(new.usage), *_result_values(new), *assessed, *footprint]
    for at, write in _write_call:
        row[at] = write(row[at])
    if row[COMPUTED] is None:
        row[COMPUTED] = new.recorded_at_ms
    return row


def result_row(new: NewResult) -> Row:
    """In the order of RESULT_COLUMNS, with the basis as in a `call_row`."""
    row = [*_result_values(new), *_assessed_values(new.assessment), *_footprint_values(new.assessment.footprint)]
    return _converted(row, _write_result)


def basis_text(basis: Basis) -> str:
    """Its content, as it is stored. Many calls have one basis in common, which is written once."""
    found = _texts.get(basis.digest)
    if found is None:
        if len(_texts) == MOST_TEXTS:
            _texts.clear()
        found = _texts[basis.digest] = json_text(dict(basis.content))
    return found


_texts: dict[str, str] = {}
MOST_TEXTS = 256


IN_USAGE = {"provider": "provider_name", "started_at_ms": "started_at_ms", "id": "call_id"} | USAGE_COLUMNS
"""Attributes of `Usage` to the columns that they are read from."""
BESIDE = tuple(StoredCall.__dataclass_fields__)[len(Result.__dataclass_fields__) : -1]
"""The fields that a StoredCall has beside its result and its usage."""

_read_call: Conversions = [(at, column.read) for at, column in enumerate((*CALL, *USAGE, *RESULT, *ASSESSED)) if column.read]
_read_result: Conversions = [(at, column.read) for at, column in enumerate((*RESULT, *ASSESSED)) if column.read]
_result_of = slice(len(CALL) + len(USAGE), len(CALL_COLUMNS))
_beside_of = itemgetter(*map(READ.index, BESIDE))
_usage_of = itemgetter(*(READ.index(IN_USAGE[name]) for name in Usage.__dataclass_fields__ if name in IN_USAGE))


def read_call(row: Sequence[Any]) -> StoredCall:
    """From the columns of READ."""
    values = _converted(row, _read_call)
    fields: tuple[Any, ...] = (*_result_fields(values[_result_of]), *_beside_of(values), Usage(*_usage_of(values)))
    return StoredCall(*fields)


def read_result(row: Sequence[Any]) -> Result:
    """From RESULT_COLUMNS."""
    return Result(*_result_fields(_converted(row, _read_result)))


def read_counted(row: Row) -> tuple[Usage, Footprint]:
    """Tokens and figures to be summed, from a `call_row`."""
    usage = Usage(row[CALL_COLUMNS.index("input_tokens")], row[CALL_COLUMNS.index("output_tokens")])
    return usage, _read_footprint(row[-len(FOOTPRINT_COLUMNS) :])


def _converted(values: Iterable[Any], conversions: Conversions) -> list[Any]:
    converted = list(values)
    for at, convert in conversions:
        converted[at] = convert(converted[at])
    return converted


def _result_fields(values: list[Any]) -> tuple[Any, ...]:
    """The fields of Result, in their order."""
    after = len(RESULT) + len(ASSESSED)
    return *values[:after], _read_footprint(values[after:])


def _footprint_values(footprint: Footprint) -> tuple[Any, ...]:
    """In the order of FOOTPRINT_COLUMNS."""
    reasoning = footprint.inferred_reasoning_tokens
    inferred = (reasoning.low, reasoning.value, reasoning.high) if reasoning else (None, None, None)
    return *footprint.figures, footprint.market_co2_g, *inferred, footprint.dominant_factor


def _read_footprint(values: list[Any]) -> Footprint:
    """From FOOTPRINT_COLUMNS."""
    market_co2_g, low, value, high, dominant_factor = values[len(FIGURE_COLUMNS) :]
    reasoning = None if value is None else Estimate(low, value, high)
    return Footprint.of(values[: len(FIGURE_COLUMNS)], market_co2_g, reasoning, dominant_factor)
