"""GGUF files without weights, written by the format's description."""

import struct
from collections.abc import Iterable
from typing import Any

Tensors = Iterable[tuple[str, tuple[int, ...], int]]
F16, Q4_K, MXFP4 = 1, 12, 39


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(what: Any) -> bytes:
    """A value with its type: bool, unsigned 32 bit, 32-bit float, text, or a list of these."""
    if isinstance(what, list):
        kind, _ = value(what[0])[:4], 0
        return struct.pack("<I", 9) + kind + struct.pack("<Q", len(what)) + b"".join(value(each)[4:] for each in what)
    if isinstance(what, bool):
        return struct.pack("<I?", 7, what)
    if isinstance(what, int):
        return struct.pack("<II", 4, what)
    if isinstance(what, float):
        return struct.pack("<If", 6, what)
    return struct.pack("<I", 8) + text(what)


def header(metadata: dict[str, Any], tensors: Tensors, version: int = 3) -> bytes:
    tensors = list(tensors)
    start = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    pairs = b"".join(text(key) + value(each) for key, each in metadata.items())
    infos = b"".join(text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", kind, 0) for name, shape, kind in tensors)
    return start + pairs + infos


SPARSE = {
    "general.architecture": "qwen3moe", "general.name": "Tiny Sparse", "qwen3moe.block_count": 2, "qwen3moe.embedding_length": 64,
    "qwen3moe.attention.head_count": 4, "qwen3moe.attention.head_count_kv": 2, "qwen3moe.attention.key_length": 16, "qwen3moe.attention.value_length": 16,
    "qwen3moe.context_length": 40960, "qwen3moe.expert_count": 8, "qwen3moe.expert_used_count": 2, "general.quantized": True, "rope.base": 1.5,
    "tokenizer.ggml.tokens": ["a", "b", "ü"] * 100, "tokenizer.ggml.scores": [0.5] * 5000,
}  # fmt: skip
SPARSE_TENSORS = [
    ("token_embd.weight", (256, 1000), F16), ("output.weight", (256, 1000), F16),
    *((f"blk.{layer}.ffn_{part}_exps.weight", (256, 512, 8), Q4_K) for layer in (0, 1) for part in ("gate", "up", "down")),
    *((f"blk.{layer}.attn_q.weight", (256, 256), Q4_K) for layer in (0, 1)),
]  # fmt: skip
"""By hand: 2 * 256,000 + 2 * 3 * 1,048,576 + 2 * 65,536 = 6,934,528 weights, of which a token leaves 6 of 8 experts: 4,718,592."""
SPARSE_TOTAL, SPARSE_IDLE = 6_934_528, 4_718_592
