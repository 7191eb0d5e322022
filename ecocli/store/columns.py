"""The columns of the table of calls: from which attribute each is written, as which it is read, and how their texts are made."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ecocli.core.footprint import ESTIMATES
from ecocli.core.usage import CIRCUMSTANCES


def json_text(value: Any) -> str:
    """Compact, and as SQLite's own JSON functions read it."""
    return _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: json.dumps makes a new encoder for every text."""
_encode_lines = json.JSONEncoder(ensure_ascii=False, separators=("\n", ":")).encode


def tags_text(tags: Mapping[str, str]) -> str:
    return _encode(dict(tags)) if tags else "{}"


def tags_texts(each: Iterable[Mapping[str, str]]) -> list[str]:
    """`tags_text` of many. Ends of lines, which JSON does not allow inside of any text, separate them until the end."""
    objects = _encode_lines(list(map(dict, each)))[1:-1]
    return ["{" + text.replace("\n", ",") + "}" for text in objects[1:-1].split("}\n{")] if objects else []


def tool_calls_text(calls: Mapping[str, int] | None) -> str | None:
    return _encode(dict(calls)) if calls else None


def read_tool_calls(text: str | None) -> Mapping[str, int] | None:
    return json.loads(text) if text else None


def sentences_text(sentences: tuple[str, ...]) -> str | None:
    return _encode(sentences) if sentences else None


@lru_cache(maxsize=1000)
def read_tags(text: str) -> Mapping[str, str]:
    tags = json.loads(text)
    if not isinstance(tags, dict):
        raise json.JSONDecodeError("not an object", text, 0)
    return tags


def read_sentences(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


class Column(NamedTuple):
    """One column of the table of calls."""

    name: str
    attribute: str
    """That it is written from, and read back as."""
    write: Callable[[Any], Any] | None = None
    """From the attribute to what is stored, where they differ."""
    read: Callable[[Any], Any] | None = None
    """From what is stored to the attribute, where they differ."""


def bounds(name: str) -> tuple[str, str, str]:
    """The three columns of an estimate: 5th, 50th and 95th percentile."""
    return f"{name}_low", name, f"{name}_high"


def _plain(names: str) -> Iterable[Column]:
    """Columns that are called as their attributes are, and stored as they are."""
    return (Column(name, name) for name in names.split())


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


CALL = (*_plain("provider provider_name call_id key_id started_at_ms recorded_at_ms"),)
"""With attributes of a NewCall."""
USAGE = (
    *_plain("source format model region first_token_at_ms ended_at_ms"),
    *_plain("input_tokens output_tokens reasoning_tokens cached_tokens cache_write_tokens"),
    Column("is_estimated", "is_estimated", read=bool),
    *_plain("estimation_method encoding"),
    *(Column(name, name, read=_flag if name == "control" else None) for name in CIRCUMSTANCES),
    Column("server_tool_calls", "server_tool_calls", tool_calls_text, read_tool_calls),
    Column("tags", "tags", tags_text, read_tags),
    Column("reading_assumptions", "assumptions", sentences_text, read_sentences),
)
"""With attributes of its Usage."""
RESULT = (*_plain("model_id final_region calculation_method computed_at_ms"),)
"""With attributes of a NewCall or of a NewResult."""
ASSESSED = (
    Column("assumptions", "assumptions", sentences_text, read_sentences),
    *_plain("grid_g_per_kwh"),
    Column("basis_id", "basis.digest"),  # until the basis has an id
)
"""With attributes of its Assessment."""

REASONING = "inferred_reasoning_tokens"
FIGURE_COLUMNS = tuple(column for name in ESTIMATES for column in bounds(name))
"""In the order of a footprint's row of numbers."""
FOOTPRINT_COLUMNS = (*FIGURE_COLUMNS, "market_co2_g", *bounds(REASONING), "dominant_factor")
"""Of its Footprint."""

RESULT_COLUMNS = (*(column.name for column in (*RESULT, *ASSESSED)), *FOOTPRINT_COLUMNS)
"""Those of a result, whether it is the current one or a past one."""
CALL_COLUMNS = (*(column.name for column in (*CALL, *USAGE)), *RESULT_COLUMNS)
USAGE_COLUMNS = {column.attribute: column.name for column in USAGE}

WITH_KEY = "LEFT JOIN keys AS k ON k.id = c.key_id"
JOINED = {"row_id": "c.id", "key_name": "k.name", "key_last4": "k.last4"}
"""Read of a call beside its columns, from `calls AS c` WITH_KEY."""
READ = (*CALL_COLUMNS, *JOINED)
"""All that is read of a call, in its order."""
SELECTED = ", ".join((*(f"c.{column}" for column in CALL_COLUMNS), *JOINED.values()))
