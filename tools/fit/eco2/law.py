"""The equations of eco-2 as the fit takes them: over arrays of rows, with constants that are being fitted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecocli.core.factors import Factor
from ecocli.estimator.eco2 import CONSTANTS, laws
from ecocli.estimator.eco2.constants import CHOSEN, ERRORS, FITTED, SPARSE_FP8_ERROR_UP

__all__ = ["CONSTANTS", "ERRORS", "FITTED", "J_PER_WH", "OWN", "VALUES", "context_energy", "decode_energy", "prefill_energy", "prefill_waiting", "refitted"]

J_PER_WH = 3600.0
OWN = FITTED | CHOSEN | ERRORS | {"sparse_fp8_error_up": SPARSE_FP8_ERROR_UP}
"""Constants that eco-2 does not share with other methods."""
VALUES: dict[str, float] = {name: factor.value for name, factor in CONSTANTS.items()}


def refitted(fitted: Mapping[str, float]) -> dict[str, Factor]:
    """CONSTANTS with the values of another fit, ranges moved along in proportion."""
    moved = dict(CONSTANTS)
    for name, value in fitted.items():
        old = CONSTANTS[name]
        moved[name] = replace(old, value=value, low=old.low * value / old.value, high=old.high * value / old.value)
    return moved


def prefill_energy(active_b: Any, total_b: Any, arithmetic_bytes: Any, compute: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """E1. [J/token]"""
    return laws.prefill_energy(active_b, total_b, arithmetic_bytes, compute, values)


def decode_energy(
    active_b: Any, total_b: Any, weights_gb: Any, arithmetic_bytes: Any, batch: Any, compute: Any, reading: Any, values: Mapping[str, Any] = VALUES
) -> Any:  # fmt: skip
    """E2 of models of any size. [J/token]"""
    arithmetic = values["decode_compute"] * prefill_energy(active_b, total_b, arithmetic_bytes, compute, values)
    waiting = values["waiting"] * weights_gb + values["step"]
    touched = laws.touch(active_b / total_b, batch)
    return laws.decode_energy(touched, values["weight_reading"] * weights_gb, waiting, batch, values["decode_floor"], reading, arithmetic)


def context_energy(kv_gb_per_token: Any, reading: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """E3 by GB of cache. [J/token per token]"""
    return laws.context_energy(kv_gb_per_token * 1e9, values["context_coefficient"], reading)


def prefill_waiting(concurrency: Any, waiting: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """E1a. [1]"""
    return laws.prefill_waiting(concurrency, waiting, values["split_offset"])
