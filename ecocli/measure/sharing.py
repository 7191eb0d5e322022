"""The part of a run's energy that its calls have, and each call's share of it."""

from collections.abc import Sequence

from ecocli.measure.meter import J_PER_WH, Span


def of_calls_wh(run: Span, idle_w: float | None, seconds: Sequence[float | None]) -> float:
    """
    Energy of all calls of a run together: everything but the idle draw between them, where idle power and all times are known. [Wh]

    Args:
        seconds: That each call took; None where nobody knows. [s]

    >>> of_calls_wh(Span(joules=7200, seconds=100), 36.0, [20.0, 30.0])
    1.5
    """
    known = [time_s for time_s in seconds if time_s is not None]
    if idle_w is None or len(known) < len(seconds):
        return run.wh
    between_s = max(0.0, run.seconds - sum(known))
    return max(run.wh - idle_w * between_s / J_PER_WH, 0.0)


def shared(whole: float, seconds: Sequence[float | None]) -> list[float]:
    """
    `whole` in parts by the time that each call took; in equal parts where some time is not known.

    >>> shared(6.0, [1.0, 2.0]), shared(6.0, [1.0, None])
    ([2.0, 4.0], [3.0, 3.0])
    """
    known = [time_s for time_s in seconds if time_s is not None]
    if len(known) < len(seconds) or not sum(known):
        return [whole / len(seconds)] * len(seconds)
    return [whole * time_s / sum(known) for time_s in known]
