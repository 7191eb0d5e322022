"""`GET /v1/models` and `GET /v1/regions`: what eco knows, and how a name is resolved."""

from functools import partial

from ecocli.catalog import models
from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import normal_provider, search_regions
from ecocli.errors import UnknownModel, plain
from ecocli.serve import operations
from ecocli.serve.access import KNOWN
from ecocli.serve.messages import JSON, Request, Response, json_bytes
from ecocli.serve.routing import GET, Route


async def list_models(request: Request) -> Response:
    """Models with their sizes."""
    from ecocli.contract.catalogue import model_row

    request.query.check(("provider", "search"))
    catalog, provider = request.services.configured.catalog, request.query.get("provider")
    provider_id = provider and (normal_provider(catalog, provider) or provider.lower())
    search = request.query.get("search") or ""
    return Response(await request.services.aside(lambda: json_bytes(list(map(model_row, models.search_models(catalog, search, provider_id))))))


async def show_model(request: Request) -> Response:
    """A model by any of its names, with every factor and its source."""
    request.query.check(())
    return Response(await request.services.aside(partial(_model, request.services.configured.catalog, request.parameter)))


def _model(catalog: Entries, name: str) -> bytes:
    from ecocli.contract.catalogue import model_body

    found = models.model(catalog, models.resolve_model(catalog, name, None, fallback=False).spec.id)
    if found is None:
        raise UnknownModel(name)
    return json_bytes(model_body(found))


async def list_regions(request: Request) -> Response:
    """Cloud regions with their grid."""
    from ecocli.catalog.notices import notices_for, sources_in

    request.query.check(("cloud", "search"))
    catalog, search, cloud = request.services.configured.catalog, request.query.get("search") or "", request.query.get("cloud")
    found = await request.services.aside(lambda: search_regions(catalog, search, cloud))
    credits = notices_for(catalog, sources_in(found))
    return Response(json_bytes(found), headers={"credits": plain(" ".join(credits)).encode("ascii", "replace").decode()} if credits else {})  # a list has no room for it


async def show_region(request: Request) -> Response:
    """A place by any of its names, with every factor and its source."""
    request.query.check(("provider",))
    work = partial(_region, request.services.configured.catalog, request.query.get("provider"), request.parameter)
    return Response(await request.services.aside(work))


def _region(catalog: Entries, provider: str | None, code: str) -> bytes:
    from ecocli.catalog.notices import notices_for, sources_in
    from ecocli.catalog.region_means import look_up, sites_behind
    from ecocli.contract.catalogue import region_body

    found = look_up(catalog, provider, code)
    body = region_body(code, found, sites_behind(catalog, found))
    credits = notices_for(catalog, sources_in(body))
    return json_bytes(body | ({"credits": credits} if credits else {}))


_SEARCH = operations.text("search", "Part of a name.")

ROUTES = (
    Route(GET, "/v1/models", list_models, "Models with their sizes", KNOWN, (JSON,), operation=operations.reading(None, operations.PROVIDER, _SEARCH)),
    Route(GET, "/v1/models/{id}", show_model, "One model with every factor and its source", KNOWN, (JSON,),
          operation=operations.reading(None, operations.in_path("id", "Any name of the model."))),
    Route(GET, "/v1/regions", list_regions, "Cloud regions with their grid", KNOWN, (JSON,),
          operation=operations.reading(None, operations.text("cloud", "Such as aws."), _SEARCH)),
    Route(GET, "/v1/regions/{code}", show_region, "One place with every factor and its source", KNOWN, (JSON,),
          operation=operations.reading(None, operations.in_path("code", "Any name of the place."), operations.PROVIDER)),
)  # fmt: skip
