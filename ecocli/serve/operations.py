"""What openapi.json says of each route, in the words of OpenAPI 3.1."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecocli.serve.messages import JSON, NDJSON

Part = dict[str, Any]
TEXT: Part = {"type": "string", "minLength": 1, "maxLength": 256}


def text(name: str, description: str) -> Part:
    """A parameter of the query."""
    return {"name": name, "in": "query", "description": description, "schema": TEXT}


def texts(name: str, description: str) -> Part:
    """One that may be there several times."""
    return {"name": name, "in": "query", "description": description, "schema": {"type": "array", "items": TEXT}, "explode": True}


def number(name: str, most: int) -> Part:
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": most}}


def flag(name: str, description: str) -> Part:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "boolean"}}


def in_path(name: str, description: str) -> Part:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": {"type": "string", "minLength": 1}}


STORE = flag("store", "false: estimate, and store nothing.")
SKIP_INVALID = flag("skipInvalid", "true: keep the good events of several, whatever the others are.")
PROVIDER = text("provider", "Who serves or served the call.")
FILTERS = (
    text("startDate", "From when: 2026-11-20, 2026-11, 2026-W47, yesterday, or 7d before now."),
    text("endDate", "Until when; that day, week or month is included."),
    text("keyName", 'Who recorded; "local" is the owner of the store.'),
    PROVIDER,
    text("model", "As written, or the catalogue's id; * stands for any characters."),
    text("region", "As written, or as resolved."),
    text("source", "Where the counts come from."),
    texts("tag", "KEY=VALUE; all must match."),
    text("tz", "Time zone of days; UTC by default."),
)


def reading(schema: str | None, *parameters: Part, others: Sequence[str] = ()) -> Mapping[str, Any]:
    """An operation that looks: its parameters, and its answer by the name of a schema that ships, or any object."""
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"} if schema else {}}, **{name: {"schema": {"type": "string"}} for name in others}}
    return {"parameters": list(parameters), "responses": {"200": {"description": "What was asked for.", "content": content}}}


def recording(*parameters: Part) -> Mapping[str, Any]:
    """An operation that takes events, and answers each."""
    event, answer = ({"$ref": f"#/components/schemas/{name}"} for name in ("event", "answer"))
    many = {"type": "array", "items": {"anyOf": [answer, {"$ref": "#/components/schemas/rejected"}]}}
    return {
        "parameters": list(parameters),
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"anyOf": [event, {"type": "array", "items": event, "minItems": 1}]}}, NDJSON: {"schema": {"type": "string"}}},
        },
        "responses": {
            "200": {
                "description": "One answer for one event, an array or lines of them for several, in their order.",
                "content": {JSON: {"schema": {"anyOf": [answer, many]}}, NDJSON: {"schema": {"type": "string"}}},
            },
        },
    }


def ingesting(*parameters: Part) -> Mapping[str, Any]:
    """An operation that takes bodies of any kind, and answers each call."""
    body = {"required": True, "content": {"*/*": {"schema": {"type": "string"}}}}
    return {**recording(*parameters), "requestBody": body}


def exporting(media_types: Sequence[str]) -> Mapping[str, Any]:
    """An operation that takes what an OpenTelemetry exporter sends, in one of the encodings of OTLP."""
    content = {name: {"schema": {"type": "object"} if name == JSON else {"type": "string"}} for name in media_types}
    taken = {"description": "Taken; what was rejected is counted in a partial success.", "content": content}
    return {"requestBody": {"required": True, "content": content}, "responses": {"200": taken}}


_NUMBERS = {name: {"type": "integer"} for name in ("rows", "stored", "duplicates", "skipped", "rejected")}
_TOLD = {"type": "object", "required": [*_NUMBERS, "errors"], "properties": {**_NUMBERS, "errors": {"type": "array", "items": {"type": "object"}}}}
BATCH: Mapping[str, Any] = {
    "requestBody": {"required": True, "content": {JSON: {"schema": {"type": "array", "items": {"type": "object"}}}, NDJSON: {"schema": {"type": "string"}}}},
    "responses": {"200": {"description": "How many rows became what.", "content": {JSON: {"schema": _TOLD}}}},
}
"""An operation that takes rows, and tells how many of them it kept."""
PLAIN: Mapping[str, Any] = {"responses": {"200": {"description": "It is well.", "content": {JSON: {"schema": {"type": "object"}}}}}}
