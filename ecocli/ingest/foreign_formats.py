"""Payload formats of other packages. Whatever goes wrong in one is an error that names it."""

from collections.abc import Callable, Container, Iterator
from functools import cache, partial
from typing import Any

from ecocli.errors import BadPlugin
from ecocli.ingest import native, plugins
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading, Rejected

names = partial(plugins.names, plugins.FORMATS)
KNOWN = frozenset(native.FIELDS)


@cache
def by_name(name: str) -> Format | None:
    """The format of that name; None when no package has one. Raises BadPlugin for one that cannot be used."""
    found = plugins.load(plugins.FORMATS, name, Format)
    if found is None:
        return None
    guard = partial(plugins.guard, plugins.FORMATS, name)
    with plugins.blamed(plugins.FORMATS, name):
        return Format(name, str(found.title), guard(found.matches), guard(_checked(found)), tuple(_guarded(guard, stream) for stream in found.streams))


def usable(taken: Container[str]) -> tuple[list[Format], list[BadPlugin]]:
    """All formats but those whose name is taken, and what is wrong with those that cannot be used."""
    formats, faults = [], []
    for name in names():
        try:
            format = None if name in taken else by_name(name)
        except BadPlugin as error:
            faults.append(error)
        else:
            formats += [format] if format else []
    return formats, faults


def _checked(format: Format) -> Callable[[dict[str, Any]], Iterator[Reading | Rejected]]:
    """Its `read`, which has to give readings that eco can go on with."""

    def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
        for found in format.read(document):
            if not isinstance(found, Rejected):
                _check(found)
                found.format = format.name
            yield found

    return read


def _check(found: Any) -> None:
    if not isinstance(found, Reading):
        raise TypeError(f"read gave a {type(found).__name__}, not a Reading")
    if unknown := found.fields.keys() - KNOWN:
        raise ValueError(f"a Reading has no field {min(unknown)!r}")
    if not all(isinstance(text, str) for text in (found.fields.get("id", ""), *found.assumptions, found.prompt_text or "", found.completion_text or "")):
        raise TypeError("a Reading has a text that is not a string")


def _guarded(guard: Callable[[Any], Any], stream: type[Assembler]) -> type[Assembler]:
    methods = {name: guard(getattr(stream, name)) for name in ("__init__", "belongs", "add", "end", "is_complete", "written", "bodies")}
    return type(stream.__name__, (stream,), {**methods, "is_chunk": staticmethod(guard(stream.is_chunk))})
