"""Whatever text the file, a log, a payload or the command line holds: it never drives a terminal, a spreadsheet or a page."""

import csv
import io
import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pty")

GPT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
DB = Path("data") / "eco" / "eco.db"
TURNS = "\u202egnp\u2066\u200f\u2028FORGED"
"""Text that is no control character and still turns the writing around."""
DRIVES = "\x1b[2J\x07\x9b1A\r\u202egnp\u2066\u200f\u2028\nFORGED"
"""Clears a screen, rings, moves up, starts a line, turns the writing around."""
ACTS = "=1+1|<script>alert(1)</script>`rm`](javascript:alert(1)) [bold]$x$ https://evil.example www.evil.example"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def drives_nothing(text: str) -> bool:
    acting = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in COLOUR.sub("", text) if c != "\n")
    return not acting and not re.search(r"^\s*FORGED", text, re.MULTILINE)


@pytest.fixture
def screen(terminal: Callable[..., str]) -> Callable[..., str]:
    """What a terminal is sent by a run of eco, errors included."""
    return partial(terminal, errors=True, exit_code=None)


def poisoned(value: Any, text: str) -> Any:
    """The same JSON with `text` behind every string in it; names of fields stay."""
    if isinstance(value, dict):
        return {key: poisoned(inner, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, text) for inner in value]
    return value + text if isinstance(value, str) else value


def poison(path: Path, text: str, front: bool = False) -> None:
    """Hostile text in every column of text: no check of eco's stood in the way of who wrote the file."""
    with closing(sqlite3.connect(path)) as file:
        for table in ("calls", "keys", "budgets", "imports", "past_results"):
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})") if row[2] == "TEXT"]
            plain = [c for c in columns if c not in ("tags", "assumptions", "reading_assumptions", "hash", "salt", "scopes", "figure", "period", "call_id", "state")]
            for column in plain:
                file.execute(f"UPDATE {table} SET {column} = " + (f"? || {column}" if front else f"{column} || ?"), (text,))
            for column in {"assumptions", "reading_assumptions"} & {*columns}:
                file.execute(f"UPDATE {table} SET {column} = ?", (json.dumps([text]),))
            if "tags" in columns:
                file.execute(f"UPDATE {table} SET tags = ?", (json.dumps({"t" + text: text + "v"}),))
        file.commit()
    poison_bases(path, text)


def poison_bases(path: Path, text: str) -> None:
    """Hostile text behind all that a call rests on: names of factors, sources, assumptions."""
    with closing(sqlite3.connect(path)) as file:
        for row_id, content in file.execute("SELECT id, content FROM bases").fetchall():
            file.execute("UPDATE bases SET content = ? WHERE id = ?", (json.dumps(poisoned(json.loads(content), text)), row_id))
        file.commit()


@pytest.fixture
def hostile(eco: Callable[..., Any], tmp_path: Path) -> None:
    """A store with a call, a key, a budget and an older result, all of whose names would drive a terminal."""
    secret = eco("keys", "create", "k").stdout.strip()
    eco("record", input=json.dumps(GPT | {"id": "a", "tags": {"t": "v"}}), ECO_API_KEY=secret)
    eco("budget", "set", "1kg", "--tag", "t=v")
    poison(tmp_path / DB, DRIVES)


COMMANDS = (
    ("history",), ("history", "--format", "csv"), ("history", "--json"), ("history", "--all", "--full", "--format", "ndjson"),
    ("summary",), ("summary", "--by", "model,provider,region,key,source"), ("summary", "--by", f"tag:t{DRIVES}"),
    ("summary", "--chart"), ("summary", "--by", f"tag:t{DRIVES}", "--chart"), ("summary", "--format", "csv", "--by", "model"), ("summary", "--json"),
    ("summary", "--by", f"tag:t{DRIVES}", "--format", "csv"),
    (), ("report",), ("report", "--format", "html"), ("report", "--format", "csv"), ("report", "--json"),
    ("explain", "a"), ("explain", "a", "--json"), ("keys", "list"), ("keys", "list", "--json"), ("budget", "list"), ("budget", "check"),
    ("statusline",), ("statusline", "--format-string", "{budget} {model}"), ("recompute",), ("recompute", "--apply"),
    ("keys", "revoke", f"k{DRIVES}"), ("merge", "other.db"), ("import", "eco", "full.ndjson"),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:3]).encode("unicode_escape").decode())
def test_no_text_of_the_file_drives_the_terminal(screen, hostile, tmp_path, eco, command):
    if command[:1] == ("merge",):
        (tmp_path / DB).rename(tmp_path / "other.db")
    if command[:1] == ("import",):
        (tmp_path / "full.ndjson").write_text(eco("history", "--all", "--full", "--format", "ndjson").stdout)
    assert drives_nothing(screen(*command))


WAYS = {"merge": ("merge", "other.db"), "import": ("import", "eco", "full.ndjson")}


