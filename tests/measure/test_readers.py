"""Readers of instruments, on trees of files as Linux shows them and on a library as NVIDIA's: none was run on real hardware."""

# ruff: noqa: N802 - the names of NVIDIA's functions

from types import SimpleNamespace

import pytest

from ecocli.measure.battery import Battery
from ecocli.measure.instruments import chosen, opened
from ecocli.measure.nvml import Nvml
from ecocli.measure.powermetrics import Powermetrics
from ecocli.measure.rapl import Rapl
from ecocli.measure.reader import Unreadable

MAX_UJ = 262_143_328_850


def write(folder, **values):
    folder.mkdir(exist_ok=True)
    for name, value in values.items():
        (folder / name).write_text(f"{value}\n")


def zone(root, number, name, energy_uj):
    write(root / f"intel-rapl:{number}", name=name, energy_uj=energy_uj, max_energy_range_uj=MAX_UJ)


# RAPL


def test_packages_are_added_up(tmp_path):
    zone(tmp_path, "0", "package-0", 5_000_000)
    zone(tmp_path, "1", "package-1", 7_000_000)
    rapl = Rapl.open(tmp_path)
    zone(tmp_path, "0", "package-0", 8_000_000)
    zone(tmp_path, "1", "package-1", 9_000_000)
    assert rapl.joules(1.0) == pytest.approx(3 + 2)
    assert (rapl.name, rapl.boundary) == ("RAPL package-0, package-1", "soc")


def test_a_counter_that_is_full_begins_at_zero(tmp_path):
    zone(tmp_path, "0", "package-0", MAX_UJ - 1_000_000)
    rapl = Rapl.open(tmp_path)
    zone(tmp_path, "0", "package-0", 500_000)
    assert rapl.joules(1.0) == pytest.approx(1.5)


def test_what_lies_in_a_package_or_around_it_is_not_counted_twice(tmp_path):
    zone(tmp_path, "0", "package-0", 0)
    zone(tmp_path, "0:0", "core", 0)
    zone(tmp_path, "1", "psys", 0)
    rapl = Rapl.open(tmp_path)
    for number, name in (("0", "package-0"), ("0:0", "core"), ("1", "psys")):
        zone(tmp_path, number, name, 2_000_000)
    assert rapl.joules(1.0) == pytest.approx(2)


def test_a_machine_without_rapl_says_so(tmp_path):
    with pytest.raises(Unreadable, match="RAPL: no processor package is shown"):
        Rapl.open(tmp_path / "nothing")


def test_a_counter_without_a_number_says_so(tmp_path):
    zone(tmp_path, "0", "package-0", "?")
    with pytest.raises(Unreadable, match="RAPL: invalid literal"):
        Rapl.open(tmp_path)


# NVML


class NVMLError(Exception):
    pass


class Library(SimpleNamespace):
    """Boards as pynvml shows them: each with its energy in mJ, or None for a board that counts none, and its power in mW."""

    NVMLError = NVMLError
    shut_down = False

    def nvmlInit(self):
        if self.boards is None:
            raise NVMLError("NVML Shared Library Not Found")

    def nvmlShutdown(self):
        self.shut_down = True

    def nvmlDeviceGetCount(self):
        return len(self.boards)

    def nvmlDeviceGetHandleByIndex(self, index):
        return self.boards[index]

    def nvmlDeviceGetName(self, board):
        return board["name"]

    def nvmlDeviceGetTotalEnergyConsumption(self, board):
        if board["mj"] is None:
            raise NVMLError("Not Supported")
        return board["mj"]

    def nvmlDeviceGetPowerUsage(self, board):
        if board["mw"] is None:
            raise NVMLError("GPU is lost")
        return board["mw"]


def test_a_boards_counter_is_read(tmp_path):
    board = {"name": b"RTX 4090", "mj": 10_000, "mw": 0}
    nvml = Nvml.open(Library(boards=[board]))
    assert nvml.joules(0.0) == 0
    board["mj"] = 25_000
    assert nvml.joules(1.0) == pytest.approx(15)
    assert (nvml.name, nvml.boundary) == ("NVML RTX 4090", "gpu")


def test_a_board_without_a_counter_is_read_by_its_power():
    old, new = {"name": "GTX 1080", "mj": None, "mw": 100_000}, {"name": "RTX 3060", "mj": 0, "mw": 0}
    nvml = Nvml.open(Library(boards=[old, new]))
    nvml.joules(0.0)
    old["mw"], new["mj"] = 200_000, 7_000
    assert nvml.joules(2.0) == pytest.approx(150 * 2 + 7)


