"""What a call costs in money: tokens times the list's price of that very model at that time, or nothing at all."""

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tools import schemas

SCHEMA = Draft202012Validator(json.loads((schemas.FOLDER / "answer.json").read_text("utf-8")))
MISSING = "eco: warning: no cost is shown: genai-prices is not installed; pip install 'ecocli[prices]' adds it\n"
AT_MS = 1_780_000_000_000
NOON = "--start-time-ms", str(AT_MS)


def listed(provider: str, model: str):
    """A model's entry, straight from the data of the library."""
    from genai_prices.data import providers

    (entries,) = (each.models for each in providers if each.id == provider)
    (entry,) = (each for each in entries if each.id == model)
    return entry


def dollars(tokens: int, per_million) -> Fraction:
    return Fraction(tokens) * Fraction(per_million) / 1_000_000


def call(model: str, prompt: int, completion: int, *more: str) -> tuple[str, ...]:
    return "-m", model, "--prompt-tokens", str(prompt), "--completion-tokens", str(completion), "--json", *NOON, *more


def test_tokens_times_the_price_of_each(eco):
    prices = listed("openai", "gpt-4o").prices
    body = eco("estimate", "--cost", *call("gpt-4o", 1000, 500)).json
    assert body["cost_usd"] == pytest.approx(float(dollars(1000, prices.input_mtok) + dollars(500, prices.output_mtok)))
    assert list(SCHEMA.iter_errors(body)) == []
    assert set(body) <= set(SCHEMA.schema["properties"])
    assert set(body["audit"]["price"]) == set(SCHEMA.schema["properties"]["audit"]["properties"]["price"]["properties"])


def test_the_audit_names_the_list_and_its_edition(eco):
    from importlib.metadata import version

    body = eco("estimate", "--cost", *call("anthropic/claude-haiku-4.5", 10, 5)).json
    assert body["audit"]["price"] == {
        "source": "genai-prices", "edition": version("genai-prices"), "provider": "anthropic", "model": "claude-haiku-4-5"
    }  # fmt: skip


def test_cached_tokens_have_their_own_prices(eco):
    prices = listed("anthropic", "claude-haiku-4-5").prices
    body = eco("estimate", "--cost", *call("claude-haiku-4.5", 1000, 50, "--cached-tokens", "600", "--cache-write-tokens", "300")).json
    expected = dollars(100, prices.input_mtok) + dollars(600, prices.cache_read_mtok) + dollars(300, prices.cache_write_mtok)
    assert body["cost_usd"] == pytest.approx(float(expected + dollars(50, prices.output_mtok)))


def test_a_dated_id_has_the_price_of_that_edition(eco):
    old, new = (listed("openai", name).prices for name in ("gpt-4o-2024-05-13", "gpt-4o"))
    assert old.input_mtok != new.input_mtok
    body = eco("estimate", "--cost", *call("gpt-4o-2024-05-13", 1_000_000, 0)).json
    assert body["cost_usd"] == float(old.input_mtok)


def test_a_dated_id_that_the_list_names_has_its_price(eco):
    body = eco("estimate", "--cost", *call("gpt-4o-2024-11-20", 1_000_000, 0)).json
    assert body["audit"]["price"]["model"] == "gpt-4o"
    assert body["cost_usd"] == float(listed("openai", "gpt-4o").prices.input_mtok)


def test_another_word_for_a_model_has_its_price(eco):
    body = eco("estimate", "--cost", *call("claude-4.5-haiku", 1_000_000, 0)).json
    assert body["audit"]["model"] == "anthropic/claude-haiku-4.5"
    assert body["cost_usd"] == float(listed("anthropic", "claude-haiku-4-5").prices.input_mtok)


def test_what_is_served_elsewhere_has_the_price_of_there(eco):
    name = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    body = eco("estimate", "--cost", *call(name, 1_000_000, 0, "--provider", "Amazon Bedrock")).json
    assert body["audit"]["price"]["provider"] == "aws"
    assert body["cost_usd"] == float(listed("aws", body["audit"]["price"]["model"]).prices.input_mtok)
    assert body["cost_usd"] > float(listed("anthropic", "claude-haiku-4-5").prices.input_mtok)  # a region's endpoint has a surcharge


