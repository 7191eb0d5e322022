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
        ("models search gpt", "did you mean eco models list --search gpt?"),
        ("models info gpt-4o", "did you mean eco models show gpt-4o?"),
        ("models ls", "did you mean eco models list?"),
        ("regions find new york", "did you mean eco regions list --search new york?"),
        ("keys delete 'My Key'", "did you mean eco keys revoke 'My Key'?"),
        ("keys add x", "did you mean eco keys create x?"),
    ],
)
def test_a_groups_command_as_other_programs_call_it(eco, line, hint):
    _, second = eco(*shlex.split(line), exit_code=2).stderr.splitlines()
    assert second == f"hint: {hint}"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("record --tokens 100", "did you mean --prompt-tokens and --completion-tokens?"),
        ("record --input-tokens 100", "did you mean --prompt-tokens?"),
        ("record --output_tokens 100", "did you mean --completion-tokens?"),
        ("record --prompt hello", "did you mean --prompt-text or --prompt-file?"),
        ("record --file calls.json", "did you mean --input?"),
        ("record --date 2026-11-20", "did you mean --at?"),
        ("record --project garden", "did you mean --tag project=NAME?"),
        ("history --days 7", "did you mean --last 7d?"),
        ("history --today", "did you mean --since today --until today?"),
        ("history --month", "did you mean --last 1mo?"),
        ("summary --month", "did you mean --by month, or --last 1mo?"),
        ("history --from 2026-11-01", "did you mean --since?"),
        ("report --to 2026-11-01", "did you mean --until?"),
        ("recompute --yes", "did you mean --apply?"),
        ("compare gpt-4o --regions us-east-1", "did you mean --region, once for each?"),
        ("estimate --completion-toknes 5", "did you mean --completion-tokens?"),
        ("summary --total", "eco summary --help shows the options"),
    ],
)
def test_an_option_of_another_program_or_a_slip_gets_the_one_that_was_meant(eco, line, hint):
    error, second = eco(*shlex.split(line), exit_code=2).stderr.splitlines()
    assert error.startswith("eco: no option --")
    assert second == f"hint: {hint}"


@pytest.mark.parametrize(("written", "meant"), [("1k", 1000), ("1,000", 1000), ("1.5M", 1_500_000), ("2 000", 2000)])
def test_a_number_as_people_write_it_gets_its_digits(eco, written, meant):
    result = eco("record", "--model", "gpt-4o", "--prompt-tokens", written, exit_code=2)
    assert result.stderr == f"eco: --prompt-tokens: must be a whole number, not '{written}'\nhint: did you mean {meant}?\n"


@pytest.mark.parametrize("written", ["1.2345k", "1,00", "k", "1e", "one"])
def test_what_is_no_whole_number_gets_none(eco, written):
    assert "did you mean" not in eco("record", "--model", "gpt-4o", "--prompt-tokens", written, exit_code=2).stderr


@pytest.mark.parametrize(("command", "example"), [("compare", "eco compare gpt-4o claude-sonnet-4.5 "), ("explain", "eco explain last")])
def test_a_command_without_what_it_needs_shows_its_example(eco, command, example):
    assert f"hint: for example: {example}" in eco(command, exit_code=2).stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("history", "--sort", "date"), "did you mean when?"),
        (("history", "--columns", "model,tokens"), "did you mean in or out?"),
        (("history", "--columns", "Model"), "did you mean model?"),
        (("summary", "--sort", "co2"), "did you mean carbon?"),
        (("summary", "--columns", "calls,kWh"), "did you mean energy?"),
        (("summary", "--last", "week"), "did you mean 1w?"),
        (("summary", "--by", "day model"), "did you mean day,model?"),
        (("history", "--tz", "CEST"), "a name such as Europe/Berlin, UTC or local"),
        (("history", "--tz", "JAPN"), "a name such as Europe/Berlin, UTC or local"),
        (("schema", "Events"), "did you mean event?"),
        (("db", "query", "calls"), "eco db query 'SELECT * FROM calls'"),
        (("summary", "--last", "7"), "did you mean 7d, 7w or 7mo?"),
        (("history", "--since", "20/11/2026"), "a day is written year-month-day, for example 2026-11-22, since 11/12 is December somewhere and November elsewhere"),
        (("history", "--until", "20.11.2026"), "a day is written year-month-day, for example 2026-11-22, since 11/12 is December somewhere and November elsewhere"),
    ],
)
def test_a_value_in_other_words_gets_its_hint(eco, words, hint):
    assert eco(*words, exit_code=2).stderr.splitlines()[-1] == f"hint: {hint}"


def test_a_provider_is_no_region_that_is_nearly_spelt_so(eco):
    stderr = eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--region", "aws", exit_code=3).stderr
    assert "eco: no region named 'aws'" in stderr and "did you mean" not in stderr


@pytest.mark.parametrize(("written", "meant"), [("last-week", "last week"), ("lastmonth", "last month"), ("This-Year", "this year")])
def test_a_period_is_written_as_one_word_too(eco, written, meant):
    assert eco("history", "--since", written, "--json").json == eco("history", "--since", meant, "--json").json


@pytest.mark.parametrize(("written", "period"), [("10kg/weekly", "week"), ("2Wh per day", "day"), ("10kg a month", "month")])
def test_a_budgets_period_is_an_adverb_too(eco, written, period):
    assert eco("budget", "set", written, "--json").json["per"] == period
    assert eco("budget", "set", "3L", "--per", "Yearly", "--json").json["per"] == "year"


@pytest.mark.parametrize("word", ["last", "LAST", "latest"])
def test_the_call_recorded_last_has_several_names(eco, word):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--id", "the one")
    assert eco("explain", word, "--json").json["id"] == "the one"


def test_calls_are_grouped_by_a_tag_with_its_prefix(eco):
    assert eco("summary", "--by", "team", exit_code=2).stderr.splitlines()[-1].startswith("hint: tag:team, if that is a tag; else one of day, ")


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
        ("record gpt-4o 1000 500", "--model gpt-4o --prompt-tokens 1000 --completion-tokens 500"),
        ("models list gpt", "--search gpt"),
        ("regions list 'new york'", "--search 'new york'"),
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
