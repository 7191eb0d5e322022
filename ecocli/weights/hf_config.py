"""A model by its config.json, and by the index of its safetensors where that lies beside it."""

from collections.abc import Mapping
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.errors import quoted
from ecocli.weights import hf_counts, kv_cache
from ecocli.weights.described import Described, NotUnderstoodModel
from ecocli.weights.hf_fields import Fields
from ecocli.weights.hf_shapes import SHAPES

BILLION = 1e9
BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}
"""Of a weight, by the name of its type."""
CLOSE = 0.03
"""Share by which the count may miss the index: what is farther off was not understood."""
TOWER_SPREAD = 1.5
"""x/÷ of a vision tower that is counted as a plain transformer: projections and gates differ. [1]"""
QUANTIZED = {"fp8": "fp8", "mxfp4": "mxfp4", "nvfp4": "nvfp4", "awq": "int4", "gptq": "int4", "bitsandbytes_4bit": "int4", "bitsandbytes_8bit": "fp8"}
"""Precisions of the catalogue by the method that a config names."""


def read(config: Mapping[str, Any], index: Mapping[str, Any] | None, where: str) -> Described:
    """
    The sizes of a model.

    Args:
        index: `model.safetensors.index.json`, where there is one.
        where: The config's file, for messages.

    Raises:
        NotUnderstoodModel: Its architecture is not known, or its files do not agree with it.
    """
    text = _text_part(config)
    kind = str(text.get("model_type"))
    shape = SHAPES.get(kind)
    if shape is None:
        raise NotUnderstoodModel(f"{where}: parameters of the model type {quoted(kind)} cannot be counted by eco")
    fields = Fields(text, shape.defaults, where)
    counted = hf_counts.counts(fields, shape)
    tower = _vision(config, where)
    total = _total(counted, tower, _stored(config, text, index), where)
    windows = hf_counts.windows(fields, shape)
    context = fields.maybe("max_position_embeddings")
    has_experts = any(hf_counts.has_experts(fields, shape, layer) for layer in range(len(windows)))
    return Described(
        source=f"config.json{' and safetensors index' if index else ''} ({kind})",
        architecture="moe" if has_experts else "dense",
        total_params_b=total,
        active_params_b=_active(counted, total, tower),
        kv_bytes_per_token=kv_cache.bytes_per_token([hf_counts.kept(fields)] * len(windows), windows, context),
        attention=kv_cache.described(_attention(fields), windows),
        layers=len(windows),
        context_tokens=context or None,
        precision=_precision(config, text),
        has_vision=tower is not None,
        name=_name(config),
    )


def _text_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The language model of one that also sees. Keys that it lacks are those around it."""
    inner = config.get("text_config") or config.get("language_config")
    if not isinstance(inner, Mapping):
        return config
    around = {key: value for key, value in config.items() if key in ("tie_word_embeddings", "vocab_size", "torch_dtype", "dtype", "quantization_config")}
    return {**around, **inner}


def _total(counted: hf_counts.Counts, tower: Estimate | None, stored: float | None, where: str) -> Estimate:
    """All parameters, in B: as stored where that is known and agrees with the count."""
    language = counted.total / BILLION
    total = Estimate.exactly(language) if tower is None else Estimate.exactly(language) + tower
    if stored is None:
        return total
    # some checkpoints hold a tied table twice
    twice = counted.embedding / BILLION if counted.is_tied else 0.0
    if abs(stored - twice - total.value) <= CLOSE * total.value and twice:
        return Estimate.exactly(stored - twice)
    if not (1 - CLOSE) * total.low <= stored <= (1 + CLOSE) * total.high:
        raise NotUnderstoodModel(f"{where} makes {total.value:.4g} B parameters, and the index of its weights {stored:.4g} B: eco does not understand one of them")
    return Estimate.exactly(stored)


def _active(counted: hf_counts.Counts, total: Estimate, tower: Estimate | None) -> Estimate:
    """
    Parameters that a token is computed with, in B.

    Makers differ on the table of input embeddings, of which a token reads one row: in, but for the lower bound of a sparse model.
    """
    language = counted.total / BILLION if tower else total.value
    active = language - counted.unused / BILLION
    is_sparse_and_untied = counted.unused and not counted.is_tied
    low = active - counted.embedding / BILLION if is_sparse_and_untied else active
    return Estimate(low, active, active)


def _stored(config: Mapping[str, Any], text: Mapping[str, Any], index: Mapping[str, Any] | None) -> float | None:
    """Parameters by the index, in B; None where that cannot be told: quantized weights have several widths, and some store layers that only draft."""
    metadata = (index or {}).get("metadata")
    if not isinstance(metadata, Mapping) or _quantization(config, text) or text.get("num_nextn_predict_layers") or text.get("num_mtp_modules"):
        return None
    parameters, size = metadata.get("total_parameters"), metadata.get("total_size")
    width = BYTES.get(_dtype(config, text))
    if isinstance(parameters, int | float) and parameters > 0:
        return parameters / BILLION
    if isinstance(size, int | float) and size > 0 and width:
        return size / width / BILLION
    return None


def _dtype(config: Mapping[str, Any], text: Mapping[str, Any]) -> str:
    names = (part.get(key) for part in (text, config) for key in ("torch_dtype", "dtype"))
    return next((name.removeprefix("torch.") for name in names if isinstance(name, str)), "")


def _quantization(config: Mapping[str, Any], text: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = config.get("quantization_config") or text.get("quantization_config") or config.get("compression_config")
    return found if isinstance(found, Mapping) else None


def _precision(config: Mapping[str, Any], text: Mapping[str, Any]) -> str | None:
    found = _quantization(config, text)
    if found is None:
        return "bf16" if _dtype(config, text) in ("bfloat16", "float16") else None
    method = str(found.get("quant_method", "")).lower()
    if method == "bitsandbytes":
        method += "_4bit" if found.get("load_in_4bit") or found.get("_load_in_4bit") else "_8bit"
    if method == "modelopt":
        method = str(found.get("quant_algo", "")).lower()
    if found.get("bits") == 8:
        return "fp8"
    return QUANTIZED.get(method)


def _vision(config: Mapping[str, Any], where: str) -> Estimate | None:
    """Parameters of a vision tower, in B, as of a plain transformer; None where there is none."""
    inner = config.get("vision_config")
    if not isinstance(inner, Mapping) or not inner:
        return None
    fields = Fields(inner, {}, where)
    width, layers = fields.maybe("hidden_size", "embed_dim"), fields.maybe("num_hidden_layers", "depth")
    if not width or not layers:
        raise NotUnderstoodModel(f"{where}: the sizes of vision_config cannot be told")
    hidden = fields.maybe("intermediate_size") or 4 * width
    tower = layers * (4 * width * width + 2 * width * hidden) / BILLION
    return Estimate(tower / TOWER_SPREAD, tower, tower * TOWER_SPREAD)


def _attention(fields: Fields) -> str:
    if hf_counts.is_latent(fields):
        return "MLA"
    heads, kept = fields.number("num_attention_heads"), fields.maybe("num_key_value_heads")
    return "MHA" if kept in (None, heads) else "MQA" if kept == 1 else "GQA"


def _name(config: Mapping[str, Any]) -> str | None:
    """The repository that the config names; folders of whoever saved it are none."""
    name = config.get("_name_or_path")
    return name if isinstance(name, str) and name.count("/") == 1 and all(name.split("/")) and not name.startswith((".", "~")) else None
