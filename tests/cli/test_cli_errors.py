"""Every way to go wrong ends with a short message, a hint and the contract's exit code; help is on every level."""

import ast
import importlib
import json
import os
import sqlite3
import typing
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer

from ecocli import __version__
from ecocli.cli.main import app

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
DATA = Path("data") / "eco" / "eco.db"


# Help and version on every level


def walk(command: typing.Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], typing.Any]]:
    yield path, command
    context = typer.Context(command, info_name=" ".join(path))
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name), (*path, name))


TREE = dict(walk(typer.main.get_command(app), ("eco",)))


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_every_command_has_help_with_an_example(path):
    command = TREE[path]
    context = typer.Context(command, info_name=" ".join(path), max_content_width=200, terminal_width=200)
    context.help_option_names = ["-h", "--help"]
    text = command.get_help(context)
    assert f"Example: {path[0]} {path[1] if len(path) > 1 else ''}".strip() in text
    for option in ("-h, --help", "--version", "--db FILE", "--format FORMAT", "--json", "-q, --quiet"):
        assert option in text, option
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    assert all(option.help for option in options)
    assert all(argument.help or argument.make_metavar(context).startswith("{") or argument.metavar for argument in arguments)


@pytest.mark.parametrize("option", ["-h", "--help", "--version"])
def test_help_and_version_really_run(eco, option):
    for path in ((), ("keys",), ("keys", "create")):
        out = eco(*path, option).stdout
        assert out == f"eco {__version__}\n" if option == "--version" else out.startswith(f"Usage: {' '.join(('eco', *path))} [OPTIONS]")


def test_eco_alone_shows_its_help(eco):
    assert eco().stdout.startswith("Usage: eco ")
    assert eco("keys").stdout.startswith("Usage: eco keys ")


def test_every_command_is_a_file_with_an_app():
    from ecocli.cli.main import COMMANDS

    assert all(isinstance(importlib.import_module(module).app, typer.Typer) for module in COMMANDS.values())


# Ten things that a hurried user types


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("recrod",), "no command 'recrod'", "did you mean record?"),
        (("keys", "lst"), "no command 'lst'", "did you mean list?"),
        (("estimate", "gpt-4o"), "unexpected 'gpt-4o'", "a model is named with --model"),
        (("estimate", "--modle", "gpt-4o"), "no option --modle", "did you mean --model?"),
        (("estimate", "--prompt-tokens"), "--prompt-tokens needs a value", None),
        (("estimate", "--prompt-tokens", "1,000"), "--prompt-tokens: must be a whole number, not '1,000'", None),
        (("estimate", "--prompt-tokens", "1e3"), "--prompt-tokens: must be a whole number, not '1e3'", None),
        (("estimate", "--tee=yes"), "--tee takes no value", None),
        (("keys", "create"), "NAME is missing", 'for example: eco keys create "Production Key" --scope record --expires 90d'),
        (("-x",), "no option -x", None),
        (("estimate", *CALL[:2], *CALL[4:], "--prompt-tokens", "-5"), "--prompt-tokens: must be an integer from 0 to 10^12, not -5", None),
        (("estimate", *CALL[:2], *CALL[4:], "--prompt-tokens", "1000000000001"), "--prompt-tokens: must be an integer from 0 to 10^12, not 1000000000001", None),
        (("estimate", *CALL, "--cached-tokens", "11"), "--cached-tokens: must be at most prompt_tokens (10), cache writes included, not 11", None),
        (("estimate", *CALL, "--start-time-ms", "1763800000005", "--end-time-ms", "1763800000004"), "--end-time-ms: must be at least startTimeMs (1763800000005), not 1763800000004", None),
        (("estimate", *CALL[2:], "--model", ""), '--model: must be a string of 1 to 256 characters without control characters, not ""', None),
        (("estimate", *CALL, "--tag", "project"), "--tag: must be KEY=VALUE, not 'project'", "for example --tag project=website"),
        (("estimate", *CALL, "--tag", "a=x\ny"), '--tag: must be a string of 1 to 256 characters without control characters, not "x\\ny"', None),
        (("estimate", *CALL, "--format", "yaml"), "--format: must be one of text, json, ndjson, not 'yaml'", None),
        (("estimate", *CALL, "--rejects", "x"), "--rejects is given without --skip-invalid", None),
        (("estimate", "--skip-invalid", "--input", "x", "--rejects", "x"), "--rejects 'x' is read by this command", None),
        (("estimate", *CALL, "--prompt-text", "a", "--prompt-file", "b"), "--prompt-text and --prompt-file are both given", "keep one of them"),
        (("record", *CALL, "--db", ""), "--db: the name of a file is needed", None),
    ],
)
def test_wrong_use(eco, tmp_path, arguments, message, hint):
    result = eco(*arguments, exit_code=2)
    assert result.stdout == ""
    first, _, rest = result.stderr.partition("\n")
    assert first == f"eco: {message}"
    assert hint is None or rest == f"hint: {hint}\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--input", "nofile"), "no file 'nofile'"),
        (("--input", "."), "'.' cannot be read: is a directory"),
        (("-m", "gpt-4o", "--prompt-file", "nofile", "--completion-text", "x"), "no file 'nofile'"),
        (("-m", "gpt-4o", "--messages", "bad.json", "--completion-text", "x"), "bad.json: a list of messages is needed"),
        (("--skip-invalid", "--input", "bad.json", "--rejects", "no/folder"), "'no/folder' cannot be written: no such file or directory"),
    ],
)
def test_files_that_cannot_be_used(eco, tmp_path, arguments, message):
    (tmp_path / "bad.json").write_text('{"a": 1}')
    result = eco("record", *arguments, exit_code=4)
    assert result.stderr.partition("\n")[0] == f"eco: {message}"


