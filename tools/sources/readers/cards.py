"""Lists of open models with the parameters that their makers state: llmfit, vLLM recipes, Xinference."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tools.sources.shape import Shape
from tools.sources.stated import Entry, Stated

SCALE = {"M": 1e-3, "B": 1.0, "T": 1e3}
DIMENSIONS = {"num_hidden_layers", "hidden_size", "vocab_size", "num_attention_heads", "intermediate_size"}
PLAIN = {
    *("deepseek", "ernie4_5", "ernie4_5_moe", "gemma", "glm", "glm4", "glm4v", "granite", "intern_s1", "internlm3", "llama", "mistral", "olmo2"),
    *("phi", "phi3", "qwen", "qwen2", "qwen2_5_vl", "qwen2_vl", "qwen3", "qwen3_moe", "seed_oss", "smollm3", "starcoder2"),
}
"""llmfit's architectures in which every layer keeps keys and values of the whole context."""


def llmfit(path: Path) -> dict[str, Entry]:
    """hf_models.json: parameters counted in the published weights."""
    return {model["name"]: _llmfit(model) for model in json.loads(path.read_text("utf-8"))}


def recipes(path: Path) -> dict[str, Entry]:
    """The folder `models` of the recipes: one file for each model, by the name of its repository."""
    found: dict[str, Entry] = {}
    for file in sorted(path.rglob("*.yaml")):
        model = yaml.safe_load(file.read_text("utf-8")).get("model") or {}
        total = _billions(model.get("parameter_count"))
        if total is not None:
            active = _billions(model.get("active_parameters"))
            found[model["model_id"]] = _sizes(total, total if active is None else active)
    return found


def xinference(path: Path) -> dict[str, Entry]:
    """The folder of model files: by the name of each repository; sizes are counted where the dimensions stand beside it, and else as rounded there."""
    found: dict[str, Entry] = {}
    for file in sorted(path.glob("*.json")):
        for family in json.loads(file.read_text("utf-8")):
            for spec in family["model_specs"]:
                for source in spec.get("model_src", {}).values():
                    found.setdefault(source["model_id"], _counted(source.get("model_metadata", {})) or _rounded(spec))
    return found


def _llmfit(model: dict[str, Any]) -> Entry:
    """Its own figure of what a mixture uses for a token is a rule of thumb, and left out."""
    total = Stated.exactly(model["parameters_raw"] / 1e9)
    return {"total_params_b": total} | ({} if model.get("is_moe") else {"active_params_b": total}) | _cache(model)


def _cache(model: dict[str, Any]) -> Entry:
    """Keys and values in 16 bits."""
    layers, heads, head = (model.get(key) for key in ("num_hidden_layers", "num_key_value_heads", "head_dim"))
    if model.get("architecture") not in PLAIN or not (layers and heads and head):
        return {}
    return {"kv_bytes_per_token": Stated.exactly(4 * layers * heads * head)}


def _counted(dimensions: dict[str, Any]) -> Entry | None:
    """Of a dense text model with gated layers; None for any other."""
    if "architecture_type" in dimensions or DIMENSIONS - set(dimensions):
        return None
    heads, hidden = dimensions["num_attention_heads"], dimensions["hidden_size"]
    shape = Shape(
        layers=dimensions["num_hidden_layers"],
        hidden=hidden,
        vocabulary=dimensions["vocab_size"],
        heads=heads,
        kv_heads=dimensions.get("num_key_value_heads", heads),
        head=dimensions.get("head_dim", hidden // heads),
        feed_forward=dimensions["intermediate_size"],
    )
    return shape.entry(tied=None)


def _rounded(spec: dict[str, Any]) -> Entry:
    total = _underscored(spec["model_size_in_billions"])
    return _sizes(total, _underscored(spec.get("activated_size_in_billions") or total))


def _underscored(size: float | str) -> float:
    """Xinference writes 0.5 as `0_5`."""
    return float(str(size).replace("_", "."))


def _sizes(total: float, active: float) -> Entry:
    return {"total_params_b": Stated.exactly(total), "active_params_b": Stated.exactly(active)}


def _billions(text: str | None) -> float | None:
    """`26B`, `~1.6T` or `355M` in billions; None for what is no size."""
    match = re.match(r"~?\s*([0-9]+(?:[.][0-9]+)?)\s*([MBT])\b", str(text or ""))
    return float(match[1]) * SCALE[match[2]] if match else None
