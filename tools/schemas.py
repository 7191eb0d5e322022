"""
The JSON Schemas that are made from code; those of the answer, the history, a recomputation and the doctor are written by hand.

    python -m tools.schemas          writes them into ecocli/contract/schemas
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ecocli.catalog.schema_models import ModelsFile
from ecocli.catalog.schema_regions import RegionCatalog
from ecocli.core import hosting
from ecocli.core.usage import BOUNDARIES
from ecocli.ingest import event_texts, native, rules, times

FOLDER = Path(__file__).parent.parent / "ecocli" / "contract" / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
REQUIRED = {"prompt_tokens": event_texts.PROMPTS, "completion_tokens": event_texts.COMPLETIONS}
"""Counts, and the texts that may stand in their place."""

MEANINGS = {
    "provider": "Who served the call: a model maker or a cloud. Case, spaces and hyphens do not matter. Default: the maker of the model.",
    "model": "Id, alias or dated id. Default: the provider's documented fallback.",
    "prompt_tokens": "All input, cached reads and cache writes included.",
    "completion_tokens": "All output, reasoning included.",
    "reasoning_tokens": "Part of completion_tokens; if larger they were counted apart, and completion becomes their sum.",
    "cached_tokens": "Part of prompt_tokens, read from a cache; with cache_write_tokens never more than it.",
    "cache_write_tokens": "Part of prompt_tokens, written to a cache.",
    "detected_region": "Cloud region code, country (ISO 3166 code of 2 or 3 letters, or name), US state as US-CA, eGRID subregion or grid zone.",
    "startTimeMs": "When the call began, in ms since 1970 UTC. Default: now.",
    "firstTokenTimeMs": "When its first token came, not before startTimeMs: evidence for hidden reasoning.",
    "endTimeMs": "When it ended, not before firstTokenTimeMs.",
    "source": 'Where the counts come from, e.g. "api" (the default), "manual" (given by flags), "dom_estimated", "claude-code".',
    "is_estimated": "Token counts are estimates of the visible text: widens the range.",
    "estimation_method": 'How they were estimated; "dom_gpt_tokenizer_v1" when tiktoken counted.',
    "id": "The caller's own id, unique per provider: the same one again adds nothing. Default: a UUIDv7.",
    "concurrency": "Requests in flight at once, per copy of the model's weights.",
    "accelerator": 'What the call was served on, e.g. "H100", "B200" or "RTX 4090".',
    "weight_precision": 'The number format of the weights as served, e.g. "fp8", "nvfp4", "q4_K_M" or "bf16".',
    "hosting": "own: the caller's machine; rented: a server on which the caller runs the engine; cloud: a managed service in the caller's account; api.",
    "host": "Host name of the server that answered, as in api_base: localhost and private addresses are own machines.",
    "hardware": "Name of the hardware profile of the machine that computed.",
    "load_ms": "Time of loading the model. [ms]",
    "prompt_ms": "Time of reading the prompt. [ms]",
    "generation_ms": "Time of writing the answer. [ms]",
    "measured_wh": "Energy of the call, as measured. [Wh]",
    "measured_boundary": "Where it was measured: at the accelerators, at the chip, or at the wall, which is the default.",
    "measured_by": "Instrument or program that measured it.",
    "control": "Whether the caller has operational control of the machine, for the scopes of a report; by default of own machines only.",
    "service_tier": 'As the provider names it, e.g. "batch", "flex" or "priority"; kept, and of no effect on the estimate.',
    "server_tool_calls": "How often the provider ran each of its own tools, by name, e.g. web_search: kept, and not estimated.",
    "tags": "To filter and group by, e.g. project or team.",
}
TEXTS = {
    "prompt_text": {"$ref": "#/$defs/written", "description": "The prompt, counted with tiktoken where prompt_tokens is missing, and not kept."},
    "completion_text": {"$ref": "#/$defs/written", "description": "The answer, counted with tiktoken where completion_tokens is missing, and not kept."},
    "messages": {"$ref": "#/$defs/messages", "description": "The prompt as OpenAI-style chat messages, counted and not kept likewise."},
}
NOT_EXPRESSED = (
    "Beyond what a schema can say: a count is written as an integer (5.0 is none); cached_tokens and cache_write_tokens "
    "together are at most prompt_tokens; the three times are in order; measured_boundary and measured_by come with measured_wh; a message has strings for role, name and content, or parts of it, and its tool_calls are whole."
)


def _text(most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": most, "not": {"pattern": r"[\u0000-\u001f\u007f-\u009f]"}}


KINDS: dict[str, dict[str, Any]] = {
    "tokens": {"type": "integer", "minimum": 0, "maximum": native.MAX_TOKENS},
    "time": {"type": "integer", "minimum": times.FIRST_MS, "maximum": native.MAX_TIME_MS},
    "text": _text(native.MAX_CHARACTERS),
    "accelerator": _text(rules.MAX_ACCELERATOR_CHARACTERS),
    "precision": _text(rules.MAX_PRECISION_CHARACTERS),
    "concurrency": {"type": "number", "minimum": 1, "maximum": rules.MAX_CONCURRENCY},
    "profile": _text(rules.MAX_PROFILE_CHARACTERS),
    "hosting": {"enum": [*hosting.KINDS]},
    "boundary": {"enum": [*BOUNDARIES]},
    "milliseconds": {"type": "number", "minimum": 0, "maximum": rules.MAX_DURATION_MS},
    "measured": {"type": "number", "minimum": rules.LEAST_WH, "maximum": rules.MOST_WH},
    "flag": {"type": "boolean"},
    "written": {"type": "string", "maxLength": rules.MAX_WRITTEN_CHARACTERS},
    "messages": {"type": "array", "minItems": 1, "maxItems": rules.MAX_MESSAGES, "items": {"type": "object"}},
    "tool_calls": {
        "type": "object", "maxProperties": rules.MAX_TOOLS, "propertyNames": {"$ref": "#/$defs/text"}, "additionalProperties": {"$ref": "#/$defs/tokens"},
    },
    "tags": {"type": "object", "propertyNames": {"$ref": "#/$defs/text"}, "additionalProperties": {"$ref": "#/$defs/text"}},
}
KIND_OF_CHECK = {
    rules.TOKENS: "tokens", rules.TIME: "time", rules.TEXT: "text", rules.FLAG: "flag", rules.TAGS: "tags",
    rules.ACCELERATOR: "accelerator", rules.PRECISION: "precision", rules.CONCURRENCY: "concurrency",
    rules.PROFILE: "profile", rules.HOSTING: "hosting", rules.BOUNDARY: "boundary", rules.MILLISECONDS: "milliseconds", rules.MEASURED_WH: "measured",
    rules.TOOL_CALLS: "tool_calls",
}  # fmt: skip


def event() -> dict[str, Any]:
    """The native event, from the fields, spellings and checks of its validator."""
    return {
        "$schema": DRAFT,
        "title": "A call to a model, as eco record and eco estimate take it",
        "description": "Each field has one of its spellings, no other field is allowed.",
        "$comment": NOT_EXPRESSED,
        "type": "object",
        "properties": {name: _property(name) for name in native.SPELLINGS} | {name: TEXTS[name] for name in event_texts.FIELDS},
        "additionalProperties": False,
        "anyOf": [{"required": ["provider"]}, {"required": ["model"]}],
        "allOf": list(_one_spelling_each()),
        "$defs": KINDS,
        "examples": [json.loads(native.EXAMPLE)],
    }


def _property(spelling: str) -> dict[str, Any]:
    field = native.SPELLINGS[spelling]
    meaning = MEANINGS[field] if spelling == field else f"The same as {field}."
    return {"$ref": f"#/$defs/{KIND_OF_CHECK[native.CHECKS[field]]}", "description": meaning}


def _one_spelling_each() -> Iterator[dict[str, Any]]:
    """A required field under exactly one of its names, any other under at most one."""
    for field in native.FIELDS:
        given = [{"required": [spelling]} for spelling, meant in native.SPELLINGS.items() if meant == field]
        if field in REQUIRED:
            yield {"anyOf": [*given, *({"required": [name]} for name in REQUIRED[field])]}
        if len(given) > 1:
            yield {"oneOf": [*given, {"not": {"anyOf": given}}]}
    yield {"not": {"required": list(event_texts.PROMPTS)}}


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema that is made, by the name of its file."""
    files: dict[str, type[BaseModel]] = {"models.json": ModelsFile, "regions.json": RegionCatalog}
    return {"event.json": event()} | {name: {"$schema": DRAFT} | _sections(file) for name, file in files.items()}


def _sections(file: type[BaseModel]) -> dict[str, Any]:
    """The schema of a catalogue file, none of whose sections is required: a user's own has those it changes, and hours of grids are in zones.yaml."""
    schema = file.model_json_schema()
    return {name: value for name, value in schema.items() if name != "required"}


def text(schema: dict[str, Any]) -> str:
    """As it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, schema in schemas().items():
        (FOLDER / name).write_text(text(schema), "utf-8")
