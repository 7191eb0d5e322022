"""Where no database is, looking makes none: a command that writes may make files, any other one leaves the disk as it was."""

import pytest

from tests.cli.test_scopes import ARGUMENTS, commands

WRITES = {
    *("record", "import", "merge", "measure", "serve", "grid import", "grid fetch", "setup"),
    *("budget set", "budget add", "keys create", "models add", "models alias", "models update", "hardware add", "config set", "db backup", "db restore"),
}
"""Commands that put something where there was nothing. What removes or changes has nothing to change here."""
READS = [(*name.split(), *ARGUMENTS.get(name, ())) for name in commands() if name not in WRITES]
MORE = [
    *((), ("--version",), ("--help",), ("history", "--all", "--full", "--format", "ndjson"), ("history", "--withdrawn"), ("summary", "--compare", "previous"), ("summary", "--cost")),
    *(("report", "--compare", "2020", "--since", "2021", "--until", "2021"), ("report", "--lock", "2025"), ("report", "--lock", "2025", "--nil"), ("report", "--unlock", "2025", "--why", "x")),
    *(("report", "--verify", "written.json"), ("explain", "last"), ("import", "list"), ("import", "supplier", "carbon.csv", "--dry-run"), ("budget", "check", "--json")),
    *(("recompute", "--apply"), ("recompute", "--grid", "hourly"), ("forget", "--id", "a", "--dry-run"), ("forget", "--supplier", "aws", "--yes"), ("forget", "--last", "--yes")),
    *(("undo", "--list"), ("keys", "list", "--json"), ("keys", "revoke", "none"), ("db", "query", "--help"), ("statusline", "--format", "waybar")),
]


def files(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("line", [*READS, *MORE], ids=" ".join)
def test_looking_makes_no_file(eco, tmp_path, line):
    """Neither where eco's own file would be, nor where it is told to look, nor for a key that no file knows."""
    (tmp_path / "written.json").write_text("{}")
    before = files(tmp_path)
    for place, variables in (((), {}), (("--db", "folder/mine.db"), {}), ((), {"ECO_API_KEY": "eco_wrong"})):
        eco(*place, *line, exit_code=None, **variables)
        assert files(tmp_path) == before


@pytest.mark.parametrize("name", sorted(WRITES))
def test_what_writes_is_a_command(name):
    assert name in commands()
