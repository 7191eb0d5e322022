"""What users of ccusage, gh, llm, sqlite-utils and others type by habit: it works, or the hint says what does."""

import re
import shlex
from functools import cache

import pytest
import typer

from ecocli.cli import habits
from ecocli.cli.main import app

ROOT = typer.main.get_command(app)
COMMON = {option for param in ROOT.params for option in param.opts}


@cache
def found(path: str):
    """The command of a path such as "eco models list"; None where there is none."""
    command = ROOT
    for word in path.split()[1:]:
        command = command.get_command(typer.Context(command), word) if hasattr(command, "get_command") else None
        if command is None:
            return None
    return command


@cache
def words_of(command) -> set[str]:
    return set(command.list_commands(typer.Context(command))) if hasattr(command, "list_commands") else set()


@cache
def options_of(command) -> set[str]:
    return COMMON | {"-h", "--help"} | {option for param in command.params for option in param.opts}


def every_command(path: str = "eco"):
    yield path
    for word in words_of(found(path)):
        yield from every_command(f"{path} {word}")


ENTRIES = [
    (path, typed, hint)
    for path, table in habits.HABITS.items()
    for words, hints in table.items()
    for typed in words.split()
    for hint in ((hints,) if isinstance(hints, str) else hints)
]
PATHS = sorted(every_command())
PROSE = {"by", "itself", "asks", "is", "keeps"}
"""Words behind eco in a sentence about it."""


def test_each_place_of_the_table_is_a_command():
    assert set(habits.HABITS) - {habits.ANY_COMMAND, habits.ANY_GROUP} <= set(PATHS)


def test_nothing_is_twice_in_the_table():
    for path, table in habits.HABITS.items():
        typed = [word for words in table for word in words.split()]
        assert len(typed) == len(set(typed)), path


@pytest.mark.parametrize("hint", sorted({hint for _, _, hint in ENTRIES}))
def test_each_command_of_eco_in_a_hint_is_there_with_its_options(hint):
    for text in re.findall(r"\beco ([^;,()]+)", hint.replace("$", "")):
        words = re.split(r"\s+", text)
        if words[0] in PROSE or words[0] in ("{rest}", "COMMAND") or words[0].startswith("-"):
            continue
        inner = len(words) > 1 and f"eco {words[0]} {words[1]}" in PATHS
        command = found(f"eco {words[0]} {words[1]}" if inner else f"eco {words[0]}")
        assert command is not None, text
        assert set(re.findall(r"(?<= )--?[a-zA-Z][\w-]*", text)) <= options_of(command), text


@pytest.mark.parametrize(("path", "typed", "hint"), [entry for entry in ENTRIES if entry[0] not in (habits.ANY_COMMAND, habits.ANY_GROUP)])
def test_what_is_meant_at_one_command_is_there_and_what_is_typed_is_not(path, typed, hint):
    command = found(path)
    there = options_of(command) if typed.startswith("-") or not words_of(command) else words_of(command)
    assert typed not in there
    assert habits._fits(hint, options_of(command))


@pytest.mark.parametrize(("typed", "hint"), [entry[1:] for entry in ENTRIES if entry[0] in (habits.ANY_COMMAND, habits.ANY_GROUP)])
def test_what_is_meant_anywhere_is_there_somewhere(typed, hint):
    """And where it is, what was typed is no option or command."""
    assert any(
        habits._fits(hint, there) and typed not in there for command in map(found, PATHS) for there in (options_of(command), words_of(command))
    )


@pytest.mark.parametrize("names", [habits.FIGURES, habits.FORMATS])
def test_no_word_stands_for_what_is_a_name_itself(names):
    assert not names.keys() & {word for words in names.values() for word in words.split()}


