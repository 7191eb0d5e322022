"""Which column of a CSV holds which field of a call: those of eco's own history, or those that `--map` names."""

import re
from collections.abc import Mapping, Sequence

from ecocli.errors import BadData, UsageError, quoted, shorten

OWN = {
    "id": "id", "logDate": "startTimeMs", "startTimeMs": "startTimeMs", "firstTokenTimeMs": "firstTokenTimeMs", "endTimeMs": "endTimeMs",
    "provider": "provider", "model": "model", "modelAsReported": "model", "inputTokens": "prompt_tokens", "outputTokens": "completion_tokens",
    "reasoningTokens": "reasoning_tokens", "cachedTokens": "cached_tokens", "cacheWriteTokens": "cache_write_tokens", "source": "source",
    "isEstimated": "is_estimated", "estimationMethod": "estimation_method", "tags": "tags", "region": "detected_region",
    "detectedRegion": "detected_region", "concurrency": "concurrency", "accelerator": "accelerator", "weightPrecision": "weight_precision",
    "hosting": "hosting", "control": "control", "host": "host", "hardware": "hardware", "loadMs": "load_ms", "promptMs": "prompt_ms", "generationMs": "generation_ms",
    "measuredWh": "measured_wh", "measuredBoundary": "measured_boundary", "measuredBy": "measured_by", "serviceTier": "service_tier",
    "serverToolCalls": "server_tool_calls",
}  # fmt: skip
"""Columns of eco's own, to fields of an event; of two with one field the later one is read."""
NEEDED = {"id", "logDate", "provider", "model", "inputTokens", "outputTokens"}
"""Columns by which a CSV is known as eco's own."""
REQUESTS = "requests"
WORDS = {
    "time": "startTimeMs", "prompt": "prompt_tokens", "completion": "completion_tokens", "model": "model", "provider": "provider", "id": "id",
    "cached": "cached_tokens", "cache_write": "cache_write_tokens", "reasoning": "reasoning_tokens", "region": "detected_region", REQUESTS: REQUESTS,
}  # fmt: skip
"""Words of `--map`, to fields of an event; `requests` is how many calls a row adds up."""
SPLIT = re.compile(rf"\s*,\s*(?={'|'.join(f'{word}=' for word in WORDS)})")
COUNTING = {"requests", "numrequests", "requestcount", "nummodelrequests", "nrequests"}
"""How columns are called that say how many calls a row adds up, without their spaces and marks."""
Columns = Mapping[str, int]
"""Fields of an event, to the places of their columns."""


def parse_map(given: Sequence[str]) -> dict[str, str]:
    """
    Words of WORDS, to names of columns. UsageError for another word, and where a needed one is missing.

    >>> parse_map(["time=Date, UTC,prompt=In,completion=Out", "model=Model"])
    {'time': 'Date, UTC', 'prompt': 'In', 'completion': 'Out', 'model': 'Model'}
    """
    found: dict[str, str] = {}
    for part in (part for text in given for part in SPLIT.split(text.strip())):
        word, equals, column = map(str.strip, part.partition("="))
        if word not in WORDS or not equals or not column:
            raise UsageError(f"--map: must be WORD=COLUMN, not {quoted(part)}", f"the words are {', '.join(WORDS)}")
        if word in found:
            raise UsageError(f"--map: {word} is given twice", "keep one of them")
        found[word] = column
    missing = [word for word in ("time", "prompt", "completion") if word not in found]
    if missing or not {"model", "provider"} & found.keys():
        raise UsageError(f"--map: {', '.join(missing) or 'model or provider'} missing", "for example --map time=Date,prompt=Input,completion=Output,model=Model")
    return found


def columns(header: Sequence[str], wanted: Mapping[str, str]) -> Columns:
    """
    The places of the fields in a header; `wanted` is a map by `parse_map`, empty for eco's own columns.

    Raises:
        BadData: A column is missing.
    """
    if not wanted:
        if not set(header) >= NEEDED:
            raise BadData(f"not a CSV of eco: its columns are {_shown(header)}", "--map names them: time=COLUMN,prompt=COLUMN,completion=COLUMN,model=COLUMN")
        return {field: header.index(name) for name, field in OWN.items() if name in header}
    places = {_plain(name): at for at, name in reversed([*enumerate(header)])}
    found = {}
    for word, column in wanted.items():
        if _plain(column) not in places:
            raise BadData(f"no column {quoted(column)}: the columns are {_shown(header)}")
        found[WORDS[word]] = header.index(column) if column in header else places[_plain(column)]
    counting = next((at for at, name in enumerate(header) if _plain(name) in COUNTING), None)
    return found if counting is None else {REQUESTS: counting, **found}


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _shown(header: Sequence[str]) -> str:
    return shorten(", ".join(header), 160)
