"""At a terminal: cards and tables, colour where it is wanted, and no name that could drive the screen."""

import json
import re
import unicodedata

import pytest

from ecocli.core.numbers import significant
from ecocli.errors import OverBudget, UsageError
from ecocli.render.fold import columns

pytest.importorskip("pty")

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
GPT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
HOSTILE = "a\u202egnp\u2066\u200f"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def drives_nothing(text: str) -> bool:
    plain = COLOUR.sub("", text)
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in plain if c != "\n")


def test_a_card_and_its_colour(terminal):
    card = terminal("estimate", *CALL)
    assert card.startswith("\x1b[1mopenai/gpt-4o · ")
    assert card.count("\n") <= 9
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in terminal("estimate", *CALL, **variables)


def test_json_on_request(terminal):
    assert json.loads(terminal("estimate", *CALL, "--json"))["energy_wh"] > 0


def test_tables(terminal, eco):
    eco("record", input="".join(json.dumps(GPT | {"id": f"{n}"}) + "\n" for n in range(3)))
    table = terminal("history")
    assert "\x1b[1m" in table
    assert "3 of 3 calls, page 1 of 1" in table
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in terminal("history", **variables)


@pytest.mark.parametrize("options", [("--db", "{db}"), ("--db={db}",), ("-q", "--db", "{db}"), ("--db", "{db}", "--format", "table")], ids=" ".join)
def test_options_without_a_command_show_the_glance(eco, tmp_path, options):
    db = str(tmp_path / "other.db")
    eco("record", *CALL, "--db", db)
    shown = eco(*(option.format(db=db) for option in options)).stdout
    assert shown == ("" if "-q" in options else eco("summary", "--glance", "--db", db).stdout)
    assert "-q" in options or re.search(r"today +1 ", shown)


