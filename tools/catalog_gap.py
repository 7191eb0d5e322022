"""
Text models that others list and the catalogue knows only by family or class, those that most sources list first.

    python -m tools.catalog_gap FILE...        LiteLLM's model_prices_and_context_window.json, genai-prices' data.json, models.dev's api.json
    python -m tools.catalog_gap --installed    the lists of the packages litellm and genai-prices, where they are installed

A source is one provider in one list. Nothing is fetched. CONTRIBUTING.md says how a new edition of the catalogue uses this.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.model_affixes import SPEEDS
from ecocli.catalog.model_names import candidates
from ecocli.catalog.model_parts import parts
from ecocli.catalog.models import resolve_model
from ecocli.errors import UnsupportedModality

TEXT_MODES = ("chat", "completion", "responses", None)
"""LiteLLM's modes of models that write text; its aliases state none."""
GUESSED = ("family", "class")
"""How a name resolves whose model is not in the catalogue."""
LITELLM_FILES = ("model_prices_and_context_window_backup.json", "model_prices_and_context_window.json")


class Listing(NamedTuple):
    """A text model at one provider of one list."""

    list: str
    provider: str
    name: str


class Gap(NamedTuple):
    """A model that is missing, in all spellings that the lists have of it."""

    sources: int
    spelled: str
    taken_as: str
    names: tuple[str, ...]


def main() -> None:
    options = _parser().parse_args()
    listings = [listing for path in options.files for listing in listings_of(path.stem, json.loads(path.read_text("utf-8")))]
    if options.installed:
        listings += installed()
    found = gaps(open_entries(None, None), listings)
    for gap in found:
        if gap.sources >= options.least:
            print(f"{gap.sources:>4}  {gap.spelled:<44} {gap.taken_as:<44} {', '.join(gap.names[:3])}")
    print(f"{len(found)} of {len({_spelled(listing.name) for listing in listings})} text models are not in the catalogue")


def gaps(entries: Entries, listings: Iterable[Listing]) -> list[Gap]:
    """Models that resolve to a family or class only, by the number of sources that list them, then by name."""
    missing: dict[str, list[Listing]] = {}
    for listing in set(listings):
        try:
            match = resolve_model(entries, listing.name, None, fallback=True).match
        except UnsupportedModality:  # some lists call models of images and speech chat models
            continue
        if match in GUESSED:
            missing.setdefault(_spelled(listing.name), []).append(listing)
    found = [_gap(entries, spelled, group) for spelled, group in missing.items()]
    return sorted(found, key=lambda gap: (-gap.sources, gap.spelled))


def listings_of(title: str, content: Any) -> Iterator[Listing]:
    """
    The text models of a parsed list, whichever of the three it is.

    Raises:
        ValueError: `content` has the shape of none of them.
    """
    if isinstance(content, list):
        yield from _genai_prices(title, content)
    elif not isinstance(content, dict):
        raise ValueError(f"{title}: neither LiteLLM's list, nor that of genai-prices or models.dev")  # noqa: TRY004 - a file of another kind, not an argument of a wrong type
    elif all(isinstance(body, dict) and "models" in body for body in content.values()):
        yield from _models_dev(title, content)
    else:
        yield from _litellm(title, content)


def installed() -> Iterator[Listing]:
    """
    The lists of the packages litellm and genai-prices.

    Raises:
        SystemExit: Neither is installed.
    """
    litellm, genai_prices = list(_installed_litellm()), list(_installed_genai_prices())
    if not litellm and not genai_prices:
        raise SystemExit("neither litellm nor genai-prices is installed")
    yield from litellm
    yield from genai_prices


def _installed_litellm() -> Iterator[Listing]:
    try:
        package = distribution("litellm")
    except PackageNotFoundError:
        return
    paths = [Path(str(package.locate_file(f"litellm/{name}"))) for name in LITELLM_FILES]
    for path in [path for path in paths if path.exists()][:1]:
        yield from listings_of("litellm", json.loads(path.read_text("utf-8")))


def _installed_genai_prices() -> Iterator[Listing]:
    try:
        from genai_prices.data import providers
    except ImportError:
        return
    for provider in providers:
        for model in provider.models:
            dated = model.prices if isinstance(model.prices, list) else [model.prices]
            if any(getattr(price, "prices", price).output_mtok is not None for price in dated):
                yield Listing("genai-prices", provider.id, model.id)


def _litellm(title: str, content: dict[str, Any]) -> Iterator[Listing]:
    for name, body in content.items():
        if name != "sample_spec" and body.get("mode") in TEXT_MODES:
            yield Listing(title, body.get("litellm_provider", ""), name)


def _genai_prices(title: str, content: list[dict[str, Any]]) -> Iterator[Listing]:
    for provider in content:
        for model in provider["models"]:
            dated = model["prices"] if isinstance(model["prices"], list) else [model["prices"]]
            if any("output_mtok" in price.get("prices", price) for price in dated):
                yield Listing(title, provider["id"], model["id"])


def _models_dev(title: str, content: dict[str, Any]) -> Iterator[Listing]:
    for provider, body in content.items():
        for name, model in body["models"].items():
            if "text" in model.get("modalities", {}).get("output", ["text"]):
                yield Listing(title, provider, name)


def _gap(entries: Entries, spelled: str, group: list[Listing]) -> Gap:
    names = sorted({listing.name for listing in group}, key=lambda name: (len(name), name))
    taken_as = resolve_model(entries, names[0], None, fallback=True).spec.id
    return Gap(len({(listing.list, listing.provider) for listing in group}), spelled, taken_as, tuple(names))


def _spelled(name: str) -> str:
    """A name without paths, prefixes and serving suffixes: one word for a model, however it is sold."""
    *_, bare = candidates(name)
    cut = [part for part in parts(bare) if not set(SPEEDS).intersection(part.after)]
    return "-".join(cut[-1].words) if cut else bare


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.catalog_gap", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a list as JSON")
    parser.add_argument("--installed", action="store_true", help="also the lists of installed packages")
    parser.add_argument("--least", type=int, default=2, metavar="N", help="only models that N sources list (2)")
    return parser


if __name__ == "__main__":
    main()
