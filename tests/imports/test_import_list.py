"""`eco import list`, and the registry of sources behind it."""

import pytest

from ecocli import imports as logs
from tests.import_helpers import Logs, claude_line, write
from tools import log_sources


def listed(eco):
    return {row["source"]: row for row in eco("import", "list", "--json").json["sources"]}


def test_every_source_is_listed_before_anything_is_imported(eco, tmp_path):
    rows = listed(eco)
    assert list(rows) == list(logs.names())
    assert {(row["files"], row["calls"], row["lastImport"]) for row in rows.values()} == {(0, 0, None)}
    assert rows["claude-code"]["places"][0] == str(tmp_path / ".claude" / "projects")


def test_where_logs_are_found_and_what_is_stored_of_them(eco, tmp_path):
    folder = tmp_path / ".claude" / "projects"
    for name in ("a", "b"):
        write(folder / "p" / f"{name}.jsonl", claude_line(f"msg_{name}1"), claude_line(f"msg_{name}2"))
    assert listed(eco)["claude-code"] | {"places": 0, "title": 0} == {
        "source": "claude-code", "title": 0, "places": 0, "found": [str(folder)], "files": 2, "logsRead": 0, "lastImport": None, "calls": 0,
    }  # fmt: skip
    Logs(eco).read("claude-code")
    row = listed(eco)["claude-code"]
    assert (row["files"], row["logsRead"], row["calls"]) == (2, 2, 4)
    assert row["lastImport"].endswith("Z")
    assert "4" in eco("import", "list", "--format", "table").stdout


@pytest.mark.parametrize("more", [("some.jsonl",), ("--tag", "a=b"), ("--rejects", "file"), ("--all",)])
def test_a_list_takes_nothing_of_an_import(eco, more):
    eco("import", "list", *more, exit_code=2)


def test_the_table_of_the_readme_has_every_source():
    assert log_sources.FACTS.keys() == {*logs.NAMES}
    assert all(log_sources.SPLIT.fullmatch(logs.by_name(name).title) for name in logs.NAMES if logs.by_name(name).roots({"HOME": "/h"}))
