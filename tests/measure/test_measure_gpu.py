"""
What `tools/measure_gpu.py` counts, plans, reads and writes, on a library as NVIDIA's and a clock of its own: none of it needs PyTorch or a board.

`test_gpu_decoder.py` has what it computes.
"""

import csv
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import measure_gpu
from tools.measure_gpu import (
    COLUMNS,
    DECODE,
    IDLE,
    PREFILL,
    SHAPES,
    USUAL,
    Board,
    Fault,
    Point,
    Power,
    Reading,
    Rows,
    Shape,
    Watch,
    Window,
    bytes_needed,
    counted_power,
    expected_s,
    figures,
    key,
    layers_held,
    points,
    sampled_power,
    weight_bytes,
    work,
)

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tools" / "measure_gpu.py"
PUBLISHED_PARAMETERS = {  # of the tensors in each checkpoint
    "llama-3.2-1b": 1_235_814_400,
    "llama-3.2-3b": 3_212_749_824,
    "llama-3.1-8b": 8_030_261_248,
    "llama-3.1-70b": 70_553_706_496,
    "llama-3.1-405b": 405_853_388_800,
    "qwen3-14b": 14_768_307_200,
    "qwen3-32b": 32_762_123_264,
    "qwen3-30b-a3b": 30_532_122_624,
    "qwen3-235b-a22b": 235_093_634_560,
}
SMALL = Shape("small", layers=1, hidden=4, heads=2, cached_heads=1, head_width=2, inner=3, vocabulary=10)
"""Queries and output 16 weights each, keys and values 8 each: 48; feed-forward 3 x 12 = 36; norms 8; head 40; a token's cache 2 x 2 numbers."""


# Shapes and sums


@pytest.mark.parametrize("name", PUBLISHED_PARAMETERS)
def test_shapes_have_as_many_parameters_as_is_published(name):
    assert SHAPES[name].parameters == PUBLISHED_PARAMETERS[name]


def test_every_shape_but_the_tiny_ones_is_compared():
    assert {*PUBLISHED_PARAMETERS} == {name for name in SHAPES if not name.startswith("tiny")}


def test_a_token_of_a_mixture_is_multiplied_with_the_active_parameters_alone():
    shape = SHAPES["qwen3-30b-a3b"]
    attention_flop = 4 * shape.layers * shape.heads * shape.head_width * 128
    multiplied = (work(Point(shape, "bf16", DECODE, 1, 0, 128)).flop - attention_flop) / 2
    never_multiplied = shape.embedding_parameters + shape.layers * (2 * 2048 + 2 * 128) + 2048  # looked up; norms
    assert multiplied + never_multiplied == 3_353_032_704


def test_work_of_decoding_by_hand():
    found = work(Point(SMALL, "bf16", DECODE, 2, 0, 5))
    assert found.flop == 2 * (2 * (48 + 36) + 2 * 40) + 4 * 2 * 2 * (2 * 5)  # layers and head of two tokens; ten pairs, twice two heads of two
    assert found.bytes == 2 * (48 + 36 + 8) + 2 * (40 + 4) + 2 * 2 * 4 + (10 + 2) * 8  # layer; head and norm; two embeddings; cache read and written


def test_work_of_prefill_by_hand():
    found = work(Point(SMALL, "bf16", PREFILL, 1, 3, 3))
    assert found.flop == 2 * (3 * (48 + 36) + 40) + 4 * 2 * 2 * (1 + 2 + 3)  # the head reads the last token; each sees those before it
    assert found.bytes == 2 * (48 + 36 + 8) + 2 * (40 + 4) + 2 * 3 * 4 + 3 * 8


def test_narrow_weights_are_fewer_bytes_and_the_same_arithmetic():
    wide, fp8, int4 = (work(Point(SMALL, precision, DECODE, 2, 0, 5)) for precision in ("bf16", "fp8", "int4"))
    assert wide.flop == fp8.flop == int4.flop
    assert wide.bytes - fp8.bytes == 48 + 36
    assert fp8.bytes - int4.bytes == pytest.approx((48 + 36) * (1 - 0.5 - 4 / 128))  # half a byte, and four for each group of 128


