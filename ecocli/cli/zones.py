"""Whose days and weeks are counted."""

from datetime import tzinfo

from ecocli.cli.session import Session
from ecocli.core import dates


def zone(session: Session, given: str | None) -> tzinfo:
    """The time zone of days, weeks and months: --tz, ECO_TZ or config.toml; else the machine's own."""
    return dates.zone("local") if given is None and session.settings.tz is None else session.zone(given)
