"""Usual machines of one's own, by what people and drivers call them."""

import re
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.core.factors import Factor
from ecocli.core.hardware import Hardware
from ecocli.errors import UnknownName, did_you_mean, quoted

UNITS = {"active_w": "W", "idle_w": "W", "embodied_kg": "kgCO2e"}
"""Numbers of a machine, each with its unit."""
SIZES = re.compile(r"\(?\b[0-9]+(?:\.[0-9]+)?[ -]?(?:[gt]i?b|core(?:s| cpu| gpu)?|inch)\b\)?|\b20[0-9]{2}\b")
"""Of memory, of the screen, of the chip, and the year: they do not tell machines of the table apart."""
NEEDLESS = {
    *("nvidia", "geforce", "amd", "radeon", "apple", "gpu", "graphics", "card", "chip", "pc", "computer", "tower", "with", "the", "custom", "and"),
    *("blackwell", "workstation", "edition", "generation", "developer", "kit", "module", "processor", "13", "14", "15", "16"),
}
"""Words that say no more of a machine than its other words."""
MOST_CHARACTERS = 128


class UnknownMachine(UnknownName):
    code = "unknown-machine"

    def __init__(self, name: str, close: list[str]) -> None:
        super().__init__(f"no machine named {quoted(name)} in the table", did_you_mean(close, "eco hardware list shows them all; --active-w states what yours draws"))


def key_of(name: str) -> str:
    """
    The words of a name in a fixed order.

    >>> key_of("Apple M4 Max (64 GB)"), key_of("Mac mini M4"), key_of("M4 Mac-mini 2024")
    ('4 apple m max', '4 m mac mini', '4 m mac mini')
    """
    return " ".join(sorted(_words(name)))


def find_machine(entries: Entries, name: str) -> dict[str, Any] | None:
    """
    The machine that a name stands for; None where the table has none.

    A name that counts its cards, such as "2x RTX 4090", is none: the table's machines have one.
    """
    if len(name) > MOST_CHARACTERS:
        return None
    words = _words(name)
    for tried in (words, [word for word in words if word not in NEEDLESS]):
        id = entries.get("machine-name", " ".join(sorted(tried))) if tried else None
        if id:
            return {"id": id, **(entries.get("machine", id) or {})}
    return None


def machine_named(entries: Entries, name: str) -> dict[str, Any]:
    """`find_machine`, or UnknownMachine with the nearest names."""
    found = find_machine(entries, name)
    if found is None:
        from difflib import get_close_matches

        written = {alias: None for _, body in entries.all("machine") for alias in body["names"] if not alias.isdigit()}
        raise UnknownMachine(name, get_close_matches(name.lower(), written, n=3))
    return found


def machine_names(entries: Entries, prefix: str = "") -> list[str]:
    """Completions of `prefix`: names of machines, and of their cards and chips."""
    names = [body["name"] for _, body in entries.all("machine")]
    chips = [chip for name in names if (chip := name.partition(" with ")[2]) and not chip.startswith("an ")]
    return [name for name in dict.fromkeys((*names, *chips)) if name.startswith(prefix)]


def profile_of(machine: dict[str, Any]) -> Hardware:
    """A machine of the table as if its owner had described it so."""
    factors: dict[str, Any] = {field: Factor.from_json(machine[field]) for field in UNITS}
    return Hardware(machine["name"], **factors)


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", SIZES.sub(" ", name.lower()))
