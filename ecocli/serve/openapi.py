"""The OpenAPI document, made of the routes and of the schemas that ship."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ecocli
from ecocli.serve import problems
from ecocli.serve.access import ANYBODY
from ecocli.serve.messages import JSON
from ecocli.serve.otlp.answers import PROTOBUF
from ecocli.serve.routing import POST, Route, Routes
from ecocli.serve.statuses import RETRY_AFTER_S, HTTPStatus

SCHEMAS = Path(ecocli.__file__).parent / "contract" / "schemas"
SHIPPED = ("event", "answer", "history")
COMPONENT = "#/components/schemas/"
ALWAYS = (400, 401, 403, 404, 405, 406, 408, 414, 422, 429, 431, 500, 503)
WITH_BODY = (411, 413, 415)

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "What kind of error it is, for programs."},
        "detail": {"type": "string"},
        "hint": {"type": "string", "description": "What to do about it."},
        "field": {"type": "string", "description": "The field of the event."},
        "where": {"type": "string", "description": "The place of the event among many."},
        "instance": {"type": "string"},
    },
}
REJECTED = {"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["code", "detail"]}}}

STATUS = {"type": "object", "description": "google.rpc.Status", "properties": {"code": {"type": "integer"}, "message": {"type": "string"}}}


def document(routes: Routes) -> dict[str, Any]:
    """All of it."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes.all:
        if route.operation is not None:
            for path in (route.path, *route.also):
                paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    schemas = {name: schema for shipped in SHIPPED for name, schema in _components(shipped)}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "eco", "version": ecocli.__version__, "description": "Energy, carbon and water of AI model calls, each with an honest range."},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "problem": PROBLEM, "rejected": REJECTED, "status": STATUS},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "A key of eco keys create, or the start-up token."}},
        },
    }


def _operation(route: Route, path: str) -> dict[str, Any]:
    found = dict(route.operation or {})
    codes = (*ALWAYS, *(WITH_BODY if route.method == POST else ()))
    found["responses"] = {**found["responses"], **{str(code): _problem(HTTPStatus(code), route) for code in codes}}
    name = f"{route.method.lower()}{path}".replace("{", "").replace("}", "").replace("/", "-")
    return {"operationId": name, "summary": route.summary, "security": [{}, {"key": []}] if route.needs != ANYBODY else [{}], **found}


def _problem(status: HTTPStatus, route: Route) -> dict[str, Any]:
    content: dict[str, Any] = {problems.MEDIA_TYPE: {"schema": {"$ref": f"{COMPONENT}problem"}}}
    if route.errors is not None:  # what is refused before the route is known stays a problem
        content |= {JSON: {"schema": {"$ref": f"{COMPONENT}status"}}, PROTOBUF: {"schema": {"type": "string"}}}
    found: dict[str, Any] = {"description": status.phrase, "content": content}
    headers = {HTTPStatus.UNAUTHORIZED: "WWW-Authenticate", HTTPStatus.METHOD_NOT_ALLOWED: "Allow"} | dict.fromkeys(RETRY_AFTER_S, "Retry-After")
    if status in headers:
        found["headers"] = {headers[status]: {"schema": {"type": "string"}}}
    return found


def _components(name: str) -> Iterator[tuple[str, Any]]:
    """A schema that ships and its definitions, each as a component."""
    found = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    inner = found.pop("$defs", {})
    found.pop("$schema", None)
    for each, schema in {name: found, **{f"{name}-{key}": value for key, value in inner.items()}}.items():
        yield each, _moved(schema, name)


def _moved(schema: Any, name: str) -> Any:
    """With references to definitions as references to components."""
    if isinstance(schema, dict):
        return {key: _target(value, name) if key == "$ref" else _moved(value, name) for key, value in schema.items()}
    return [_moved(each, name) for each in schema] if isinstance(schema, list) else schema


def _target(reference: str, name: str) -> str:
    return f"{COMPONENT}{name}" if reference == "#" else reference.replace("#/$defs/", f"{COMPONENT}{name}-")
