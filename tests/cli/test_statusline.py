"""One line, at once, whatever stands on standard input."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC

import pytest

from ecocli.errors import UsageError
from ecocli.render.statusline import FIELDS, Agent, Values, check, line, read_agent
from ecocli.util.nonblocking import read_ready

CALL = ("record", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "500", "-q")
CLAUDE = {
    "session_id": "73cc9f9a-2775-4418-beec-bc36b62a1c6f",
    "transcript_path": "/home/me/.claude/projects/p/73cc9f9a.jsonl",
    "cwd": "/home/me/p",
    "model": {"id": "claude-sonnet-4-20250514", "display_name": "Sonnet 4"},
    "version": "1.0.88",
    "cost": {"total_cost_usd": 0.056},
    "exceeds_200k_tokens": False,
}


def test_nothing_recorded(eco, tmp_path):
    assert eco("statusline").stdout == "eco today 0 Wh · 0 g CO2e · 0 mL\n"
    assert not (tmp_path / "data").exists()


def test_the_default_line_is_today(eco):
    eco(*CALL, "--start-time-ms", "1500000000000")
    assert eco("statusline").stdout == "eco today 0 Wh · 0 g CO2e · 0 mL\n"
    eco(*CALL)
    row = eco("history", "--limit", "1").json["data"][0]
    assert eco("statusline", "--format-string", "{today_calls} {today_tokens}").stdout == "1 1,500\n"
    energy = eco("statusline", "--format-string", "{today_energy}").stdout.split()
    assert float(energy[0]) * {"mWh": 0.001, "Wh": 1}[energy[1]] == pytest.approx(row["energyWh"], rel=0.01)


def test_claude_codes_json_adds_model_and_session(eco):
    eco(*CALL)
    assert eco("statusline", input=json.dumps(CLAUDE)).stdout.startswith("Sonnet 4 · eco today ")
    eco(*CALL, "--tag", f"session={CLAUDE['session_id']}")
    shown = eco("statusline", input=json.dumps(CLAUDE)).stdout
    assert shown.startswith("Sonnet 4 · session ")
    assert shown.count("\n") == 1
    assert eco("statusline", "--format-string", "{session_calls}", input=json.dumps(CLAUDE)).stdout == "1\n"


@pytest.mark.parametrize(
    "data",
    [
        *(b"garbage", b"\xff\xfe", b"[]", b"null", b"", b"[" * 100_000, b'{"model":'),
        *(b'{"model": 7, "session_id": []}', b'{"model": {"display_name": null}}'),
    ],
)
def test_anything_else_on_standard_input_is_ignored(eco, data):
    result = eco("statusline", input=data)
    assert result.stdout == "eco today 0 Wh · 0 g CO2e · 0 mL\n"
    assert result.stderr == ""


def test_a_name_from_outside_does_not_drive_the_terminal():
    agent = read_agent(json.dumps({"model": {"display_name": "\x1b[31mx\n" + "y" * 500}}).encode())
    shown = line(Values(None, agent, UTC, 0, lambda: None), "{model}")
    assert "\x1b" not in shown and "\n" not in shown and len(shown) <= 60


def test_it_never_waits_for_an_open_pipe(env, tmp_path):
    reader, writer = os.pipe()
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "ecocli", "statusline"], stdin=reader, capture_output=True, env=env, timeout=60)
    os.close(reader), os.close(writer)
    assert done.returncode == 0
    assert done.stdout.startswith(b"eco today")
    assert time.monotonic() - begin < 30


def test_reading_stops_when_nothing_more_comes():
    reader, writer = os.pipe()
    try:
        os.write(writer, b"half")
        assert read_ready(reader) == b"half"
    finally:
        os.close(reader), os.close(writer)


def test_every_field_has_a_value():
    values = Values(None, Agent("m", "s"), UTC, 0, lambda: None)
    assert set(values) == set(FIELDS)
    assert all(isinstance(values[field], str) for field in FIELDS)


@pytest.mark.parametrize("text", ["{today_c02}", "{0}", "{}", "{today_co2.__class__}", "{today_co2", "}", "{today_co2:d}"])
def test_an_unknown_field_is_wrong_use(text):
    with pytest.raises(UsageError, match="--format-string"):
        check(text)


def test_the_error_names_every_field(eco):
    result = eco("statusline", "--format-string", "{today_c02}", exit_code=2)
    assert result.stderr.startswith("eco: --format-string: no field 'today_c02'\nhint: did you mean today_co2? the fields are model, budget, ")
    assert all(field in result.stderr for field in FIELDS)


def test_the_format_string_comes_from_the_environment(eco):
    assert eco("statusline", ECO_STATUSLINE="{week_calls:>3}{{}}").stdout == "  0{}\n"
    assert eco("statusline", "--format-string", "flag", ECO_STATUSLINE="variable").stdout == "flag\n"
    assert eco("statusline", "--json").json == {"text": "eco today 0 Wh · 0 g CO2e · 0 mL", "timeZone": "UTC"}


def test_the_budget_that_is_used_most(eco):
    assert eco("statusline", "--format-string", "{budget}").stdout == "\n"
    eco("budget", "set", "1kg")
    eco("budget", "set", "1Wh", "--per", "day")
    eco(*CALL)
    assert eco("statusline", "--format-string", "{budget}").stdout.endswith(" % of the day's budget\n")


def test_a_budget_of_money(eco):
    eco("budget", "set", "1t")
    eco("budget", "set", "100 USD/week")
    million = ("record", "--cost", "--json", "--model", "gpt-4o", "--prompt-tokens", "1000000", "--completion-tokens", "0")
    part = sum(eco(*million).json["cost_usd"] for _ in range(4)) / 100
    assert eco("statusline", "--format-string", "{budget}").stdout == f"{part:.0%} of the week's budget\n".replace("%", " %")


def test_a_budget_of_money_where_no_price_is_known(eco, monkeypatch):
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    eco("budget", "set", "100 USD/week")
    eco(*CALL)
    assert eco("statusline", "--format-string", "{budget}").stdout == "\n"
    eco("budget", "set", "1t")
    assert eco("statusline", "--format-string", "{budget}").stdout.endswith(" % of the month's budget\n")


# bars of a desktop


def test_waybar_without_anything(eco):
    shown = eco("statusline", "--format", "waybar").stdout
    assert shown.count("\n") == 1  # waybar reads one line
    body = json.loads(shown)
    assert body == {"text": "eco today 0 Wh · 0 g CO2e · 0 mL", "alt": "no-budget", "class": "no-budget", "tooltip": body["tooltip"]}
    assert body["tooltip"].splitlines() == [f"{when}: 0 calls · 0 Wh · 0 g CO2e · 0 mL" for when in ("today", "this week", "this month")]


@pytest.mark.parametrize(("grams", "state"), [("1t", "ok"), ("0.9 of it", "warning"), ("1mg", "over")])
def test_the_class_is_that_of_the_budget(eco, grams, state):
    eco(*CALL)
    spent = eco("history", "--limit", "1").json["data"][0]["co2Grams"]
    eco("budget", "set", f"{spent / 0.9:.9f}g" if " " in grams else grams)
    body = eco("statusline", "--format", "waybar").json
    assert (body["class"], body["alt"]) == (state, state)
    assert body["percentage"] == {"ok": 0, "warning": 90}.get(state, body["percentage"]) and isinstance(body["percentage"], int)
    assert (body["percentage"] > 100) == (state == "over")
    assert body["tooltip"].endswith("of the month's budget")


def test_no_name_from_outside_is_markup(eco):
    agent = json.dumps({"model": {"display_name": "<b>x</b> & co"}})
    assert eco("statusline", "--format", "waybar", "--format-string", "<i>{model}</i>", input=agent).json["text"] == "<i>&lt;b&gt;x&lt;/b&gt; &amp; co</i>"


def test_a_block_of_i3bar(eco):
    eco(*CALL)
    eco("budget", "set", "1mg")
    body = eco("statusline", "--format", "i3bar").json
    assert body["full_text"] == eco("statusline").stdout.rstrip("\n")
    assert body["short_text"] in body["full_text"] and body["urgent"] is True and body["name"] == "eco"


def test_a_format_that_there_is_not(eco):
    assert eco("statusline", "--format", "polybar", exit_code=2).stderr == "eco: --format: must be one of text, json, waybar, i3bar, not 'polybar'\n"
