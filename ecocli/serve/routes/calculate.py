"""`POST /v1/calculate`: one event, an array or lines of them, estimated and stored."""

from typing import TYPE_CHECKING

from ecocli.errors import BadData
from ecocli.ingest.reading import Fill
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
    media_type = bodies.require_type(request)
    body = await bodies.read(request)
    if body[:1] == b"{" and len(body) <= calls.QUICK_BYTES and _is_plain(request, media_type):
        found = await request.services.gathering.answer(body, request.visitor)
        if found is not None:
            return Response(found)
    return await answered(request, body, is_lines=media_type in LINES)


async def answered(request: Request, body: bytes, *, is_lines: bool, fill: Fill | None = None, format: str | None = None) -> Response:
    """The answer to a body of calls, which are stored unless the request says otherwise."""
    keeps, skips = request.query.flag("store", True), request.query.flag("skipInvalid", False)
    prepared = await calls.prepared(request.services, body, request.visitor.key_id, fill, format, calls.MOST_FAULTS if skips else 0)
    is_one = len(prepared) == 1 and body.lstrip()[:1] != b"["
    if not skips or is_one:
        _require_sound(prepared)
    if calls.count_faults(prepared.parts) > calls.MOST_FAULTS:
        raise BadData(f"more than {calls.MOST_FAULTS:,} events cannot be used, and none is kept", "send them in parts")
    wanted = accept.chosen(request.header(b"accept"), (NDJSON, JSON) if is_lines else (JSON, NDJSON))
    outcomes = await request.services.writer.store(prepared, request.visitor.secret) if keeps else calls.estimated(prepared)
    found = calls.lines(outcomes)
    if wanted == NDJSON:
        return Response(b"".join(line + b"\n" for line in found), NDJSON)
    return Response(found[0] if is_one else b"[" + b",\n".join(found) + b"]")


def _is_plain(request: Request, media_type: str) -> bool:
    """True where an event is stored, and answered with an object."""
    return not request.scope["query_string"] and media_type not in LINES and accept.chosen(request.header(b"accept"), (JSON, NDJSON)) == JSON


def _require_sound(prepared: "Prepared") -> None:
    """Raise what is wrong with the first event that cannot be used."""
    error = calls.fault(prepared.parts)
    if error:
        raise error


ROUTES = (
    Route(
        POST, "/v1/calculate", calculate, "Estimate calls, and store them", RECORD, (JSON, NDJSON), also=("/api/v1/calculate",),
        operation=operations.recording(operations.STORE, operations.SKIP_INVALID),
    ),
)
