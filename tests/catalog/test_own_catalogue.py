"""A user's own models.yaml and regions.yaml add entries or replace whole ones, and never break eco quietly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
CALL = ("--prompt-tokens", "100", "--completion-tokens", "50", "--start-time-ms", "1763800000000")
HOUSE_MODEL = """
models:
  - {id: house/tuned-8b, base: llama-3-8b, developer: house, aliases: [tuned], context_tokens: 8192, reasoning: "no", open_weights: true}
"""
HOUSE_REGION = """
sources:
  invoice-2026: {title: "Electricity contract", publisher: "House", year: 2026, checked: true}
zones:
  US-MIDA-PJM: {name: "PJM by contract", country: USA, intensity: {value: 100.0, unit: gCO2e/kWh, source: invoice-2026, year: 2026}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    return folder


def test_an_own_model_is_known_and_the_edition_shows_it(eco: Run, config: Path) -> None:
    shipped = eco("estimate", "--model", "llama-3.1-8b-instruct", *CALL).json["audit"]["dataEdition"]
    (config / "models.yaml").write_text(HOUSE_MODEL)
    audit = eco("estimate", "--model", "tuned", *CALL).json["audit"]
    assert (audit["model"], audit["modelMatch"]) == ("house/tuned-8b", "alias")
    assert audit["dataEdition"].startswith(f"{shipped}+own-")


def test_an_own_model_costs_what_its_architecture_costs(eco: Run, config: Path) -> None:
    (config / "models.yaml").write_text(HOUSE_MODEL)
    place = ("--region", "us-east-1", "--provider", "aws")
    own = eco("estimate", "--model", "tuned", *place, *CALL).json
    open_model = eco("estimate", "--model", "llama-3.1-8b-instruct", *place, *CALL).json
    assert own["energy_wh"] == open_model["energy_wh"]


def test_an_own_zone_replaces_the_shipped_one(eco: Run, config: Path) -> None:
    call = ("--model", "gpt-4o", "--provider", "aws", "--region", "us-east-1", *CALL)
    (config / "regions.yaml").write_text(HOUSE_REGION)
    answer = eco("estimate", *call).json
    assert answer["co2_grams"] == pytest.approx(answer["energy_wh"] / 1000 * 100)


def test_taking_the_file_away_brings_the_shipped_catalogue_back(eco: Run, config: Path) -> None:
    (config / "models.yaml").write_text(HOUSE_MODEL)
    eco("estimate", "--model", "tuned", *CALL)
    (config / "models.yaml").unlink()
    assert eco("estimate", "--model", "tuned", *CALL).json["audit"]["modelMatch"] == "class"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models: [", "line 2"),
        ("- 1", "a mapping is needed at the top"),
        ("modles: []", "modles"),
        ("models:\n  - {id: a/b, base: no-such-base, developer: a, reasoning: 'no'}", "no-such-base"),
        (HOUSE_MODEL.replace("context_tokens: 8192", "context_tokens: many"), "context_tokens"),
        ("models:\n  - {id: a/b, base: llama-3-8b, developer: a, reasoning: no}", "reasoning"),
    ],
)
def test_a_file_that_is_wrong_names_itself_and_the_place(eco: Run, config: Path, text: str, told: str) -> None:
    (config / "models.yaml").write_text(text)
    result = eco("estimate", "--model", "gpt-4o", *CALL, exit_code=4)
    assert result.stdout == ""
    assert str(config / "models.yaml") in result.stderr
    assert told in result.stderr


@pytest.mark.parametrize("text", [HOUSE_MODEL + "models: []\n", HOUSE_MODEL.replace("developer: house", "developer: house, base: phi-4"), HOUSE_MODEL + '"models": []\n'])
def test_a_key_that_is_there_twice_is_refused(eco: Run, config: Path, text: str) -> None:
    """YAML's usual readers keep the last of them, and a list of models would be gone without a word."""
    (config / "models.yaml").write_text(text)
    assert " is there twice\n" in eco("estimate", "--model", "tuned", *CALL, exit_code=4).stderr


def test_what_takes_over_another_mapping_may_say_it_anew(eco: Run, config: Path) -> None:
    more = "  - {<<: *tuned, id: house/other-8b, aliases: [other]}\n"
    (config / "models.yaml").write_text(HOUSE_MODEL.replace("- {id", "- &tuned {id") + more)
    assert eco("estimate", "--model", "other", *CALL).json["audit"]["model"] == "house/other-8b"


def test_without_a_home_the_shipped_catalogue_serves(eco: Run) -> None:
    result = eco("estimate", "--model", "gpt-4o", *CALL, HOME="", XDG_CONFIG_HOME="", XDG_CACHE_HOME="")
    assert result.json["audit"]["modelMatch"] == "alias"
