"""Results of resolving the names of models and places, with the uncertainty that resolving adds."""

from typing import TYPE_CHECKING

from ecocli.errors import quoted
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.core.specs import ModelSpec, SiteSpec

MODEL_MATCHES = ("exact", "alias", "suffix", "family", "provider_default", "class")
KNOWN_MATCHES = ("exact", "alias", "suffix")
"""Those of a name that the catalogue knows: the others stand in for one that it does not, or for none."""

UNKNOWN = "the model is not in the catalogue"
"""How a warning about a class begins."""

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
"""Maps regionMatch (fine) to calculationMethod (coarse)."""


@value_class(frozen=True, slots=True)
class ModelMatch:
    """
    The model that a name was resolved to.

    `match` is one of MODEL_MATCHES. `widening` is the x/÷ factor by which the match widens the energy range:
    1 for a known name. [1]
    """

    spec: "ModelSpec"
    match: str
    widening: float = 1.0
    warnings: tuple[str, ...] = ()
    """Sentences for the audit and for standard error."""
    days: range | None = None
    """The days on which the name stands for this model; None for a name that does not move. [day since 1970, UTC]"""

    def warnings_about(self, name: str | None) -> tuple[str, ...]:
        """The warnings with the name that was matched, which those of a class leave out: all its names share one audit."""
        if name is None:
            return self.warnings
        return tuple(sentence.replace(UNKNOWN, f"{quoted(name)} is not in the catalogue", 1) for sentence in self.warnings)


@value_class(frozen=True, slots=True)
class SiteMatch:
    """
    The place that a provider and a region were resolved to.

    `match` is a key of METHOD_OF_REGION_MATCH. A fallback widens nothing here: the factors of a country, a mix
    and the world have wider ranges of their own.
    """

    spec: "SiteSpec"
    match: str
    provider_id: str
    """The catalogue's id of the provider, or the name as written when it is not known."""
    provider_name: str
    """The provider's display name."""
    warnings: tuple[str, ...] = ()

    @property
    def calculation_method(self) -> str:
        """EXACT_REGION, REGION_SPECIFIC, PROVIDER_AVERAGE or GLOBAL_AVERAGE."""
        return METHOD_OF_REGION_MATCH[self.match]
