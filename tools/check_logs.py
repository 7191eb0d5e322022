"""
Check log imports against samples whose totals are known: `python tools/check_logs.py FOLDER`.

FOLDER holds recorded logs: `codex/2026-02-23` (six rollouts), `claude_code_streaming_duplicates.jsonl` and
`claude_code_no_request_id.jsonl`. Each is imported twice into a store of its own, as a user would.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
COUNTERS = ("inputTokens", "cachedTokens", "outputTokens", "reasoningTokens")


def main(folder: Path) -> int:
    """0 when every figure is met."""
    checks: list[tuple[str, str, str, Callable[[list[Row]], Any], Any]] = [
        ("codex", "codex/2026-02-23", "2026-02-23 UTC", day("2026-02-23"), (34_082_306, 32_389_760, 156_921, 64_401)),
        ("codex", "codex/2026-02-23", "all days", in_and_out, (49_839_753, 223_178)),
        ("claude-code", "claude_code_streaming_duplicates.jsonl", "one row", outputs, [159]),
        ("claude-code", "claude_code_no_request_id.jsonl", "one row", outputs, [80]),
    ]
    failed = 0
    for source, path, what, measure, expected in checks:
        found = measure(imported(source, folder / path))
        failed += found != expected
        print(f"{'ok  ' if found == expected else 'FAIL'} {path}, {what}: {found}" + ("" if found == expected else f", not {expected}"))
    return 1 if failed else 0


def imported(source: str, path: Path) -> list[Row]:
    """The history after importing a log twice: the second time must change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        database = ("--db", os.path.join(folder, "eco.db"))
        eco("import", source, str(path), *database)
        before = eco("history", "--all", "--format", "json", *database)
        eco("import", source, str(path), *database)
        after = eco("history", "--all", "--format", "json", *database)
    assert before == after, f"{path}: a second import changed something"
    return json.loads(after)["data"]


def eco(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "ecocli", *arguments], stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout


def day(date: str) -> Callable[[list[Row]], tuple[int, ...]]:
    """Sums over the calls of one day."""

    def measure(rows: list[Row]) -> tuple[int, ...]:
        chosen = [row for row in rows if row["logDate"].startswith(date)]
        return tuple(sum(row[name] or 0 for row in chosen) for name in COUNTERS)

    return measure


def in_and_out(rows: list[Row]) -> tuple[int, int]:
    return sum(row["inputTokens"] for row in rows), sum(row["outputTokens"] for row in rows)


def outputs(rows: list[Row]) -> list[int]:
    return [row["outputTokens"] for row in rows]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
