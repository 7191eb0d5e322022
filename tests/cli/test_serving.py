"""How a call was served, as its caller states it: by event, flag, variable or configuration file, and wherever it is shown again."""

import json

import pytest

from ecocli.config import settings
from ecocli.core.usage import SERVING
from ecocli.ingest import rules

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
FLAGS = ("--concurrency", "16", "--accelerator", "H100", "--weight-precision", "fp8")
VARIABLES = {"ECO_CONCURRENCY": "2.5", "ECO_ACCELERATOR": "B200", "ECO_WEIGHT_PRECISION": "nvfp4"}
NAMES = ("concurrency", "accelerator", "weightPrecision")
BY_FLAGS, BY_VARIABLES, BY_FILE, UNSAID = (16.0, "H100", "fp8"), (2.5, "B200", "nvfp4"), (1.0, "RTX 4090", "q4_K_M"), (None, None, None)


def event(**fields):
    return json.dumps({"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5} | fields)


def stated(body):
    return tuple(body[name] for name in NAMES)


def rows(eco, *filters):
    lines = eco("history", "--all", "--full", "--format", "ndjson", *filters).stdout.splitlines()
    return [stated(row) for row in map(json.loads, lines)]


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    return folder / "config.toml"


def test_flags_beat_an_event_beats_a_variable_beats_the_file(eco, config):
    config.write_text('concurrency = 1\naccelerator = "RTX 4090"\nweight_precision = "q4_K_M"\n')
    own = event(concurrency=100, accelerator="MI355X", weight_precision="bf16")
    for expected, options in (
        (BY_FILE, {"input": event()}),
        (BY_VARIABLES, {"input": event(), **VARIABLES}),
        ((100.0, "MI355X", "bf16"), {"input": own, **VARIABLES}),
    ):
        assert stated(eco("estimate", **options).json["audit"]) == expected
    assert stated(eco("estimate", *FLAGS, input=own, **VARIABLES).json["audit"]) == BY_FLAGS
    assert stated(eco("estimate", *CALL, "--accelerator", "H200", "--json").json["audit"]) == (1.0, "H200", "q4_K_M")


def test_what_is_not_said_is_null(eco):
    assert stated(eco("record", *CALL, "--json").json["audit"]) == UNSAID
    assert rows(eco) == [UNSAID]


def test_a_whole_number_and_a_fraction_are_the_same_kind(eco):
    eco("record", input=event(concurrency=16) + "\n" + event(concurrency=16.0))
    assert [json.dumps(concurrency) for concurrency, *_ in rows(eco)] == ["16.0", "16.0"]


def test_of_many_events_each_keeps_its_own(eco):
    """Enough for the way by column, where what all of them share is stored once."""
    own = [event(id=str(at), concurrency=1 + at % 3, accelerator=("H100", "B200")[at % 2], startTimeMs=1_763_800_000_000 + at) for at in range(40)]
    eco("record", "--weight-precision", "fp8", input="\n".join(own))
    assert rows(eco)[::-1] == [(1.0 + at % 3, ("H100", "B200")[at % 2], "fp8") for at in range(40)]


def test_it_is_shown_for_a_stored_call(eco):
    eco("record", *CALL, *FLAGS, "--id", "x")
    again = eco("record", *CALL, "--id", "x", "--json").json
    assert (again["duplicate"], stated(again["audit"])) == (True, BY_FLAGS)
    assert stated(eco("explain", "x", "--json").json["audit"]) == BY_FLAGS
    assert "\nstated: requests at once 16, on H100, weights in fp8\n" in eco("explain", "x", "--format", "text").stdout


def test_explain_is_silent_where_nothing_was_stated(eco):
    eco("record", *CALL, "--id", "x")
    assert "\nstated: " not in eco("explain", "x", "--format", "text").stdout


def test_a_history_and_a_store_take_it_along(eco, tmp_path):
    eco("record", *CALL, *FLAGS)
    (tmp_path / "h.ndjson").write_text(eco("history", "--all", "--full", "--format", "ndjson").stdout)
    eco("import", "eco", "h.ndjson", "--db", "by-import.db")
    eco("merge", str(tmp_path / eco("db", "path").stdout.strip()), "--db", "by-merge.db")
    assert rows(eco, "--db", "by-import.db") == rows(eco, "--db", "by-merge.db") == [BY_FLAGS]


def test_a_payload_of_a_provider_takes_the_settings(eco):
    payload = {"id": "c1", "object": "chat.completion", "created": 1_780_000_000, "model": "gpt-4o", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}
    eco("record", input=json.dumps(payload), **VARIABLES)
    assert rows(eco) == [BY_VARIABLES]


def test_recompute_keeps_it(eco):
    eco("record", *CALL, *FLAGS)
    eco("recompute", "--apply")
    assert rows(eco) == [BY_FLAGS]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--concurrency", "0.5"), "--concurrency: must be a number from 1 to 10^6, not 0.5"),
        (("--concurrency", "1000001"), "--concurrency: must be a number from 1 to 10^6, not 1000001.0"),
        (("--concurrency", "nan"), "--concurrency: must be a number from 1 to 10^6, not nan"),
        (("--concurrency", "many"), "--concurrency: must be a number, not 'many'"),
        (("--accelerator", ""), '--accelerator: must be a string of 1 to 64 characters without control characters, not ""'),
        (("--weight-precision", "a\tb"), '--weight-precision: must be a string of 1 to 32 characters without control characters, not "a\\tb"'),
    ],
)
def test_a_bad_flag(eco, options, message):
    assert eco("record", *CALL, *options, exit_code=2).stderr.partition("\n")[0] == f"eco: {message}"
    assert rows(eco) == []


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("concurrency", "0", "must be a number from 1 to 10^6, not 0"),
        ("concurrency", "true", "must be a number from 1 to 10^6, not True"),
        ("concurrency", "nan", "must be a number from 1 to 10^6, not nan"),
        ("concurrency", '"many"', "must be a number from 1 to 10^6, not many"),
        ("accelerator", f'"{"x" * 65}"', "must be a string of 1 to 64 printable characters, not xxxx"),
        ("accelerator", "5", "must be a string of 1 to 64 printable characters, not 5"),
        ("weight_precision", '""', "must be a string of 1 to 32 printable characters, not "),
        ("weight_precision", '"a\\u001b"', "must be a string of 1 to 32 printable characters, not a"),
    ],
)
def test_a_bad_setting(eco, config, name, text, message):
    config.write_text(f"{name} = {text}\n")
    assert eco("record", *CALL, exit_code=4).stderr.startswith(f"eco: {config}: {name}: {message}")


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_bad_variable(eco, variable):
    assert eco("record", *CALL, exit_code=4, **{variable: "\x7f" * 2}).stderr.startswith(f"eco: {variable}: must be ")


def test_settings_allow_what_an_event_allows():
    names = ("MAX_CONCURRENCY", "MAX_ACCELERATOR_CHARACTERS", "MAX_PRECISION_CHARACTERS")
    assert [getattr(settings, name) for name in names] == [getattr(rules, name) for name in names]
    assert set(SERVING) <= set(settings.NAMES)