def test_a_machine_without_a_driver_or_a_board_says_so():
    with pytest.raises(Unreadable, match="NVML: NVML Shared Library Not Found"):
        Nvml.open(Library(boards=None))
    with pytest.raises(Unreadable, match="NVML: no board is shown"):
        Nvml.open(Library(boards=[]))


def test_a_board_that_is_lost_ends_the_reading():
    board = {"name": "GTX 1080", "mj": None, "mw": 100_000}
    library = Library(boards=[board])
    nvml = Nvml.open(library)
    board["mw"] = None
    with pytest.raises(Unreadable, match="GPU is lost"):
        nvml.joules(1.0)
    nvml.close()
    assert library.shut_down


# battery


def test_power_is_integrated(tmp_path):
    write(tmp_path / "BAT0", status="Discharging", power_now=10_000_000)
    battery = Battery.open(tmp_path)
    battery.joules(0.0)
    write(tmp_path / "BAT0", power_now=-30_000_000)  # as some drivers write it
    assert battery.joules(4.0) == pytest.approx(20 * 4)
    assert battery.boundary == "wall"


def test_without_power_what_is_left_is_read(tmp_path):
    write(tmp_path / "BAT1", status="Discharging", energy_now=50_000_000)
    battery = Battery.open(tmp_path)
    write(tmp_path / "BAT1", energy_now=49_900_000)
    assert battery.joules(9.0) == pytest.approx(0.1 * 3600)


@pytest.mark.parametrize("status", ["Charging", "Full", "Not charging", "Unknown"])
def test_a_battery_that_does_not_feed_the_machine_says_nothing_of_it(tmp_path, status):
    write(tmp_path / "BAT0", status=status, power_now=10_000_000)
    with pytest.raises(Unreadable, match="plugged in"):
        Battery.open(tmp_path)


def test_plugging_in_ends_the_reading(tmp_path):
    write(tmp_path / "BAT0", status="Discharging", power_now=10_000_000)
    battery = Battery.open(tmp_path)
    write(tmp_path / "BAT0", status="Charging")
    with pytest.raises(Unreadable, match="plugged in"):
        battery.joules(1.0)


# powermetrics


def test_each_sample_of_powermetrics_counts_for_its_time():
    def lines():
        yield "*** Sampled system activity (Sun Nov 29 12:00:00 2026 +0100) (500.00ms elapsed) ***"
        yield "CPU Power: 2000 mW"
        yield "Combined Power (CPU + GPU + ANE): 20000 mW"
        yield "*** Sampled system activity (Sun Nov 29 12:00:01 2026 +0100) (1000.00ms elapsed) ***"
        yield "Combined Power (CPU + GPU + ANE): 30000 mW"

    ended = []
    reader = Powermetrics(lines(), lambda: ended.append(True))
    reader._follower.join(5)
    assert reader._total_j == pytest.approx(10 + 30)
    with pytest.raises(Unreadable, match="it has ended"):
        reader.joules(2.0)
    reader.close()
    assert ended


def test_other_systems_have_no_powermetrics():
    with pytest.raises(Unreadable, match="only macOS"):
        Powermetrics.open("linux")


# all together


def reader(boundary):
    return SimpleNamespace(name=boundary, boundary=boundary)


@pytest.mark.parametrize(
    ("there", "asked", "boundary", "used"),
    [
        ("gpu", None, "gpu", "gpu"),
        ("soc", None, "soc", "soc"),
        ("soc gpu", None, "soc", "soc gpu"),  # boards beside the processor draw apart from it
        ("soc gpu", "gpu", "gpu", "gpu"),
        ("wall soc gpu", None, "wall", "wall"),
        ("wall soc gpu", "soc", "soc", "soc gpu"),
        ("gpu", "soc", "soc", ""),  # boards alone are not what was asked for
        ("gpu", "wall", "wall", ""),
    ],
)
def test_nothing_is_counted_twice(there, asked, boundary, used):
    found, readers = chosen(list(map(reader, there.split())), asked)
    assert (found, [each.name for each in readers]) == (boundary, used.split())


def test_each_instrument_that_cannot_be_read_says_why(tmp_path):
    zone(tmp_path, "0", "package-0", 0)
    readers, reasons = opened([lambda: Rapl.open(tmp_path), lambda: Battery.open(tmp_path), lambda: Powermetrics.open("linux")])
    assert [each.boundary for each in readers] == ["soc"]
    assert reasons == ["battery: none is shown", "powermetrics: only macOS has it"]
