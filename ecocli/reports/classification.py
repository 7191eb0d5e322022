"""What others call a line of the inventory: the data types of the GHG Protocol, and the categories of ISO 14064-1."""

from ecocli.reports.scopes import ScopeLine

DATA_TYPES = SUPPLIER_SPECIFIC, HYBRID, AVERAGE, SPEND = ("supplier-specific", "hybrid", "average", "spend")
"""Methods of the GHG Protocol for scope 3, by whose data the factors are."""
DATA_TYPE_MEANINGS = {
    SUPPLIER_SPECIFIC: "from the supplier's own figures for the product",
    HYBRID: "from the supplier's own figures where there are some, and average factors for the rest",
    AVERAGE: "from the amount that was used (tokens, time, electricity) and factors that are not the supplier's own",
    SPEND: "from the money that was spent",
}
ISO_CATEGORIES = {
    "2": "indirect GHG emissions from imported energy",
    "4.1": "indirect GHG emissions from goods purchased by the organization",
    "4.2": "indirect GHG emissions from services used by the organization",
}
ISO_BY_CATEGORY = {None: "2", 1: "4.2", 2: "4.1", 3: "4.1", 8: "4.2"}
"""By the category of scope 3; None is scope 2."""


def data_type(line: ScopeLine) -> str | None:
    """
    One of DATA_TYPES; None for scope 2, which the words are not for.

    What eco computes rests on average factors: no supplier publishes what single calls emit, and money is never a basis.
    """
    return AVERAGE if line.scope == 3 else None


def iso_category(line: ScopeLine) -> str:
    """Key of ISO_CATEGORIES, by its name: a service is used, hardware and what is upstream of electricity are bought."""
    return ISO_BY_CATEGORY[line.category]
