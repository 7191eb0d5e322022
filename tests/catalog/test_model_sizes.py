"""Sizes that names state, in every notation that a maker uses."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecocli.catalog.compile_models import model_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.model_sizes import SPARSE_FROM_B, stated_size
from ecocli.catalog.models import resolve_model

ROOT = Path(__file__).resolve().parents[2]
RAW = yaml.load((ROOT / "models.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
ENTRIES = Entries.in_memory(model_entries(RAW))


@pytest.mark.parametrize(
    ("name", "total_b", "active_b"),
    [
        ("acme-13b", 13, 13),
        ("acme-1.5b-instruct", 1.5, 1.5),
        ("Acme 7B", 7, 7),
        ("acme_7b", 7, 7),
        ("acme:360m-q4_0", 0.36, 0.36),
        ("Acme Guard 86M", 0.086, 0.086),
        ("acme-2t-a64b", 2000, 64),
        ("acme-2.4T-A95B", 2400, 95),
        ("accounts/fireworks/models/acme-0p5b", 0.5, 0.5),
        ("gemma9:e2b-it-qat", 2, 2),  # Gemma's effective parameters
        ("command-r7b-arabic", 7, 7),
        ("acme-30b-a3b", 30, 3),
        ("acme-12b-a2.5b", 12, 2.5),
        ("acme-7b-a30b", 7, 7),  # no part is larger than the whole
    ],
)
def test_notations(name, total_b, active_b):
    size = stated_size(name)
    assert size[:4] == pytest.approx((total_b, active_b, active_b, active_b))
    assert size.total_spread == 1


@pytest.mark.parametrize(
    ("name", "total_b", "active_b"),
    [
        ("mixtral-8x7b", 46.7, 12.9),  # Mistral's own figures
        ("8x22b", 140.6, 39.1),
        ("acme-17b-16e", 108.6, 17),  # Llama 4 Scout
        ("acme:17b-maverick-128e", 401.6, 17),  # and Maverick
        ("acme:16x17b", 108.6, 17),  # as Ollama calls them
        ("acme:128x17b-q4_K_M", 401.6, 17),
    ],
)
def test_experts(name, total_b, active_b):
    size = stated_size(name)
    assert (size.total_b, size.active_b) == pytest.approx((total_b, active_b), rel=0.03)


def test_an_active_part_alone_is_a_mixture_of_unknown_size():
    size = stated_size("acme-vl-a3b-thinking")
    assert size.active_b == 3 and size.total_spread > 1
    assert size.total_b / size.total_spread < 16 < size.total_b * size.total_spread  # Kimi-VL-A3B has 16 B


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-4", "b", "0b", "foo-b200", "abc13bc", "99999999b", "foo-0x7b", "a0b"),
        *("claude-opus-9[1m]", "acme-chat-1m", "acme-long-10m", "minimax-m2", "acme-4bit", "acme-fp8", "laguna-m.1", "r1t2", "m1-80k"),
    ],
)
def test_names_that_state_no_size(name):
    assert stated_size(name) is None


@pytest.mark.parametrize(("name", "active_b"), [("acme-tuned-405b", 405), ("acme:671b-q4_K_M", 37), ("acme-235b-rl", 22)])
def test_a_size_that_only_one_known_model_has_is_its_own(name, active_b):
    active = resolve_model(ENTRIES, name, None, fallback=True).spec.active_params_b
    assert active.low < active.value == pytest.approx(active_b, rel=0.01)
    assert active.value <= active.high


def test_a_size_that_known_models_do_not_agree_on_is_any_mixture():
    models = {model["id"]: model for model in RAW["models"]}
    bases = {RAW["architectures"][models[model_id]["base"]]["active_params_b"]["value"] for model_id in ("openai/gpt-oss-120b", "alpindale/goliath-120b")}
    active = resolve_model(ENTRIES, "acme-120b", None, fallback=True).spec.active_params_b
    assert min(bases) < active.value < max(bases)


@given(st.integers(min_value=1, max_value=5000))
def test_a_large_total_alone_is_centred_on_a_mixture_of_experts(total_b):
    size = stated_size(f"acme-{total_b}b")
    assert size.total_b == size.active_high_b == total_b
    assert size.active_low_b <= size.active_b <= size.active_high_b
    assert (size.active_b < total_b / 3) is (total_b >= SPARSE_FROM_B)
