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
    from ecocli.serve.gathering import Answer

PARAMETERS = ("store", "skipInvalid")
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines", "application/x-jsonlines")
"""Types of bodies with one event on each line, which are answered alike."""


async def calculate(request: Request) -> Response:
    """Answer with one object for one event, and with as many as there are for several, in their order."""
    if request.scope["query_string"]:
        request.query.check(PARAMETERS)
    media_type = bodies.require_type(request)
    body = await bodies.read(request)
    gathered = None if request.was_at_once else _gathered(request, media_type, body)
    found = None if gathered is None else await gathered
    if found is not None:
        return Response(found)
    return await answered(request, body, is_lines=media_type in LINES)


def at_once(request: Request, body: bytes) -> "Answer | None":
    """The answer to an event like others that come with it."""
    return _gathered(request, bodies.require_type(request), body) if bodies.is_as_sent(request) else None


def _gathered(request: Request, media_type: str, body: bytes) -> "Answer | None":
    """The answer to what looks like one event, which is stored, and answered with an object; None for anything else."""
    if body[:1] != b"{" or len(body) > calls.QUICK_BYTES or request.scope["query_string"] or media_type in LINES:
        return None
    if accept.chosen(request.header(b"accept"), (JSON, NDJSON)) != JSON:
        return None
    return request.services.gathering.answer(body, request.visitor)


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


def _require_sound(prepared: "Prepared") -> None:
    """Raise what is wrong with the first event that cannot be used."""
    error = calls.fault(prepared.parts)
    if error:
        raise error


ROUTES = (
    Route(
        POST, "/v1/calculate", calculate, "Estimate calls, and store them", RECORD, (JSON, NDJSON), also=("/api/v1/calculate",),
        operation=operations.recording(operations.STORE, operations.SKIP_INVALID), at_once=at_once,
    ),
)
