"""The constants of a call: those of eco-2, of its operator, and of what the caller states about accelerator and weights."""

from collections.abc import Mapping
from functools import cache

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.estimator.eco2.constants import CONSTANTS, SPARSE_FP8_ERROR_UP
from ecocli.estimator.eco2.operators import OPERATORS, Operator

ONE_SET = Factor(0.0, 0.0, 0.0, "sequence", "Judgment: one set of boards reads and writes", 2026, "assumed")


@cache
def constants_for(operator: str, accelerator: str | None = None, weight_precision: str | None = None) -> Mapping[str, Factor]:
    """
    CONSTANTS with those that depend on how a call is served.

    Args:
        operator: A key of OPERATORS.
        accelerator, weight_precision: As `accelerators.find` and `formats.find_format` name them; None where the caller states none.

    Returns:
        Also `operator_batch`, `prefill_load` and `idle`; with an accelerator `accelerator_compute` and `accelerator_reading`,
        with a precision `stored_bits` and `arithmetic_bytes`; for `one_user` those of `home`.
    """
    found = constants_from(CONSTANTS, OPERATORS[operator], accelerator, weight_precision)
    if operator != "one_user":
        return found
    from ecocli.estimator.eco2.home import constants_at_home  # few calls are computed at home

    return {**found, **constants_at_home(found.get("stored_bits"))}


def constants_from(
    constants: Mapping[str, Factor], operator: Operator, accelerator: str | None = None, weight_precision: str | None = None
) -> dict[str, Factor]:  # fmt: skip
    """Other constants than the method's own, and any operator, as `constants_for` completes those."""
    found = {**constants, "operator_batch": operator.batch, "prefill_load": operator.prefill_load, "idle": operator.idle}
    if not operator.boards_apart:
        found["split_waiting"] = ONE_SET
    if accelerator:
        found |= _of_accelerator(accelerator, constants)
    if weight_precision:
        found |= _of_precision(weight_precision, accelerator)
    return found


def _of_accelerator(name: str, constants: Mapping[str, Factor]) -> dict[str, Factor]:
    from ecocli.estimator.eco2 import accelerators  # only few calls state one

    found = accelerators.accelerator(name, constants)
    source = f"{found.name} over H100: {accelerators.source_of(found)}"
    fp4 = float(accelerators.DATASHEETS[found.name].fp4)
    ratios = (("compute", found.compute), ("reading", found.reading), ("fp4", Estimate.exactly(fp4)))
    return {f"accelerator_{kind}": Factor(ratio.value, ratio.low, ratio.high, "1", source, 2026, found.basis) for kind, ratio in ratios}


def _of_precision(name: str, accelerator: str | None) -> dict[str, Factor]:
    from ecocli.estimator.eco2 import formats

    stored, arithmetic = formats.weight_format(name), formats.arithmetic_bits(name, accelerator) / 8
    found = {
        "stored_bits": _exactly(stored.stored_bits, "bit", f"{name}: {stored.source}"),
        "arithmetic_bytes": _exactly(arithmetic, "byte", f"{name} on {accelerator or 'an accelerator that is not stated'}"),
    }
    return found | {"sparse_error_up": SPARSE_FP8_ERROR_UP} if formats.is_fp8(name) else found


def _exactly(value: float, unit: str, source: str) -> Factor:
    return Factor(value, value, value, unit, source, 2026, "reported")
