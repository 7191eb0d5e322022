"""Which calls a request looks at: the filters of the commands, under the names of the API. Days are those of UTC unless `tz` says otherwise."""

from datetime import UTC, tzinfo

from ecocli.catalog.regions import normal_provider
from ecocli.errors import UsageError
from ecocli.serve.messages import Request
from ecocli.serve.refusals import Refused
from ecocli.store.history import Filters

NAMES = ("startDate", "endDate", "keyName", "provider", "model", "region", "source", "tag", "tz")
REPEATABLE = ("tag",)
MOST_CHARACTERS = 256


def of(request: Request) -> tuple[Filters, tzinfo]:
    """The filters of a request, and its time zone. Refused for values that are none."""
    query = request.query
    for name in NAMES:
        if any(len(value) > MOST_CHARACTERS or not value.isprintable() for value in query.all(name)):
            raise Refused("bad-parameter", f"{name}: must be at most {MOST_CHARACTERS} characters, none of them a control character")
    tz, now_ms = _zone(query.get("tz")), request.services.clock()
    start_ms, end_ms = _edge("startDate", query.get("startDate"), 0, tz, now_ms), _edge("endDate", query.get("endDate"), 1, tz, now_ms)
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise Refused("bad-parameter", "endDate is before startDate", "swap them")
    provider = query.get("provider")
    found = Filters(
        start_ms=start_ms,
        end_ms=end_ms,
        key_name=query.get("keyName"),
        provider=provider and (normal_provider(request.services.configured.catalog, provider) or provider),
        model=query.get("model"),
        region=query.get("region"),
        source=query.get("source"),
        tags=tuple(map(tag, query.all("tag"))),
    )
    return found, tz


def _zone(name: str | None) -> tzinfo:
    if name is None:
        return UTC
    from ecocli.core import zones

    try:
        return zones.zone(name)
    except UsageError as error:
        raise Refused("bad-parameter", "tz: is no time zone", "as in tz=Europe/Berlin") from error


def _edge(name: str, text: str | None, edge: int, tz: tzinfo, now_ms: int) -> int | None:
    if text is None:
        return None
    from ecocli.core import when

    try:
        return when.span(text, tz, now_ms)[edge]
    except UsageError as error:
        raise Refused("bad-parameter", f"{name}: is no date", when.HINT) from error


def tag(pair: str) -> tuple[str, str]:
    """The name and the value of a tag."""
    key, equals, value = pair.partition("=")
    if not (key and equals and value):
        raise Refused("bad-parameter", "tag: must be KEY=VALUE", "as in tag=project%3Dwebsite")
    return key, value
