"""Exports of suppliers, written by hand: the columns of their documentation, accounts and figures that nobody has."""

import json
from pathlib import Path
from typing import Any

GOOGLE_COLUMNS = (
    "usage_month", "billing_account_id", "project.id", "project.number", "service.description", "service.id", "location.location", "location.region",
    "carbon_model_version", "carbon_footprint_total_kgCO2e.market_based", "carbon_footprint_total_kgCO2e.location_based", "carbon_footprint_kgCO2e.scope1",
    "carbon_footprint_kgCO2e.scope2.location_based", "carbon_footprint_kgCO2e.scope2.market_based", "carbon_footprint_kgCO2e.scope3",
)  # fmt: skip
GOOGLE = dict(zip(GOOGLE_COLUMNS, ("2025-03-01", "0AAAAA-BBBBBB-CCCCCC", "garden", "4711", "Vertex AI", "C7E2-9256-1C43", "europe-west4", "europe-west4", "12", "3.5", "8", "0.5", "6", "1.5", "1.5"), strict=True))
"""8 kg by location: 0.5 + 6 + 1.5; 3.5 kg by market: 0.5 + 1.5 + 1.5."""
AWS = {
    "last_refresh_timestamp": "2025-05-15 08:00:00Z", "location": "US East (N. Virginia)", "model_version": "v3.0.0", "payer_account_id": "100000000001",
    "product_code": "AmazonBedrock", "region_code": "us-east-1", "total_lbm_emissions_unit": "MTCO2e", "total_lbm_emissions_value": "0.004",
    "total_mbm_emissions_unit": "MTCO2e", "total_mbm_emissions_value": "0.001", "usage_account_id": "100000000002",
    "usage_period_end": "2025-03-31 23:59:59Z", "usage_period_start": "2025-03-01 00:00:00Z",
}  # fmt: skip
"""4 kg by location, 1 kg by market."""
AZURE = {
    "dateKey": 20250301, "enrollmentId": "8000001", "orgName": "Example GmbH", "subscriptionId": "00000000-0000-0000-0000-000000000001", "subscriptionName": "garden",
    "azureServiceName": "Azure OpenAI", "subService": "Azure OpenAI", "azureRegionName": "Sweden Central", "scope": "Scope 2", "scopeId": 2, "totalEmissions": 0.002,
}  # fmt: skip
"""2 kg of scope 2."""


def csv_text(*rows: dict[str, Any], separator: str = ",") -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [separator.join(columns), *(separator.join(_cell(row.get(name, "")) for name in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if any(mark in text for mark in ',;"\t') else text


def nested(row: dict[str, Any]) -> dict[str, Any]:
    """A row of Google Cloud as BigQuery writes it in JSON: without what is null, numbers as text."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        *outer, last = name.split(".")
        inside = found
        for part in outer:
            inside = inside.setdefault(part, {})
        if value != "":
            inside[last] = value
    return found


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text(csv_text(*rows), "utf-8")
    return path


def write_json(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), "utf-8")
    return path
