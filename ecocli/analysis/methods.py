"""The methods that calls were estimated by: in which order they stand, and what to say where totals hold more than one."""

from collections.abc import Iterable, Mapping

from ecocli.errors import shorten
from ecocli.estimator.methods import METHOD, PACKAGES, PROVISIONAL

PROVISIONAL_MARK = "provisional"


def is_provisional(method: str) -> bool:
    return method in PROVISIONAL


def marked(method: str) -> str:
    """
    The id of a method, with a mark while its constants may still move.

    >>> marked("eco-1")
    'eco-1'
    """
    return f"{method} ({PROVISIONAL_MARK})" if is_provisional(method) else method


def in_order(methods: Iterable[str]) -> list[str]:
    """
    Older methods first.

    >>> in_order({"eco-10", "eco-2", "eco-1"})
    ['eco-1', 'eco-2', 'eco-10']
    """
    return sorted(methods, key=lambda method: (len(method), method))


def mixture(calls: Mapping[str, int]) -> str | None:
    """
    A sentence for totals over calls of several methods; None where all are of one.

    Args:
        calls: How many there are of each method.

    >>> mixture({"eco-1": 1})
    """
    if len(calls) < 2:
        return None
    each = ", ".join(f"{shorten(method)} ({calls[method]:,} {'call' if calls[method] == 1 else 'calls'})" for method in in_order(calls))
    return f"estimated by {len(calls)} methods: {each}; {_advice(calls)}"


def sources(calls: Mapping[str, int]) -> str | None:
    """
    A phrase on how energies were found, where tokens alone did not say it; None where all are modelled.

    Args:
        calls: How many there are of each kind.

    >>> sources({"measured": 2, "modelled": 10})
    'energy: 2 measured, 10 modelled'
    """
    if not calls.keys() - {"modelled"}:
        return None
    return f"energy: {', '.join(f'{count:,} {shorten(name)}' for name, count in calls.items())}"


def _advice(calls: Mapping[str, int]) -> str:
    unknown = in_order(calls.keys() - PACKAGES.keys())
    if unknown:  # of a newer eco: recomputing would take its results back
        return f"this eco does not know {', '.join(map(shorten, unknown))}"
    return f"eco recompute moves them to {METHOD}"