def test_waiting_is_no_work():
    assert work(Point(SMALL, "bf16", IDLE)) == (0, 0)


def test_a_mixture_reads_the_experts_that_a_batch_touches():
    shape = SHAPES["qwen3-30b-a3b"]
    expert = 3 * 2048 * 768 * 2 * 48  # bytes in all layers
    read = {batch: work(Point(shape, "bf16", DECODE, batch, 0, 128)).bytes for batch in (1, 4, 16, 64)}
    of_tokens = shape.hidden * 2 + 129 * shape.cache_bytes_per_token
    assert read[4] - read[1] == 3 * 8 * expert + 3 * of_tokens
    assert read[16] - read[4] == 12 * 8 * expert + 12 * of_tokens
    assert read[64] - read[16] == 48 * of_tokens  # all 128 are touched already


def test_memory_holds_weights_and_the_cache():
    assert weight_bytes(SHAPES["llama-3.1-8b"], "bf16", 32) == 2 * PUBLISHED_PARAMETERS["llama-3.1-8b"]
    assert bytes_needed(Point(SMALL, "bf16", DECODE, 2, 0, 5), 1) == weight_bytes(SMALL, "bf16", 1) + 2 * 5 * 8


@pytest.mark.parametrize("name", PUBLISHED_PARAMETERS)
@pytest.mark.parametrize("precision", ["bf16", "fp8", "int4"])
def test_layers_are_all_held_or_leave_half_of_the_memory(name, precision):
    shape, counts = SHAPES[name], []
    for memory_bytes in (24e9, 80e9, 141e9, 1e12):
        held = layers_held(shape, precision, memory_bytes)
        counts.append(held)
        room = 0.9 if held == shape.layers else 0.5
        assert held == 1 or weight_bytes(shape, precision, held) <= room * memory_bytes
    assert counts == sorted(counts) and counts[-1] == shape.layers and counts[0] >= 1


# The plan


@pytest.mark.parametrize("name", USUAL)
def test_the_plan_spans_what_it_should(name):
    plan = [*points(SHAPES[name], "bf16")]
    assert plan[0].phase == IDLE
    for phase, field, least, most in ((PREFILL, "prompt_tokens", 128, 32768), (DECODE, "batch", 1, 512), (DECODE, "context_tokens", 128, 32768)):
        values = {getattr(point, field) for point in plan if point.phase == phase}
        assert (min(values), max(values)) == (least, most)
    assert len({key(point, "board") for point in plan}) == len(plan)
    assert {*points(SHAPES[name], "bf16", is_quick=True)} < {*plan}


def test_four_bits_are_measured_where_their_kernel_is_meant_to_be_used():
    plan = [*points(SHAPES["llama-3.1-8b"], "int4")]
    assert {point.phase for point in plan} == {IDLE, DECODE}
    assert max(point.batch for point in plan) == 64


def test_experts_take_the_same_number_of_tokens_at_every_point():
    for name in SHAPES:
        shape = SHAPES[name]
        for point in points(shape, "bf16"):
            slots = point.tokens * shape.experts_per_token
            assert not slots or slots % min(shape.experts, slots) == 0


def test_what_has_no_room_takes_no_time():
    point = Point(SHAPES["llama-3.1-8b"], "bf16", DECODE, 512, 0, 32768)  # 2.2 TB of cache
    assert expected_s(point, 3, 3.0, 80e9) == 0
    assert expected_s(point, 3, 3.0, 8e12) > 9
    assert expected_s(point, 0, 3.0, 8e12) == 0


# Power


