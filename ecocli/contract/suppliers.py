"""Suppliers' own figures beside the estimate, as JSON: kilograms, since a supplier's figure for one service is small."""

from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.core.supplier_figures import LOCATION, MARKET
from ecocli.reports.classification import SUPPLIER_SPECIFIC
from ecocli.reports.suppliers import KG, BesideSuppliers, Restated, SupplierLine, SupplierTotal

BASIS_NAMES = {LOCATION: "locationBased", MARKET: "marketBased", None: "notStated"}
"""How electricity counts in a supplier's figure."""


def beside_suppliers(found: BesideSuppliers) -> dict[str, Any]:
    """None of it is in any other figure of the report."""
    return {
        "inTotals": False,
        "dataType": SUPPLIER_SPECIFIC,
        "isFiltered": found.is_filtered,
        "suppliers": [_total(total) for total in found.totals],
        "lines": [_line(line) for total in found.totals for line in total.lines],
        "restated": [_restated(each) for each in found.restated],
        "cutMonths": list(found.cut_months),
    }


def _total(total: SupplierTotal) -> dict[str, Any]:
    return {
        "supplier": total.supplier,
        "months": total.months,
        "supplierCo2Kg": total.given_kg(),
        **_estimate(total.estimate_g()),
        "estimateOverSupplier": total.ratio,
        "estimateShareCompared": total.estimate_share,
        "supplierShareCompared": total.given_share,
        "callsInOtherMonths": total.calls_in_other_months,
    }


def _line(line: SupplierLine) -> dict[str, Any]:
    return {
        "supplier": line.supplier,
        "month": line.month,
        "place": line.place,
        "services": list(line.services),
        "supplierCo2Kg": {BASIS_NAMES[basis]: kg for basis, kg in line.kg.items()},
        "scopes": list(line.scopes),
        "modelVersions": list(line.model_versions),
        "calls": line.calls,
        **_estimate(line.co2_g),
        "estimateOverSupplier": line.ratio,
    }


def _estimate(co2_g: Estimate) -> dict[str, Any]:
    return {"estimateCo2Kg": co2_g.value / KG, "range": {"estimateCo2Kg": [co2_g.low / KG, co2_g.high / KG]}}


def _restated(each: Restated) -> dict[str, Any]:
    return {
        "supplier": each.supplier,
        "month": each.month,
        "basis": BASIS_NAMES[each.basis],
        "beforeCo2Kg": each.before_kg,
        "nowCo2Kg": each.now_kg,
        "beforeModelVersions": list(each.before_versions),
        "nowModelVersions": list(each.now_versions),
    }
