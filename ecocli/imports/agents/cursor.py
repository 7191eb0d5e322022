"""
Cursor: the CSV of usage events that an account exports, and that tokscale keeps a copy of.

Cursor's source is not public. Read in junhoyeo/tokscale: crates/tokscale-core/src/sessions/cursor.rs (04dffd4b921c), with rows
that came from Cursor. By their totals the two input columns stand beside each other: what went into the cache, and what did
not; a row whose total says otherwise is read as its total says.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from ecocli.errors import BadData, quoted
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

COUNTERS = ("Input (w/ Cache Write)", "Input (w/o Cache Write)", "Cache Read", "Output Tokens")
TOTAL = "Total Tokens"


def roots(env: Mapping[str, str]) -> list[Path]:
    config = env.get("TOKSCALE_CONFIG_DIR") or Path(env.get("XDG_CONFIG_HOME") or below.home(env) / ".config") / "tokscale"
    return [Path(config) / "cursor-cache"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*usage.*\.csv")


def read_whole(file: LogFile, _: Position | None) -> Iterator[Piece]:
    """The events of an export, which holds those of a span of time, also where another one had them."""
    times: Counter[str] = Counter()
    try:
        with file.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            rows = csv.DictReader(stream)
            if not {"Date", "Model", *COUNTERS} <= set(rows.fieldnames or ()):
                raise BadData("not an export of Cursor's usage events: its columns are others")
            found = [each for row in rows for each in _row(file, rows.line_num, row, times)]
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    except csv.Error as error:
        raise BadData(f"not CSV: {error}") from error
    yield Piece(found, Position(file.stamp))


def _row(file: LogFile, number: int, row: dict[str, str], times: Counter[str]) -> Iterator[LogCall | Rejected]:
    """An event: a time to the millisecond, a model and counts. Equal ones are told apart by their number."""
    try:
        counts = [_count(row, name) for name in COUNTERS]
        total = _count(row, TOTAL) if row.get(TOTAL) else sum(counts)
    except BadData as error:
        yield rejected(file, number, error)
        return
    if not any(counts):
        return
    written, fresh, read, completion = counts
    digest = f.body_id([row["Date"], row["Model"], *counts])
    times[digest] += 1
    is_apart = total == sum(counts)
    fields = {
        "id": digest if times[digest] == 1 else f"{digest}:{times[digest]}",
        "startTimeMs": moment(row["Date"]) or file.mtime_ms,
        "source": SOURCE.name,
        "tags": tags(host=file.host),
        "provider": "Cursor",
        "model": name_or_none(row["Model"]),
        "prompt_tokens": read + (written + fresh if is_apart else max(written, fresh)),
        "completion_tokens": completion,
        "cached_tokens": read,
        "cache_write_tokens": written if is_apart else max(0, written - fresh),
    }
    yield call(file, number, SOURCE.name, fields)


def _count(row: dict[str, str], name: str) -> int:
    text = (row.get(name) or "").strip().replace(",", "")
    if text and not text.isdecimal():
        raise BadData(f"{name}: must be a count, not {quoted(text, 60)}")
    return f.counter(name, int(text or 0))


SOURCE = LogSource("cursor", "Cursor (the account's CSV export PATH; ~/.config/tokscale/cursor-cache)", roots, files, read_whole=read_whole)
