"""Whose machine computes a call, and where that stands: by what the call states, by its hardware profile, its host and its provider."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import resolve_model
from ecocli.catalog.regions import normal_provider, resolve_site
from ecocli.core.factors import Factor
from ecocli.core.hosting import API, CLOUD, OWN, RENTED, UNKNOWN, is_near
from ecocli.core.matches import SiteMatch
from ecocli.errors import EcoError

if TYPE_CHECKING:
    from ecocli.core.hardware import Hardware

ENGINES = ("vllm", "hosted-vllm", "sglang", "tgi", "text-generation-inference", "xinference", "lmdeploy", "tensorrt-llm", "triton", "infinity")
"""Local providers that name an engine, which runs on rented servers as well as on one's own."""
AT_HOME = "localhost"
"""A provider's name that stands for one's own machine."""
HOSTED_OLLAMA = "Ollama Cloud"
SOMEWHERE_PUE = Factor(1.2, 1.0, 1.6, "1", "Judgment: an engine that is named, on a machine of one's own or a rented server", 2026, "assumed")


def hosting_of(catalog: Entries, name: str | None, provider: str | None, stated: str | None, host: str | None, profile: "Hardware | None") -> str:
    """
    One of `core.hosting.KINDS`, or UNKNOWN where an engine is named and nothing of its machine.

    Args:
        name, provider: Of model and provider as the call names them; `provider` is the model's maker where it names none.
        stated: What the call states.
        host: Of the server that answered.
    """
    if stated:
        return stated
    if profile is not None or (host and is_near(host) and not _is_closed(catalog, name)):
        return OWN
    if not _is_local(catalog, provider) or is_hosted_ollama(catalog, name, provider):
        return API
    return UNKNOWN if (provider or "").strip().lower().replace("_", "-") in ENGINES else OWN


def _is_closed(catalog: Entries, name: str | None) -> bool:
    """True for a model whose weights its maker keeps: what answers nearby with it is a gateway."""
    if name is None:
        return False
    try:
        return resolve_model(catalog, name, None, True).spec.open_weights is False
    except EcoError:
        return False


def is_hosted_ollama(catalog: Entries, name: str | None, provider: str | None) -> bool:
    """True for a model that Ollama's own servers run, though an Ollama here passed it on."""
    at_ollama = (provider or "").strip().lower().startswith("ollama")
    if not (name and at_ollama and _is_local(catalog, provider)):
        return False
    from ecocli.catalog.own_machines import is_own

    return not is_own(catalog, name, None, at_ollama=True)


def site_of(catalog: Entries, provider: str | None, region: str | None, hosting: str, profile: "Hardware | None", fallback: bool) -> SiteMatch:
    """
    The place of a call by its hosting; arguments else as for `resolve_site`.

    A machine of one's own never has a vendor's cloud, PUE or water; where its place is not known, it has the world's grid.
    """
    if hosting in (API, CLOUD):
        return resolve_site(catalog, provider, region, fallback)
    if hosting == RENTED and (region or _has_cloud(catalog, provider)):
        return resolve_site(catalog, provider, region, fallback)
    found = resolve_site(catalog, AT_HOME if hosting != RENTED else None, region, fallback)
    if hosting == OWN:
        found = replace(found, spec=_at_home(found.spec, catalog, profile))
    elif hosting == UNKNOWN:
        found = replace(found, spec=_somewhere(found.spec, catalog))
    id, name = _identity(catalog, provider)
    return replace(found, provider_id=id, provider_name=name)


def _at_home(spec: Any, catalog: Entries, profile: "Hardware | None") -> Any:
    facility = _facility(catalog)
    pue = (profile and profile.pue) or facility["pue"]
    notes = () if spec.provider != facility["provider"] else spec.notes  # a cloud's notes are about its halls
    return replace(spec, provider=OWN, pue=pue, wue_site_l_per_kwh=facility["wue_site_l_per_kwh"], market_intensity_g_per_kwh=None, notes=notes)


def _somewhere(spec: Any, catalog: Entries) -> Any:
    generic = catalog.get("facility", "generic") or {}
    water = Factor.from_json(generic["wue_site_l_per_kwh"])
    return replace(
        spec, provider=UNKNOWN, pue=SOMEWHERE_PUE, wue_site_l_per_kwh=replace(water, low=0.0), market_intensity_g_per_kwh=None,
        notes=(*spec.notes, "an engine is named and no place: the range holds a machine of one's own and a rented server"),
    )  # fmt: skip


def _facility(catalog: Entries) -> dict[str, Any]:
    body: dict[str, Any] = (catalog.get("provider", normal_provider(catalog, AT_HOME) or "") or {})["facility"]
    return {name: Factor.from_json(value) if isinstance(value, dict) else value for name, value in body.items()}


def _identity(catalog: Entries, provider: str | None) -> tuple[str, str]:
    """Id and name of who is said to have served the call: it tells calls apart, wherever they were computed."""
    written = (provider or "").strip()
    key = normal_provider(catalog, written)
    body = catalog.get("provider", key) if key else None
    return key or written or "unknown", body["name"] if body else written or "unknown"


def _is_local(catalog: Entries, provider: str | None) -> bool:
    return bool(_body(catalog, provider).get("local"))


def _has_cloud(catalog: Entries, provider: str | None) -> bool:
    return bool(_body(catalog, provider).get("cloud"))


def _body(catalog: Entries, provider: str | None) -> dict[str, Any]:
    key = normal_provider(catalog, provider) if provider else None
    return (catalog.get("provider", key) if key else None) or {}
