"""`GET /v1/explain/{id}`: every step of one call."""

from functools import partial

from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import normal_provider
from ecocli.errors import UnknownRecord
from ecocli.serve import operations
from ecocli.serve.access import READ
from ecocli.serve.messages import JSON, Request, Response, json_bytes
from ecocli.serve.refusals import Refused
from ecocli.serve.routing import GET, Route
from ecocli.store import Store


async def explain(request: Request) -> Response:
    """A call by its id, the end of one, or `last`; `provider` where two share it."""
    request.query.check(("provider",))
    provider = request.query.get("provider")
    normal = provider and (normal_provider(request.services.configured.catalog, provider) or provider)
    return Response(await request.services.readers.read(partial(_explain, given=request.parameter, provider=normal, catalog=request.services.configured.catalog)))


def _explain(store: Store, given: str, provider: str | None, catalog: Entries) -> bytes:
    from ecocli.analysis import ids
    from ecocli.analysis.means import mean
    from ecocli.contract.explanation import explained

    found = explained(store, ids.resolved(store, given), provider, partial(mean, catalog))
    if found is None:
        raise UnknownRecord(given)
    if len(found.providers) > 1:
        raise Refused("bad-parameter", "several providers have a call with this id", "name one with provider=")
    return json_bytes(found.body)


ROUTES = (
    Route(GET, "/v1/explain/{id}", explain, "Every step of one call, with its factors and their sources", READ, (JSON,),
          operation=operations.reading(None, operations.in_path("id", 'As it was answered, the end of one, or "last"; percent-encoded.'), operations.PROVIDER)),
)  # fmt: skip
