"""Words that other programs have for what eco does."""

import shlex

import pytest

LOOKS_BACK = "{0} looks back at what was recorded: eco estimate --input {1} shows what the calls of a file cost, eco record --input {1} keeps them"


@pytest.mark.parametrize(
    ("word", "command"),
    [("help", "eco --help"), ("version", "eco --version"), ("log", "eco history"), ("list", "eco history"), ("show", "eco explain"), ("rm", "eco undo")],
)
def test_the_hint_names_the_command_that_was_meant(eco, word, command):
    error, hint = eco(word, exit_code=2).stderr.splitlines()
    assert error == f"eco: no command '{word}'"
    assert hint.startswith("hint: ") and command in hint


def test_inside_a_group_a_word_is_a_slip_of_that_group(eco):
    assert "eco models --help" in eco("models", "version", exit_code=2).stderr


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("history -n 5", "did you mean --limit?"),
        ("history -n5", "did you mean --limit?"),
        ("history --csv", "--format csv"),
        ("summary --ndjson", "--format ndjson"),
        ("report --md", "--format md"),
        ("record -p OpenAI -m gpt-4o", "did you mean --provider or --prompt-tokens or --prompt-text?"),
        ("history -p OpenAI", "did you mean --provider or --page?"),
        ("record calls.json", "--input calls.json"),
        ("estimate -", "--input -"),
        ("record 'my calls.json'", "--input 'my calls.json'"),
        ("record monday.ndjson tuesday.ndjson", "cat monday.ndjson tuesday.ndjson | eco record"),
        ("record a.json b.json c.json d.json", "cat a.json b.json c.json … | eco record"),
        ("record gpt-4o", "a model is named with --model"),
        ("record 1000 500", "token counts are given with --prompt-tokens and --completion-tokens"),
        ("record gpt-4o team=a", "a model is named with --model"),
        ("record team=a 'project=my site'", "--tag team=a --tag 'project=my site'"),
        ("summary calls.json", LOOKS_BACK.format("eco summary", "calls.json")),
        ("history 'my calls.ndjson'", LOOKS_BACK.format("eco history", "'my calls.ndjson'")),
        ("report calls.json more.json", LOOKS_BACK.format("eco report", "calls.json")),
        ("summary week", "--by week"),
        ("summary by model", "--by model"),
        ("summary month model", "--by month,model"),
        ("summary today", "--since today --until today"),
        ("summary last month", "--since 'last month' --until 'last month'"),
        ("history yesterday", "--since yesterday --until yesterday"),
        ("report 2026-11", "--since 2026-11 --until 2026-11"),
        ("forget 2024", "--since 2024 --until 2024"),
        ("summary 7d", "--last 7d"),
        ("history 5", "--limit 5"),
        ("history project=garden", "--tag project=garden"),
        ("history gpt-4o", "a model is named with --model"),
        ("budget check calls.json", "eco budget check --help shows what it takes"),
    ],
)
def test_an_option_or_a_file_as_other_programs_take_it_gets_its_hint(eco, line, hint):
    error, second = eco(*shlex.split(line), exit_code=2).stderr.splitlines()
    assert error.startswith(("eco: no option -", "eco: unexpected '"))
    assert second == f"hint: {hint}"


def test_a_file_is_known_by_being_there_whatever_its_name(eco, tmp_path):
    (tmp_path / "calls").touch()
    assert f"hint: --input {tmp_path / 'calls'}" in eco("record", str(tmp_path / "calls"), exit_code=2).stderr


def test_no_word_is_too_odd_for_a_hint(eco):
    for word in ("x" * 10_000, "x" * 10_000 + ".json", "a\x1b[2J.json"):
        stderr = eco("record", word, exit_code=2).stderr
        assert len(stderr) < 500 and "\x1b" not in stderr


def test_a_tool_without_logs_here_is_no_error(eco):
    done = eco("import", "codex", "--format", "text")
    assert done.stdout.startswith("no logs of codex: looked for ") and done.stderr == ""
    assert eco("import", "codex", "--json").json == {"sources": []}
    assert "no file or folder 'nowhere'" in eco("import", "codex", "nowhere", exit_code=4).stderr
