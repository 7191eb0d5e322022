"""The call with the most emissions, worked step by step. Of a call counts and factors are kept and no text, so it shows nothing private."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ecocli.analysis.explanation import explanation
from ecocli.analysis.means import mean
from ecocli.catalog.entries import Entries
from ecocli.core.quantity import Estimate
from ecocli.store.history import Filters
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

UNSOUND = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


@value_class(frozen=True, slots=True)
class Largest:
    """One call."""

    call_id: str
    provider: str
    model: str
    region: str
    method: str
    started_at_ms: int
    co2_g: Estimate
    """Operational, location-based."""
    explanation: Mapping[str, Any]
    """As of ecocli/analysis/explanation.py."""


def largest(store: "Store", catalog: Entries, filters: Filters) -> Largest | None:
    """The call with the highest operational emissions, the newest of equals; None without calls, and where it cannot be worked."""
    found = store.page(replace(filters, sort="carbon"), 1, 1)
    if not found:
        return None
    [call] = found
    basis = store.basis(call.basis_id).content
    try:
        worked = explanation(call.usage, call.footprint, basis, call.started_at_ms, call.grid_g_per_kwh, partial(mean, catalog))
    except UNSOUND:  # a basis that was changed in the file: eco explain says so of the call, and the sums stand without its steps
        return None
    place = basis["site"]["region"]
    return Largest(call.call_id, call.provider_name, basis["model"]["id"], place, basis["method"], call.started_at_ms, call.footprint.co2_g, worked)
