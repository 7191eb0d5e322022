"""Everything the estimator needs, as entries of coefficients.json: value, low, high, unit, what it was fitted on, error."""

import numpy as np

from tools.fit import laws, prefill
from tools.fit.report import coefficient
from tools.fit.solve import statistics

TEXT = "ML.ENERGY v2+v3, text tasks"
THROUGHPUT = "TensorRT-LLM v1.0 throughput x assumed board power"
OPEN = "open models, published configurations"
NINETY = 1.645
"""Standard deviations from the median to the 5th and 95th percentile."""

UNITS = {"a": "J/token", "act": "1", "floor": "J/token", "k": "J/GB", "old": "1", "b200": "1", "a100": "1"}


def held_out(errors: np.ndarray) -> str:
    numbers = statistics(errors)
    return f"held-out series: median {numbers['median error %']:.0f} %, {numbers['within 2x %']:.0f} % within 2x"


def fitted(law: dict, prefix: str, units: dict[str, str]) -> dict[str, dict]:
    """Parameters of a law with bootstrap 5 and 95 % (they are correlated: never vary them one by one)."""
    error = held_out(law["errors"])
    return {
        f"{prefix}_{name}": coefficient(law["value"][name], law["low"][name], law["high"][name], unit, TEXT, error)
        for name, unit in units.items()
    }


def decode_entries(decode: dict, k_low: float, k_high: float) -> dict[str, dict]:
    """The batch-unknown law, its chosen constants and its width."""
    found = fitted(decode, "decode", UNITS)
    k_source = TEXT + "; low: TensorRT-LLM, common slope; high: its configurations, 95 %"
    found["decode_k"] = coefficient(decode["value"]["k"], k_low, k_high, "J/GB", k_source, held_out(decode["errors"]))
    width, spread = decode["width"], TEXT + ", configurations an operator would choose"
    found["decode_width"] = coefficient(1, width["low"], width["high"], "1", spread, held_out(decode["errors"]))
    pairs = "BF16/FP8 pairs of ML.ENERGY v3; high: weight traffic alone"
    found["decode_bytes_exponent"] = coefficient(laws.BYTES_EXPONENT, 0, 1, "1", pairs, "ten pairs, x0.35 to x2.1")
    chosen = "chosen among degrees with equal held-out error"
    found["decode_degree"] = coefficient(laws.DEGREE, 0.8, 1.05, "1", chosen, "not identified by the data")
    found["decode_ctx0"] = coefficient(laws.CONTEXT_IN_FIT, 200, 1000, "tokens", TEXT, "convention")
    return found


def prefill_entries(law: dict) -> dict[str, dict]:
    """The prefill law; its width is the scatter between models."""
    value, wide, error = law["mj"] / 1e3, np.exp(NINETY * law["scatter"]), law["errors"][1]
    unit = "J/token per B active per weight byte"
    low, central, high = prefill.L0_TOKENS
    flops = "attention FLOPs of open models"
    return {
        "prefill_c": coefficient(
            value, value / wide, value * wide, unit, THROUGHPUT, f"scatter {law['scatter']:.2f} (log)"
        ),
        "prefill_sparsity": coefficient(
            law["sparsity"],
            law["sparsity"] - NINETY * error,
            law["sparsity"] + NINETY * error,
            "1",
            THROUGHPUT,
            f"standard error {error:.2f}",
        ),
        "prefill_l0": coefficient(central, low, high, "tokens", flops, "not identified by the data"),
    }


def closed_entries(name: str, rule: dict, unit: str) -> dict[str, dict]:
    """A regression log y = log a + b log x; the scatter between models is the range of a."""
    wide, error = np.exp(NINETY * rule["scatter"]), rule["b_error"]
    scatter = f"scatter {rule['scatter']:.2f} (log), n = {rule['n']}"
    return {
        f"{name}_a": coefficient(rule["a"], rule["a"] / wide, rule["a"] * wide, unit, OPEN, scatter),
        f"{name}_b": coefficient(
            rule["b"], rule["b"] - NINETY * error, rule["b"] + NINETY * error, "1", OPEN, f"standard error {error:.2f}"
        ),
    }


def coefficients(law: dict, decode: dict, batch: dict, active: dict, kv: dict) -> dict[str, dict]:
    """All entries, by name."""
    known = dict.fromkeys(batch["value"], "1")
    known |= {"compute": "J/token per B active", "weights": "J/GB", "gpus": "J/step", "k": "J/GB"}
    found = decode_entries(decode, law["k"], law["k_high"]) | prefill_entries(law)
    found |= closed_entries("active_on_total", active, "B") | closed_entries(
        "kv_on_active", kv, "bytes/token at 16 bits"
    )
    return found | fitted(batch, "batch", known)