def test_an_unknown_payload_format(eco):
    assert eco("estimate", "--from", "opneai", input="{}", exit_code=2).stderr.startswith("eco: no payload format named 'opneai'\nhint: ")


def test_values_are_shortened(eco):
    long = "x" * 50_000
    for arguments in (("--prompt-tokens", long), (long,), (f"--{long}",), ("--model", long), ("--region", long), ("--tag", long), ("--format", long)):
        result = eco("estimate", *(CALL if arguments[0] in ("--region", "--tag", "--format") else ()), *arguments, exit_code=2)
        assert len(result.stderr) < 300, arguments[0]
    assert len(eco(long, exit_code=2).stderr) < 300
    assert len(eco("explain", long, exit_code=3).stderr) < 300


def test_errors_as_json(eco):
    cases = {
        ("--json", "record", "--strict", *CALL[2:], "--model", "no-such-thing"): (3, "unknown-model"),
        ("history", "--json", "--limit", "0"): (2, "usage"),
        ("record", "--json"): (4, "no-input"),
        ("explain", "x", "--json"): (3, "unknown-record"),
        ("nope", "--json"): (2, "usage"),
    }
    for arguments, (exit_code, code) in cases.items():
        result = eco(*arguments, exit_code=exit_code)
        error = json.loads(result.stderr)
        assert list(error) == ["error"]
        assert list(error["error"]) == ["code", "message", "hint"]
        assert (error["error"]["code"], result.stdout) == (code, "")


def test_common_options_before_and_after(eco, tmp_path):
    eco("--db", "a.db", "-q", "record", *CALL)
    eco("record", *CALL, "--db", "b.db", "--quiet")
    assert len(eco("--json", "--db", "a.db", "history").json["data"]) == 1
    assert eco("--format", "csv", "history", "--db", "a.db").stdout.startswith("id,logDate,")
    assert (tmp_path / "b.db").exists()
    eco("--db", "c.db", "record", *CALL, "--db", "d.db")
    assert not (tmp_path / "c.db").exists()


# Settings


def config(tmp_path: Path, text: str | bytes) -> None:
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_bytes(text.encode() if isinstance(text, str) else text)