@pytest.mark.parametrize("prompt", [200_000, 200_001])
def test_a_long_prompt_has_the_price_of_its_step(eco, prompt):
    price = listed("google", "gemini-2.5-pro").prices.input_mtok
    (step,) = price.tiers
    assert step.start == 200_000
    body = eco("estimate", "--cost", *call("gemini-2.5-pro", prompt, 0)).json
    assert body["cost_usd"] == pytest.approx(float(dollars(prompt, step.price if prompt > step.start else price.base)))


@pytest.mark.parametrize(("hour", "which"), [(3, 1), (20, 0)])
def test_a_price_that_follows_the_hour(eco, hour, which):
    usual, by_day = listed("deepseek", "deepseek-chat").prices
    assert by_day.constraint.start_time.hour < 3 < by_day.constraint.end_time.hour < 20
    at_ms = int(datetime(2026, 2, 3, hour, tzinfo=UTC).timestamp() * 1000)
    tokens = ("--prompt-tokens", "1000000", "--completion-tokens", "0")
    body = eco("estimate", "--cost", "--json", "-m", "deepseek-chat", *tokens, "--start-time-ms", str(at_ms)).json
    assert body["cost_usd"] == float((usual, by_day)[which].prices.input_mtok)


NO_PRICE = {
    "a listed model that is taken for another of its family": ("gpt-5.1-mini", "--model-fallback"),
    "a model whose name only begins like a listed one": ("claude-opus-4.6-fast",),
    "a host with no price of its own for it": ("gpt-4o", "--provider", "Azure"),
    "a host that is not listed": ("gpt-4o", "--provider", "acme"),
    "one's own machine": ("llama-3.3-70b-instruct", "--provider", "ollama"),
    "one's own servers": ("gpt-4o", "--tag", "hosting=own"),
    "an entry without any price": ("meta-llama/llama-3.3-70b-instruct:free", "--provider", "OpenRouter"),
    "reasoning that was billed and not counted": ("gemini-3-pro", "--is-estimated", "--first-token-time-ms", str(AT_MS + 60_000)),
}


@pytest.mark.parametrize("words", NO_PRICE.values(), ids=NO_PRICE)
def test_absent_rather_than_guessed(eco, words):
    model, *more = words
    result = eco("estimate", "--cost", *call(model, 1000, 500, *more))
    assert "cost_usd" not in result.json
    assert "price" not in result.json["audit"]
    assert "ecocli[prices]" not in result.stderr


def test_what_is_listed_and_yet_has_no_price_is_listed(eco):
    from genai_prices import Usage, calc_price

    assert calc_price(Usage(input_tokens=1), "gpt-5.6-luna", provider_id="openai").total_price > 0
    assert calc_price(Usage(input_tokens=1), "claude-opus-4.6-fast", provider_id="anthropic").total_price > 0
    assert calc_price(Usage(input_tokens=1), "gpt-4o", provider_id="azure").total_price > 0
    assert calc_price(Usage(input_tokens=1), "meta-llama/llama-3.3-70b-instruct:free", provider_id="openrouter").total_price == 0
    inferred = eco("estimate", *call("gemini-3-pro", 1000, 500, "--is-estimated", "--first-token-time-ms", str(AT_MS + 60_000))).json
    assert inferred["audit"]["inferredReasoning"]["value"] > 0


def test_no_model_named_no_price(eco):
    body = eco("estimate", "--cost", "--json", "--provider", "OpenAI", "--prompt-tokens", "10", "--completion-tokens", "5").json
    assert body["audit"]["modelMatch"] == "provider_default"
    assert "cost_usd" not in body


def test_a_second_delivery_costs_what_the_first_did(eco):
    first, second = (eco("record", "--cost", *call("gpt-4o", 1000, 500, "--id", "a")).json for _ in range(2))
    assert second["duplicate"] is True
    assert second["cost_usd"] == first["cost_usd"] > 0


def test_a_card_has_a_line(eco):
    price = listed("openai", "gpt-4o").prices.input_mtok
    million = ("-m", "gpt-4o", "--prompt-tokens", "1000000", "--completion-tokens", "0", "--format", "text")
    assert f"  cost     ${price:.2f} at list prices\n" in eco("estimate", "--cost", *million).stdout
    assert "  cost     no list price is known\n" in eco("estimate", "--cost", *million, "--provider", "acme").stdout
    assert "cost" not in eco("estimate", *million).stdout


