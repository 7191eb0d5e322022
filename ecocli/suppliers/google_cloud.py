"""
Google Cloud's Carbon Footprint, exported to BigQuery and from there to CSV or JSON.

Columns as in the data schema of the export, https://docs.cloud.google.com/carbon-footprint/docs/data-schema:
kilograms, by month, project, service and location.
"""

from collections.abc import Iterator

from ecocli.core.supplier_figures import GOOGLE_CLOUD, LOCATION, MARKET, SCOPE_1, SCOPE_2, SCOPE_3, TOTAL, Figure, Identity
from ecocli.errors import BadData
from ecocli.suppliers.export import Row

TITLE = "Google Cloud, Carbon Footprint"
NEEDED = ("usage_month", "billing_account_id", "service_description", "carbon_model_version")
TOTALS = {LOCATION: "carbon_footprint_total_kgco2e_location_based", MARKET: "carbon_footprint_total_kgco2e_market_based"}
PARTS = {
    (SCOPE_1, None): "carbon_footprint_kgco2e_scope1",
    (SCOPE_2, LOCATION): "carbon_footprint_kgco2e_scope2_location_based",
    (SCOPE_2, MARKET): "carbon_footprint_kgco2e_scope2_market_based",
    (SCOPE_3, None): "carbon_footprint_kgco2e_scope3",
}
TELLING = frozenset((*TOTALS.values(), *PARTS.values()))
"""Any of these makes a file one of these exports."""
AI_SERVICES = ("vertex ai", "gemini api")
AI_SERVICE_IDS = ("C7E2-9256-1C43", "AEFD-7695-64FA")
"""Of the same services in Cloud Billing: they stay when a service is given another name."""


def is_of_ai(row: Row) -> bool:
    name = row.text("service_description") or ""
    return name.casefold() in AI_SERVICES or (row.text("service_id") or "") in AI_SERVICE_IDS


def figures(row: Row) -> Iterator[Figure]:
    """The totals, and the scopes that they are made of. A total that is not there is the sum of its scopes, as the schema defines it."""
    parts = {key: row.amount(column) for key, column in PARTS.items()}
    for key, kg in parts.items():
        if kg is not None:
            yield _figure(row, *key, kg)
    for basis, column in TOTALS.items():
        kg = row.amount(column)
        addends = (parts[SCOPE_1, None], parts[SCOPE_2, basis], parts[SCOPE_3, None])
        if kg is None and None not in addends:
            kg = sum(each for each in addends if each is not None)
        if kg is None:
            raise BadData(f"column {column}: nothing in it, nor in the scopes that it is the sum of")
        yield _figure(row, TOTAL, basis, kg)


def _figure(row: Row, scope: str, basis: str | None, kg: float) -> Figure:
    # the number stays when a project is deleted, its id does not
    project = row.text("project_number") or row.text("project_id")
    account = row.needed("billing_account_id") + (f"/{project}" if project else "")
    place = row.text("location_location") or row.text("location_region")
    of = Identity(GOOGLE_CLOUD, account, row.needed("service_description"), place, row.month("usage_month"), scope, basis)
    return Figure(of, kg, row.needed("carbon_model_version"))
