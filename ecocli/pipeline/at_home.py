"""One call on a machine of one's own: its idle energy, and sentences on how time and law compare and on a power that no machine has."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.core.factors import Factor
from ecocli.core.numbers import significant
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import wall
from ecocli.estimator.figures import Tokens
from ecocli.estimator.footprint import infer_reasoning
from ecocli.estimator.plan import Plan
from ecocli.estimator.steps import tokens_of
from ecocli.util.valueclass import value_class

LEAST_W = 5.0
"""Less than any machine draws that computes a model: a board computer takes 6 W."""


@value_class(frozen=True, slots=True)
class Notes:
    """Sentences for the audit, and those of them that are for standard error."""

    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


NOTHING = Notes()


def notes_of(plan: Plan, call: Call) -> Notes:
    """The sentences of a call that was measured or timed; none for any other."""
    tokens = tokens_of(call, infer_reasoning(plan, call))
    if call.concurrency is not None:  # as the footprint was found
        plan = plan.at_concurrency(call.concurrency, tokens)
    found = plan.at_the_wall(call, tokens)
    if found is None:
        return NOTHING
    assumptions = tuple(_compared(plan, call, tokens))
    watts = wall.implied_w(found.energy, call, plan.constants)
    if watts is not None and watts < LEAST_W:
        warning = f"{significant(watts)} W at the wall is less than a machine draws that computes a model: check the time and the measurement"
        return Notes((*assumptions, warning), (warning,))
    return Notes(assumptions)


def idle_wh(usage: Usage, constants: Mapping[str, Any]) -> float | None:
    """
    Memo: energy that the machine would have drawn in the time of a call anyway; None where its idle power or the time is not known. [Wh]

    Args:
        constants: Of the call's basis, as JSON.
    """
    call = Call(usage.input_tokens, usage.output_tokens, concurrency=usage.concurrency, active_s=usage.active_s, load_s=usage.load_s)
    return wall.idle_wh(call, {name: Factor.from_json(factor) for name, factor in constants.items()})


def _compared(plan: Any, call: Call, tokens: Tokens) -> Iterator[str]:
    """Time beside law, where neither a measurement nor a profile decides."""
    if call.measured_wh is not None or "active_w" in plan.constants:
        return
    by_time = wall.timed(call, plan.constants)
    if by_time is None:
        return
    by_law = plan.by_law(call, tokens)
    seconds = significant((call.active_s or 0.0) + call.load_s)
    sentence = f"{seconds} s of an unknown machine are {_shown(by_time.energy)}, the law for one gives {_shown(by_law)}"
    yield f"{sentence}: they disagree, and the time is taken" if wall.disagree(by_time.energy, by_law) else f"{sentence}: both are weighed together"


def _shown(energy: Estimate) -> str:
    return f"{significant(energy.value)} Wh ({significant(energy.low)} to {significant(energy.high)})"