def test_a_card_of_many_calls_says_of_how_many_the_price_is_known(eco):
    events = [{"model": "gpt-4o", "provider": provider, "prompt_tokens": 1_000_000, "completion_tokens": 0} for provider in ("openai", "acme")]
    card = eco("estimate", "--cost", "--format", "text", input="\n".join(map(json.dumps, events))).stdout
    price = listed("openai", "gpt-4o").prices.input_mtok
    assert f"  cost     ${price:.2f} at list prices, 1 of 2 calls: the others have no known price\n" in card


def test_compare_has_a_column(eco):
    ask = ("compare", "gpt-4o", "llama-3.1-8b-instruct", "--prompt-tokens", "1000000", "--completion-tokens", "0", "--cost")
    price = float(listed("openai", "gpt-4o").prices.input_mtok)
    costs = {row["model"]: row.get("costUsd") for row in eco(*ask, "--json").json}
    assert costs == {"openai/gpt-4o": price, "meta-llama/llama-3.1-8b-instruct": None}
    cells = {row["model"]: row["costUsd"] for row in csv.DictReader(io.StringIO(eco(*ask, "--format", "csv").stdout))}
    assert cells == {"openai/gpt-4o": str(price), "meta-llama/llama-3.1-8b-instruct": ""}
    table = eco(*ask, "--format", "table").stdout
    assert f"${price:.2f}" in table and "cost is at list prices" in table
    assert "cost" not in eco(*ask[:-1], "--format", "table").stdout


@pytest.fixture
def recorded(eco):
    """Two months of calls at prices that have steps, follow the hour, or are not known; each with the cost it was answered."""
    months = [int(datetime(2026, month, 3, hour, tzinfo=UTC).timestamp() * 1000) for month in (2, 4) for hour in (3, 20)]
    models = (("gpt-4o", "openai"), ("gemini-2.5-pro", "google"), ("deepseek-chat", "deepseek"), ("gpt-4o", "acme"))
    events = [
        {"model": model, "provider": provider, "prompt_tokens": prompt, "completion_tokens": 100, "cached_tokens": 10, "startTimeMs": at_ms}
        for at_ms in months
        for model, provider in models
        for prompt in (1000, 250_000)
    ]
    answers = eco("record", "--cost", "--format", "ndjson", input="\n".join(map(json.dumps, events))).stdout.splitlines()
    return [(event, json.loads(line).get("cost_usd")) for event, line in zip(events, answers, strict=True)]


@pytest.mark.parametrize("name", ["provider", "month", "reported-model"])
def test_a_summary_adds_up_the_calls(eco, recorded, name):
    body = eco("summary", "--cost", "--json", "--by", name, "--tz", "UTC").json
    of = {"provider": lambda e: e["provider"], "reported-model": lambda e: e["model"], "month": lambda e: f"{datetime.fromtimestamp(e['startTimeMs'] / 1000, UTC):%Y-%m}"}[name]
    for row in body["data"]:
        costs = [cost for event, cost in recorded if of(event) == row[name].lower().removesuffix(" ai")]
        known = [cost for cost in costs if cost is not None]
        assert (row["calls"], row["pricedCalls"]) == (len(costs), len(known))
        assert row.get("costUsd") == (pytest.approx(sum(known)) if known else None)
    known = [cost for _, cost in recorded if cost is not None]
    assert (body["total"]["pricedCalls"], body["total"]["calls"]) == (len(known), len(recorded)) == (24, 32)
    assert body["total"]["costUsd"] == pytest.approx(sum(known))


KINDS_OF_TOKENS = (
    *({}, {"cached_tokens": 0}, {"cached_tokens": 30}, {"cache_write_tokens": 20}, {"reasoning_tokens": 7}),
    {"cached_tokens": 30, "cache_write_tokens": 20, "reasoning_tokens": 7},
)


