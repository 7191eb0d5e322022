"""
The table of carbon emissions of AWS Data Exports, as CSV.

Columns as in https://docs.aws.amazon.com/cur/latest/userguide/carbon-emissions-columns.html: metric tons, by month,
account, product and region, for each version of the method.
"""

from collections.abc import Iterator

from ecocli.core.supplier_figures import AWS, LOCATION, MARKET, SCOPE_1, SCOPE_2, SCOPE_3, TOTAL, Figure, Identity
from ecocli.errors import BadData
from ecocli.suppliers.export import Row

TITLE = "AWS, carbon emissions of Data Exports"
NEEDED = ("usage_period_start", "payer_account_id", "usage_account_id", "product_code", "model_version")
FIGURES = {
    (TOTAL, LOCATION): "total_lbm_emissions",
    (TOTAL, MARKET): "total_mbm_emissions",
    (SCOPE_1, None): "total_scope_1_emissions",
    (SCOPE_2, LOCATION): "total_scope_2_lbm_emissions",
    (SCOPE_2, MARKET): "total_scope_2_mbm_emissions",
    (SCOPE_3, LOCATION): "total_scope_3_lbm_emissions",
    (SCOPE_3, MARKET): "total_scope_3_mbm_emissions",
}
"""Each is two columns, `…_value` and `…_unit`; those of scopes are not in every export."""
TELLING = frozenset({"total_lbm_emissions_value", "total_mbm_emissions_value"})
KG_PER_UNIT = {"mtco2e": 1000.0}
AI_PRODUCTS = ("amazonbedrock", "amazonbedrockservice", "amazonbedrockfoundationmodels")
"""In letters and digits alone."""


def is_of_ai(row: Row) -> bool:
    product = (row.text("product_code") or "").casefold()
    return "".join(character for character in product if character.isalnum()) in AI_PRODUCTS


def figures(row: Row) -> Iterator[Figure]:
    place = row.text("region_code") or row.text("location")
    account = f"{row.needed('payer_account_id')}/{row.needed('usage_account_id')}"
    month, product, version = row.month("usage_period_start"), row.needed("product_code"), row.needed("model_version")
    is_empty = True
    for (scope, basis), column in FIGURES.items():
        if (value := row.amount(f"{column}_value")) is not None:
            is_empty = False
            yield Figure(Identity(AWS, account, product, place, month, scope, basis), value * _kg_per_unit(row, f"{column}_unit"), version)
    if is_empty:
        raise BadData(f"column {FIGURES[TOTAL, LOCATION]}_value: nothing in it, nor in any other figure")


def _kg_per_unit(row: Row, column: str) -> float:
    unit = row.needed(column)
    if unit.casefold() not in KG_PER_UNIT:
        raise row.bad(column, "must be MTCO2e")
    return KG_PER_UNIT[unit.casefold()]
