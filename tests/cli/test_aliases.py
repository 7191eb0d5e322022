"""`eco models alias`: deployments, inference profiles and model groups count as the models that they are."""

import json
import tomllib

import pytest

from tests.import_helpers import claude_line, write

COUNTS = ("--prompt-tokens", "1000", "--completion-tokens", "500", "--start-time-ms", "1763800000000")
CALL = ("--model", "my-deployment", *COUNTS)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config" / "eco" / "config.toml"


def put(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_deployment_counts_as_its_model(eco, file):
    before = eco("estimate", *CALL, "--provider", "Azure").json
    assert before["audit"]["modelMatch"] == "class"
    done = eco("models", "alias", "my-deployment", "gpt-4o")
    assert done.stderr == f"my-deployment: openai/gpt-4o, in {file}\n"
    after = eco("estimate", *CALL, "--provider", "Azure")
    assert (after.json["audit"]["model"], after.json["audit"]["modelMatch"]) == ("openai/gpt-4o", "alias")
    assert "the model is gpt-4o by your alias 'my-deployment' in config.toml" in after.json["audit"]["assumptions"]
    assert "catalogue" not in after.stderr
    assert file.stat().st_mode & 0o777 == 0o600


def test_every_way_in_knows_it(eco, file, tmp_path):
    put(file, '[aliases]\n"house-*" = "claude-haiku-4.5"\n')
    eco("record", "--model", "house-flags", *COUNTS, "--id", "flags")
    eco("record", input=json.dumps({"model": "house-event", "prompt_tokens": 10, "completion_tokens": 5, "id": "event"}))
    payload = {"id": "payload", "object": "chat.completion", "model": "house-payload", "choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}
    eco("record", input=json.dumps(payload))
    write(tmp_path / "logs" / "p" / "s.jsonl", claude_line(message={"model": "house-log"}))
    eco("import", "claude-code", str(tmp_path / "logs"))
    rows = eco("history", "--json").json["data"]
    assert {row["model"] for row in rows} == {"house-flags", "house-event", "house-payload", "house-log"}
    assert {eco("explain", row["id"]).json["audit"]["model"] for row in rows} == {"anthropic/claude-haiku-4.5"}
    compared = eco("compare", "house-one", "gpt-4o").json
    assert {row["model"] for row in compared} == {"anthropic/claude-haiku-4.5", "openai/gpt-4o"}
    assert eco("models", "resolve", "house-two").json["model"] == "anthropic/claude-haiku-4.5"
    assert eco("models", "show", "house-two").json["id"] == "anthropic/claude-haiku-4.5"


def test_what_was_recorded_before_it_follows_by_recompute(eco):
    eco("record", *CALL)
    eco("models", "alias", "my-deployment", "gpt-4o")
    eco("recompute", "--model-match", "class", "--apply")
    assert eco("explain", "last").json["audit"]["model"] == "openai/gpt-4o"


def test_comments_and_other_settings_stay(eco, file):
    text = '# mine\nregion = "DE"  # home\n\n[aliases]\n# the big one\nbig = "gpt-4o"\n\n[provider.ollama]\nregion = "FR"\n'
    put(file, text)
    eco("models", "alias", "small", "gpt-4o-mini")
    assert tomllib.loads(file.read_text()) == tomllib.loads(text) | {"aliases": {"big": "gpt-4o", "small": "gpt-4o-mini"}}
    assert all(line in file.read_text().splitlines() for line in text.splitlines())
    eco("models", "alias", "--remove", "small")
    assert file.read_text() == text


def test_an_alias_is_replaced_only_when_asked_for(eco, file):
    eco("models", "alias", "mine", "gpt-4o")
    refused = eco("models", "alias", "mine", "gpt-5", exit_code=2)
    assert refused.stderr == "eco: 'mine' is an alias of 'gpt-4o'\nhint: --replace gives it another model\n"
    eco("models", "alias", "mine", "gpt-4o")
    done = eco("models", "alias", "Mine", "gpt-5", "--replace")
    assert done.stderr == f"mine: openai/gpt-5, before gpt-4o, in {file}\n"
    assert tomllib.loads(file.read_text())["aliases"] == {"mine": "gpt-5"}


def test_the_list_shows_them_all_and_what_is_wrong(eco, file):
    assert eco("models", "alias", "--format", "table").stdout == "no aliases: eco models alias NAME MODEL makes one\n"
    put(file, '[aliases]\ngood = "gpt-4o"\nbad = "gpt-99-ultra"\n')
    listed = eco("models", "alias", exit_code=4)
    assert listed.json == [{"name": "good", "model": "gpt-4o", "id": "openai/gpt-4o"}, {"name": "bad", "model": "gpt-99-ultra", "id": None}]
    assert listed.stderr.startswith(f"eco: {file}: aliases: 'bad': no model named 'gpt-99-ultra' in the catalogue\n")
    assert eco("models", "alias", "good").json == [listed.json[0]]


def test_a_call_is_not_guessed_where_an_alias_is_wrong(eco, file):
    put(file, '[aliases]\nbad = "gpt-99-ultra"\n')
    refused = eco("record", *CALL, exit_code=4)
    assert refused.stderr.startswith("eco: config.toml: aliases: 'bad': no model named 'gpt-99-ultra' in the catalogue\n")
    assert refused.stdout == ""
    eco("models", "alias", "--remove", "bad")
    eco("record", *CALL)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (("a", "gpt-99-ultra"), 3, "no model named 'gpt-99-ultra' in the catalogue"),
        (("a", "a"), 2, "'a' stands for itself"),
        (("a", "first"), 2, "'a' stands for 'first', which is an alias itself ('first')"),
        (("gpt-4o", "gpt-5"), 2, "'first' stands for 'gpt-4o', which is an alias itself ('gpt-4o')"),
        (("gpt-*", "claude-sonnet-4.5"), 2, "'first' stands for 'gpt-4o', which is an alias itself ('gpt-*')"),
        (("a", "gpt-*"), 2, "'a' must stand for one model, not 'gpt-*'"),
        (("a\nb", "gpt-4o"), 2, "the name must have 1 to 256 printable characters"),
        (("", "gpt-4o"), 2, "the name must have 1 to 256 printable characters"),
        (("a", "x" * 257), 2, "its model must have 1 to 256 printable characters"),
        (("--remove", "frist"), 3, "no alias named 'frist'\nhint: did you mean first?"),
        (("--remove",), 2, "the name of an alias is needed"),
        (("--remove", "first", "gpt-4o"), 2, "--remove takes a name and nothing else"),
        (("unheard",), 3, "no alias named 'unheard'"),
    ],
)
def test_what_cannot_be_an_alias_changes_nothing(eco, file, line, code, told):
    put(file, '[aliases]\nfirst = "gpt-4o"\n')
    refused = eco("models", "alias", *line, exit_code=code)
    assert told in refused.stderr and refused.stdout == ""
    assert file.read_text() == '[aliases]\nfirst = "gpt-4o"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('aliases = "gpt-4o"', "aliases: must be a table"),
        ("[aliases]\na = 1", "aliases: 'a': its model must have 1 to 256 printable characters, not 1"),
        ('[aliases]\ngpt-4.1-mine = "gpt-4.1"', "a name with a dot in it stands in quotes"),
        ('[aliases]\na = "b"\nb = "gpt-4o"', "'a' stands for 'b', which is an alias itself"),
        ('[aliases]\na = "b"\nb = "a"', "'a' stands for 'b', which is an alias itself"),
        ('[aliases]\na = "A"', "'a' stands for itself"),
        ("[aliases\n", "line 1"),
    ],
)
def test_a_table_by_hand_that_is_wrong_names_file_and_key(eco, file, text, told):
    put(file, text)
    for line in (("record", *CALL), ("models", "alias"), ("models", "alias", "new", "gpt-4o")):
        refused = eco(*line, exit_code=4)
        assert str(file) in refused.stderr and told in refused.stderr
    assert file.read_text() == text


def test_a_pattern_may_hold_the_model_that_it_is(eco):
    eco("models", "alias", "claude-*", "claude-sonnet-4.5")
    assert eco("models", "resolve", "claude-sonnet-4.5").json["model"] == "anthropic/claude-sonnet-4.5"


def test_the_text_of_resolve_says_whose_name_it_is(eco):
    eco("models", "alias", "mine", "gpt-4o")
    assert eco("models", "resolve", "mine", "--format", "text").stdout.splitlines()[:2] == ["openai/gpt-4o (alias)", "the model is gpt-4o by your alias 'mine' in config.toml"]


def test_a_deployment_has_the_list_price_of_its_model(eco):
    """Also where its name is that of another model."""
    call = ("--provider", "OpenAI", *COUNTS, "--cost")
    price = eco("estimate", "--model", "gpt-4o", *call).json["cost_usd"]
    eco("models", "alias", "openai/gpt-4", "gpt-4o")
    eco("models", "alias", "my-deployment", "gpt-4o")
    for name in ("gpt-4", "my-deployment"):
        assert eco("estimate", "--model", name, *call).json["cost_usd"] == price