@pytest.mark.parametrize("model", ["claude-haiku-4.5", "claude-sonnet-4.5", "gemini-2.5-pro", "deepseek-chat", "gpt-5", "text-embedding-3-small"])
def test_tokens_that_are_added_up_first_cost_what_their_calls_cost(eco, model):
    """Whatever step, hour and kinds of tokens decide on the price of each."""
    starts = [int(datetime(2026, 2, 3, hour, tzinfo=UTC).timestamp() * 1000) for hour in (3, 20)]
    counts = [(prompt, completion) for prompt in (100, 200_000, 200_001) for completion in (0, 50) if (completion or prompt == 100)]
    events = [
        {"model": model, "prompt_tokens": prompt, "completion_tokens": completion, "startTimeMs": at_ms} | more
        for at_ms in starts
        for prompt, completion in counts
        for more in KINDS_OF_TOKENS
        if completion or "reasoning_tokens" not in more
    ]
    answers = eco("record", "--cost", "--format", "ndjson", input="\n".join(map(json.dumps, events * 2))).stdout.splitlines()
    known = [cost for line in answers if (cost := json.loads(line).get("cost_usd")) is not None]
    total = eco("summary", "--cost", "--json", "--by", "month").json["total"]
    assert (total["calls"], total["pricedCalls"]) == (len(answers), len(known))
    assert total.get("costUsd", 0.0) == pytest.approx(sum(known))


def test_a_summary_for_a_spreadsheet_and_for_people(eco, recorded):
    known = sum(cost for event, cost in recorded if event["provider"] == "openai")
    ask = ("summary", "--cost", "--by", "model", "--tz", "UTC")
    rows = {row["model"]: row for row in csv.DictReader(io.StringIO(eco(*ask, "--format", "csv").stdout))}
    assert float(rows["openai/gpt-4o"]["costUsd"]) == pytest.approx(known)
    assert (rows["openai/gpt-4o"]["calls"], rows["openai/gpt-4o"]["pricedCalls"]) == ("16", "8")
    text = eco(*ask, "--format", "table").stdout
    assert f"${known:.2f} (8 of 16)" in text
    assert "24 of 32 calls: the others have no known price" in text


def test_without_the_flag_a_summary_says_nothing_of_money(eco, recorded):
    assert "cost" not in eco("summary", "--format", "table").stdout
    assert {"costUsd", "pricedCalls"}.isdisjoint(eco("summary", "--json").json["total"])


def test_a_setting_asks_for_it_and_a_flag_goes_first(eco, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("cost = true\n")
    assert "cost_usd" in eco("estimate", *call("gpt-4o", 10, 5)).json
    assert "cost_usd" not in eco("estimate", "--no-cost", *call("gpt-4o", 10, 5)).json


LOOKING_OUT = """
import sys
sys.addaudithook(lambda event, _: sys.exit(f"{event}: the network") if event.startswith("socket.") else None)
from ecocli.cli.main import main
main()
"""


def test_prices_are_never_fetched(env, tmp_path):
    arguments = ["estimate", "--cost", *call("gpt-4o", 10, 5)]
    done = subprocess.run([sys.executable, "-c", LOOKING_OUT, *arguments], capture_output=True, env=env, cwd=tmp_path, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "cost_usd" in json.loads(done.stdout)


@pytest.fixture
def without(eco, monkeypatch):
    """eco where the library cannot be imported."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    return eco


def test_without_the_library_a_call_is_recorded_and_a_warning_says_why_it_has_no_cost(eco_process, tmp_path):
    """A real process, in which the library is missing from the start."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "genai_prices.py").write_text("raise ImportError('imported')\n")
    path = f"{tmp_path / 'broken'}:{Path(__file__).parents[2]}"
    result = eco_process("record", "--cost", *call("gpt-4o", 10, 5, "--id", "a"), PYTHONPATH=path)
    assert result.stderr == MISSING
    assert "cost_usd" not in result.json
    assert eco_process("summary", "--json", PYTHONPATH=path).json["total"]["calls"] == 1


@pytest.mark.parametrize("command", [("summary",), ("compare", "gpt-4o")], ids=lambda command: command[0])
@pytest.mark.parametrize("format", ["json", "csv", "table"])
def test_without_the_library_there_is_no_column(without, command, format):
    asked, unasked = (without(*command, *more, "--format", format) for more in (["--cost"], []))
    assert asked.stdout == unasked.stdout
    assert (asked.stderr, unasked.stderr) == (MISSING, "")


@pytest.mark.parametrize("command", [("estimate", *call("gpt-4o", 10, 5)), ("compare", "gpt-4o"), ("summary",)], ids=lambda command: command[0])
def test_who_does_not_ask_for_money_does_not_pay_for_the_library(eco, env, tmp_path, command):
    probe = "import sys; from ecocli.cli.main import main\ntry: main()\nfinally: print('genai_prices' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe, *command], capture_output=True, env=env, cwd=tmp_path, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"False\n")
