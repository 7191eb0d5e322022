"""The table of usual machines: physical truth of each number, names that stand for one machine, and names that stand for none."""

import re
from pathlib import Path

import pytest
import yaml

import ecocli.catalog
from ecocli.catalog.compile_machines import machine_entries
from ecocli.catalog.machines import UNITS, UnknownMachine, find_machine, key_of, machine_named, machine_names, profile_of
from ecocli.errors import BadCatalog

FILE = yaml.safe_load((Path(ecocli.catalog.__file__).parent / "machines.yaml").read_text("utf-8"))
MACHINES = FILE["machines"]
LIGHTEST_W, HEAVIEST_W = 5, 800
"""A board computer at work, and a PC with one card, which a power supply of 1 kW can feed."""


def numbers(machine):
    return {field: machine[field]["range"] for field in UNITS}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_a_machine_obeys_physics(machine):
    for low, value, high in numbers(machine).values():
        assert 0 < low < value < high
    active, idle = machine["active_w"]["range"], machine["idle_w"]["range"]
    assert all(rest < work for rest, work in zip(idle, active, strict=True))
    assert active[0] >= LIGHTEST_W
    assert active[2] <= HEAVIEST_W


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_what_was_not_read_or_measured_has_a_wide_range(machine):
    for field in UNITS:
        low, _, high = machine[field]["range"]
        source = FILE["sources"][machine[field]["source"]]
        is_read = source.get("checked", True) or "via" in source  # at its owner's, or in what another passed on
        if not is_read or machine[field]["basis"] == "assumed":
            assert high / low >= 1.6, field
        if machine[field]["basis"] in ("measured", "reported"):
            assert is_read, field


def test_every_source_is_there_and_used():
    used = {machine[field]["source"] for machine in MACHINES.values() for field in UNITS}
    assert used == set(FILE["sources"])


@pytest.mark.parametrize("source", FILE["sources"].values(), ids=FILE["sources"])
def test_what_was_read_says_where(source):
    assert source.get("url", "").startswith("https://") or source.get("checked") is False


def test_no_two_machines_share_a_name():
    owners = {}
    for id, machine in MACHINES.items():
        for name in {key_of(written) for written in (machine["name"], *machine["names"])}:
            assert owners.setdefault(name, id) == id, name


def test_more_of_a_card_draws_more_in_a_pc():
    """By the rule for cards that nobody has measured: 0.75 of the board, and 70 W around it, in watts at the wall."""
    for name, board_w in {"RTX 3070": 220, "RTX 3090": 350, "RTX 4060": 115, "RTX 5080": 360, "RTX 5090": 575, "RTX A6000": 300}.items():
        machine = next(machine for machine in MACHINES.values() if machine["name"].endswith(f"with {name}"))
        assert machine["active_w"]["range"] == pytest.approx([0.45 * board_w + 45, 0.75 * board_w + 70, 1.05 * board_w + 110], rel=0.02)


PEAKS_W = {
    "RTX 2080 Ti": (260, [257.8, 307.8]), "RTX 3060": (170, [214, 224, 229.3]), "RTX 3080 Ti": (350, [495, 495]), "RTX 4070 Ti": (285, [266.9, 311.1, 298.7]),
    "RTX 4090": (450, [261.9, 464.2, 509.1]), "RTX A4000": (140, [269.2, 199.4]), "AI Pro R9700": (300, [333.8, 330.8, 332.9]),
}  # fmt: skip
"""Power of cards, and peaks at the wall of a PC with each, one per model: github.com/geerlingguy/ai-benchmarks. [W]"""


def test_the_rule_for_cards_holds_what_was_read_at_others():
    inside = [0.45 * board_w + 45 <= peak <= 1.05 * board_w + 110 for board_w, peaks in PEAKS_W.values() for peak in peaks]
    assert sum(inside) >= 0.8 * len(inside)


@pytest.mark.parametrize("name", PEAKS_W)
def test_a_card_that_was_read_has_a_range_with_its_readings(catalog, name):
    active = machine_named(catalog, name)["active_w"]
    assert all(active["low"] <= peak <= active["high"] for peak in PEAKS_W[name][1])


