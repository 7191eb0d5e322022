"""What a report rests on can be counted and hashed anew without eco, and changes when a call does."""

import hashlib
import json
import re
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ecocli import __version__

DOCUMENT = Path(__file__).parents[2] / "docs" / "report.md"
FORMATS = ("text", "md", "html", "json", "csv")
START_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
DAY_MS = 86_400_000
EVENTS = [
    {"id": "b", "provider": "OpenAI", "model": "gpt-4o", "tags": {"z": "1", "a": "ü \"'\\ \u2028"}},
    {"id": "a", "provider": "OpenAI", "model": "gpt-4o"},
    {"id": "ａ", "provider": "中文", "model": "claude-sonnet-4.5"},
    {"id": "\U0001f333", "provider": "中文", "model": "claude-sonnet-4.5"},
    {"id": "a", "provider": "ollama", "model": "llama-3.1-8b", "hosting": "rented", "control": True},
    {"id": "c", "provider": "ollama", "model": "llama-3.1-8b", "hosting": "rented", "control": False, "startTimeMs": START_MS + DAY_MS},
    {"id": "late", "provider": "OpenAI", "model": "gpt-4o", "startTimeMs": START_MS + 40 * DAY_MS},
]
"""Five at the same moment, so that provider and id decide."""


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


@pytest.fixture
def recorded(eco, tmp_path):
    base = {"prompt_tokens": 1000, "completion_tokens": 500, "startTimeMs": START_MS}
    eco("record", "--quiet", "--model-fallback", input="\n".join(json.dumps(base | event) for event in EVENTS))
    return tmp_path / "data" / "eco" / "eco.db"


def evidence(eco, *period) -> dict:
    return eco("report", "--json", *period).json["evidence"]


def documented() -> str:
    """The program in the documents."""
    [program] = re.findall(r"```python\n(.+?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return program


def hashed_by_the_document(eco, *period) -> list[str]:
    exported = eco("history", "--all", "--full", "--format", "ndjson", *period).stdout
    done = subprocess.run([sys.executable, "-c", documented()], input=exported.encode(), capture_output=True, check=True)
    return done.stdout.decode().split()


@pytest.mark.parametrize("period", [(), ("--since", "2025-03", "--until", "2025-03"), ("--provider", "OpenAI")])
def test_the_documents_program_finds_the_same(eco, recorded, period):
    found = evidence(eco, *period)
    assert hashed_by_the_document(eco, *period) == [str(found["rows"]), found["sha256"]]


def test_calls_that_count_nowhere_are_in_neither(eco, recorded):
    eco("record", "--quiet", "--replace", "--id", "b", "--provider", "OpenAI", "--model", "gpt-4o", "--prompt-tokens", "7", "--completion-tokens", "7", "--start-time-ms", str(START_MS))
    eco("record", "--quiet", "--model", "gpt-4o", "--prompt-tokens", "7", "--completion-tokens", "7")
    eco("undo", "--yes")
    found = evidence(eco)
    assert found["rows"] == len(EVENTS)
    assert hashed_by_the_document(eco) == [str(found["rows"]), found["sha256"]]


def test_the_database_alone_says_the_same(eco, recorded):
    with closing(sqlite3.connect(recorded)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT c.*, b.digest FROM calls AS c JOIN bases AS b ON b.id = c.basis_id").fetchall()
    found = hashlib.sha256()
    for row in sorted(rows, key=lambda row: (row["started_at_ms"], row["provider"], row["call_id"])):
        control = {None: None, 0: False, 1: True}[row["control"]]
        words = [row["started_at_ms"], row["provider"], row["call_id"], row["model"], row["model_id"], row["final_region"], row["hosting"], control]
        words += [row["input_tokens"], row["output_tokens"], json.loads(row["tags"]), row["digest"]]
        found.update(json.dumps(words, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
        for name in ("facility_energy_wh", "co2_g", "embodied_co2_g", "water_onsite_ml", "water_offsite_ml", "water_ml"):
            found.update(struct.pack(">3d", row[f"{name}_low"], row[name], row[f"{name}_high"]))
    assert evidence(eco) == {"ecoVersion": __version__, "rows": len(EVENTS), "sha256": found.hexdigest(), "form": "eco-rows-1"}


def test_of_no_call_it_is_the_hash_of_nothing(eco):
    assert evidence(eco) == {"ecoVersion": __version__, "rows": 0, "sha256": hashlib.sha256().hexdigest(), "form": "eco-rows-1"}


@pytest.mark.parametrize(
    "change",
    [
        *("co2_g = co2_g * 1.0000001", "water_onsite_ml_high = water_onsite_ml_high * 2", "started_at_ms = started_at_ms + 1", "input_tokens = input_tokens + 1"),
        *("tags = '{\"z\":\"2\"}'", "model = 'gpt-4'", "final_region = 'DE'", "hosting = 'cloud'", "control = 0"),
    ],
)
def test_it_changes_with_a_call(eco, recorded, change):
    before = evidence(eco)["sha256"]
    with closing(sqlite3.connect(recorded)) as connection, connection:
        connection.execute(f"UPDATE calls SET {change} WHERE id = 1")
    assert evidence(eco)["sha256"] != before


def test_it_stays_when_rows_move_and_a_key_is_renamed(eco, recorded):
    secret = eco("keys", "create", "Laptop").stdout.strip()
    eco("record", "--quiet", "--model", "gpt-4o", "--prompt-tokens", "7", "--completion-tokens", "7", ECO_API_KEY=secret)
    before = evidence(eco)
    eco("keys", "rename", "Laptop", "Desk")
    eco("merge", str(recorded), "--db", "other.db")
    eco("recompute", "--apply")
    assert evidence(eco) == evidence(eco, "--db", "other.db") == before


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_it(eco, recorded, format):
    found, report = eco("report", "--format", format, *(["--full"] if format == "text" else [])).stdout, eco("report", "--json").json
    texts = (report["evidence"]["sha256"], __version__, report["method"][0]["name"], report["dataEdition"][0]["name"])
    assert all(text in found for text in texts)
