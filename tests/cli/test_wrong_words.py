"""Words that other programs have for what eco does."""

import pytest


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


def test_a_tool_without_logs_here_is_no_error(eco):
    done = eco("import", "codex", "--format", "text")
    assert done.stdout.startswith("no logs of codex: looked for ") and done.stderr == ""
    assert eco("import", "codex", "--json").json == {"sources": []}
    assert "no file or folder 'nowhere'" in eco("import", "codex", "nowhere", exit_code=4).stderr
