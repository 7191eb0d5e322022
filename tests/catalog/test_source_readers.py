"""Each reader finds a source's numbers under the names that they have there; the files are small ones of the same shape."""

import json

import pytest

from tools.sources.readers import cards, clouds, configs, ecologits, grids, litgpt
from tools.sources.shape import Shape
from tools.sources.stated import Stated

LLAMA = {"num_hidden_layers": 32, "hidden_size": 4096, "vocab_size": 128256, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336}
MIXTRAL = LLAMA | {"vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2}


def written(tmp_path, name, content):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


# --- counting


def test_parameters_are_counted_as_on_paper():
    tiny = Shape(layers=2, hidden=4, vocabulary=10, heads=2, kv_heads=1, head=2, feed_forward=8)
    attention, feed_forward, embeddings = 4 * 2 * (2 + 1 + 1 + 2), 3 * 4 * 8, 2 * 10 * 4
    assert tiny.total_b * 1e9 == tiny.active_b * 1e9 == 2 * (attention + feed_forward) + embeddings
    assert tiny.kv_bytes_per_token == 2 * 2 * 1 * 2 * 2  # layers, key and value, heads, elements, bytes
    assert tiny._replace(tied=True).total_b * 1e9 == 2 * (attention + feed_forward) + 10 * 4


@pytest.mark.parametrize(
    ("config", "total", "active", "cache"),
    [
        (LLAMA, 8.03, 8.03, 131072),  # Llama 3.1 8B, as Meta counts it
        (MIXTRAL, 46.7, 12.9, 131072),  # Mixtral 8x7B, as Mistral counts it
    ],
)
def test_known_models_have_their_known_sizes(config, total, active, cache):
    entry = configs.counted(config)
    assert entry["total_params_b"].agrees(total) and entry["active_params_b"].agrees(active)
    assert entry["kv_bytes_per_token"].agrees(cache)
    assert not entry["total_params_b"].agrees(total * 1.1)


def test_latent_attention_keeps_one_row_for_all_heads():
    deepseek_v3 = {
        "num_hidden_layers": 61, "hidden_size": 7168, "vocab_size": 129280, "num_attention_heads": 128, "intermediate_size": 18432,
        "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "n_routed_experts": 256, "num_experts_per_tok": 8, "n_shared_experts": 1, "moe_intermediate_size": 2048, "first_k_dense_replace": 3,
    }
    entry = configs.counted(deepseek_v3)
    assert entry["total_params_b"].agrees(671) and entry["active_params_b"].agrees(37)
    assert entry["kv_bytes_per_token"] == Stated.exactly(61 * (512 + 64) * 2)


@pytest.mark.parametrize("layers", [{"hybrid_override_pattern": "MEM*" * 8}, {"layers_block_type": ["mamba", "moe", "mamba", "attention"] * 8}, {"linear_num_value_heads": 8, "full_attention_interval": 4}])
def test_of_a_hybrid_only_the_cache_of_its_attention_is_counted(layers):
    assert configs.counted(LLAMA | layers) == {"kv_bytes_per_token": Stated.exactly(131072 / 4)}


def test_what_cannot_be_counted_is_left_out():
    assert "kv_bytes_per_token" not in configs.counted(LLAMA | {"sliding_window": 4096})
    assert configs.counted({"text_config": LLAMA, "vision_config": {}}).keys() == {"kv_bytes_per_token"}
    assert configs.counted({"producer": {"name": "modelopt"}}) == {}


# --- lists of models


def test_ecologits_has_ranges_and_single_sizes(tmp_path):
    dense, mixture = {"min": 8, "max": 28}, {"total": 440, "active": {"min": 44, "max": 132}}
    models = [{"name": name, "architecture": {"parameters": size}} for name, size in (("a", dense), ("b", mixture), ("c", 7.24))]
    entries = ecologits.models(written(tmp_path, "models.json", {"models": models}))
    assert entries["a"] == {"total_params_b": Stated(8, 28), "active_params_b": Stated(8, 28)}
    assert entries["b"] == {"total_params_b": Stated.exactly(440), "active_params_b": Stated(44, 132)}
    assert entries["c"]["active_params_b"] == Stated.exactly(7.24)


def test_the_first_ecologits_was_a_table(tmp_path):
    entries = ecologits.models(written(tmp_path, "models.csv", "provider,name,total_parameters,active_parameters\nopenai,gpt-4,1760,220;880\n"))
    assert entries == {"gpt-4": {"total_params_b": Stated.exactly(1760), "active_params_b": Stated(220, 880)}}


def test_llmfit_counts_weights_but_not_what_a_mixture_uses(tmp_path):
    heads = {"num_hidden_layers": 2, "num_key_value_heads": 1, "head_dim": 8}
    models = [
        {"name": "o/dense", "parameters_raw": 8_030_000_000, "architecture": "llama", **heads},
        {"name": "o/mixture", "parameters_raw": 30_000_000_000, "architecture": "lfm2_moe", "is_moe": True, "active_parameters": 1, **heads},
    ]
    entries = cards.llmfit(written(tmp_path, "hf_models.json", models))
    assert entries["o/dense"] == {"total_params_b": Stated.exactly(8.03), "active_params_b": Stated.exactly(8.03), "kv_bytes_per_token": Stated.exactly(64)}
    assert entries["o/mixture"] == {"total_params_b": Stated.exactly(30)}


@pytest.mark.parametrize(("text", "billions"), [("26B", 26), ("1.6T", 1600), ("355M", 0.355), ("~1T", 1000)])
def test_recipes_write_sizes_with_a_letter(tmp_path, text, billions):
    written(tmp_path, "models/o/m.yaml", f'model:\n  model_id: "o/m"\n  parameter_count: "{text}"\n  active_parameters: "4B"\n')
    assert cards.recipes(tmp_path)["o/m"] == {"total_params_b": Stated.exactly(billions), "active_params_b": Stated.exactly(4)}


def test_a_recipe_without_a_size_states_none(tmp_path):
    written(tmp_path, "models/o/m.yaml", 'model:\n  model_id: "o/m"\n  parameter_count: "see card"\n')
    assert cards.recipes(tmp_path) == {}


def test_xinference_is_counted_where_its_dimensions_stand_and_rounded_elsewhere(tmp_path):
    specs = [
        {"model_size_in_billions": "0_5", "model_src": {"hub": {"model_id": "o/small"}}},
        {"model_size_in_billions": 30, "activated_size_in_billions": 3, "model_src": {"hub": {"model_id": "o/mixture", "model_metadata": LLAMA | {"architecture_type": "moe"}}}},
        {"model_size_in_billions": 7, "model_src": {"hub": {"model_id": "o/llama", "model_metadata": LLAMA}}},
    ]
    written(tmp_path, "m.json", [{"model_specs": specs}])
    entries = cards.xinference(tmp_path)
    assert entries["o/small"]["total_params_b"] == Stated.exactly(0.5)
    assert entries["o/mixture"] == {"total_params_b": Stated.exactly(30), "active_params_b": Stated.exactly(3)}
    assert entries["o/llama"]["total_params_b"].agrees(8.03) and not entries["o/llama"]["total_params_b"].agrees(7)


def test_configurations_are_named_by_their_files(tmp_path):
    written(tmp_path, "meta-llama--Llama-3.1-8B_config.json", LLAMA)
    written(tmp_path, "nvidia--M-FP8_hf_quant_config.json", {"producer": {}})
    assert configs.folder(tmp_path).keys() == {"meta-llama/Llama-3.1-8B"}


def test_litgpt_is_read_and_not_run(tmp_path):
    source = """
raise SystemExit("this file must not be run")
llama_3 = [dict(name="Llama-3.1-8B{}", hf_config=dict(org="meta-llama", name="Meta-Llama-3.1-8B{}"), block_size=131072, vocab_size=128000,
    padded_vocab_size=128256, n_layer=32, n_head=32, n_query_groups=8, mlp_class_name="LLaMAMLP", intermediate_size=14336)]
other = dict(org="not a model")
"""
    entries = litgpt.models(written(tmp_path, "config.py", source))
    assert entries.keys() == {"meta-llama/Llama-3.1-8B"}
    (entry,) = entries.values()
    assert entry["total_params_b"].agrees(8.03) and entry["kv_bytes_per_token"].agrees(131072)


# --- grids and clouds


def test_electricity_maps_zones_are_read_from_a_script(tmp_path):
    script = 'const data = { "DE": { "zone": { "zoneName": "Germany" }, "carbonIntensity": { "value": 342, "unit": "gCO2eq/kWh" } }, "US-CAL-CISO": { "zone": { "zoneName": "CAISO" }, "carbonIntensity": { "value": 208, "unit": "g" } } };'
    entries = grids.electricity_maps(written(tmp_path, "yearly_2025.js", script))
    assert entries == {"DE": {"intensity": Stated.exactly(342)}, "US-CAL-CISO": {"intensity": Stated.exactly(208)}}


def test_ember_is_in_kilograms(tmp_path):
    entries = grids.ember(written(tmp_path, "mixes.json", {"electricity_mixes": [{"name": "FRA", "gwp": 0.0443}]}))
    assert entries["FRA"]["intensity"].agrees(44.3)


def test_embers_own_file_is_in_grams_with_the_world_beside_its_countries(tmp_path):
    entries = grids.ember_file(written(tmp_path, "ember.json", {"countries": {"FRA": {"g_per_kwh": 41.45}}, "world": {"g_per_kwh": 458.49}}))
    assert entries["FRA"]["intensity"].agrees(41.45) and entries["world"]["intensity"].agrees(458.49)


def test_egrid_is_in_pounds(tmp_path):
    region = {"properties": {"name": "CAMX", "emissionFactor": {"co2eEmissionRate": {"value": 430.0, "units": "lb/MWh"}}}}
    entries = grids.egrid(written(tmp_path, "subregion.json", {"features": [region, {"properties": {"NAME": "Ohio"}}]}))
    assert entries.keys() == {"CAMX"} and entries["CAMX"]["direct"].agrees(430 * 453.59237 / 1000)


def test_egrid_in_another_unit_is_refused(tmp_path):
    region = {"properties": {"name": "CAMX", "emissionFactor": {"co2eEmissionRate": {"value": 430.0, "units": "kg/MWh"}}}}
    with pytest.raises(ValueError, match=r"rates in kg/MWh, not in lb/MWh"):
        grids.egrid(written(tmp_path, "subregion.json", {"features": [region]}))


def test_google_and_china_are_in_grams(tmp_path):
    google = written(tmp_path, "2025.csv", "Google Cloud Region,Location,Google CFE,Grid carbon intensity (gCO2eq / kWh)\nus-west2,Los Angeles,0.66,149.91\n")
    china = written(tmp_path, "china.json", {"data": {"CN-BJ": {"emission_factor": 555.4}}})
    assert grids.google(google) == {"us-west2": {"direct": Stated.exactly(149.91)}}
    assert grids.china(china) == {"CN-BJ": {"direct": Stated.exactly(555.4)}}


def test_sites_are_named_by_year_and_region(tmp_path):
    aws = written(tmp_path, "aws.csv", "# Geography,RegionID,Year,PUE,WUE\nChina (Ningxia),cn-northwest-1,2025,1.25,\nEurope (Ireland),eu-west-1,2025,1.1,0.02\n")
    table = "year,cloud-provider,cloud-region,power-usage-effectiveness,water-usage-effectiveness\n2023,Oracle Cloud Infrastructure,uk-london-1,1.36,\n"
    assert clouds.aws(aws) == {"2025/cn-northwest-1": {"pue": Stated.exactly(1.25)}, "2025/eu-west-1": {"pue": Stated.exactly(1.1), "wue_site": Stated.exactly(0.02)}}
    assert clouds.collected(written(tmp_path, "all.csv", table)) == {"2023/Oracle Cloud Infrastructure/uk-london-1": {"pue": Stated.exactly(1.36)}}
