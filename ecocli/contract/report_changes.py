"""The parts of a report's JSON on what it rests on, on another period beside it, and on what it said when it was locked."""

from typing import Any

from ecocli import __version__
from ecocli.core.dates import iso
from ecocli.core.organisation import Instrument
from ecocli.reports import Report
from ecocli.reports.comparison import Comparison
from ecocli.reports.figures import Change
from ecocli.reports.locking import Restatement
from ecocli.store.locked_reports import LockedReport
from ecocli.store.row_digest import FORM

INSTRUMENT = {
    "name": "name", "kind": "kind", "gramsPerKWh": "g_per_kwh", "market": "market", "year": "year", "mwh": "mwh", "place": "place",
    "tracking": "tracking", "retired": "retired", "owner": "owner", "source": "source",
}  # fmt: skip
"""Names in the JSON, to those in config.toml."""


def evidence(report: Report) -> dict[str, Any]:
    """What the figures rest on; methods and editions stand in the report by themselves."""
    found = report.evidence
    return {"ecoVersion": __version__, "rows": found.calls, "sha256": found.sha256, "form": FORM}


def instrument(each: Instrument) -> dict[str, Any]:
    values = {name: getattr(each, attribute) for name, attribute in INSTRUMENT.items()}
    return values | {"market": list(each.market)}


def comparison(found: Comparison | None) -> dict[str, Any] | None:
    """In the report's own units: Wh, g and mL, as each line says."""
    if found is None:
        return None
    start_ms, end_ms = found.span
    causes = [{"name": cause.name, "co2Grams": cause.co2_g} for cause in found.causes]
    return {"period": {"start": iso(start_ms), "end": iso(end_ms)}, "lines": list(map(change, found.changes)), "causes": causes, "notes": found.notes}


def change(each: Change) -> dict[str, Any]:
    named = {"section": each.section, "name": each.line, "unit": each.unit}
    return named | {"then": each.then, "now": each.now, "difference": each.difference, "share": each.share}


def restatement(found: Restatement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    since = [
        {"what": each.kind, "by": each.by, "calls": each.calls, "first": None if each.first_ms is None else iso(each.first_ms), "last": None if each.last_ms is None else iso(each.last_ms)}
        for each in found.since
    ]
    return {
        "locked": locked(found.locked),
        "sameRows": found.has_same_rows,
        "lines": list(map(change, found.changes)),
        "since": since,
        "gross": change(found.gross),
        "baseYearMustBeRecalculated": found.recalculate,
        "earlier": list(map(locked, found.earlier)),
    }


def locked(each: LockedReport) -> dict[str, Any]:
    """Who locked a report and when, on what it rested, and who lifted that."""
    return {
        "at": iso(each.locked_at_ms),
        "by": each.locked_by,
        "ecoVersion": each.eco_version,
        "rows": each.calls,
        "sha256": each.sha256,
        "methods": dict(each.methods),
        "dataEditions": dict(each.editions),
        "organisation": dict(each.organisation),
        "instruments": list(map(dict, each.instruments)),
        "liftedAt": None if each.lifted_at_ms is None else iso(each.lifted_at_ms),
        "liftedBy": each.lifted_by,
        "liftedWhy": each.lifted_why,
    }
