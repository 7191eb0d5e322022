"""What `eco doctor` found, for a screen of 80 by 24: what is wrong first, each with what mends it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ecocli.config.listing import DEFAULT, FILE
from ecocli.core.dates import iso
from ecocli.core.numbers import counted, scaled
from ecocli.core.zones import described
from ecocli.errors import plain

if TYPE_CHECKING:
    from ecocli.doctor.examination import Examination
    from ecocli.doctor.finding import Finding

ARROW = "→ "
"""Before a command, whose paths stay whole: between quotes no shell takes ~ for a folder."""
LABEL = 11
"""Width of the first column."""
HANG = LABEL + 2
"""Indent of what follows in a narrow terminal. [column]"""
MOST_LOGS = 6
"""Sources that are shown."""


def text(found: "Examination", home: str | None) -> str:
    """
    The whole of it, in lines of any length.

    Args:
        home: Folder that is shown as ~ where it stands in front of a path.
    """
    lines = (
        *_headline(found),
        *(line for each in found.findings for line in _finding(each, found)),
        *([""] if found.findings else []),
        *_labelled("store", [_store(found)]),
        *_labelled("config", _places(found, "config")),
        *_labelled("catalogue", [_catalogue(found)]),
        *_labelled("cache", _places(found, "cache")),
        *_labelled("set", _settings(found)),
        *_labelled("logs", _logs(found)),
        *_labelled("clock", [f"{_minute(found.now_ms)} UTC; days of {described(found.zone) if found.zone else 'an unknown time zone'}"]),
        *_labelled("versions", [_versions(found)]),
    )
    return "\n".join(plain(line if ARROW in line else _short(line, home)) for line in lines)


def _headline(found: "Examination") -> Iterator[str]:
    count = len(found.problems)
    yield "all is well" if not count else counted(count, "problem")
    yield ""


def _finding(each: "Finding", found: "Examination") -> Iterator[str]:
    yield from _labelled("problem" if each in found.problems else "note", [each.message, *([f"{ARROW}{each.mend}"] if each.mend else [])])


def _labelled(label: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {label:<{LABEL}}{line}"
        label = ""


def _store(found: "Examination") -> str:
    state = found.state
    if state.size_bytes is None:
        return f"{state.path}, which the first call makes" if state.error is None else str(state.path)
    calls = "" if state.calls is None else f", {state.calls:,} {'call' if state.calls == 1 else 'calls'}"
    last = "" if state.recorded_at_ms is None else f", the last recorded {_minute(state.recorded_at_ms)} UTC"
    return f"{state.path}, {_size(state.size_bytes)}{calls}{last}"


def _places(found: "Examination", what: str) -> list[str]:
    return [f"{place.path}{'' if place.exists else ', not made yet'}" for place in found.places if place.what == what]


def _catalogue(found: "Examination") -> str:
    own = [place.path.name for place in found.places if place.what == "own catalogue"]
    origin = f"with your own {' and '.join(own)}" if own else "as shipped"
    return f"edition {found.versions['catalogue'] or 'unknown'}, {origin}"


def _settings(found: "Examination") -> list[str]:
    given = [f"{row.name} = {row.value} ({'config.toml' if row.origin == FILE else row.where})" for row in found.settings if row.origin != DEFAULT]
    return ["; ".join(given) if given else "nothing: all defaults, as eco config list shows"]


def _logs(found: "Examination") -> list[str]:
    if not found.logs:
        return ["none of other tools found"]
    width = max(len(each.source) for each in found.logs)
    lines = [f"{each.source:<{width}}  {counted(each.files, 'file')}, {_new(each.new_files, each.new_bytes)}" for each in found.logs[:MOST_LOGS]]
    if rest := len(found.logs) - MOST_LOGS:
        lines += [f"and {counted(rest, 'more source')}: eco import list"] if rest > 0 else []
    return lines + [f"{ARROW}eco import --all reads what is new"] * any(each.new_files for each in found.logs)


def _new(files: int, size_bytes: int) -> str:
    return f"{files:,} new or changed, {_size(size_bytes)} to read" if files else "nothing new"


def _versions(found: "Examination") -> str:
    v = found.versions
    return f"eco {v['eco']}, method {v['method']}, schema {v['schema']}, Python {v['python']}, SQLite {v['sqlite']}"


def _size(size_bytes: int) -> str:
    return f"{size_bytes} B" if size_bytes < 1000 else scaled(size_bytes, "B")


def _minute(ms: int) -> str:
    return iso(ms)[:16].replace("T", " ")


def _short(line: str, home: str | None) -> str:
    return line.replace(f"{home.rstrip('/')}/", "~/") if home and home.strip("/") else line