@given(watts=st.floats(20, 1500), moves_every_s=st.floats(0.02, 0.2), begin_s=st.floats(0, 0.2), read_every_s=st.floats(0.002, 0.01))
def test_a_counter_that_moves_now_and_then_gives_the_power_within_its_error(watts, moves_every_s, begin_s, read_every_s):
    times = [begin_s + number * read_every_s for number in range(int(3 / read_every_s))]
    found = counted_power([Reading(at_s, int(at_s / moves_every_s) * moves_every_s * watts) for at_s in times])
    assert found.error < 0.01
    assert found.watts == pytest.approx(watts, rel=found.error + 1e-9)


def test_a_counter_that_moves_once_says_nothing():
    assert counted_power([Reading(0, 1.0), Reading(1, 2.0), Reading(2, 2.0)]) is None
    assert counted_power([]) is None


@given(times=st.lists(st.floats(0, 10), min_size=2, unique=True), watts=st.floats(1, 1000), slope=st.floats(0, 50))
def test_samples_of_a_power_that_rises_evenly_give_that_of_the_middle(times, watts, slope):
    readings = [Reading(at_s, watts + slope * at_s) for at_s in sorted(times)]
    middle_s = (min(times) + max(times)) / 2
    assert sampled_power(readings).watts == pytest.approx(watts + slope * middle_s, rel=1e-6)
    assert sampled_power(readings[:1]) is None


class Library:
    """Behaves as pynvml does, and notes what it is asked."""

    NVML_TEMPERATURE_GPU, NVML_CLOCK_SM, NVML_CLOCK_MEM = 0, 1, 2

    class NVMLError(Exception):
        """Not supported."""

    def __init__(self, **answers):
        self._answers, self.asked = answers, []

    def __getattr__(self, name):
        if not name.startswith("nvml"):
            raise AttributeError(name)

        def answer(handle, *more):
            self.asked.append(name)
            if name not in self._answers:
                raise self.NVMLError("Not Supported")
            found = self._answers[name]
            return found(*more) if callable(found) else found

        return answer


def test_a_board_with_a_counter_is_read_in_joules():
    board = Board(Library(nvmlDeviceGetTotalEnergyConsumption=12_345, nvmlDeviceGetPowerUsage=300_000), "handle")
    assert (board.value(), board.source, board.mean_power) == (12.345, "nvml_energy_counter", counted_power)


def test_a_board_without_one_is_sampled_in_watts():
    board = Board(Library(nvmlDeviceGetPowerUsage=300_000), "handle")
    assert (board.value(), board.source, board.mean_power) == (300.0, "nvml_sampled_power", sampled_power)


def test_a_board_says_how_it_is_and_what_it_does_not_say_is_unknown():
    clocks = {Library.NVML_CLOCK_SM: 1980, Library.NVML_CLOCK_MEM: 3201}
    library = Library(nvmlDeviceGetClockInfo=clocks.get, nvmlDeviceGetEnforcedPowerLimit=700_000, nvmlDeviceGetComputeRunningProcesses=[SimpleNamespace(pid=-1)])
    assert Board(library, "handle").state() == {
        "temperature_c": None, "processor_clock_mhz": 1980, "memory_clock_mhz": 3201, "power_limit_w": 700.0, "other_processes": 1,
    }  # fmt: skip
    assert all(name.startswith("nvmlDeviceGet") for name in library.asked)


def test_nothing_of_a_board_is_ever_set():
    called = {*re.findall(r"nvml[A-Z]\w+", FILE.read_text("utf-8"))}
    assert called
    assert all(re.match(r"nvml(Init|SystemGet|DeviceGet)", name) for name in called)


# A window


