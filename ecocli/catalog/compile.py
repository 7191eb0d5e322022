"""Compile the YAML files to entries. Imports yaml and pydantic, so it is imported only when there is something to compile."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ecocli.catalog.compile_machines import FILE as MACHINES
from ecocli.catalog.compile_machines import machine_entries
from ecocli.catalog.compile_models import merge_models, model_entries
from ecocli.catalog.compile_regions import merge_regions, region_entries
from ecocli.catalog.entries import Entry
from ecocli.catalog.zone_figures import OPEN, ZONES, with_zones
from ecocli.errors import BadCatalog, shorten
from ecocli.util import whole_files

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EDITION = re.compile(rb"^edition: *[\"']?([0-9]{4}-[0-9]{2}-[0-9]{2})", re.MULTILINE)
MERGE = "tag:yaml.org,2002:merge"
"""Of `<<`, which takes over the keys of another mapping."""
HEAD_BYTES = 65_536
"""Within which a file states its edition."""


def entries(shipped: Mapping[str, Path], overrides: Mapping[str, Path]) -> Iterator[Entry]:
    """
    Every entry of the catalogue.

    Args:
        shipped: The package's files by name: "models.yaml", "regions.yaml", and that of zones' figures.
        overrides: The user's own files by name, where there are any.

    Raises:
        BadCatalog: A file is not valid; the message names file, entry and field.
    """
    yield Entry("meta", "edition", _edition(shipped, overrides))
    yield from _compiled("models.yaml", load(shipped["models.yaml"]), overrides, merge_models, model_entries)
    yield from _compiled("regions.yaml", regions_of(shipped), overrides, merge_regions, region_entries)
    yield from machine_entries(load(Path(__file__).with_name(MACHINES)))


def regions_of(shipped: Mapping[str, Path]) -> dict[str, Any]:
    """regions.yaml with the figures of zones, which have a file of their own since they have a licence of their own."""
    (zones,) = (path for name, path in shipped.items() if name in ZONES)
    return with_zones(load(shipped["regions.yaml"]), load(zones))


def _compiled(
    name: str, data: dict[str, Any], overrides: Mapping[str, Path], merge: Callable[..., Any], compile: Callable[..., Any]
) -> list[Entry]:
    """The entries of one file. Errors are attributed to the user's own file: the shipped one is tested."""
    if name not in overrides:
        return list(compile(data))  # of an edition, too, all is tested before it is kept
    try:
        return list(compile(merge(data, load(overrides[name]))))
    except BadCatalog as error:
        place = str(error).removeprefix(f"{name}: ")  # what could not be read has its path already
        named = BadCatalog(str(error) if place == str(error) else f"{overrides[name]}: {place}", error.hint)
        named.schema = Path(name).stem
        raise named from error


def _edition(shipped: Mapping[str, Path], overrides: Mapping[str, Path]) -> str:
    edition = "/".join(str(load(shipped[name]).get("edition")) for name in ("models.yaml", "regions.yaml"))
    edition += "-open" if OPEN in shipped else ""
    return f"{edition}+own-{_digest(overrides)}" if overrides else edition


def newest(shipped: Path, edition: Path | None) -> Path:
    """The shipped file, or another edition of it while that is the newer one: an upgrade of eco overtakes it."""
    if edition is None or not edition.exists():
        return shipped
    return edition if edition_of(edition) > edition_of(shipped) else shipped


def edition_of(file: Path) -> str:
    """The edition of a catalogue file, an ISO 8601 day; empty where it has none. Without reading all of its YAML."""
    try:
        found = EDITION.search(whole_files.read(file, HEAD_BYTES))
    except OSError as error:
        raise BadCatalog(f"{file}: cannot be read: {shorten(str(error))}") from error
    return found[1].decode() if found else ""


def load(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping. BadCatalog names the file and, where known, the line."""
    try:
        return parse(whole_files.read(path), path)
    except OSError as error:
        raise BadCatalog(f"{path}: cannot be read: {shorten(str(error))}") from error


def parse(text: bytes, path: Path | str) -> dict[str, Any]:
    """The mapping that YAML holds, from a file or elsewhere. BadCatalog as for `load`."""
    try:
        data = _constructed(LOADER(text))
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f", line {place.line + 1}" if place else ""
        raise BadCatalog(f"{path}{where}: {shorten(getattr(error, 'problem', None) or 'not YAML')}") from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadCatalog(f"{path}: cannot be read: {shorten(str(error))}") from error
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise BadCatalog(f"{path}: a mapping is needed at the top, with keys such as edition and sources")
    return data


def _constructed(loader: Any) -> Any:
    """The data of a document. YAMLError for one that is broken, or has a key twice in a mapping."""
    try:
        root = loader.get_single_node()
        _refuse_doubled(root)
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _refuse_doubled(root: yaml.Node | None) -> None:
    """A YAMLError for a mapping with a key that is there twice: of two lists of models the first would be lost without a word."""
    seen, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or not isinstance(node, yaml.CollectionNode):
            continue
        seen.add(id(node))  # what has a name can stand in many places
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
            continue
        keys = set()
        for key, value in node.value:
            waiting += key, value
            if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE:
                continue
            if (key.tag, key.value) in keys:
                raise yaml.constructor.ConstructorError(problem=f"{shorten(key.value)} is there twice", problem_mark=key.start_mark)
            keys.add((key.tag, key.value))


def _digest(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(whole_files.read(files[name]))
    return digest.hexdigest()[:8]
