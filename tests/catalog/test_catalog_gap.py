"""Text models that the catalogue lacks are found in each list and counted by source."""

import json
import sys
import types

import pytest

from tools.catalog_gap import Listing, gaps, installed, listings_of, main

LITELLM = {
    "sample_spec": {"mode": "chat"},
    "gpt-4o": {"mode": "chat", "litellm_provider": "openai"},
    "acme-9-turbo": {"mode": "chat", "litellm_provider": "acme"},
    "azure/acme-9-turbo": {"mode": "responses", "litellm_provider": "azure"},
    "bedrock/us.acme-9-turbo-v1:0": {"mode": "chat", "litellm_provider": "bedrock"},
    "acme-paint": {"mode": "image_generation", "litellm_provider": "acme"},
    "claude-opus-99": {"mode": "chat", "litellm_provider": "anthropic"},
}
GENAI_PRICES = [
    {
        "id": "acme",
        "models": [
            {"id": "acme-9-turbo", "prices": {"input_mtok": 1, "output_mtok": 2}},
            {"id": "acme-vector", "prices": {"input_mtok": 1}},
            {"id": "acme-8", "prices": [{"prices": {"input_mtok": 3}}, {"constraint": {}, "prices": {"output_mtok": 4}}]},
        ],
    }
]
MODELS_DEV = {
    "acme": {
        "models": {
            "acme-9-turbo": {"modalities": {"input": ["text"], "output": ["text"]}},
            "acme-speech": {"modalities": {"input": ["text"], "output": ["audio"]}},
        }
    }
}


def listed(title, content):
    return [listing.name for listing in listings_of(title, content)]


def test_only_text_models_are_listed():
    assert "acme-paint" not in listed("litellm", LITELLM) and "sample_spec" not in listed("litellm", LITELLM)
    assert listed("genai-prices", GENAI_PRICES) == ["acme-9-turbo", "acme-8"]
    assert listed("models.dev", MODELS_DEV) == ["acme-9-turbo"]


def test_a_list_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"prices\.txt: neither"):
        listed("prices.txt", "acme-9-turbo")


def test_what_is_missing_comes_by_the_number_of_sources(catalog):
    listings = [*listings_of("litellm", LITELLM), *listings_of("genai-prices", GENAI_PRICES), *listings_of("models.dev", MODELS_DEV)]
    found = gaps(catalog, listings)
    assert [(gap.spelled, gap.sources) for gap in found] == [("acme-9-turbo", 5), ("acme-8", 1), ("claude-opus-99", 1)]
    assert found[0].names == ("acme-9-turbo", "azure/acme-9-turbo", "bedrock/us.acme-9-turbo-v1:0")
    assert found[2].taken_as.startswith("anthropic/claude-opus-")


def test_a_source_counts_once(catalog):
    twice = [Listing("litellm", "acme", "acme-9"), Listing("litellm", "acme", "acme-9-latest"), Listing("litellm", "acme", "acme-9")]
    (gap,) = gaps(catalog, twice)
    assert (gap.sources, gap.names) == (1, ("acme-9", "acme-9-latest"))


def test_files_are_read_and_the_least_is_kept(tmp_path, monkeypatch, capsys):
    for name, content in (("litellm", LITELLM), ("genai", GENAI_PRICES)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    files = [str(tmp_path / "litellm.json"), str(tmp_path / "genai.json")]
    monkeypatch.setattr(sys, "argv", ["catalog_gap", *files])
    main()
    shown, total = capsys.readouterr().out.splitlines()
    assert shown.split()[:2] == ["4", "acme-9-turbo"]
    assert total == "3 of 4 text models are not in the catalogue"


def test_an_installed_list_of_prices_is_read(monkeypatch):
    def price(output):
        return types.SimpleNamespace(output_mtok=output)

    models = [types.SimpleNamespace(id="acme-9", prices=price(2)), types.SimpleNamespace(id="acme-vector", prices=price(None))]
    data = types.SimpleNamespace(providers=[types.SimpleNamespace(id="acme", models=models)])
    monkeypatch.setitem(sys.modules, "genai_prices", types.SimpleNamespace(data=data))
    monkeypatch.setitem(sys.modules, "genai_prices.data", data)
    assert [listing for listing in installed() if listing.list == "genai-prices"] == [Listing("genai-prices", "acme", "acme-9")]
