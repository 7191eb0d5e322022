"""Formats that weights are stored in: what file formats and datasheets say, with sources. `checked` is false for what was recalled and not read."""

import re
from typing import NamedTuple

from ecocli.estimator.eco2.accelerators import DATASHEETS, Datasheet, find


class WeightFormat(NamedTuple):
    """How weights are stored, scales included, and what they are multiplied in where the hardware can; None: in 16 bits anywhere."""

    stored_bits: float
    arithmetic_bits: float | None
    source: str
    checked: bool


_PLAIN = "Width of the number format"
_BLOCK = "OCP Microscaling Formats 1.0: an 8-bit scale per block of 32"
_NVFP4 = "NVIDIA: an 8-bit scale per block of 16"
_GROUP = "Scale and zero point of 16 bits each per group of 128, the most that AWQ and GPTQ store"
_GGUF = "llama.cpp, table of its quantize tool for Llama 3.1 8B (311c2c9)"
_LEGACY = "llama.cpp: blocks of 32 weights with a 16-bit scale, and a 16-bit minimum in the second kind"
_MLX = "MLX: scale and bias of 16 bits each per group of 64"

FORMATS = {
    **{name: WeightFormat(32.0, 32.0, _PLAIN, True) for name in ("fp32", "f32")},
    **{name: WeightFormat(16.0, 16.0, _PLAIN, True) for name in ("bf16", "bfloat16", "fp16", "f16", "float16")},
    **{name: WeightFormat(8.0, 8.0, _PLAIN, True) for name in ("fp8", "fp8_e4m3", "w8a8", "int8")},
    "mxfp8": WeightFormat(8.25, 8.0, _BLOCK, False),
    "mxfp4": WeightFormat(4.25, 4.0, _BLOCK, False),
    **{name: WeightFormat(4.5, 4.0, _NVFP4, False) for name in ("nvfp4", "fp4")},
    "w4a8": WeightFormat(4.25, 8.0, _GROUP, False),
    **{name: WeightFormat(4.25, None, _GROUP, False) for name in ("awq", "gptq", "int4", "w4a16")},
    "w8a16": WeightFormat(8.25, None, _GROUP, False),
    **{name: WeightFormat(4.5, None, "bitsandbytes: a 32-bit scale per block of 64", False) for name in ("bnb4", "nf4")},
    **{f"{bits}bit": WeightFormat(bits + 0.5, None, _MLX, False) for bits in (3, 4, 5, 6, 8)},
    **{name: WeightFormat(bits, None, _GGUF, True) for name, bits in {
        "iq1_s": 2.0042, "iq1_m": 2.146, "iq2_xxs": 2.3824, "iq2_xs": 2.5882, "iq2_s": 2.7403, "iq2_m": 2.9294, "q2_k_s": 2.9697, "q2_k": 3.1593,
        "iq3_xxs": 3.2548, "iq3_xs": 3.4977, "iq3_s": 3.6606, "iq3_m": 3.7628, "q3_k_s": 3.6429, "q3_k_l": 4.2979, "iq4_xs": 4.4597, "iq4_nl": 4.6818,
        "q4_k_s": 4.6672, "q4_k_m": 4.8944, "q5_k_s": 5.5704, "q5_k_m": 5.7036, "q6_k": 6.5633, "q8_0": 8.5008}.items()},
    **{name: WeightFormat(bits, None, "between its neighbours in llama.cpp's table", False) for name, bits in {
        "q3_k_m": 3.97, "q4_k_l": 5.0, "q4_k_xl": 5.0, "q5_k_l": 5.8, "q5_k_xl": 5.8, "q6_k_l": 6.7, "q6_k_xl": 6.9, "q8_k_xl": 9.0, "q2_k_l": 3.2,
        "q2_k_xl": 3.2, "q3_k_xl": 4.4}.items()},
    **{name: WeightFormat(bits, None, _LEGACY, False) for name, bits in {"q4_0": 4.5, "q4_1": 5.0, "q5_0": 5.5, "q5_1": 6.0}.items()},
}  # fmt: skip