def test_flags_beat_variables_beat_the_file(eco, tmp_path):
    config(tmp_path, 'db = "file.db"\nregion = "us-west-2"\nformat = "text"\n[tags]\nwho = "file"\nteam = "file"\n')
    assert eco("record", *CALL, "--provider", "AWS").stdout.startswith("openai/gpt-4o · AWS us-west-2\n")
    assert eco("history", "--db", "file.db", "--json").json["data"][0]["tags"] == {"who": "file", "team": "file"}
    eco("record", *CALL, "--provider", "AWS", ECO_DB="env.db", ECO_REGION="us-east-1", ECO_TAGS="who=env,x=y", ECO_FORMAT="json")
    (row,) = eco("history", "--json", ECO_DB="env.db").json["data"]
    assert (row["region"], row["tags"]) == ("us-east-1", {"who": "env", "x": "y"})
    found = eco("record", *CALL, "--region", "eu-west-1", "--tag", "who=flag", "--json", "--db", "flag.db", ECO_DB="env.db", ECO_REGION="us-east-1")
    assert found.json["audit"]["finalRegion"] == "eu-west-1"
    assert eco("history", "--json", "--db", "flag.db").json["data"][0]["tags"] == {"who": "flag", "team": "file"}
    assert eco("estimate", input=json.dumps({"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, "region": "eu-west-2"})).stdout.startswith(
        "openai/gpt-4o · AWS eu-west-2\n"
    )


def test_a_fallback_for_regions_may_be_set(eco, tmp_path):
    config(tmp_path, "model_fallback = false\nregion_fallback = true\n")
    audit = eco("estimate", *CALL[2:], "--model", "no-such-thing", "--region", "nowhere").json["audit"]
    assert audit["modelMatch"] == "class"


def test_strictness_may_be_set(eco, tmp_path):
    config(tmp_path, "strict = true\nmodel_fallback = true\n")
    assert eco("estimate", *CALL[2:], "--model", "no-such-thing", exit_code=3).stderr.startswith("eco: no model named 'no-such-thing'")


def test_comparing_and_resolving_are_always_strict(eco):
    for arguments in (("compare", "gpt-4o", "no-such-thing"), ("models", "resolve", "no-such-thing"), ("models", "show", "no-such-thing")):
        assert eco(*arguments, exit_code=3).stderr.startswith("eco: no model named 'no-such-thing'")
    for arguments in (("compare", "no-such-thing", "--model-fallback"), ("models", "resolve", "no-such-thing", "--model-fallback")):
        eco(*arguments, exit_code=3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('regin = "x"', "regin is no setting\nhint: did you mean region?"),
        ("region = 5", "region: must be a string of 1 to 256 characters, not 5"),
        ('busy_timeout_s = "soon"', "busy_timeout_s: must be 0 to 3600 seconds, not soon"),
        ("busy_timeout_s = 1e9", "busy_timeout_s: must be 0 to 3600 seconds, not 1000000000.0"),
        ("model_fallback = 1", "model_fallback: must be true or false, not 1"),
        ("strict = 1", "strict: must be true or false, not 1"),
        ('format = "yaml"', "format: must be one of text, table, json, ndjson, csv, md, html, not yaml"),
        ('tags = "x"', "tags: a tag is written key=value, not 'x'"),
        ('region = "', "Illegal character '\\n' (at line 1, column 11)"),
    ],
)
def test_a_bad_configuration_file(eco, tmp_path, text, message):
    config(tmp_path, text + "\n")
    result = eco("record", *CALL, exit_code=4)
    assert result.stderr.startswith(f"eco: {tmp_path}/config/eco/config.toml: {message}")


def test_a_configuration_file_that_is_no_text(eco, tmp_path):
    config(tmp_path, b"\xff")
    assert "config.toml cannot be read: not UTF-8 text" in eco("models", "list", exit_code=4).stderr
    (tmp_path / "config/eco/config.toml").unlink()
    (tmp_path / "config/eco/config.toml").mkdir()
    assert "config.toml cannot be read: is a directory" in eco("models", "list", exit_code=4).stderr


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ECO_BUSY_TIMEOUT", "soon", "ECO_BUSY_TIMEOUT: must be 0 to 3600 seconds, not soon"),
        ("ECO_TAGS", "x", "ECO_TAGS: a tag is written key=value, not 'x'"),
        ("ECO_FORMAT", "yaml", "ECO_FORMAT: must be one of text, table, json, ndjson, csv, md, html, not yaml"),
        ("ECO_TZ", "Mars/Olympus", "ECO_TZ or config.toml: no time zone 'Mars/Olympus'"),
    ],
)
def test_a_bad_variable(eco, variable, value, message):
    assert eco("history", exit_code=4, **{variable: value}).stderr.partition("\n")[0] == f"eco: {message}"


