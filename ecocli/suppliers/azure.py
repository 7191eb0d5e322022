"""
Emissions of an Azure enrollment, as the Microsoft Cloud for Sustainability API (a preview) answers them, or the same as CSV.

Properties as in https://learn.microsoft.com/en-us/industry/sustainability/api-odata: metric tons, by month,
subscription, service, region and scope. The page does not say whether electricity counts by location or by market.
"""

import re
from collections.abc import Iterator

from ecocli.core.supplier_figures import AZURE, Figure, Identity
from ecocli.errors import BadData
from ecocli.suppliers.export import Row

TITLE = "Azure, Microsoft Cloud for Sustainability API"
NEEDED = ("datekey", "enrollmentid", "subscriptionid", "azureservicename", "azureregionname", "totalemissions")
TELLING = frozenset({"totalemissions"})
KG_PER_TON = 1000.0
MONTH = re.compile(r"([12]\d{3})(0[1-9]|1[0-2])01")
SCOPE = re.compile(r"(?:scope ?)?([123])", re.IGNORECASE)
AI_SERVICES = ("azureopenai", "azureopenaiservice", "cognitiveservices", "azureaiservices", "azureaifoundry", "microsoftfoundry", "foundrymodels")
"""In letters and digits alone. Some of these serve speech and vision, too."""


def is_of_ai(row: Row) -> bool:
    return any(_letters(row.text(column) or "") in AI_SERVICES for column in ("azureservicename", "subservice"))


def figures(row: Row) -> Iterator[Figure]:
    account = f"{row.needed('enrollmentid')}/{row.needed('subscriptionid')}"
    service, part = row.needed("azureservicename"), row.text("subservice")
    name = f"{service}: {part}" if part and part != service else service
    tons = row.amount("totalemissions")
    if tons is None:
        raise BadData("column totalemissions: nothing in it")
    yield Figure(Identity(AZURE, account, name, row.text("azureregionname"), _month(row), _scope(row), None), tons * KG_PER_TON, None)


def _month(row: Row) -> str:
    if found := MONTH.fullmatch(row.needed("datekey")):
        return f"{found[1]}-{found[2]}"
    raise row.bad("datekey", "must be the first day of a month, such as 20260101")


def _scope(row: Row) -> str:
    column = "scopeid" if row.text("scopeid") else "scope"
    if found := SCOPE.fullmatch(row.needed(column)):
        return found[1]
    raise row.bad(column, "must be a scope, 1 to 3")


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