@pytest.mark.parametrize("line", ["daily -s 20251101", "daily -u 2025-11-30", "daily -z Europe/Berlin", "daily --timezone UTC", "history -s 7d -u today -L 5 -j", "monthly -j", "session -j", "blocks -a", "weekly --last 8w"])
def test_it_works_as_there(eco, line):
    assert eco(*line.split(), "--json").json["data"] is not None


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("daily --breakdown", "did you mean --by model?"), ("daily --instances", "did you mean --by project?"), ("daily --project web", "did you mean --tag project=NAME?"),
        ("daily --offline", "leave it out: eco asks no network"), ("daily --no-color", "NO_COLOR=1 before the command"), ("blocks --recent", "did you mean --last 3d?"),
        ("blocks --token-limit max", "eco budget set 2M tokens/day"), ("blocks --live", "watch -n 60 eco blocks --active"), ("session --id x", "did you mean --tag session=ID?"),
        ("claude daily", "eco import claude-code reads its logs"), ("yearly", "eco summary --by year"), ("-V", "eco --version prints it"), ("history --template x", "did you mean --jq?"),
        ("history --web", "eco report --output report.html makes a page"), ("status", "eco by itself shows today"), ("login", "there is nothing to set up"),
        ("query 'SELECT 1'", "eco db query 'SELECT …'"), ("db 'SELECT 1'", "eco db query 'SELECT …'"), ("db tables", "eco db views lists"), ("db query 'SELECT 1' --tsv", "did you mean --csv or --nl or -t?"),
        ("logs -n 3", "eco history lists calls"), ("keys set openai", "eco keys create NAME"), ("keys delete k", "did you mean eco keys revoke k?"), ("today", "eco by itself shows today"),
        ("usage", "eco summary adds up"), ("export -f csv", "eco history --format csv > history.csv"), ("summary --group-by model", "did you mean --by?"), ("summary --from 7d", "did you mean --since?"),
        ("history --after 7d", "did you mean --since?"), ("history last", "eco explain last shows it"), ("estimate gpt-4o 1000 500", "--model gpt-4o --prompt-tokens 1000 --completion-tokens 500"),
        ("budget 500g", "eco budget set 500g"), ("model list", "eco models"), ("daily -L 3", "| head cuts it short"), ("region list", "eco regions"),
        ("history --last-week", "did you mean --since 'last week' --until 'last week'?"), ("history -10", "did you mean --limit?"), ("history --model gpt-4o --last", "eco history --help"),
        ("history --since 3d ago", "leave it out: a span such as 3d counts back"), ("summary --groupby day", "did you mean --by?"), ("summary --daily", "did you mean --by day?"),
        ("summary --year 2026", "did you mean --by year, or --since YEAR --until YEAR?"), ("report --year 2025", "did you mean --since YEAR --until YEAR?"), ("report --quarter Q3", "a quarter has its year: --since 2026-Q3"),
        ("report q3", "a quarter has its year: --since 2026-Q3"), ("report --period 2025", "did you mean --since and --until?"), ("report --pdf", "eco report --output report.html makes a page, which a browser prints"),
        ("summary --output sum.csv", "> FILE keeps what is printed"), ("record -m gpt-4o -i 1000 -o 500", "did you mean --completion-tokens, or > FILE"), ("history -f csv", "did you mean --format?"),
        ("history --sort carbon --desc", "the order is that of --sort"), ("history --grep gpt", "did you mean --model 'gpt*' or"), ("models list --grep gpt", "did you mean --search?"), ("history 'gpt*'", "--model 'gpt*'"),
        ("estimate gpt-4o 1000", "--model gpt-4o --prompt-tokens 1000"), ("compare --models gpt-4o", "leave it out: models stand behind eco compare"), ("explain --last", "eco explain last"),
        ("undo last", "leave it out: the last run"), ("undo -n 2", "it takes back one run"), ("undo 3", "it takes back one run"), ("forget --all", "did you mean --until today?"), ("forget --older-than 90d", "did you mean --before?"),
        ("budget set --monthly 10kg", "did you mean --per month?"), ("budget rm 1", "did you mean eco budget remove 1?"), ("keys create me --read", "did you mean --scope history:read?"),
        ("models gpt-4o", "eco models show gpt-4o, if that is a name"), ("regions us-east-1", "eco regions show us-east-1, if"), ("regions list --country DE", "did you mean --search?"),
        ("config region", "eco config get region"), ("config region us-east-1", "eco config set region us-east-1"), ("config timezone UTC", "eco config set timezone UTC"), ("config show", "eco config list"), ("config edit", "eco config path"),
        ("config set region us-east-1 --global", "leave it out: there is one"), ("doctor --fix", "each finding names the command"), ("db size", "eco doctor shows"), ("db export", "eco history --all --full"),
        ("serve 8080", "--port 8080"), ("serve --daemon", "eco serve & keeps"), ("setup zsh", "did you mean --shell zsh?"), ("setup --completion", "leave it out: completion"), ("statusline --watch", "watch -n 60 eco statusline"),
        ("recompute now", "did you mean --apply?"), ("recompute --dry-run", "leave it out: nothing changes without --apply"), ("recompute --all", "leave it out: without filters"),
        ("help record", "eco record --help"), ("record help", "see eco record --help"), ("dashboard", "eco report --output report.html"), ("start", "eco serve"), ("stop", "Ctrl-C ends"), ("reset", "eco forget --until today"),
        ("backup", "eco db backup"), ("carbon", "eco summary adds up"), ("calls", "eco history lists"), ("prices", "eco compare MODEL --cost"), ("whoami", "eco keys list"), ("providers", "eco summary --by project"), ("clouds", "eco regions list"),
    ],
)  # fmt: skip
def test_the_hint_says_what_does_it_here(eco, line, hint):
    error, second = eco(*shlex.split(line), exit_code=2).stderr.splitlines()
    assert error.startswith(("eco: no option ", "eco: no command ", "eco: unexpected ", "eco: --last needs a value"))
    assert second.startswith(f"hint: {hint}")


@pytest.mark.parametrize(("format", "meant"), [("excel", "csv"), ("yaml", "json"), ("jsonl", "ndjson"), ("CSV", "csv")])
def test_a_format_that_is_not_there_has_one_that_serves(eco, format, meant):
    assert eco("history", "--format", format, exit_code=2).stderr.endswith(f"hint: did you mean {meant}?\n")


@pytest.mark.parametrize(("source", "meant"), [("all", "eco import --all"), ("./my logs/calls.json", "eco import SOURCE './my logs/calls.json'"), (".", "eco import SOURCE .")])
def test_what_stands_in_the_place_of_a_tool_is_told_from_its_name(eco, source, meant):
    assert eco("import", source, exit_code=2).stderr.endswith(f"hint: did you mean {meant}?\n")


def test_models_are_compared_by_what_people_write_between_them(eco):
    assert [row["model"] for row in eco("compare", "gpt-4o", "vs", "claude-sonnet-4.5", "--json").json] == [row["model"] for row in eco("compare", "gpt-4o", "claude-sonnet-4.5", "--json").json]


def test_an_option_of_another_command_is_not_offered(eco):
    assert "--since" not in eco("compare", "gpt-4o", "--from", "x", exit_code=2).stderr