def test_a_bad_catalogue_of_the_user(eco, tmp_path):
    config(tmp_path, "")
    (tmp_path / "config/eco/models.yaml").write_text("models: [")
    result = eco("estimate", *CALL, exit_code=4)
    assert result.stderr.startswith(f"eco: {tmp_path}/config/eco/models.yaml, line ")


# The store


def test_the_file_is_the_owners_alone(eco, tmp_path):
    eco("record", *CALL)
    assert (tmp_path / DATA).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / DATA).parent.stat().st_mode & 0o777 == 0o700


def test_stores_that_cannot_be_used(eco, tmp_path):
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at as if it were one\n" * 20)
    (tmp_path / "folder").mkdir()
    eco("record", *CALL, "--db", "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer, newer:
        newer.execute("PRAGMA user_version = 999")
        newer.execute("CREATE TABLE IF NOT EXISTS _migrations (x)")
    newer.close()
    (tmp_path / "damaged.db").write_bytes((tmp_path / "newer.db").read_bytes()[:100] + b"\xff" * 8000)
    for name, message in (("text.db", "is not a database"), ("folder", "is a folder, not a file"), ("newer.db", "newer"), ("damaged.db", "")):
        for command in (("record", *CALL), ("history",)):
            result = eco(*command, "--db", name, exit_code=5)
            assert result.stdout == ""
            assert result.stderr.startswith("eco: ")
            assert message in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_store(eco, tmp_path):
    eco("record", *CALL, "--db", "a.db")
    (tmp_path / "a.db").chmod(0o400)
    assert "read-only" in eco("record", *CALL, "--db", "a.db", exit_code=5).stderr


def test_home_is_not_needed(eco, env, tmp_path):
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        env.pop(name)
    eco("estimate", *CALL)
    eco("record", *CALL, "--db", "here.db")
    assert (tmp_path / "here.db").exists()


def test_a_folder_of_someone_unknown_is_a_name_like_any(eco, tmp_path):
    eco("record", *CALL, "--db", "~nobody-here/eco.db")
    assert (tmp_path / "~nobody-here" / "eco.db").exists()


def test_every_name_can_be_printed_whatever_the_locale_is(eco):
    for encoding in ("ascii", "latin-1"):
        card = eco("record", *CALL, "--provider", "中文 box", "--format", "text", PYTHONIOENCODING=encoding)
        assert "中文 box" in card.stdout + card.stderr
    assert eco("history", PYTHONIOENCODING="ascii").json["data"][0]["provider"] == "中文 box"


# Models and regions


def test_models(eco):
    assert eco("models", "show", "gpt-4o").json["id"] == "openai/gpt-4o"
    assert eco("models", "show", "gpt-4o", "--format", "text").stdout.startswith("id ")
    assert eco("models", "resolve", "gpt-4o:free").json["modelMatch"] == "suffix"
    assert {row["provider"] for row in eco("models", "list", "--provider", "anthropic").json} == {"anthropic"}
    assert all("haiku" in json.loads(line)["id"] for line in eco("models", "list", "--search", "haiku", "--format", "ndjson").stdout.splitlines())
    for command in ("show", "resolve"):
        assert eco("models", command, "gpt4-oo", exit_code=3).stderr.startswith("eco: no model named 'gpt4-oo' in the catalogue\nhint: did you mean ")


def test_regions(eco):
    assert eco("regions", "show", "us-west-1").json["calculationMethod"] == "EXACT_REGION"
    assert eco("regions", "resolve", "West US 2", "--provider", "azure").json["finalRegion"] == "westus2"
    assert {row["cloud"] for row in eco("regions", "list", "--cloud", "aws").json} == {"aws"}
    for command in ("show", "resolve"):
        result = eco("regions", command, "us-wst-1", exit_code=3)
        assert result.stderr.startswith("eco: no region named 'us-wst-1' in the catalogue\nhint: did you mean us-west-1")


# Values in messages


def test_a_value_is_escaped_once(eco):
    for arguments, message in (
        (("history", "--tz", "a\x1bb\\c"), r"no time zone 'a\x1bb\c'"),
        (("keys", "revoke", "it's"), '''no key named "it's"'''),
        (("estimate", "a\x07"), r"unexpected 'a\x07'"),
    ):
        result = eco(*arguments, exit_code=3 if arguments[0] == "keys" else 2)
        assert result.stderr.partition("\n")[0] == f"eco: {message}"


def test_no_value_is_escaped_twice():
    package = Path(importlib.import_module("ecocli").__file__).parent
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FormattedValue) and node.conversion == ord("r"):
                assert "shorten" not in ast.dump(node.value), f"{file.name}:{node.lineno}: quoted() escapes once"


