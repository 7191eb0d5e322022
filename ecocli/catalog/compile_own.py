"""
Changes the user's own models.yaml: adds a model, takes one out.

The file may be written by hand, so only the lines of that model change. PyYAML tells where these are; writing the whole
file anew would lose its comments. What comes out is read back and has to mean what it should, or nothing is written.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ecocli.catalog import compile as catalogue
from ecocli.catalog.compile_models import FILE, merge_models, model_entries, names_of, validated
from ecocli.catalog.model_names import normalised
from ecocli.config.replacing import replace_text
from ecocli.errors import BadCatalog, UnknownName, UsageError, did_you_mean, quoted, shorten
from ecocli.util import whole_files

NAMED = ("sources", "precisions", "architectures")
"""Sections of entries by name; `models` is a list."""
HEAD = "# Models of your own: eco adds them to its catalogue. eco schema models says what may stand here.\n"
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")
WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
"""That YAML takes for something else than text."""


class ModelExists(UsageError):
    code = "model-exists"


class UnknownOwnModel(UnknownName):
    code = "unknown-own-model"

    def __init__(self, name: str, file: Path, known: list[str]) -> None:
        from difflib import get_close_matches

        close = get_close_matches(name, known, n=3)
        super().__init__(f"no model named {quoted(name)} in {file}", did_you_mean(close, "only models of your own can be removed"))


def own_models(file: Path) -> dict[str, Any]:
    """The models of a user's file by id; none where there is no file. BadCatalog where it cannot be read."""
    found = _read(file)[1].get("models")
    return {entry["id"]: entry for entry in found if isinstance(entry, dict) and isinstance(entry.get("id"), str)} if isinstance(found, list) else {}


def written(sections: Mapping[str, Any]) -> str:
    """Sections as they are written into an empty file."""
    return "".join(f"{name}:\n{_block(name, body, 2)}" for name, body in sections.items())


def add(file: Path, shipped: Mapping[str, Any], sections: Mapping[str, Any], replace: bool) -> str:
    """
    The text of the user's file with one model more.

    Args:
        shipped: The catalogue that it adds to, as parsed.
        sections: The model under "models", alone in its list, and what it refers to under the other sections.
        replace: Take the place of an entry with its id, the user's own or the catalogue's.

    Raises:
        ModelExists: There is such an entry, and `replace` is False.
        BadCatalog: The file, or what it would become, cannot be used.
    """
    (model,) = sections["models"]
    _check(shipped, _read(file)[1], file)
    if not replace:
        _refuse_known(file, shipped, [model["id"], *model.get("aliases", ())])
    text, holds = _without(file, model["id"])
    for name, body in sections.items():
        text = _inserted(text, name, body, file)
        holds = {**holds, name: {**holds.get(name, {}), **body} if name in NAMED else [*holds.get(name, ()), *body]}
    return _checked(text, holds, shipped, file)


def remove(file: Path, shipped: Mapping[str, Any], name: str) -> str:
    """The text of the user's file without a model, and without what only that refers to. UnknownOwnModel where it is not there."""
    known = own_models(file)
    model_id = next((each for each in known if each.lower() == name.lower()), None)
    if model_id is None:
        raise UnknownOwnModel(name, file, list(known))
    text, holds = _without(file, model_id)
    return _checked(text, holds, shipped, file)


def write(file: Path, text: str) -> None:
    """Replace the user's file as a whole. BadConfig when it cannot be written: it is as before."""
    replace_text(file, text)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """A file's text and what it means; empty where there is none."""
    if not file.exists():
        return "", {}
    try:
        text = whole_files.read(file).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCatalog(f"{file}: cannot be read: {shorten(str(error))}") from error
    return text, catalogue.load(file)


def _refuse_known(file: Path, shipped: Mapping[str, Any], names: list[str]) -> None:
    """ModelExists for the name of a model that is known."""
    if any(each.lower() == names[0].lower() for each in own_models(file)):
        raise ModelExists(f"{quoted(names[0])} is in {file} already", "--replace takes its place, --name gives another name")
    known = names_of(validated(dict(shipped)))
    for name in names:
        if normalised(name) in known:
            raise ModelExists(f"eco's catalogue has {known[normalised(name)]['id']} for {quoted(name)}", "--replace takes the name for yours")


def _check(shipped: Mapping[str, Any], holds: Mapping[str, Any], file: Path) -> None:
    """BadCatalog where the catalogue with a user's file is not valid."""
    try:
        list(model_entries(merge_models(dict(shipped), dict(holds))))
    except BadCatalog as error:
        named = BadCatalog(f"{file}: {str(error).removeprefix(f'{FILE}: ')}", error.hint)
        named.schema = "models"
        raise named from error


def _checked(text: str, holds: dict[str, Any], shipped: Mapping[str, Any], file: Path) -> str:
    """The text, once it means what it should and is valid."""
    if _parsed(text) != holds:
        raise _foreign(file)
    _check(shipped, holds, file)
    return text


def _parsed(text: str) -> Any:
    try:
        return catalogue.LOADER(text).get_single_data() or {}
    except yaml.YAMLError:
        return None


