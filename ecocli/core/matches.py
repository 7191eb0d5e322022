"""How a name from outside was resolved, and what that costs in certainty."""


from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.util.valueclass import value_class

MODEL_MATCHES = ("exact", "alias", "suffix", "family", "provider_default", "class")

METHOD_OF_REGION_MATCH = {
    "EXACT_REGION": "EXACT_REGION",
    "EXACT_REGION_CLOUD_INFERRED": "EXACT_REGION",
    "USER_OVERRIDE": "REGION_SPECIFIC",
    "EXACT_ZONE": "REGION_SPECIFIC",
    "COUNTRY": "REGION_SPECIFIC",
    "GEO_AVERAGE": "REGION_SPECIFIC",
    "PROVIDER_DEFAULT_REGION": "PROVIDER_AVERAGE",
    "PROVIDER_DEFAULT_COUNTRY": "PROVIDER_AVERAGE",
    "PROVIDER_DEFAULT_MIX": "PROVIDER_AVERAGE",
    "CLOUD_AVERAGE": "PROVIDER_AVERAGE",
    "GLOBAL_AVERAGE": "GLOBAL_AVERAGE",
}
"""regionMatch (fine) to calculationMethod (coarse)."""


@value_class(frozen=True, slots=True)
class ModelMatch:
    """
    The model that a name stands for.

    `widening` is the x/÷ factor by which the match itself widens the energy range: 1 for a name that
    is known. [1]
    """

    spec: ModelSpec
    match: str
    widening: float = 1.0
    warnings: tuple[str, ...] = ()
    """Sentences for the audit and for standard error."""


@value_class(frozen=True, slots=True)
class SiteMatch:
    """
    The place that a provider and a region stand for.

    A fallback widens nothing here: a country, a mix and the world carry their own wider factors.
    """

    spec: SiteSpec
    match: str
    provider_id: str
    """The provider as the catalogue knows it, or as written when it is not known."""
    provider_name: str
    """The same for people."""
    warnings: tuple[str, ...] = ()

    @property
    def calculation_method(self) -> str:
        return METHOD_OF_REGION_MATCH[self.match]