class Clock:
    """A second is a thousand looks at it."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        self.now_s += 0.001
        return self.now_s


class Queue:
    """A board that takes the same time for each step, one after another, and draws the same power."""

    source = "counter"
    mean_power = staticmethod(counted_power)

    def __init__(self, clock, step_s, watts):
        self._clock, self._step_s, self._watts = clock, step_s, watts
        self._free_s = 0.0
        self.waited_s = 0.0
        self.longest_queue_s = 0.0

    def step(self):
        if self._free_s:
            self.waited_s += max(0.0, self._clock.now_s - self._free_s)
        begin_s = max(self._clock.now_s, self._free_s)
        self._free_s = end_s = begin_s + self._step_s
        self.longest_queue_s = max(self.longest_queue_s, end_s - self._clock.now_s)
        return lambda: self._clock.now_s >= end_s

    def value(self):
        return int(self._clock.now_s * 10) / 10 * self._watts  # moves ten times a second

    def state(self):
        return {"temperature_c": 61}


@pytest.mark.parametrize("step_s", [0.004, 0.1, 2.0])
def test_steps_follow_one_another_without_a_gap(step_s):
    clock = Clock()
    board = Queue(clock, step_s, watts=400.0)
    window = Watch(board, clock).window(board.step, 3.0)
    assert 3.0 <= window.seconds <= 3.0 + max(0.2, 3 * step_s)
    assert window.seconds == pytest.approx(window.steps * step_s, rel=0.02)
    assert board.waited_s < 0.02
    assert board.longest_queue_s < max(0.1, 3 * step_s)  # little is queued, so that a window ends in time
    assert window.power.watts == pytest.approx(400.0, rel=window.power.error)
    assert window.state == {"temperature_c": 61}


def test_a_window_has_one_step_at_least():
    clock = Clock()
    board = Queue(clock, 0.5, watts=100.0)
    assert Watch(board, clock).window(board.step, 0.0).steps == 1


# Rows


def row(point, repeat=1, board="H100", status="ok", **more):
    names = dict(zip(measure_gpu.NAMES, (point.shape.name, *point[1:]), strict=True))
    return names | {"repeat": repeat, "board": board, "status": status} | more


POINT, OTHER = Point(SMALL, "bf16", DECODE, 2, 0, 5), Point(SMALL, "bf16", DECODE, 4, 0, 5)


def test_figures_by_hand():
    found = figures(POINT, Window(steps=10, seconds=4.0, power=Power(300.0, 0.02), state={"temperature_c": 50}))
    assert found["joules"] == 1200
    assert found["tokens"] == 20
    assert found["joules_per_token"] == 60
    assert found["tokens_per_second"] == 5
    assert found["flop_per_second"] == work(POINT).flop * 2.5
    assert found["bytes_per_second"] == work(POINT).bytes * 2.5
    assert (found["power_w"], found["power_error"], found["temperature_c"]) == (300, 0.02, 50)


def test_energy_that_is_not_known_is_empty_and_not_zero():
    found = figures(POINT, Window(steps=10, seconds=4.0, power=None, state={}))
    assert [found[name] for name in ("joules", "power_w", "power_error", "joules_per_token")] == [None] * 4


def test_a_board_that_waits_has_power_and_no_tokens():
    found = figures(Point(SMALL, "bf16", IDLE), Window(steps=600, seconds=3.0, power=Power(70.0, 0.02), state={}))
    assert (found["joules"], found["tokens"], found["joules_per_token"], found["steps"]) == (210, 0, None, None)


def test_rows_that_are_there_are_not_missing_any_more(tmp_path):
    path = tmp_path / "rows.csv"
    rows = Rows(path)
    assert rows.missing(POINT, "H100", 3) == [1, 2, 3]
    rows.add(row(POINT, 1))
    rows.add(row(POINT, 2))
    for again in (rows, Rows(path)):
        assert again.missing(POINT, "H100", 3) == [3]
        assert again.missing(POINT, "A100", 3) == [1, 2, 3]
        assert again.missing(OTHER, "H100", 3) == [1, 2, 3]


@pytest.mark.parametrize("status", ["out_of_memory", "unsupported", "wrong", "failed"])
def test_a_point_that_failed_is_not_tried_again(tmp_path, status):
    rows = Rows(tmp_path / "rows.csv")
    rows.add(row(POINT, 1, status=status, detail='needs "more", it says'))
    assert rows.missing(POINT, "H100", 3) == []
    assert Rows(tmp_path / "rows.csv").missing(POINT, "H100", 3) == []


def test_a_row_that_a_kill_cut_off_is_measured_again(tmp_path):
    path = tmp_path / "rows.csv"
    rows = Rows(path)
    rows.add(row(POINT, 1))
    whole = path.read_bytes()
    rows.add(row(POINT, 2))
    both = path.read_bytes()
    for length in range(len(whole), len(both)):
        path.write_bytes(both[:length])
        again = Rows(path)
        assert again.missing(POINT, "H100", 2) == [2]
    again.add(row(POINT, 2))
    assert path.read_bytes() == both


def test_a_header_that_a_kill_cut_off_is_written_again(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"measured_at_utc,sha")
    Rows(path).add(row(POINT, 1))
    with path.open(encoding="utf-8", newline="") as file:
        assert [(each["shape"], each["repeat"]) for each in csv.DictReader(file)] == [("small", "1")]


def test_a_file_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(Fault, match=r"rows\.csv has other columns than this version writes: choose another file with --out"):
        Rows(path)
    assert path.read_text() == "a,b\n1,2\n"


def test_two_programs_do_not_write_to_one_file(tmp_path):
    path = tmp_path / "rows.csv"
    one, another = Rows(path), Rows(path)
    one.add(row(POINT, 1))
    kept = path.read_bytes()
    with pytest.raises(Fault, match=r"another program has written to .*rows\.csv: give each its own file with --out"):
        another.add(row(OTHER, 1))
    assert path.read_bytes() == kept
    one.add(row(POINT, 2))
    assert Rows(path).missing(POINT, "H100", 2) == []


def test_a_folder_that_is_not_there_is_said_before_anything_is_measured(tmp_path):
    with pytest.raises(Fault, match=r"there is no folder .*nowhere for rows\.csv"):
        Rows(tmp_path / "nowhere" / "rows.csv")


def test_every_column_is_explained_where_rows_are_shared():
    page = (ROOT / "docs" / "measurements" / "README.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE) == [*COLUMNS.items()]


# The command, as a file on its own and without any package


def measure(*arguments):
    return subprocess.run([sys.executable, "-I", "-S", FILE, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_the_plan_is_shown_without_pytorch(tmp_path):
    done = measure("--list", "--shape", "llama-3.2-1b", "qwen3-32b", "--precision", "bf16", "--out", tmp_path / "rows.csv")
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in table] == ["shape", "llama-3.2-1b", "qwen3-32b", "about"]
    assert [line[4] for line in table[1:3]] == ["2.5", "65.5"]  # GB of 16 bit weights
    assert not (tmp_path / "rows.csv").exists()
    assert all(len(line) <= 80 for line in done.stdout.splitlines()[:-1])


def test_a_quick_run_takes_less_time():
    quick, whole = (re.search(r"about (\d+) h (\d+) min", measure("--list", *more).stdout) for more in (["--quick"], []))
    assert 0 < 60 * int(quick[1]) + int(quick[2]) < (60 * int(whole[1]) + int(whole[2])) / 3


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 1, "measure_gpu: PyTorch is not installed: pip install torch (or look at the plan with --list)\n"),
        (["--seconds", "1"], 2, "argument --seconds: 1 is not 3 or more\n"),
        (["--seconds", "nan", "--device", "cpu"], 2, "argument --seconds: nan is not 0 or more\n"),
        (["--repeats", "0"], 2, "argument --repeats: 0 is less than 1\n"),
        (["--device", "mps"], 2, "argument --device: 'mps' is neither cpu nor cuda:NUMBER\n"),
    ],
)
def test_what_is_wrong_is_said(arguments, status, message):
    done = measure(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.endswith(message)


def test_an_unknown_shape_names_those_that_there_are():
    done = measure("--shape", "llama-9")
    assert done.returncode == 2
    assert "llama-9" in done.stderr and "llama-3.1-8b" in done.stderr