def test_the_glance_as_json(eco):
    eco("record", *CALL)
    assert [each["calls"] for each in eco("--json").json["data"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--db",), "--db needs a value"), (("--nosuch",), "no option --nosuch"), (("--db", "x", "nosuch"), "no command 'nosuch'"), (("",), "no command ''")],
)
def test_the_glance_hides_no_mistake(eco, arguments, words):
    assert words in eco(*arguments, exit_code=UsageError.exit_code).stderr


@pytest.mark.parametrize("arguments", [("formats",), ("compare", "gpt-4o"), ("models", "list"), ("regions", "show", "FR"), ("report",), ("summary",), ()])
@pytest.mark.parametrize("format", [(), ("--json",)], ids=["", "json"])
def test_quiet_prints_nothing(eco, arguments, format):
    eco("record", *CALL)
    done = eco(*arguments, "-q", *format)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_count_while_long_work_goes_on(terminal, tmp_path, monkeypatch, capsys):
    from ecocli.cli import progress

    monkeypatch.setattr(progress, "QUIET_FOR_S", -1)
    items = range(2 * progress.EVERY)
    assert list(progress.counted(items, "calls", quiet=False)) == [*items]
    assert capsys.readouterr().err == ""  # no terminal, no count
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert list(progress.counted(items, "calls", quiet=True)) == [*items]
    assert capsys.readouterr().err == ""
    assert list(progress.counted(items, "calls", quiet=False)) == [*items]
    assert "512 calls" in COLOUR.sub("", capsys.readouterr().err)


@pytest.mark.parametrize("arguments", [("history",), ("keys", "list"), ("models", "list", "--search", "claude"), ("regions", "list", "--cloud", "aws")])
def test_a_narrow_terminal(terminal, eco, arguments):
    eco("record", input=json.dumps(GPT | {"model": "anthropic/claude-sonnet-4.5-20250929", "provider": "Some Provider With A Long Name"}))
    eco("keys", "create", "A key with quite a long name that has to be folded")
    table = terminal(*arguments, COLUMNS="60", NO_COLOR="1")
    assert max(len(line) for line in table.splitlines()) <= 60


WIDE_NAME = "日本語のとても長いモデルの名前-" * 4
LOOKING = [
    ("estimate", *CALL), ("estimate", *CALL, "--explain"), ("estimate", "--model", WIDE_NAME, *CALL[2:], "--model-fallback"),
    (), ("history",), ("explain", "a"), ("report",), ("budget", "list"), ("budget", "check"),
    ("compare", "gpt-4o", "claude-sonnet-4.5", "qwen3-235b-a22b-instruct-2507"),
    *(("summary", "--by", by) for by in ("day", "model", "tag:project", "model,tag:project")),
    *(("summary", "--by", by, "--chart") for by in ("day", "model", "tag:project")),
    ("models", "show", "gpt-4o"), ("regions", "show", "us-east-1"),
]  # fmt: skip
"""What a person looks at."""


@pytest.fixture
def used(terminal, eco):
    """A store with calls of long and of wide names, at this moment and long ago."""
    names = ("gpt-4o", "meta-llama/llama-3.3-70b-instruct", WIDE_NAME)
    events = [{"model": name, "prompt_tokens": 123_456_789, "completion_tokens": 987_654_321, "id": name[0], "tags": {"project": WIDE_NAME}} for name in names]
    past = [event | {"id": f"{event['id']}2", "startTimeMs": 1_740_787_200_000} for event in events]
    eco("record", "--model-fallback", "-q", input="\n".join(map(json.dumps, events + past)).replace('"id": "g"', '"id": "a"'))
    eco("budget", "set", "500g", "--per", "week", "--tag", f"project={WIDE_NAME}")
    return terminal


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_no_line_is_wider_than_the_terminal(used, arguments, width):
    text = used(*arguments, COLUMNS=f"{width}", exit_code=OverBudget.exit_code if arguments == ("budget", "check") else 0)
    assert text.strip()
    assert max(columns(line) for line in text.splitlines() if "://" not in line) <= width


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_no_colour_where_none_is_wanted(used, arguments, variables):
    code = OverBudget.exit_code if arguments == ("budget", "check") else 0
    assert "\x1b" not in used(*arguments, errors=True, exit_code=code, **variables)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_digit_and_no_unit_is_ever_cut_off(terminal, eco, width):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", f"{10**12}", "--completion-tokens", f"{10**12}")
    row = eco("history", "--json").json["data"][0]
    for command in (("history", "--format", "table"), ("summary", "--by", "month,model", "--format", "table")):
        text = terminal(*command, COLUMNS=f"{width}", NO_COLOR="1")
        assert all(part in text for part in ("gpt-", "4o"))
        assert f"{significant(row['energyWh'] / 1e9)} GWh" in text


def test_a_dumb_terminal_is_as_wide_as_it_is(used):
    for command in (("history",), ("summary", "--chart", "--by", "day"), ("budget", "list")):
        text = used(*command, COLUMNS="62", TERM="dumb")
        assert max(map(columns, text.splitlines())) <= 62


def test_a_comparison_gives_ranges_up_before_names(terminal):
    wide, narrow = (terminal("compare", "gpt-4o", COLUMNS=width, NO_COLOR="1") for width in ("100", "50"))
    assert len(re.findall(r"\([\d.,]+–[\d.,]+\)", wide)) == 2
    assert "(" not in narrow and "openai/gpt-4o" in narrow


@pytest.mark.parametrize("width", [72, 80, 90, 100, 120])
def test_a_comparison_cuts_no_name_of_the_catalogue(terminal, width):
    names = ("openai/gpt-4o", "anthropic/claude-sonnet-4.5", "meta-llama/llama-3.3-70b-instruct")
    text = terminal("compare", *names, COLUMNS=f"{width}", NO_COLOR="1")
    assert all(name in text for name in names)
    assert ("90 %" in text) == ("–" in text)


def test_names_from_outside_never_drive_the_terminal(terminal, eco):
    event = GPT | {"id": HOSTILE, "provider": HOSTILE, "source": HOSTILE, "tags": {HOSTILE: HOSTILE}}
    eco("record", input=json.dumps(event))
    eco("keys", "create", HOSTILE)
    commands = [
        ("history",), ("history", "--json"), ("history", "--format", "ndjson"), ("history", "--all", "--json"), ("history", "--format", "csv"),
        ("explain", HOSTILE), ("explain", HOSTILE, "--json"),
        ("keys", "list"), ("keys", "list", "--json"), ("keys", "rename", HOSTILE, HOSTILE + "x"),
        ("estimate", *CALL, "--provider", HOSTILE), ("estimate", *CALL, "--provider", HOSTILE, "--json"),
    ]  # fmt: skip
    for command in commands:
        assert drives_nothing(terminal(*command, errors=True)), command


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        ((f"{HOSTILE}\x1b[2J",), 2),
        (("estimate", f"--{HOSTILE}\x1b[2J"), 2),
        (("estimate", f"{HOSTILE}\x1b[2J"), 2),
        (("estimate", "--prompt-tokens", f"{HOSTILE}\x1b[2J"), 2),
        (("estimate", "--strict", *CALL[2:], "--model", HOSTILE), 3),
        (("estimate", *CALL, "--region", HOSTILE), 3),
        (("estimate", *CALL, "--tag", f"{HOSTILE}\x1b"), 2),
        (("estimate", "--input", f"{HOSTILE}\x1b[2J"), 4),
        (("history", "--start-date", f"{HOSTILE}\x1b[2J"), 2),
        (("history", "--tz", f"{HOSTILE}\x1b[2J"), 2),
        (("history", "--key-name", f"{HOSTILE}\x1b[2J"), 3),
        (("history", "--format", f"{HOSTILE}\x1b[2J"), 2),
        (("history", "--db", f"/dev/null/{HOSTILE}\x1b[2J"), 0),
        (("record", *CALL, "--db", f"/dev/null/{HOSTILE}\x1b[2J"), 5),
        (("explain", f"{HOSTILE}\x1b[2J"), 3),
        (("keys", "create", "k", "--scope", f"{HOSTILE}\x1b[2J"), 2),
        (("keys", "create", "k", "--expires", f"{HOSTILE}\x1b[2J"), 2),
        (("keys", "revoke", f"{HOSTILE}\x1b[2J"), 3),
        (("models", "show", f"{HOSTILE}\x1b[2J"), 3),
        (("regions", "resolve", f"{HOSTILE}\x1b[2J"), 3),
    ],
)
def test_errors_never_drive_the_terminal(eco, arguments, exit_code):
    assert drives_nothing(eco(*arguments, exit_code=exit_code).stderr)
