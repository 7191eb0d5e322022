"""eco beside other estimators on the same requests: docs/peers.md."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.pipeline.assessment import Assessor
from tools.validate.estimates import footprint
from tools.validate.figures import read
from tools.validate.tables import n, span, table

STORED = Path(__file__).parent / "ecologits.json"
FOREVER_S = 1e9
"""A latency so long that EcoLogits does not cut its own generation time short."""
Energies = dict[str, dict[str, list[float]]]
"""Low and high [Wh] by model and by output tokens."""


def run_ecologits() -> Energies:
    """Every request's energy by the installed EcoLogits. It needs ecologits, of the version that peers.yaml names."""
    from importlib.metadata import version

    wanted = read("peers.yaml")
    if version("ecologits") != wanted["ecologits"]:
        raise SystemExit(f"ecologits {wanted['ecologits']} is wanted, {version('ecologits')} is installed")
    outputs = sorted({request["tokens"][2] for request in wanted["requests"]})
    return {ours: {str(o): _ecologits_wh(provider, name, o) for o in outputs} for ours, (provider, name) in wanted["models"].items()}


def _ecologits_wh(provider: str, model: str, output: int) -> list[float]:
    """Low and high. EcoLogits takes no input tokens. [Wh]"""
    from ecologits.tracers.utils import llm_impacts

    energy = llm_impacts(provider, model, output, FOREVER_S).energy.value
    low, high = (energy.min, energy.max) if hasattr(energy, "min") else (energy, energy)
    return [float(f"{bound * 1000:.4g}") for bound in (low, high)]


def store(found: Energies) -> None:
    STORED.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def peers(eco: Assessor) -> str:
    """docs/peers.md, from what EcoLogits said when it was last run."""
    wanted, theirs = read("peers.yaml"), json.loads(STORED.read_text("utf-8"))
    return "\n".join((WORDS, _ecologits_table(eco, wanted, theirs), OTHERS, _others_table(eco, wanted)))


def _ecologits_table(eco: Assessor, wanted: dict[str, Any], theirs: Energies) -> str:
    rows = ((f"`{model}`", *_cells(eco, wanted, theirs, model, r)) for model in wanted["models"] for r in wanted["requests"])
    return table(("model", "fresh + cached / out", "EcoLogits", "its range", "eco", "its range", "eco ÷ EcoLogits"), rows)


def _cells(eco: Assessor, wanted: dict[str, Any], theirs: Energies, model: str, request: dict[str, Any]) -> Iterator[str]:
    ours = _ours(eco, wanted, model, request)
    low, high = theirs[model][str(request["tokens"][2])]
    middle = (low + high) / 2
    yield from (request["name"], n(middle), span(Estimate(low, middle, high)))
    yield from (n(ours.value), span(ours), f"{ours.value / middle:.2f}")


def _others_table(eco: Assessor, wanted: dict[str, Any]) -> str:
    requests, model = wanted["requests"], wanted["others"][0]["model"]
    ours = [_ours(eco, wanted, model, request) for request in requests]
    rows: list[Sequence[str]] = [("eco", *(f"{n(e.value)} ({span(e)})" for e in ours))]
    rows += [(row["name"], *_other_cells(row)) for row in wanted["others"]]
    return table(("estimator", *(request["name"] for request in requests)), rows)


def _other_cells(row: dict[str, Any]) -> list[str]:
    cells = [n(wh) for wh in row["energy_wh"]]
    if "first_range" in row:
        low, high = row["first_range"]
        cells[0] += f" ({n(low)} to {n(high)})"
    return cells


def _ours(eco: Assessor, wanted: dict[str, Any], model: str, request: dict[str, Any]) -> Estimate:
    return footprint(eco, model, None, tuple(request["tokens"]), wanted["date"]).facility_energy_wh


WORDS = """# Peers

Energy in Wh of the same requests by other estimators, made by `python -m tools.validate --write`.
A test compares this page with a fresh run; `python -m tools.validate --ecologits` runs EcoLogits 0.11.3 again, with the package installed.

## EcoLogits 0.11.3

EcoLogits counts output tokens only, so a prompt of 100 000 tokens, cached or not, costs it what an empty one does.
Its range is that of the parameter count, of PUE and of WUE; measured serving of one model spreads further.
"""
OTHERS = """
## Others, for Claude Sonnet 4.5

Worked out from the constants that ecocost, claude-carbon and carbonlog publish.
"""
