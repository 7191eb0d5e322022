"""Convert the options that select recorded calls to the store's filters."""

from ecocli.catalog.regions import normal_provider
from ecocli.cli.call_input import tag_pairs
from ecocli.cli.session import Session
from ecocli.store.history import Filters


def filters(
    session: Session,
    start_date: str | None,
    end_date: str | None,
    key_name: str | None,
    provider: str | None,
    model: str | None,
    region: str | None,
    source: str | None,
    tags: list[str] | None,
    tz: str | None,
    *,
    since: str | None = None,
    until: str | None = None,
    last: str | None = None,
) -> Filters:
    """Filters from options; days are those of the zone `tz`, see `Session.zone`. UsageError for options that are not valid."""
    zone, start_ms, end_ms = session.zone(tz), None, None
    times = {"since": since, "until": until, "last": last, "start_date": start_date, "end_date": end_date}
    if any(given is not None for given in times.values()):
        from ecocli.cli import spans

        start_ms, end_ms = spans.bounds(zone, session.now_ms(), **times)
    return Filters(
        start_ms=start_ms,
        end_ms=end_ms,
        key_name=key_name,
        provider=provider and (normal_provider(session.catalog, provider) or provider),
        model=model,
        source=source,
        region=region,
        tags=tuple(tag_pairs(tags or [])),
    )
