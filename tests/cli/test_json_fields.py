"""`--json FIELDS`, `-j` and `--jq`, as users of gh and ccusage type them."""

import json
import signal
import subprocess
import sys
import time

import pytest

from ecocli.cli import json_fields
from ecocli.cli.json_words import attached
from ecocli.contract.fields import LISTS

CALL = ("--prompt-tokens", "1000", "--completion-tokens", "500")
MODELS = ("gpt-4o", "claude-sonnet-4.5", "gpt-4o")


@pytest.fixture
def calls(eco):
    """Three calls, of two models."""
    for number, model in enumerate(MODELS):
        eco("record", *CALL, "--model", model, "--id", f"c{number}", "--tag", f"project=p{number}")
    return eco


@pytest.mark.parametrize(
    "line",
    ["history --json id,model", "--json id,model history", "history --json=id,model", "--json=id,model history", "-j history --json id,model", "history -j id,model", "--json id,model history --json"],
)
def test_fields_before_and_after_the_command(calls, line):
    assert calls(*line.split()).json == [{"id": f"c{number}", "model": model} for number, model in reversed([*enumerate(MODELS)])]


@pytest.mark.parametrize("line", ["history --json", "--json history", "history -j", "-j history", "history --format json", "history --json=*", "--json history --json", "history -j -j"])
def test_alone_it_is_the_whole_answer(calls, line):
    assert [row["id"] for row in calls(*line.split()).json["data"]] == ["c2", "c1", "c0"]


def test_letters_written_together(calls):
    assert calls("history", "-jq").stdout == calls("-qj", "history").stdout == ""


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("explain --json c1", "id", "c1"),
        ("models show --json gpt-4o", "id", "openai/gpt-4o"),
        ("explain c1 --json=id", "id", "c1"),
        ("explain --json=id c1", "id", "c1"),
        ("explain --json id,energy_wh c1", "id", "c1"),
    ],
)
def test_words_of_the_command_s_own_stay_its_own(calls, line, field, value):
    assert calls(*line.split()).json[field] == value


def test_a_model_is_not_taken_for_a_field(calls):
    assert [row["model"] for row in calls("compare", "--json", "gpt-4o").json] == ["openai/gpt-4o"]


def test_a_value_that_looks_like_the_option_is_a_value():
    class Option:
        param_type_name, is_flag, nargs, secondary_opts = "option", False, 1, ()
        opts = ("--text",)

    assert attached(["--text", "--json", "x"], [Option()], takes_words=False, mixed=True) == ["--text", "--json", "x"]
    assert attached(["--", "--json"], [Option()], takes_words=False, mixed=True) == ["--", "--json"]
    assert attached(["curl", "--json", "a"], [], takes_words=True, mixed=False) == ["curl", "--json", "a"]


def test_an_unknown_field_lists_those_that_there_are(calls):
    done = calls("history", "--json", "id,modle", exit_code=2)
    error = json.loads(done.stderr)["error"]
    assert done.stdout == ""
    assert error["message"] == "--json: no field 'modle'"
    assert error["hint"].startswith("did you mean model? the fields are id, logDate, ") and error["hint"].endswith(", tags")


def test_an_unknown_field_is_unknown_without_a_call_too(eco):
    assert "no field 'modle'" in eco("history", "--json", "modle", exit_code=2).stderr
    assert eco("history", "--json", "model").json == []


@pytest.mark.parametrize("line", ["history --json=", "history --json=id,", "history --json=,"])
def test_an_empty_name_is_refused(eco, line):
    assert "the name of a field is empty" in eco(*line.split(), exit_code=2).stderr


