"""Whether the clock and the time zone can be believed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ecocli.core import zones
from ecocli.core.dates import iso
from ecocli.doctor.finding import DATA, WELL, Finding
from ecocli.store.state import State

DAY_MS = 86_400_000
SLACK_MS = 31 * DAY_MS
"""An edition is named after about the day when it was made."""
LONG_MS = 10 * 366 * DAY_MS
"""No eco is still in use so long after its catalogue was made, or its clock is wrong."""
SET = "set the clock, for example with timedatectl set-ntp true"
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def findings(now_ms: int, state: State, edition: str | None) -> Iterator[Finding]:
    """
    What speaks against the clock, and a time zone that there is not.

    Args:
        edition: Of the catalogue, with the days when it was made.
    """
    made_ms = max((_day_ms(day) for day in DATE.findall(edition or "")), default=None)
    if state.recorded_at_ms is not None and now_ms < state.recorded_at_ms:
        yield Finding("clock-behind", f"the clock says {iso(now_ms)}, and the last call was recorded at {iso(state.recorded_at_ms)}", SET, DATA)
    elif made_ms is not None and now_ms < made_ms - SLACK_MS:
        yield Finding("clock-behind", f"the clock says {iso(now_ms)}, before this eco was made", SET, DATA)
    elif made_ms is not None and now_ms > made_ms + LONG_MS:
        yield Finding("clock-ahead", f"the clock says {iso(now_ms)}, and the catalogue is of {iso(made_ms)[:10]}", f"{SET}, or upgrade eco", WELL)
    if state.started_at_ms is not None and state.started_at_ms > now_ms + DAY_MS:
        yield Finding("call-ahead", f"the latest call begins at {iso(state.started_at_ms)}, which is to come", "eco history --limit 1 shows it", WELL)
    if unknown := zones.unknown_machine_zone():
        yield Finding("unknown-zone", zones.unknown_zone_warning(unknown), "unset TZ, or export it with a name such as Europe/Berlin", DATA)


def _day_ms(day: str) -> int:
    try:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:  # an edition that is called so by chance
        return 0
