"""The options by which calls are chosen, as the store's filters."""

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
    """What the options of a command choose. Dates without a time cover the whole day, in `tz`."""
    zone = session.zone(tz)
    # an empty text is a variable of a script that was not set, and must not mean "all"
    start_ms = None if start_date is None else dates.first_ms(start_date, zone)
    end_ms = None if end_date is None else dates.after_ms(end_date, zone)
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise UsageError(f"--end-date {end_date} is before --start-date {start_date}", "exchange them")
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
