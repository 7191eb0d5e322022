"""Names that no call has, and names that are a slip of the pen."""

import json

import pytest

TOKENS = ("--prompt-tokens", "10", "--completion-tokens", "5")


@pytest.fixture
def calls(eco):
    events = [("gpt-4o", "OpenAI"), ("claude-sonnet-4-5-20250929", "Anthropic")]
    lines = (json.dumps({"model": model, "provider": provider, "prompt_tokens": 10, "completion_tokens": 5}) for model, provider in events)
    eco("record", "--quiet", "--source", "gateway", input="\n".join(lines))
    return eco


@pytest.mark.parametrize(
    ("filter", "told"),
    [
        (("--model", "gpt4o"), "eco: no call has the model 'gpt4o'\nhint: did you mean openai/gpt-4o or gpt-4o?\n"),
        (("--model", "sonnet"), "eco: no call has the model 'sonnet'\nhint: did you mean anthropic/claude-sonnet-4.5 or claude-sonnet-4-5-20250929?\n"),
        (("--provider", "opnai"), "eco: no call has the provider 'opnai'\nhint: did you mean OpenAI?\n"),
        (("--source", "gatewy"), "eco: no call has the source 'gatewy'\nhint: did you mean gateway?\n"),
        (("--region", "mars"), "eco: no call has the region 'mars'\n"),
        (("--model", "sonnet", "--provider", "opnai"), "eco: no call has the model 'sonnet'"),
    ],
)
@pytest.mark.parametrize("command", ["history", "summary"])
@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_a_filter_that_fits_no_call_is_named_with_what_was_meant(calls, command, format, filter, told):
    assert calls(command, *filter, "--format", format).stderr.startswith(told)


@pytest.mark.parametrize("filter", [("--model", "gpt-4o"), ("--model", "sonnet*"), ("--model", "gpt-4o", "--since", "yesterday", "--until", "yesterday"), ()])
def test_nothing_is_said_where_the_name_is_that_of_a_call(calls, filter):
    assert calls("history", *filter, "--json").stderr == ""


def test_quiet_says_nothing(calls):
    assert calls("history", "--model", "sonnet", "--quiet").stderr == ""


def test_a_name_that_is_not_known_is_in_its_warning(eco):
    lines = (json.dumps({"model": name, "prompt_tokens": 10, "completion_tokens": 5}) for name in ("unheard-of", "never-heard-of"))
    warnings = eco("record", "--format", "ndjson", input="\n".join(lines)).stderr.splitlines()
    assert [line.partition(":")[2].split(":")[1].strip() for line in warnings] == [
        "'unheard-of' is not in the catalogue", "'never-heard-of' is not in the catalogue",
    ]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), [("claud-sonnet-4.5", "anthropic/claude-sonnet-4.5"), ("gpt-4-turob", "openai/gpt-4-turbo")])
def test_a_slip_in_a_models_name_gets_the_name_that_was_meant(eco, typed, meant):
    stderr = eco("record", "--model", typed, *TOKENS).stderr
    assert stderr.endswith(f"hint: did you mean {meant}? --strict refuses a name that is not known\n")


@pytest.mark.parametrize("name", ["gpt-6.9-sol", "my-own-thing", "gpt-4o", "claude-sonnet-9"])
def test_a_new_model_or_one_of_ones_own_is_no_slip(eco, name):
    assert "did you mean" not in eco("record", "--model", name, *TOKENS).stderr


@pytest.mark.parametrize(("name", "model_id"), [("sonnet4.5", "anthropic/claude-sonnet-4.5"), ("opus4.1", "anthropic/claude-opus-4.1"), ("haiku4.5", "anthropic/claude-haiku-4.5")])
def test_a_tier_and_its_version_in_one_word(eco, name, model_id):
    assert eco("models", "resolve", name, "--json").json["model"] == model_id


def test_models_and_places_to_compare_may_stand_between_commas_and_count_once(eco):
    apart = eco("compare", "gpt-4o", "claude-sonnet-4.5", "--region", "us-east-1", "--region", "eu-west-1", "--json").json
    together = eco("compare", "gpt-4o,claude-sonnet-4.5, gpt-4o".replace(", ", ","), "--region", "us-east-1,eu-west-1", "--json").json
    assert [(row["model"], row["region"]) for row in together] == [(row["model"], row["region"]) for row in apart]
    assert len(together) == 4


def test_a_city_with_its_state_is_one_place(eco):
    (row,) = eco("compare", "gpt-4o", "--region", "Atlanta, Georgia", "--json").json
    assert row["region"] != "GE"
