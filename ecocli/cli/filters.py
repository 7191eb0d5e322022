"""Convert the options that select recorded calls to the store's filters."""

from ecocli.catalog.regions import normal_provider
from ecocli.cli.call_input import tag_pairs
from ecocli.cli.session import Session
from ecocli.core import dates
from ecocli.errors import UsageError
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
) -> Filters:
    """Filters from options. A date without a time covers the whole day in the zone `tz`. UsageError for options that are not valid."""
    zone = session.zone(tz)
    # an empty option, as from an unset variable of a script, is an error and does not mean "all"
    start_ms = None if start_date is None else dates.first_ms(start_date, zone)
    end_ms = None if end_date is None else dates.after_ms(end_date, zone)
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise UsageError(f"--end-date {end_date} is before --start-date {start_date}", "swap them")
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
