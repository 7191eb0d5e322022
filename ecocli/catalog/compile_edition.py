"""A newer edition of the catalogue's models: looked at as a whole before it is kept, and kept beside the shipped one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ecocli.catalog import compile as catalogue
from ecocli.catalog.compile_models import FILE, merge_models, model_entries
from ecocli.config.replacing import replace_text
from ecocli.errors import BadCatalog, shorten

MOST_BYTES = 16 * 1024 * 1024
"""The shipped file has one."""
MOST_DEPTH, MOST_PARTS = 12, 2_000_000
"""Of nesting, and of values once each reference stands for what it refers to; the shipped file has 5 and some 200,000."""
NOT_THIS_ECO = "an edition for another eco may have keys that this one does not know: upgrade eco"


class Changes(NamedTuple):
    """What another edition changes: ids of models, and the editions themselves."""

    before: str
    after: str
    added: list[str]
    gone: list[str]
    resized: list[str]
    """Known before and after, with another number of parameters."""


def read(text: bytes, where: str) -> dict[str, Any]:
    """
    An edition from outside, as parsed.

    Raises:
        BadCatalog: It is too long, no plain YAML, or not valid by the schema of models.yaml.
    """
    if len(text) > MOST_BYTES:
        raise BadCatalog(f"{shorten(where, 200)}: is larger than {MOST_BYTES // 1024**2} MiB")
    _refuse_tricks(text, where)
    data = catalogue.parse(text, shorten(where, 200))
    try:
        list(model_entries(data))
    except BadCatalog as error:
        raise BadCatalog(f"{shorten(where, 200)}: {str(error).removeprefix(f'{FILE}: ')}", error.hint or NOT_THIS_ECO) from error
    return data


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What differs between two editions, as parsed."""
    old, new = _sizes(before), _sizes(after)
    resized = [name for name in new if name in old and old[name] != new[name]]
    return Changes(str(before["edition"]), str(after["edition"]), sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys()), sorted(resized))


def check_beside(own_file: Path, edition: Mapping[str, Any]) -> None:
    """BadCatalog where the user's own models.yaml does not fit an edition, as when it refers to an entry that is gone."""
    if not own_file.exists():
        return
    try:
        list(model_entries(merge_models(dict(edition), catalogue.load(own_file))))
    except BadCatalog as error:
        raise BadCatalog(f"{own_file} does not fit the edition {edition['edition']}: {str(error).removeprefix(f'{FILE}: ')}", error.hint) from error


def keep(path: Path, text: bytes) -> None:
    """Put an edition that `read` has accepted in its place. BadConfig when it cannot be written."""
    replace_text(path, text.decode())


def _sizes(data: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    bases = data["architectures"]
    return {model["id"]: (bases[model["base"]]["total_params_b"]["value"], bases[model["base"]]["active_params_b"]["value"]) for model in data["models"]}


def _refuse_tricks(text: bytes, where: str) -> None:
    """BadCatalog for what makes much of little: deep nesting, and references to references."""
    try:
        text.decode()
        _count_parts(catalogue.LOADER(text), where)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise BadCatalog(f"{shorten(where, 200)}{line}: {shorten(getattr(error, 'problem', None) or 'not YAML')}") from error
    except UnicodeDecodeError as error:
        raise BadCatalog(f"{shorten(where, 200)}: not UTF-8 text") from error


def _count_parts(events: Any, where: str) -> None:
    sizes: dict[str, int] = {}
    open_since: list[tuple[str | None, int]] = []
    parts = 0
    while events.check_event():
        event = events.get_event()
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_since.pop()
            sizes |= {anchor: parts - before} if anchor else {}
            continue
        parts += sizes.get(event.anchor, 1) if isinstance(event, yaml.AliasEvent) else 1
        if isinstance(event, yaml.CollectionStartEvent):
            open_since.append((event.anchor, parts))
        if len(open_since) > MOST_DEPTH or parts > MOST_PARTS:
            what = "is nested too deep" if parts <= MOST_PARTS else f"stands for more than {MOST_PARTS:,} values"
            raise BadCatalog(f"{shorten(where, 200)}, line {event.start_mark.line + 1}: {what}, as no catalogue does")
