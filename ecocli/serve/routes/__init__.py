"""One file for each group of routes; `ROUTES` has them all. What only some of them need they load when they are first asked: a server starts sooner."""

from functools import cache

from ecocli.serve import operations
from ecocli.serve.access import KNOWN
from ecocli.serve.messages import Request, Response, json_bytes
from ecocli.serve.routes import calculate, catalogue, explain, health, history, ingest, litellm, otlp, totals
from ecocli.serve.routing import GET, Route, Routes


async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    request.query.check(())
    return Response(_document())


@cache
def _document() -> bytes:
    from ecocli.serve.openapi import document

    return json_bytes(document(ROUTES))


ROUTES = Routes((
    *calculate.ROUTES,
    *ingest.ROUTES,
    *otlp.ROUTES,
    *litellm.ROUTES,
    *history.ROUTES,
    *totals.ROUTES,
    *explain.ROUTES,
    *catalogue.ROUTES,
    *health.ROUTES,
    Route(GET, "/openapi.json", openapi, "This document", KNOWN, operation=operations.PLAIN),
))  # fmt: skip
