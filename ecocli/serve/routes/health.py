"""`GET /healthz` and `GET /readyz`, for whatever keeps the server running."""

from ecocli.serve import operations
from ecocli.serve.access import ANYBODY
from ecocli.serve.messages import Request, Response, json_bytes
from ecocli.serve.routing import GET, Route
from ecocli.store import Store

OK = json_bytes({"status": "ok"})


async def healthz(_: Request) -> Response:
    """The process answers."""
    return Response(OK)


async def readyz(request: Request) -> Response:
    """The store can be read."""
    await request.services.readers.read(_look)
    return Response(OK)


def _look(store: Store) -> None:
    store.newest_ids(1)


ROUTES = (
    Route(GET, "/healthz", healthz, "Whether the server runs", ANYBODY, operation=operations.PLAIN),
    Route(GET, "/readyz", readyz, "Whether it can answer", ANYBODY, operation=operations.PLAIN),
)
