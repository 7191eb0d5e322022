"""A recorded call with every step, the results that it had before, and what was withdrawn under its id."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecocli.contract.answer import answer
from ecocli.core.dates import iso
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.analysis.explanation import MeanOf
    from ecocli.core.footprint import Basis
    from ecocli.store import Store
    from ecocli.store.reports import Report

Body = dict[str, Any]


@value_class(frozen=True, slots=True)
class Explained:
    """What is known under an id."""

    providers: tuple[str, ...]
    """Of the calls with this id. Of several, one has to be named, and there are no bodies."""
    bodies: list[Body]
    """The current result first, then those it took the place of, newest first; none where the call counts nowhere."""
    withdrawn: list[Body]
    """Calls that were undone or replaced."""
    reports: list[Body]
    """What other signals told of the call, under ids of their own; it counts once."""

    @property
    def body(self) -> Body:
        """All of it as one object."""
        if self.bodies:
            return _with_earlier(self.bodies) | {"withdrawn": self.withdrawn, "reports": self.reports}
        return self.withdrawn[0] | {"withdrawn": self.withdrawn[1:], "reports": self.reports}


def explained(store: "Store", call_id: str, provider: str | None, mean_of: "MeanOf") -> Explained | None:
    """Everything under a whole id; None where there is nothing. `mean_of` as for an explanation."""
    found, trail = store.find(call_id, provider), store.trail.find(call_id, provider)
    if not found and not trail:
        return None
    providers = tuple(dict.fromkeys(call.provider for call in found or [entry.call for entry in trail]))
    if len(providers) > 1:
        return Explained(providers, [], [], [])
    withdrawn = [_withdrawn(store, entry, mean_of) for entry in trail]
    bodies = _bodies(store, found[0], store.past_results(found[0].row_id), mean_of) if found else []
    return Explained(providers, bodies, withdrawn, [_report(one) for one in store.reports.of(call_id, providers[0])])


def _report(one: "Report") -> Body:
    return {"signal": one.signal, "id": one.report_id, "startTime": iso(one.started_at_ms), "matched": iso(one.matched_at_ms)}


def _with_earlier(bodies: list[Body]) -> Body:
    return bodies[0] | {"earlier": bodies[1:]}


def _withdrawn(store: "Store", entry: Any, mean_of: "MeanOf") -> Body:
    """A call of the trail, with why it counts nowhere."""
    why = entry.withdrawal
    lifted = None if why.lifted_at_ms is None else iso(why.lifted_at_ms)
    return _with_earlier(_bodies(store, entry.call, entry.past, mean_of)) | {why.kind: iso(why.at_ms), "recordedAgain": lifted}


def _bodies(store: "Store", call: Any, past: Sequence[Any], mean_of: "MeanOf") -> list[Body]:
    """The current result first, then those it took the place of, newest first."""
    from ecocli.analysis.explanation import explanation

    bodies = []
    for result in (call, *reversed(past)):
        basis = store.basis(result.basis_id)
        with _sound(basis, store.path):
            body = answer(call.call_id, call.usage, result.footprint, basis.content, result.assumptions, False)
            body["audit"] |= explanation(call.usage, result.footprint, basis.content, call.started_at_ms, result.grid_g_per_kwh, mean_of)
        bodies.append(body)
    return bodies


@contextmanager
def _sound(basis: "Basis", path: Path) -> Iterator[None]:
    """A basis that is not what was stored cannot be explained, and that is the file's fault."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        from ecocli.pipeline.bases import digest
        from ecocli.store.failures import damaged

        if digest(basis.content) == basis.digest:
            raise
        raise damaged(path) from error