def test_a_slip_in_a_field_or_an_expression_records_nothing(eco):
    event = json.dumps({"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1})
    assert eco("record", "--json", "nope", input=event, exit_code=2).stdout == ""
    assert eco("record", "--jq", ".[", input=event, exit_code=2).stdout == ""
    assert eco("history", "--json").json["data"] == []


def test_fields_of_one_answer_and_of_many(eco):
    event = {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1}
    lines = [json.dumps(event | {"id": name}) for name in "ab"]
    assert eco("record", "--json", "id", input=lines[0]).json == {"id": "a"}
    assert eco("record", "--json", "id,duplicate", input="\n".join(lines)).json == [{"id": "a", "duplicate": True}, {"id": "b", "duplicate": None}]


def test_groups_have_what_they_are_grouped_by(calls):
    assert calls("summary", "--by", "tag:project", "--json", "tag:project,calls").json == [{"tag:project": f"p{number}", "calls": 1} for number in (0, 2, 1)]
    assert "no field 'day'" in calls("summary", "--by", "model", "--json", "day", exit_code=2).stderr
    assert {row["costUsd"] for row in calls("summary", "--by", "model", "--json", "model,costUsd").json} == {None}


def test_every_row_of_a_long_history(calls):
    assert calls("history", "--all", "--json", "id").json == [{"id": "c2"}, {"id": "c1"}, {"id": "c0"}]
    assert calls("history", "--all", "--full", "--json", "id,modelId").json[1] == {"id": "c1", "modelId": "anthropic/claude-sonnet-4.5"}


LISTED = {
    "eco history": ("history",), "eco summary": ("summary", "--by", "model", "--cost"), "eco record": ("record", "--model", "gpt-4o", *CALL), "eco compare": ("compare", "gpt-4o", "--cost"),
    "eco estimate": ("estimate", "--model", "gpt-4o", *CALL, "--cost"), "eco formats": ("formats",), "eco models list": ("models", "list"), "eco budget list": ("budget", "list"), "eco import list": ("import", "list"), "eco db views": ("db", "views"), "eco keys list": ("keys", "list"),
    "eco keys create": ("keys", "create", "new"), "eco keys rotate": ("keys", "rotate", "spare"), "eco statusline": ("statusline",),
    **{f"eco {name}": (name, "--cost") for name in ("daily", "weekly", "monthly", "session", "blocks")},
}  # fmt: skip


@pytest.mark.parametrize("command", json_fields.FIELDS)
def test_the_fields_that_are_offered_are_those_that_are_printed(calls, command):
    calls("keys", "create", "spare")
    calls("budget", "set", "1kg")
    body = calls(*LISTED[command], "--json").json
    rows = body if isinstance(body, list) else next((body[name] for name in LISTS if name in body), [body])
    assert rows and {field for row in rows for field in row} <= set(json_fields.known(command))
    for name in ("summary",) if command == "eco summary" else ():
        assert {field for row in calls("--json").json["data"] for field in row} <= set(json_fields.known(f"eco {name}"))


# jq


def lines(result):
    return result.stdout.splitlines()


def test_jq_prints_strings_bare_and_null_as_an_empty_line(calls):
    pytest.importorskip("jq")
    assert lines(calls("history", "--jq", ".data[] | .model")) == list(reversed(MODELS))
    assert lines(calls("history", "--json", "id,model", "--jq", ".[0]")) == ['{"id": "c2", "model": "gpt-4o"}']
    assert lines(calls("--jq", ".data | length", "history")) == ["3"]
    assert lines(calls("history", "--json", "cachedTokens", "--jq", ".[].cachedTokens")) == ["", "", ""]
    assert lines(calls("history", "--all", "--json", "id", "--jq", "map(.id) | join(\",\")")) == ["c2,c1,c0"]


def test_jq_works_on_what_any_command_prints(calls):
    pytest.importorskip("jq")
    assert lines(calls("record", "--model", "gpt-4o", *CALL, "--id", "x", "--jq", ".id")) == ["x"]
    assert lines(calls("schema", "event", "--jq", ".title"))
    assert lines(calls("report", "--tz", "UTC", "--jq", ".total.calls")) == ["4"]
    assert lines(calls("estimate", "--model", "gpt-4o", *CALL, "--jq", ".audit.model")) == ["openai/gpt-4o"]


def test_an_expression_that_is_not_jq(calls):
    pytest.importorskip("jq")
    error, hint = calls("history", "--jq", ".data[", exit_code=2).stderr.splitlines()
    assert error.startswith("eco: --jq: syntax error, unexpected end of file")
    assert hint == "hint: such as --jq '.data[] | .model'"


def test_an_expression_that_does_not_fit(calls):
    pytest.importorskip("jq")
    error, hint = calls("history", "--jq", ".data.x", exit_code=2).stderr.splitlines()
    assert error == 'eco: --jq: Cannot index array with string ("x")'
    assert "what the command was to do is done" in hint


def test_a_report_s_file_is_whole(eco, tmp_path):
    assert "--output writes a whole report" in eco("report", "--output", "r.json", "--json", "total", exit_code=2).stderr
    assert not (tmp_path / "r.json").exists()


def test_the_secret_of_a_key_is_not_lost_to_a_slip(eco):
    pytest.importorskip("jq")
    secret = eco("keys", "create", "a", "--jq", ".key.nope", exit_code=2).json["key"]
    assert eco("history", "--json", ECO_API_KEY=secret).json["data"] == []
    assert eco("keys", "create", "b", "--jq", ".key").stdout.startswith("eco_")


def test_jq_works_on_no_other_format(eco):
    pytest.importorskip("jq")
    assert eco("history", "--jq", ".", "--format", "csv", exit_code=2).stderr.startswith("eco: --jq works on JSON, not on 'csv'\n")


def test_without_the_package_it_says_how_to_get_it(eco_process, tmp_path):
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "jq.py").write_text("raise ImportError('not here')\n")
    error, hint = eco_process("history", "--jq", ".", exit_code=4, PYTHONPATH=str(folder)).stderr.splitlines()
    assert error == "eco: --jq needs packages that are not installed"
    assert hint == "hint: pip install 'ecocli[jq]' adds them; where the program jq is installed: eco … --json | jq EXPR"


@pytest.mark.parametrize("line", ["forget --id c0 --yes", "undo --yes", "budget set 5kg", "keys revoke spare", "record --model gpt-4o --prompt-tokens 1 --completion-tokens 1", "db vacuum"])
def test_what_a_command_did_is_not_lost_to_a_slip(calls, line):
    """It cannot be asked again, so all of its answer is printed, with the error."""
    pytest.importorskip("jq")
    calls("keys", "create", "spare")
    result = calls(*line.split(), "--jq", ".[0].nope.x", exit_code=2)
    assert "--jq: " in result.stderr and (line.startswith("db") or isinstance(result.json, dict))


@pytest.mark.parametrize("line", ["history", "explain last", "compare gpt-4o", "db path", "budget list"])
def test_what_can_be_asked_again_is_not_printed_in_its_place(calls, line):
    assert calls(*line.split(), "--json=nope", exit_code=None).stdout in ("", "[]\n")


def test_what_gh_calls_q(eco):
    hint = eco("history", "-q", ".data[].id", exit_code=2).stderr.splitlines()[1]
    assert hint == "hint: --jq '.data[].id' filters JSON; -q prints errors only"


def test_at_a_terminal_a_name_does_not_drive_it(terminal, eco):
    pytest.importorskip("jq")
    eco("record", *CALL, "--model", "gpt-4o", "--tag", "t=\u202eabc")
    shown = terminal("history", "--jq", '.data[0].tags.t, "a\\u001b[31m\\tb"')
    assert "\u202e" not in shown and "\x1b" not in shown and "\tb" in shown


def test_ctrl_c_ends_an_expression_that_never_does(env, tmp_path):
    pytest.importorskip("jq")
    command = [sys.executable, "-m", "ecocli", "schema", "event", "--jq", "def f: f; f"]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        time.sleep(2)  # until it computes; what comes earlier ends it too
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode in (-signal.SIGINT, 130)
    assert b"Traceback" not in errors


# the limit


def test_the_limit_as_gh_writes_it(calls):
    assert [row["id"] for row in calls("history", "-L", "1", "--json").json["data"]] == ["c2"]
    assert [row["id"] for row in calls("history", "-L2", "-j").json["data"]] == ["c2", "c1"]
