"""The options by which calls are chosen, as the store's filters."""

from ecocli import dates
from ecocli.catalog.regions import normal_provider
from ecocli.cli.call_input import parse_tag_options
from ecocli.cli.session import Session
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
    zone = dates.zone(tz or session.settings.tz)
    start_ms = dates.first_ms(start_date, zone) if start_date else None
    end_ms = dates.after_ms(end_date, zone) if end_date else None
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise UsageError(f"--end-date {end_date} is before --start-date {start_date}")
    return Filters(
        start_ms=start_ms,
        end_ms=end_ms,
        key_name=key_name,
        provider=provider and (normal_provider(session.catalog, provider) or provider),
        model=model,
        source=source,
        region=region,
        tags=tuple(parse_tag_options(tags or []).items()),
    )