def test_an_error_never_repeats_a_secret(eco):
    secret = eco("keys", "create", "k").stdout.strip()
    for arguments in (("keys", "revoke", secret), ("explain", secret), (secret,), ("estimate", secret), ("estimate", f"--{secret}"), ("history", "--tag", secret)):
        for json_flag in ((), ("--json",)):
            result = eco(*arguments, *json_flag, exit_code=3 if arguments[0] in ("keys", "explain") else 2)
            assert secret[4:14] not in result.stderr + result.stdout, arguments
            assert "eco_..." in result.stderr


def test_a_region_of_the_settings_is_named_as_such(eco, tmp_path):
    for variables, written in (({"ECO_REGION": "nope"}, None), ({}, 'region = "nope"\n')):
        if written:
            (tmp_path / "config" / "eco").mkdir(parents=True)
            (tmp_path / "config" / "eco" / "config.toml").write_text(written)
        said = eco("record", *CALL, "--provider", "Ollama", exit_code=3, **variables).stderr
        assert said.startswith("eco: ECO_REGION or config.toml: no region named 'nope' in the catalogue\nhint: ")
        assert eco("record", *CALL, "--region", "noper", exit_code=3, **variables).stderr.startswith("eco: no region named 'noper'")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"model": "gpt-4o", "promptTokens": 1, "completionTokens": 1}, "unknown field 'promptTokens'\nhint: did you mean prompt_tokens?"),
        ({"model": "gpt-4o", "question": "why", "context": "none"}, "not a format eco knows"),
    ],
)
def test_an_event_in_which_no_count_is_spelt_right(eco, event, message):
    assert message in eco("record", input=json.dumps(event), exit_code=4).stderr


def test_merging_what_is_no_store(eco, tmp_path):
    (tmp_path / "calls.ndjson").write_text('{"model": "gpt-4o"}\n' * 100)
    said = "eco: 'calls.ndjson' is not a database\nhint: give the path of another machine's eco.db; eco import eco FILE reads a history\n"
    assert eco("merge", "calls.ndjson", exit_code=4).stderr == said
    assert eco("merge", ".", exit_code=4).stderr.startswith("eco: '.' is a folder\n")


def test_a_wrong_value_in_an_own_catalogue_is_shown(eco, tmp_path):
    (tmp_path / "config" / "eco").mkdir(parents=True)
    for name in ("models", "regions"):
        file = tmp_path / "config" / "eco" / f"{name}.yaml"
        file.write_text("sources: {mine: {title: T, publisher: P, year: 1066}}\n")
        said = eco("estimate", *CALL, exit_code=4).stderr
        assert "sources.mine.year: Input should be greater than or equal to 1990, not 1066\n" in said
        assert said.endswith(f"hint: eco schema {name} prints what is allowed\n")
        file.unlink()


@pytest.mark.parametrize("option", ["--start-time-ms", "--first-token-time-ms", "--end-time-ms"])
def test_a_time_of_another_age_is_refused(eco, option):
    for given, rule, hint in (
        ("4102444800000", "must be at most a day ahead of now", "milliseconds since 1970, UTC"),  # 2100
        ("1420070399999", "must be in 2015 or later", "milliseconds since 1970, UTC"),
        ("0", "must be in 2015 or later", "milliseconds since 1970, UTC"),
        ("-1", "must be in 2015 or later", "milliseconds since 1970, UTC"),
        ("1763800000", "must be in 2015 or later", "seconds are given for milliseconds? 1763800000000 is 2025-11-22T08:26:40Z"),
        ("1763800000000000", "must be at most a day ahead of now", "microseconds are given for milliseconds? 1763800000000 is 2025-11-22T08:26:40Z"),
        ("1763800000000000000", "must be at most a day ahead of now", "nanoseconds are given for milliseconds? 1763800000000 is 2025-11-22T08:26:40Z"),
    ):
        assert eco("record", *CALL, option, given, exit_code=4).stderr == f"eco: {option}: {rule}, not {given}\nhint: {hint}\n"
    assert eco("history", "--json").json["data"] == []
