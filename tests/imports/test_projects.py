"""A repository is one project, whichever of its worktrees an agent worked in, and however the system spells its folder."""

import json
from unicodedata import normalize

import pytest

from ecocli.core.projects import project_of


@pytest.mark.parametrize(
    ("folder", "project"),
    [
        ("/srv/ann/bees/.worktrees/queen", "/srv/ann/bees"),
        ("/srv/ann/bees/.claude/worktrees/queen/docs", "/srv/ann/bees/docs"),
        ("C:\\ann\\bees\\.claude\\worktrees\\queen", "C:\\ann\\bees"),
        ("-srv-ann-bees--claude-worktrees-queen", "-srv-ann-bees"),
        ("/srv/ann/worktrees/bees", "/srv/ann/worktrees/bees"),
        ("/srv/ann/bees/.claude", "/srv/ann/bees/.claude"),
        ("/srv/ann/my--worktrees-book", "/srv/ann/my--worktrees-book"),
        ("/.worktrees/queen", "/.worktrees/queen"),
        ("bees", "bees"),
    ],
)
def test_the_project_of_a_folder(folder, project):
    assert project_of(folder) == project


def test_both_spellings_are_one_project_in_logs_and_filters(eco, tmp_path):
    name = "/srv/ann/Grüße"
    folder = tmp_path / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    for number, spelling in enumerate((normalize("NFC", name), normalize("NFD", name), normalize("NFD", f"{name}/.worktrees/x"))):
        message = {"id": f"m{number}", "role": "assistant", "model": "claude-sonnet-4-5", "content": [], "stop_reason": "end_turn"}
        line = {
            "type": "assistant", "sessionId": f"s{number}", "uuid": f"u{number}", "requestId": f"r{number}", "cwd": spelling,
            "timestamp": "2026-03-04T05:06:07Z", "message": message | {"usage": {"input_tokens": 7, "output_tokens": 9}},
        }  # fmt: skip
        (folder / f"{number}.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    eco("import", "claude-code", "-q")
    for form in ("NFC", "NFD"):
        found = eco("history", "--all", "--format", "ndjson", "--tag", f"project={normalize(form, name)}").stdout
        assert len(found.splitlines()) == 3
