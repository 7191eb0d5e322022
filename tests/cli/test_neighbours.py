"""What users of ccusage, gh, llm, sqlite-utils and others type by habit: it works, or the hint says what does."""

import re
import shlex

import pytest
import typer

from ecocli.cli import neighbours
from ecocli.cli.main import app

ROOT = typer.main.get_command(app)


def named_in(hint: str):
    """Each command of eco in a hint, with the options behind it."""
    for found in re.finditer(r"\beco (\w+)(?: (\w+))?([^;,]*)", hint):
        command = ROOT.get_command(typer.Context(ROOT), found[1])
        if command is None:
            continue  # eco by itself
        inner = command.get_command(typer.Context(command), found[2]) if found[2] and hasattr(command, "get_command") else None
        yield found[0], inner or command, re.findall(r"(?<= )--?\w[\w-]*", found[3])


HINTS = {*neighbours.OPTIONS.values(), *neighbours.LEFT.values(), *(hint for words in neighbours.COMMANDS.values() for hint in words.values())}


@pytest.mark.parametrize("hint", sorted(HINTS))
def test_what_a_hint_names_is_there(hint):
    words = {word for word in re.findall(r"\beco (\w+)", hint)} - {"by", "itself", "asks", "is", "keeps", "COMMAND"}
    assert words <= {*ROOT.list_commands(typer.Context(ROOT))}, hint
    for text, command, options in named_in(hint):
        known = {option for param in command.params for option in param.opts}
        assert set(options) <= known, text


def test_no_word_of_a_neighbour_is_a_command_of_ours():
    for path, words in neighbours.COMMANDS.items():
        command = ROOT if path == "eco" else ROOT.get_command(typer.Context(ROOT), path.split()[1])
        assert not words.keys() & {*command.list_commands(typer.Context(command))}


@pytest.mark.parametrize("line", ["daily -s 20251101", "daily -u 2025-11-30", "daily -z Europe/Berlin", "daily --timezone UTC", "history -s 7d -u today -L 5 -j", "monthly -j", "session -j", "blocks -a", "weekly --last 8w"])
def test_it_works_as_there(eco, line):
    assert eco(*line.split(), "--json").json["data"] is not None


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("daily --breakdown", "did you mean --by model?"), ("daily --instances", "did you mean --by project?"), ("daily --project web", "a tag has any name: --tag project=NAME"),
        ("daily --offline", "leave it away: eco asks no network"), ("daily --no-color", "NO_COLOR=1 before the command"), ("blocks --recent", "did you mean --last 3d?"),
        ("blocks --token-limit max", "eco budget set 2M tokens/day"), ("blocks --live", "watch -n 60 eco blocks --active"), ("session --id x", "did you mean --tag session=ID?"),
        ("claude daily", "eco import claude-code reads its logs"), ("yearly", "eco summary --by year"), ("-V", "eco --version prints it"), ("history --template x", "did you mean --jq?"),
        ("history --web", "eco report --output report.html makes a page"), ("status", "eco by itself shows today"), ("login", "there is nothing to set up"),
        ("query 'SELECT 1'", "eco db query 'SELECT …'"), ("db 'SELECT 1'", "eco db query 'SELECT …'"), ("db tables", "eco db views lists"), ("db query 'SELECT 1' --tsv", "did you mean --csv or --nl or -t?"),
        ("logs -n 3", "eco history lists calls"), ("keys set openai", "eco keys create NAME"), ("keys delete k", "did you mean eco keys revoke k?"), ("today", "eco by itself shows today"),
        ("usage", "eco summary adds up"), ("export -f csv", "eco history --format csv > history.csv"), ("summary --group-by model", "did you mean --by?"), ("summary --from 7d", "did you mean --since?"),
        ("history --after 7d", "did you mean --since?"), ("history last", "eco explain last shows it"), ("estimate gpt-4o 1000 500", "--model gpt-4o --prompt-tokens 1000 --completion-tokens 500"),
        ("budget 500g", "eco budget set 500g"), ("model list", "eco models"), ("daily -L 3", "| head cuts it short"), ("region list", "eco regions"),
    ],
)  # fmt: skip
def test_the_hint_says_what_does_it_here(eco, line, hint):
    error, second = eco(*shlex.split(line), exit_code=2).stderr.splitlines()
    assert error.startswith(("eco: no option ", "eco: no command ", "eco: unexpected "))
    assert second.startswith(f"hint: {hint}")


def test_an_option_of_another_command_is_not_offered(eco):
    assert "--since" not in eco("compare", "gpt-4o", "--from", "x", exit_code=2).stderr
