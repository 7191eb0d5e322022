"""Whose days and weeks are counted."""

from datetime import tzinfo

from ecocli.cli.session import Session


def zone(session: Session, given: str | None) -> tzinfo:
    """The time zone of days, weeks and months: --tz, ECO_TZ or config.toml; else the machine's own."""
    from ecocli.periods import Local

    name = given if given is not None else session.settings.tz
    return Local() if name is None or name == "local" else session.zone(given)