@pytest.mark.parametrize("way", WAYS)
def test_what_came_from_another_machine_is_shown_as_text(screen, eco, tmp_path, way):
    leave_other(eco, tmp_path, TURNS)
    eco(*WAYS[way])
    assert len(eco("history").json["data"]) == 1
    for look in (("explain", "a"), ("history",), ("report",), ("report", "--format", "html")):
        assert drives_nothing(screen(*look)), look


@pytest.mark.parametrize("way", WAYS)
def test_control_characters_from_another_machine_are_refused(eco, tmp_path, way):
    leave_other(eco, tmp_path, DRIVES)
    result = eco(*WAYS[way], exit_code=4)
    assert "control characters" in result.stderr
    assert drives_nothing(result.stderr)
    assert eco("history").json["data"] == []


def leave_other(eco: Callable[..., Any], folder: Path, text: str) -> None:
    """Another machine's store, and its full history, with `text` in all that its figures rest on."""
    eco("record", "--db", "other.db", input=json.dumps(GPT | {"id": "a"}))
    poison_bases(folder / "other.db", text)
    (folder / "full.ndjson").write_text(eco("history", "--db", "other.db", "--all", "--full", "--format", "ndjson").stdout)


def test_the_call_that_is_there_already_is_shown_as_text(screen, hostile):
    with_provider = json.dumps(GPT | {"id": "a"}).encode()
    for arguments in (("record",), ("record", "--explain")):
        assert drives_nothing(screen(*arguments, input=with_provider))


# Spreadsheets and pages


@pytest.fixture
def acting(eco: Callable[..., Any], tmp_path: Path) -> None:
    """A store whose every name begins with what a spreadsheet runs and holds what a page would act upon."""
    eco("record", input=json.dumps(GPT | {"id": "a", "tags": {"t": ACTS}}))
    poison(tmp_path / DB, ACTS, front=True)


@pytest.mark.parametrize(
    "command",
    [
        ("history",),
        ("history", "--all"),
        ("summary", "--by", "model,provider,region,key,source"),
        ("summary", "--by", f"tag:t{ACTS}"),
        ("report",),
        ("compare", "gpt-4o", "--provider", ACTS, "--prompt-tokens", "1", "--completion-tokens", "1"),
    ],
    ids=lambda command: command[0],
)
def test_no_cell_is_run_by_a_spreadsheet(eco, acting, command):
    text = eco(*command, "--format", "csv").stdout
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert any(ACTS in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) and not _is_number(cell)]


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell) is not None


class Page(HTMLParser):
    """The elements of a page and the addresses that it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action") or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_an_html_report_runs_nothing_and_leads_nowhere_unasked(eco, acting):
    page = Page(eco("report", "--format", "html").stdout)
    assert ACTS in page.words
    assert not page.tags & {"script", "img", "iframe", "object", "embed", "form", "base", "code", "b"}
    assert all(address.startswith(("https://", "#")) for address in page.addresses)
    assert not any("evil" in address for address in page.addresses)


def test_a_markdown_report_runs_nothing_and_leads_nowhere_unasked(eco, acting):
    from markdown_it import MarkdownIt

    text = eco("report", "--format", "md").stdout
    page = Page(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    assert ACTS in page.words
    assert not page.tags & {"script", "img", "code", "s"}
    assert all(address.startswith("https://") for address in page.addresses)
    assert not any("evil" in address for address in page.addresses)
    outside_links = re.sub(r"<https://[^>]*>", "", text)  # some readers make links of bare addresses, and formulas of $
    assert not re.search(r"(?<!\\)(://|\$|@|\bwww\.)", outside_links)


SPLIT = ("x;=1+1;y", "x,=1+1", "x; +1", 'x;"=1+1"', "x;'@SUM(A1)", "x;－1", "=1;=2")


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("text", SPLIT)
@pytest.mark.parametrize("command", [("history", "--all"), ("summary", "--by", "provider,source"), ("report",)])
def test_no_cell_begins_a_formula_whatever_rows_are_split_at(eco, text, separator, command):
    event = GPT | {"provider": text, "source": text, "tags": {text: text}}
    eco("record", "--region-fallback", "--model-fallback", input=json.dumps(event))
    rows = csv.reader(io.StringIO(eco(*command, "--format", "csv").stdout, newline=""), delimiter=separator)
    cells = [cell.lstrip('" \t') for row in rows for cell in row]
    assert not [cell for cell in cells if re.match("[=+@＝＋－＠]|-(?![0-9.]+$)", cell)]


def test_tags_stay_the_same_json(eco):
    tags = {"a;=1": "x,-1", "b": "c;@d"}
    eco("record", input=json.dumps(GPT | {"tags": tags}))
    [row] = csv.DictReader(io.StringIO(eco("history", "--all", "--format", "csv").stdout, newline=""))
    assert json.loads(row["tags"]) == tags
