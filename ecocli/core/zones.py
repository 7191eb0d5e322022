"""Time zones by name, and the machine's own."""

import os
import re
import time
from datetime import UTC, datetime, timedelta, tzinfo

from ecocli.errors import UsageError, did_you_mean, quoted

LOCAL_NAME = "local"
POSIX_ZONE = re.compile(r":?(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)[+-]?[0-9].*", re.ASCII)
"""A zone as the C library also takes it, such as CET-1CEST."""
ABBREVIATION = re.compile(r"[A-Z]{3,4}", re.ASCII)
"""CEST, PDT and the like, which several places share, and which no other abbreviation stands for."""
DATABASE = "zoneinfo/"
"""Folder of the zones, in the path that a machine's own is linked to."""
LOCALTIME = "/etc/localtime"
UTC_NAMES = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu")
FIRST_YEAR, LAST_YEAR = 2, 9998
"""Beyond these years the C library has no offset: the nearest one counts."""


class Local(tzinfo):
    """The machine's own time zone, daylight saving included; a fixed offset would be wrong half the year."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else _within_reach(moment).astimezone().utcoffset()

    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else _within_reach(moment).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)


def _within_reach(moment: datetime) -> datetime:
    year = min(max(moment.year, FIRST_YEAR), LAST_YEAR)
    return moment.replace(tzinfo=None) if year == moment.year else datetime(year, moment.month, min(moment.day, 28))  # noqa: DTZ001 - local time


def zone(name: str | None) -> tzinfo:
    """
    The time zone with an IANA name; UTC for None, the machine's own for "local".

    Raises:
        UsageError: No zone has this name.
    """
    if name is None or name.upper() == "UTC":
        return UTC
    if name == LOCAL_NAME:
        return Local()
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"no time zone {quoted(name)}", did_you_mean(_close(name), "a name such as Europe/Berlin, UTC or local")) from error


def zone_name(tz: tzinfo) -> str:
    """The IANA name of a time zone; the machine's own is "local" where it has no such name."""
    return machine_zone() or LOCAL_NAME if isinstance(tz, Local) else str(getattr(tz, "key", None) or tz)


def described(tz: tzinfo) -> str:
    """A time zone for people, who should know when another machine would have another one."""
    name = zone_name(tz)
    if not isinstance(tz, Local):
        return name
    return "this machine's time zone" if name == LOCAL_NAME else f"{name}, this machine's time zone"


def titled(name: str, tz: tzinfo) -> str:
    """
    The header of a column of times.

    >>> titled("when", UTC)
    'when (UTC)'
    """
    return f"{name} ({zone_name(tz)})"


def machine_zone() -> str | None:
    """The IANA name of the machine's own zone; None where it has none, as for TZ=CET-1CEST."""
    given = os.environ.get("TZ")
    if given is not None:
        name = given.removeprefix(":")
        return "UTC" if not name or unknown_machine_zone() else None if name.startswith("/") or POSIX_ZONE.fullmatch(name) else name
    try:
        target = os.readlink(LOCALTIME)
    except OSError:  # a copy, which has no name; where there is none, the C library takes UTC
        return None if os.path.exists(LOCALTIME) else "UTC"
    name = target.partition(DATABASE)[2]
    return "UTC" if name in UTC_NAMES else name or None


def unknown_machine_zone() -> str | None:
    """The value of TZ where the C library knows no such zone, and silently takes UTC; else None."""
    given = os.environ.get("TZ", "")
    name = given.removeprefix(":")
    if not name or time.timezone or time.daylight or name in UTC_NAMES or POSIX_ZONE.fullmatch(name):
        return None
    if name.startswith("/"):
        return None if os.path.exists(name) else given
    try:
        zone(name)
    except UsageError:
        return given
    return None


def unknown_zone_warning(name: str) -> str:
    """A sentence on a TZ that names no zone."""
    return f"TZ is {quoted(name)}, which is no time zone: this machine takes UTC. {did_you_mean(_close(name), '')}".rstrip()


def _close(name: str) -> list[str]:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    known = {each.lower(): each for each in available_timezones()}
    ends = {each.rpartition("/")[2]: each for each in known}
    wanted = name[:100].lower().replace(" ", "_")
    if ABBREVIATION.fullmatch(name) and wanted not in known:
        return []
    found = get_close_matches(wanted, known, n=1, cutoff=0.75) or [ends[end] for end in get_close_matches(wanted, ends, n=1, cutoff=0.85)]
    return [known[each] for each in found]