@pytest.mark.parametrize(("name", "expected"), [
    ("RTX 4090", "PC with RTX 4090"),
    ("NVIDIA GeForce RTX 4090", "PC with RTX 4090"),
    ("rtx4090", "PC with RTX 4090"),
    ("7900xtx", "PC with RX 7900 XTX"),
    ("AMD Radeon RX 9070 XT", "PC with RX 9070 XT"),
    ("RTX 3060 12GB", "PC with RTX 3060"),
    ("NVIDIA GeForce RTX 4060 Laptop GPU", "Laptop with an RTX GPU"),
    ("NVIDIA RTX A6000", "Workstation with RTX A6000"),
    ("RTX A4000", "Workstation with RTX A4000"),
    ("NVIDIA RTX 6000 Ada Generation", "Workstation with RTX 6000 Ada"),
    ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "Workstation with RTX PRO 6000 Max-Q"),
    ("Apple M3 Max", "MacBook Pro with M3 Max"),
    ("Apple M2 Max 12-core CPU 38-core GPU", "Mac with M2 Max"),
    ("Mac mini (M4, 2024) 16GB", "Mac mini M4"),
    ("M4 Mac mini", "Mac mini M4"),
    ("MacBook Pro 14 M3 Pro 36 GB", "MacBook Pro with M3 Pro"),
    ("Framework 13", "Laptop without a GPU of its own"),
    ("AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", "Strix Halo (Ryzen AI Max+ 395)"),
    ("NVIDIA GB10", "DGX Spark (GB10)"),
    ("Raspberry Pi 5 - 16GB", "Raspberry Pi 5"),
    ("Jetson AGX Orin Developer Kit", "Jetson AGX Orin"),
])  # fmt: skip
def test_what_people_and_drivers_call_a_machine(catalog, name, expected):
    found = find_machine(catalog, name)
    assert found is not None
    assert found["name"] == expected


@pytest.mark.parametrize("name", ["", " ", "H100", "A10", "2x RTX 4090", "RTX 4090 x2", "Quadro RTX 6000", "RTX", "M4 Ultra", "nvidia", "☃", "m4 " * 99])
def test_names_of_other_machines_stand_for_none(catalog, name):
    assert find_machine(catalog, name) is None


def test_an_unknown_name_is_told_the_nearest(catalog):
    with pytest.raises(UnknownMachine, match="no machine named 'RTX 4900' in the table") as caught:
        machine_named(catalog, "RTX 4900")
    assert "rtx 4090" in caught.value.hint


def test_a_machine_is_a_profile_with_sources(catalog):
    profile = profile_of(machine_named(catalog, "Mac Studio M3 Ultra"))
    assert profile.active_w.unit == "W"
    assert "geerlingguy/ai-benchmarks" in profile.active_w.source
    assert profile.embodied_kg.source.endswith("(figures quoted, unchecked)")


def test_completions_are_names_that_are_found(catalog):
    offered = machine_names(catalog)
    assert {"Mac mini M4", "PC with RTX 4090", "RTX 4090", "M3 Max"} <= set(offered)
    assert all(find_machine(catalog, name) for name in offered)
    assert machine_names(catalog, "zx") == []


@pytest.mark.parametrize(("change", "message"), [
    ({"idle_w": {"range": [1, 50, 60], "source": "s", "basis": "assumed"}}, "idle_w must be below active_w"),
    ({"active_w": {"range": [30, 20, 40], "source": "s", "basis": "assumed"}}, "low 30.0 <= value 20.0"),
    ({"active_w": {"range": [20, 40], "source": "s", "basis": "assumed"}}, "at least 3 items"),
    ({"active_w": {"range": [10, 20, 40], "source": "t", "basis": "assumed"}}, "no source named 't'"),
    ({"watts": 5}, "machines.a.watts: unknown key"),
    ({"names": ["b"]}, "b has the name 'b' too"),
])  # fmt: skip
def test_a_wrong_entry_is_named(change, message):
    entry = {
        "kind": "desktop", "active_w": {"range": [10.0, 20.0, 40.0], "source": "s", "basis": "assumed"},
        "idle_w": {"range": [1.0, 2.0, 4.0], "source": "s", "basis": "assumed"}, "embodied_kg": {"range": [1.0, 2.0, 3.0], "source": "s", "basis": "assumed"},
    }  # fmt: skip
    source = {"title": "t", "publisher": "p", "year": 2026, "checked": False}
    raw = {
        "edition": "2026", "sources": {"s": source},
        "machines": {"b": entry | {"name": "B", "names": ["b"]}, "a": entry | {"name": "A", "names": ["a"]} | change},
    }  # fmt: skip
    with pytest.raises(BadCatalog, match=re.escape(message)):
        list(machine_entries(raw))
