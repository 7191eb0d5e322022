"""Inputs of the equations: the specification of a model and of the site where it runs."""

from typing import Any

from ecocli.core.factors import Factor
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class ModelSpec:
    """
    A model as the energy equations see it.

    Parameters are in billions (B). `kv_bytes_per_token` is the size of one token of context in the key-value
    cache, at the precision it is served with. `weight_bits` is the precision of the weights.
    """

    id: str
    developer: str
    architecture: str
    """dense, moe, hybrid, diffusion or other."""
    total_params_b: Factor
    active_params_b: Factor
    kv_bytes_per_token: Factor
    weight_bits: Factor
    reasoning: str
    """no, optional or yes."""
    context_tokens: int | None = None
    modality: tuple[str, ...] = ("text",)
    accelerator: str = "gpu"
    """gpu or lpu."""
    compute_multiplier: Factor | None = None
    """Forward passes per billed token, for products that need several. [1]"""
    size_basis: str = "guess"
    """Evidence for the size: fact, estimate or guess."""
    notes: tuple[str, ...] = ()
    """Sentences for the audit, e.g. about a router or an image model."""
    open_weights: bool | None = None
    """Anybody may serve it; None where that is not known."""
    prefill_params_b: Factor | None = None
    """Parameters that reading a prompt uses, where they are others than those that writing uses. [10^9]"""
    table_params_b: Factor | None = None
    """Look-up tables among the total parameters, which no step reads as a whole. [10^9]"""

    def to_json(self) -> dict[str, Any]:
        return _to_json(self, MODEL_FIELDS)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ModelSpec":
        return cls(**_from_json(data, MODEL_FACTORS))


@value_class(frozen=True, slots=True)
class SiteSpec:
    """
    Where a call is computed, as the carbon and water equations see it.

    `intensity_g_per_kwh` is location-based and lifecycle; `market_intensity_g_per_kwh` and
    `direct_intensity_g_per_kwh` serve reports only. wue_site is litres per kWh of IT energy, wue_source litres
    per kWh at the meter.
    """

    region: str
    """The cloud region, zone or country that the figures are for; "WORLD" when nothing closer is known."""
    provider: str
    """The cloud or operator whose PUE and water are used."""
    intensity_g_per_kwh: Factor
    pue: Factor
    wue_site_l_per_kwh: Factor
    wue_source_l_per_kwh: Factor
    market_intensity_g_per_kwh: Factor | None = None
    direct_intensity_g_per_kwh: Factor | None = None
    country: str | None = None
    """ISO 3166-1 alpha-3."""
    zone: str | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return _to_json(self, SITE_FIELDS)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SiteSpec":
        return cls(**_from_json(data, SITE_FACTORS))


MODEL_FIELDS = tuple(ModelSpec.__dataclass_fields__)
SITE_FIELDS = tuple(SiteSpec.__dataclass_fields__)
MODEL_FACTORS = ("total_params_b", "active_params_b", "kv_bytes_per_token", "weight_bits", "compute_multiplier", "prefill_params_b", "table_params_b")
SITE_FACTORS = (
    "intensity_g_per_kwh",
    "pue",
    "wue_site_l_per_kwh",
    "wue_source_l_per_kwh",
    "market_intensity_g_per_kwh",
    "direct_intensity_g_per_kwh",
)


def _to_json(spec: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(spec, name) for name in names}
    return {name: v.to_json() if isinstance(v, Factor) else v for name, v in values.items() if v not in (None, ())}


def _from_json(data: dict[str, Any], factors: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    return values | {name: Factor.from_json(values[name]) for name in factors if name in values}
