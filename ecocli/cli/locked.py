"""A line on standard error where a command changes calls of a period that is locked: it does what it is asked for all the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ecocli.cli.session import Session

if TYPE_CHECKING:
    from ecocli.store.locked_reports import LockedReport


def say(session: Session, found: "Sequence[LockedReport]") -> None:
    """Name the periods, each once; nothing without one."""
    if not found:
        return
    from ecocli.reports import spans

    names = [*dict.fromkeys(map(spans.of_lock, found))]
    are = "is" if len(names) == 1 else "are"
    session.say(f"eco: {', '.join(names)} {are} locked: eco report will show a restatement")
