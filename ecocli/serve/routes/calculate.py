"""`POST /v1/calculate`: one event, an array or lines of them, estimated and stored."""

from typing import TYPE_CHECKING

from ecocli.serve import accept, bodies, calls, operations
from ecocli.serve.access import RECORD
from ecocli.serve.messages import JSON, NDJSON, Request, Response
from ecocli.serve.routing import POST, Route

if TYPE_CHECKING:
    from ecocli.pipeline.together import Prepared

PARAMETERS = ("store", "skipInvalid")
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines", "application/x-jsonlines")
"""Types of bodies with one event on each line, which are answered alike."""


async def calculate(request: Request) -> Response:
    """Answer with one object for one event, and with as many as there are for several, in their order."""
    if request.scope["query_string"]:
        request.query.check(PARAMETERS)
    keeps, skips = request.query.flag("store", True), request.query.flag("skipInvalid", False)
    media_type = bodies.require_type(request)
    body = await bodies.read(request)
    prepared = await calls.prepared(request.services, body, request.visitor.key_id)
    is_one = len(prepared) == 1 and body.lstrip()[:1] != b"["
    if not skips or is_one:
        _require_sound(prepared)
    wanted = accept.chosen(request.header(b"accept"), (NDJSON, JSON) if media_type in LINES else (JSON, NDJSON))
    outcomes = await request.services.writer.store(prepared, request.visitor.secret) if keeps else calls.estimated(prepared)
    found = calls.lines(outcomes)
    if wanted == NDJSON:
        return Response(b"".join(line + b"\n" for line in found), NDJSON)
    return Response(found[0] if is_one else b"[" + b",\n".join(found) + b"]")


def _require_sound(prepared: "Prepared") -> None:
    """Raise what is wrong with the first event that cannot be used."""
    error = calls.fault(prepared.parts)
    if error:
        raise error


ROUTES = (
    Route(
        POST, "/v1/calculate", calculate, "Estimate calls, and store them", RECORD, (JSON, NDJSON), also=("/api/v1/calculate",),
        operation=operations.recording(
            operations.flag("store", "false: estimate, and store nothing."), operations.flag("skipInvalid", "true: keep the good events of several, whatever the others are.")
        ),
    ),
)
