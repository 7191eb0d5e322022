"""LitGPT's configurations: calls of `dict` in litgpt/config.py, read as a syntax tree and never run."""

import ast
from pathlib import Path
from typing import Any

from tools.sources.shape import Shape
from tools.sources.stated import Entry

DEFAULTS = {"n_layer": 16, "n_embd": 4096, "n_head": 32, "vocab_size": 50254, "mlp_class_name": "GptNeoxMLP", "padding_multiple": 512, "block_size": 4096}
"""Of the fields that are read here, as the class Config has them."""


def models(path: Path) -> dict[str, Entry]:
    """Counted sizes by OWNER/NAME; `{}` in a name that stands for several is left out of it."""
    found: dict[str, Entry] = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            fields = _literals(node)
            if "name" in fields and "hf_config" in fields and "latent_attention" not in fields:
                owner = fields["hf_config"].get("org", "")
                found[f"{owner}/{fields['name']}".replace("{}", "")] = _entry(DEFAULTS | fields)
    return found


def _literals(node: ast.Call) -> dict[str, Any]:
    """The keyword arguments that are plain values."""
    return {keyword.arg: value for keyword in node.keywords if keyword.arg and (value := _literal(keyword.value)) is not None}


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return _literals(node)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _entry(fields: dict[str, Any]) -> Entry:
    entry = _shape(fields).entry(tied=None)
    if fields.get("sliding_window_size", fields["block_size"]) < fields["block_size"]:
        del entry["kv_bytes_per_token"]
    return entry


def _shape(fields: dict[str, Any]) -> Shape:
    hidden, heads = fields["n_embd"], fields["n_head"]
    return Shape(
        layers=fields["n_layer"],
        hidden=hidden,
        vocabulary=fields.get("padded_vocab_size") or _padded(fields["vocab_size"], fields["padding_multiple"]),
        heads=heads,
        kv_heads=fields.get("n_query_groups", heads),
        head=fields.get("head_size", hidden // heads),
        feed_forward=fields.get("intermediate_size", 4 * hidden),
        matrices=2 if fields["mlp_class_name"] == "GptNeoxMLP" else 3,
        experts=fields.get("n_expert", 0),
        chosen=fields.get("n_expert_per_token", 0),
        expert=fields.get("moe_intermediate_size") or fields.get("intermediate_size", 0),
    )


def _padded(size: int, multiple: int) -> int:
    return -(-size // multiple) * multiple
