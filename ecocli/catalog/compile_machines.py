"""Compile parsed machines.yaml to catalogue entries."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from ecocli.catalog.entries import NOTICE, Entry
from ecocli.catalog.machines import UNITS, key_of
from ecocli.catalog.schema import reason
from ecocli.catalog.schema_machines import MachinesFile
from ecocli.errors import BadCatalog, shorten

FILE = "machines.yaml"


def machine_entries(raw: Any) -> Iterator[Entry]:
    """Each machine, and each of its names. BadCatalog states the first problem."""
    file = _read(raw)
    yield Entry("meta", "machines", {"edition": file.edition})
    yield from (Entry(NOTICE, notice.owner, notice.text) for notice in file.notices)
    names: dict[str, str] = {}
    for id, machine in file.machines.items():
        entries = {field: getattr(machine, field) for field in UNITS}
        unknown = next((entry.source for entry in entries.values() if entry.source not in file.sources), None)
        if unknown:
            raise _bad(f"machines.{id}", f"no source named {unknown!r}")
        factors = {field: entry.factor(UNITS[field], file.sources).to_json() for field, entry in entries.items()}
        yield Entry("machine", id, {"name": machine.name, "kind": machine.kind, "names": machine.names, **factors})
        for name in dict.fromkeys(map(key_of, (machine.name, *machine.names))):  # in one order: two builds are the same bytes
            if names.setdefault(name, id) != id:
                raise _bad(f"machines.{id}", f"{names[name]} has the name {name!r} too")
    yield from (Entry("machine-name", name, id) for name, id in names.items())


def _read(raw: Any) -> MachinesFile:
    try:
        return MachinesFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(".".join(map(str, first["loc"])) or "the file", reason(first)) from None


def _bad(where: str, message: str) -> BadCatalog:
    return BadCatalog(f"{FILE}: {shorten(where, 120)}: {shorten(message, 200)}")
