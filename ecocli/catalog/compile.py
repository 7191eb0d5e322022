"""From YAML files to compiled entries. Imports yaml and pydantic: only when something must be compiled."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ecocli.catalog.compile_models import merge_models, model_entries
from ecocli.catalog.compile_regions import merge_regions, region_entries
from ecocli.catalog.entries import Entry
from ecocli.errors import BadCatalog, shorten

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def entries(shipped: Mapping[str, Path], own: Mapping[str, Path]) -> Iterator[Entry]:
    """
    Every entry of the catalogue.

    Args:
        shipped: "models.yaml" and "regions.yaml" to the package's files.
        own: The same names to a user's own files, where there are any.
    """
    yield Entry("meta", "edition", _edition(shipped, own))
    yield from _compiled("models.yaml", shipped, own, merge_models, model_entries)
    yield from _compiled("regions.yaml", shipped, own, merge_regions, region_entries)


def _compiled(
    name: str, shipped: Mapping[str, Path], own: Mapping[str, Path], merge: Callable[..., Any], compile: Callable[..., Any]
) -> list[Entry]:
    """The entries of one file. What is wrong then is the user's own file's: the shipped one is tested."""
    data = load(shipped[name])
    if name not in own:
        return list(compile(data))
    try:
        return list(compile(merge(data, load(own[name]))))
    except BadCatalog as error:
        named = BadCatalog(str(error).replace(f"{name}: ", f"{own[name]}: ", 1), error.hint)
        named.schema = Path(name).stem
        raise named from error


def _edition(shipped: Mapping[str, Path], own: Mapping[str, Path]) -> str:
    edition = "/".join(str(load(path).get("edition")) for path in shipped.values())
    return f"{edition}+own-{_digest(own)}" if own else edition


def load(path: Path) -> dict[str, Any]:
    """One YAML file as a mapping. Anything else is BadCatalog, naming the file and the place."""
    try:
        data = yaml.load(path.read_bytes(), Loader=LOADER)  # noqa: S506 - a safe one, see above
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f", line {place.line + 1}" if place else ""
        raise BadCatalog(f"{path}{where}: {shorten(getattr(error, 'problem', None) or 'not YAML')}") from error
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadCatalog(f"{path}: cannot be read: {shorten(str(error))}") from error
    if not isinstance(data, dict):
        raise BadCatalog(f"{path}: a mapping is needed at the top, with keys such as edition and sources")
    return data


def _digest(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(files[name].read_bytes())
    return digest.hexdigest()[:8]
