"""`POST /ingest/{format}`: whatever `eco record` reads, with fields for every call in the query."""

from dataclasses import replace
from typing import Any

from ecocli.ingest import native
from ecocli.serve import bodies, filters, operations
from ecocli.serve.access import RECORD
from ecocli.serve.messages import JSON, NDJSON, Request, Response
from ecocli.serve.refusals import Refused
from ecocli.serve.routes.calculate import LINES, PARAMETERS, answered
from ecocli.serve.routing import POST, Route

AUTO = "auto"
FIELDS = {"provider": "provider", "model": "model", "region": "detected_region"}
"""Parameters to the fields of an event."""


async def ingest(request: Request) -> Response:
    """Answer as `/v1/calculate` does. The format is that of the path; `auto` goes by what the body looks like."""
    from ecocli.ingest import formats

    request.query.check((*FIELDS, "tag", *PARAMETERS), ("tag",))
    format = None if request.parameter == AUTO else request.parameter
    if format not in (None, formats.NATIVE):
        formats.by_name(format)
    fill = replace(request.services.configured.fill, overrides=_given(request))
    body = await bodies.read(request)  # of any type: a stream of events is a body, too
    return await answered(request, body, is_lines=bodies.media_type(request.headers) in LINES, fill=fill, format=format)


def _given(request: Request) -> dict[str, Any]:
    """Fields for every call. BadField for a value that an event could not have either."""
    query = request.query
    given = {FIELDS[name]: value for name in FIELDS if (value := query.get(name)) is not None}
    tags = dict(map(filters.tag, query.all("tag")))
    if len(tags) < len(set(query.all("tag"))):
        raise Refused("bad-parameter", "tag: a key has one value")
    found: dict[str, Any] = {**given, **({"tags": tags} if tags else {})}
    return {field: native.CHECKS[field](field, value) for field, value in found.items()}


ROUTES = (
    Route(
        POST, "/ingest/{format}", ingest, "Record calls in any format that eco reads", RECORD, (JSON, NDJSON),
        operation=operations.ingesting(
            operations.in_path("format", 'A name of eco record --from, or "auto" to have it recognised.'),
            operations.PROVIDER,
            operations.text("model", "The model, whatever the body says."),
            operations.text("region", "Where it ran."),
            operations.texts("tag", "KEY=VALUE for every call."),
            operations.STORE, operations.SKIP_INVALID,
        ),
    ),
)  # fmt: skip