def _without(file: Path, model_id: str) -> tuple[str, dict[str, Any]]:
    """Text and meaning of a file without a model and the entries that `add` wrote for it."""
    text, holds = _read(file)
    holds = dict(holds)
    if not any(each.lower() == model_id.lower() for each in own_models(file)):
        return text, holds
    remaining = [entry for entry in holds["models"] if not _is(entry, model_id)]
    (gone,) = (entry for entry in holds["models"] if _is(entry, model_id))
    text = _cut(text, "models", gone["id"], file)
    holds = _with_section(holds, "models", remaining)
    # what it was written with goes as well, unless something else refers to it
    for name in ("architectures", "precisions", "sources"):
        key = own_key(gone["id"])
        if key in (holds.get(name) or {}) and f'"{key}"' not in json.dumps(_referring(holds, name, key)):
            text = _cut(text, name, key, file)
            holds = _with_section(holds, name, {other: body for other, body in holds[name].items() if other != key})
    return text, holds


def own_key(model_id: str) -> str:
    """The name of the entries that a model of one's own brings: the catalogue has none like it."""
    return f"own/{model_id}"


def _referring(holds: Mapping[str, Any], name: str, key: str) -> Any:
    """All but the entry itself, whose own name would be found in it."""
    return [
        *(body for section, bodies in holds.items() if section != name and isinstance(bodies, dict) for body in bodies.values()),
        *(body for other, body in holds[name].items() if other != key), holds.get("models"),
    ]  # fmt: skip


def _with_section(holds: dict[str, Any], name: str, body: Any) -> dict[str, Any]:
    return {section: each for section, each in (holds | {name: body}).items() if section != name or body}


def _is(entry: Any, model_id: str) -> bool:
    return isinstance(entry, dict) and str(entry.get("id")).lower() == model_id.lower()


# Lines of the file


def _inserted(text: str, name: str, body: Any, file: Path) -> str:
    """The text with entries at the end of a section, which is made where there is none."""
    ending = "\r\n" if "\r\n" in text else "\n"
    if not text:
        text = HEAD
    if not text.endswith("\n"):
        text += ending
    section = _section(text, name, file)
    if section is None:
        return text + f"{name}:{ending}" + _block(name, body, 2).replace("\n", ending)
    key, value = section
    lines = text.splitlines(keepends=True)
    if not _children(value):
        if isinstance(value, yaml.CollectionNode) or value.value:
            raise _in_one_line(file, name)
        at, column = key.end_mark.line + 1, 2
    elif value.flow_style:
        raise _in_one_line(file, name)
    else:
        at, column = _end(value), value.start_mark.column
    return "".join([*lines[:at], _block(name, body, column).replace("\n", ending), *lines[at:]])


def _cut(text: str, name: str, entry: str, file: Path) -> str:
    """The text without the lines of an entry, and without its section where it was the only one."""
    section = _section(text, name, file)
    if section is None or section[1].flow_style:
        raise _in_one_line(file, name)
    key, value = section
    lines = text.splitlines(keepends=True)
    for start, child in _children(value):
        if _entry_name(start, child) == entry:
            first = key.start_mark.line if len(_children(value)) == 1 else start.start_mark.line
            del lines[first : _end(child)]
            return "".join(lines)
    raise _in_one_line(file, name)


def _entry_name(start: yaml.Node, child: yaml.Node) -> Any:
    if start is not child:
        return start.value
    return next((value.value for key, value in child.value if key.value == "id"), None) if isinstance(child, yaml.MappingNode) else None


def _section(text: str, name: str, file: Path) -> tuple[yaml.Node, Any] | None:
    try:
        root = catalogue.LOADER(text).get_single_node()
    except yaml.YAMLError as error:  # a line was added to what is no block
        raise _foreign(file) from error
    pairs: list[tuple[yaml.Node, Any]] = root.value if isinstance(root, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == name), None)


def _children(value: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    """Each entry with the node that it begins with."""
    if isinstance(value, yaml.MappingNode):
        return list(value.value)
    return [(child, child) for child in value.value] if isinstance(value, yaml.SequenceNode) else []


def _end(node: yaml.Node) -> int:
    """The number of the line behind a node: a block's own end is that of the comments below it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return int(node.end_mark.line + (node.end_mark.column > 0))


def _foreign(file: Path) -> BadCatalog:
    return BadCatalog(f"{file} is not written in a form that can be changed from outside", "change the file by hand")


def _in_one_line(file: Path, name: str) -> BadCatalog:
    return BadCatalog(f"{file}: {name} is not written with an entry per line, so eco cannot change it", "change the file by hand")


def _block(name: str, body: Any, column: int) -> str:
    """Entries of a section, each line indented by `column`."""
    entries = (_named(key, each) for key, each in body.items()) if name in NAMED else map(_listed, body)
    return "".join(f"{' ' * column}{line}\n" for lines in entries for line in lines)


def _named(key: str, body: Mapping[str, Any]) -> Iterator[str]:
    if not any(isinstance(value, dict) for value in body.values()):
        yield f"{_value(key)}: {_value(body)}"
        return
    yield f"{_value(key)}:"
    yield from (f"  {name}: {_value(value)}" for name, value in body.items())


def _listed(body: Mapping[str, Any]) -> Iterator[str]:
    for number, (name, value) in enumerate(body.items()):
        yield f"{'  ' if number else '- '}{name}: {_value(value)}"


def _value(value: Any) -> str:
    """A value on one line. JSON is YAML, but for numbers such as 1e-05."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_value(name)}: {_value(each)}" for name, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) and value.lower() not in WORDS else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else f"{value:.12f}"
    return json.dumps(value)
