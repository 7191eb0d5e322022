"""The part of a usage that the equations see: counts, times and measurements, and how far counts may be off."""

from collections.abc import Iterable

from ecocli.core.quantity import ONE, Estimate
from ecocli.core.usage import Usage, Usages
from ecocli.estimator.call import Call
from ecocli.estimator.plan import Plan
from ecocli.pipeline.serving import MEASURED, MODELLED, TIMED

COUNTED = "token counts are estimates of the visible text"
OTHER_TOKENIZER = "the model has a tokenizer of its own: its text was counted with OpenAI's, so the counts may be off further"


def call_of(usage: Usage, plan: Plan) -> tuple[Call, tuple[str, ...]]:
    """The part of a usage that the equations see, and what that assumes."""
    counting, assumptions = _counting(usage, plan)
    start, first = usage.started_at_ms, usage.first_token_at_ms
    call = Call(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        wait_ms=None if start is None or first is None else first - start,
        is_estimated=usage.is_estimated,
        concurrency=usage.concurrency,
        active_s=usage.active_s,
        load_s=usage.load_s,
        measured_wh=usage.measured_wh,
        measured_boundary=usage.measured_boundary,
        counting=counting,
    )
    return call, assumptions


def energy_source(usage: Usage) -> str:
    """How the energy of a call may be found: MEASURED, TIMED or MODELLED. Time only counts on a machine of one's own."""
    if usage.measured_wh is not None:
        return MEASURED
    return MODELLED if usage.active_s is None else TIMED


def energy_sources(usages: Usages) -> Iterable[str]:
    """`energy_source` of many calls."""
    if not usages.columns.keys().isdisjoint(("measured_wh", "generation_ms", "load_ms")):
        return map(energy_source, usages.each())
    times = zip(usages.column("started_at_ms"), usages.column("ended_at_ms"), strict=True)
    return (MODELLED if start is None or end is None or end <= start else TIMED for start, end in times)


def _counting(usage: Usage, plan: Plan) -> tuple[Estimate, tuple[str, ...]]:
    """How far the token counts may be off, and why. Every encoding of tiktoken is OpenAI's own."""
    if not usage.is_estimated:
        return ONE, ()
    counted = plan.constants["counted_text"].estimate
    if usage.encoding is None or plan.model.developer == "openai":
        return counted, (COUNTED,)
    return counted * plan.constants["other_tokenizer"].estimate, (COUNTED, OTHER_TOKENIZER)
