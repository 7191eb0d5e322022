"""A newer edition of the catalogue's models: looked at as a whole before it is kept, and kept beside the shipped one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ecocli.catalog import compile as catalogue
from ecocli.catalog.compile_models import FILE, merge_models, model_entries
from ecocli.config.replacing import replace_text
from ecocli.errors import BadCatalog, quoted, shorten

MOST_BYTES = 16 * 1024 * 1024
"""The shipped file has one."""
MOST_DEPTH, MOST_EVENTS = 12, 2_000_000
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
    """BadCatalog for what makes much of little: references to other places of the file, and deep nesting."""
    depth = 0
    try:
        text.decode()
        events = catalogue.LOADER(text)
        for _ in range(MOST_EVENTS):
            if not events.check_event():
                return
            event = events.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > MOST_DEPTH:
                raise BadCatalog(f"{shorten(where, 200)}, line {event.start_mark.line + 1}: {'refers to another place' if depth <= MOST_DEPTH else 'is nested too deep'}, as no catalogue does")
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise BadCatalog(f"{shorten(where, 200)}{line}: {shorten(getattr(error, 'problem', None) or 'not YAML')}") from error
    except UnicodeDecodeError as error:
        raise BadCatalog(f"{shorten(where, 200)}: not UTF-8 text") from error
    raise BadCatalog(f"{quoted(where, 200)} has more than {MOST_EVENTS:,} parts")
