"""Lifecycle emissions of electricity by fuel."""

from ecocli.core.factors import Factor

_IPCC = "IPCC AR5 WG3 (2014), Annex III, Table A.III.2, "
_POST = "UK Parliamentary Office of Science and Technology (2011), POSTnote 383, oil-fired plants; recalled, not read: AR5 has none"


def _ipcc(value: float, low: float, high: float, technology: str) -> Factor:
    """Median, lowest and highest of the studies that AR5 collected."""
    return Factor(value, low, high, "gCO2e/kWh", _IPCC + technology, 2014)


FACTORS: dict[str, Factor] = {
    "coal": _ipcc(820.0, 740.0, 910.0, "coal, pulverised"),
    "gas": _ipcc(490.0, 410.0, 650.0, "gas, combined cycle"),
    "oil": Factor(650.0, 500.0, 800.0, "gCO2e/kWh", _POST, 2011, "assumed"),
    "biomass": _ipcc(230.0, 130.0, 420.0, "biomass, dedicated"),
    "geothermal": _ipcc(38.0, 6.0, 79.0, "geothermal"),
    "hydro": _ipcc(24.0, 1.0, 2200.0, "hydropower"),
    "nuclear": _ipcc(12.0, 3.7, 110.0, "nuclear"),
    "solar": _ipcc(48.0, 18.0, 180.0, "solar PV, utility"),
    "marine": _ipcc(17.0, 5.6, 28.0, "ocean"),
    "wind": _ipcc(11.0, 7.0, 56.0, "wind, onshore"),
    "wind_offshore": _ipcc(12.0, 8.0, 35.0, "wind, offshore"),
}
"""
By fuel. What is not in it (storage, imports, waste, "other") is left out of an hour, which then has the intensity of the rest:
storage gives back what was counted when it was generated, and of the others the fuel is not known.
"""