INT8_GENERATIONS = ("ampere", "tpu")
"""Those that multiply in INT8 and not all of them in FP8."""
UNKNOWN_FP4_BITS = 8.0
"""Arithmetic of FP4 weights on unknown hardware: between 4 and 16 bits. Judgment."""


ALIASES = {
    "e4m3": "fp8", "e5m2": "fp8", "fp8_e5m2": "fp8", "float8": "fp8", "nv_fp4": "nvfp4", "mx_fp4": "mxfp4", "half": "fp16", "float32": "fp32",
    **{f"{bits}_bit": f"{bits}bit" for bits in (3, 4, 5, 6, 8)}, "q4": "q4_k_m", "q8": "q8_0",
}  # fmt: skip
"""Other spellings; of bits alone, the kind of GGUF file that tools take by default."""

IN_NAMES = re.compile(
    r"(?<![a-z0-9])(?:i?q[1-8]_[0-9a-z]{1,3}(?:_[a-z]{1,3})?|(?:nv|mx)?fp4|(?:mx)?fp8|bf16|fp?16|fp?32|awq|gptq|nf4|int[48]|w[48]a(?:8|16)|[34568]bit)(?![a-z0-9])"
)
"""How the names of repositories and tags spell a format."""


def weight_format(name: str) -> WeightFormat:
    """A format by its name; KeyError where it is unknown."""
    return FORMATS[_key(name)]


def find_format(name: str) -> str | None:
    """
    The table's name of a format; None where it is unknown. A compound is its last part that is known, as in names.

    >>> [find_format(name) for name in ("FP8-E4M3", "UD-Q4_K_XL", "GPTQ-Int4", "fp6")]
    ['fp8_e4m3', 'q4_k_xl', 'int4', None]
    """
    key = _key(name)
    return key if key in FORMATS else ALIASES.get(key) or format_in(name)


def format_in(model_name: str) -> str | None:
    """
    The format that the name of a model or its tag states, or None; the last where there are several.

    >>> [format_in(name) for name in ("llama3.1:8b-instruct-q4_K_M", "Qwen/Qwen3-235B-A22B-FP8", "gpt-4o")]
    ['q4_k_m', 'fp8', None]
    """
    stated = [name for name in IN_NAMES.findall(model_name.lower()) if name in FORMATS]
    return stated[-1] if stated else None


def _key(name: str) -> str:
    return re.sub(r"[-\s]+", "_", name.strip().lower())


def arithmetic_bits(name: str, hardware: str | None = None) -> float:
    """
    Bits of the numbers that weights of a format are multiplied in, on a named accelerator or, with None, an unknown one. [bit]

    NVFP4 on unknown hardware is taken to run on Blackwell, FP8 on Hopper or later.

    >>> [arithmetic_bits("nvfp4", gpu) for gpu in ("B200", "H100")]
    [4.0, 16.0]
    """
    bits = weight_format(name).arithmetic_bits
    if bits is None or bits >= 16.0:
        return bits or 16.0
    if hardware is None:
        return UNKNOWN_FP4_BITS if bits == 4.0 and _key(name) != "nvfp4" else bits
    return bits if _multiplies(_key(name), bits, DATASHEETS[find(hardware) or hardware]) else 16.0


def _multiplies(key: str, bits: float, sheet: Datasheet) -> bool:
    """True where the hardware multiplies in a format's own 4 or 8 bits."""
    if bits == 4.0:
        return sheet.fp4
    return sheet.fp8 or (key == "int8" and sheet.generation in INT8_GENERATIONS)


def is_fp8(name: str) -> bool:
    """True for formats of 8-bit floating point."""
    return weight_format(name).arithmetic_bits == 8.0 and "fp8" in name.lower()
