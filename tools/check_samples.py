"""
Read every payload in a folder of samples and compare the counts with a table worked out by hand.

    python tools/check_samples.py FOLDER [--expected tools/sample_counts.json]

Prints one line per event and exits 1 when a file gives other counts than the table says. The samples
themselves are not part of the repository; logs that `eco import` reads are passed over.
"""

import argparse
import json
import sys
from fnmatch import fnmatch
from pathlib import Path

from ecocli import ingest
from ecocli.ingest.native import TOKEN_FIELDS
from ecocli.ingest.reading import Rejected

EXPECTED = Path(__file__).with_name("sample_counts.json")
NOT_PAYLOADS = ("*.md", "*.sql", "claude_code*", "gemini_cli_chat*", "opencode*")


def main() -> int:
    """Check every file; the exit status tells whether all agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--expected", type=Path, default=EXPECTED)
    arguments = parser.parse_args()
    expected = json.loads(arguments.expected.read_text())
    files = [path for path in sorted(arguments.folder.iterdir()) if is_payload(path)]
    wrong = [path.name for path in files if not check(path, expected.get(path.name))]
    print(f"\n{len(files)} files, {len(wrong)} wrong{': ' if wrong else ''}{', '.join(wrong)}")
    return 1 if wrong else 0


def is_payload(path: Path) -> bool:
    """Logs and schemas belong to the importers."""
    return path.is_file() and not any(fnmatch(path.name, pattern) for pattern in NOT_PAYLOADS)


def check(path: Path, expected: list[list[int | None]] | None) -> bool:
    """Print the events of a file; False when they are not the expected ones or something was rejected."""
    counts = []
    with path.open("rb") as stream:
        for found in ingest.read(stream):
            if isinstance(found, Rejected):
                print(f"{path.name:45} REJECTED {found.error}")
                return False
            counts.append([found.fields.get(name) for name in TOKEN_FIELDS])
            shown = " ".join(f"{'-' if count is None else count:>7}" for count in counts[-1])
            text = f"  {len(found.completion_text)} characters to count" if found.completion_text else ""
            print(f"{path.name:45} {found.format:17} {shown}{text}")
    if expected is None:
        print(f"{path.name:45} not in the table")
    elif counts != expected:
        print(f"{path.name:45} EXPECTED {expected}")
    return expected is None or counts == expected


if __name__ == "__main__":
    sys.exit(main())
