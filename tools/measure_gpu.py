"""
Joules per token of one NVIDIA board: what waiting, prefill, decoding and reading the cache cost, with no serving engine in the way.

    pip install torch nvidia-ml-py
    python measure_gpu.py --list            what would be measured, and about how long it takes
    python measure_gpu.py --quick           a few points of each model, once
    python measure_gpu.py --out rows.csv    all of them, three times; stopped, the same command goes on where it was
    python measure_gpu.py --device cpu --shape tiny tiny-moe --seconds 0.1    does it run? no energy, in a minute

This file needs nothing else of its repository. Weights are random numbers in the shapes of published models, so that none is downloaded.
The board is asked for its energy, power, temperature and clocks, and never told anything.
"""

import argparse
import csv
import io
import os
import platform
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise, product
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

try:
    import torch
    from torch.nn import functional as F  # noqa: N812 - as everybody calls it
except ImportError:  # plans, sums and rows need none
    torch = None

VERSION = 1
"""Of the rows: another one where the same point would give other figures."""
GB = 1e9

# Shapes


class Shape(NamedTuple):
    """A decoder by its widths. Dense: one expert that every token goes to."""

    name: str
    layers: int
    hidden: int
    heads: int
    cached_heads: int
    head_width: int
    inner: int
    vocabulary: int
    is_tied: bool = False
    norms_heads: bool = False
    experts: int = 1
    experts_per_token: int = 1
    longest: int = 32768

    @property
    def attention_parameters(self) -> int:
        """Of a layer: queries, keys, values and what mixes their result."""
        return 2 * self.hidden * self.head_width * (self.heads + self.cached_heads)

    @property
    def expert_parameters(self) -> int:
        """Of one expert of a layer: gate, up and down."""
        return 3 * self.hidden * self.inner

    @property
    def router_parameters(self) -> int:
        return self.hidden * self.experts if self.experts > 1 else 0

    @property
    def norm_parameters(self) -> int:
        """Of a layer."""
        return 2 * self.hidden + (2 * self.head_width if self.norms_heads else 0)

    @property
    def embedding_parameters(self) -> int:
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """All, as makers count them: a head that is the embedding counts once."""
        layer = self.attention_parameters + self.experts * self.expert_parameters + self.router_parameters + self.norm_parameters
        return self.layers * layer + self.hidden + self.embedding_parameters * (1 if self.is_tied else 2)

    @property
    def cache_bytes_per_token(self) -> int:
        """Keys and values of all layers, in 16 bits."""
        return 2 * 2 * self.layers * self.cached_heads * self.head_width


SHAPES = {
    shape.name: shape
    for shape in (
        # config.json of each at huggingface.co: meta-llama/Llama-3.2-1B, Llama-3.2-3B, Llama-3.1-8B, Llama-3.1-70B, Llama-3.1-405B;
        # Qwen/Qwen3-14B, Qwen3-32B, Qwen3-30B-A3B, Qwen3-235B-A22B; read in the copies of ai-dynamo/aiconfigurator 095f58a and Lightning-AI/litgpt 2685705
        Shape("llama-3.2-1b", 16, 2048, 32, 8, 64, 8192, 128256, is_tied=True),
        Shape("llama-3.2-3b", 28, 3072, 24, 8, 128, 8192, 128256, is_tied=True),
        Shape("llama-3.1-8b", 32, 4096, 32, 8, 128, 14336, 128256),
        Shape("qwen3-14b", 40, 5120, 40, 8, 128, 17408, 151936, norms_heads=True),
        Shape("qwen3-32b", 64, 5120, 64, 8, 128, 25600, 151936, norms_heads=True),
        Shape("qwen3-30b-a3b", 48, 2048, 32, 4, 128, 768, 151936, norms_heads=True, experts=128, experts_per_token=8),
        Shape("llama-3.1-70b", 80, 8192, 64, 8, 128, 28672, 128256),
        Shape("llama-3.1-405b", 126, 16384, 128, 8, 128, 53248, 128256),
        Shape("qwen3-235b-a22b", 94, 4096, 64, 4, 128, 1536, 151936, norms_heads=True, experts=128, experts_per_token=8),
        Shape("tiny", 2, 128, 8, 2, 16, 256, 512, is_tied=True, longest=512),
        Shape("tiny-moe", 2, 128, 8, 2, 16, 128, 512, norms_heads=True, experts=8, experts_per_token=2, longest=512),
    )
}
USUAL = ("llama-3.2-1b", "llama-3.2-3b", "llama-3.1-8b", "qwen3-14b", "qwen3-32b", "qwen3-30b-a3b")

BITS16 = 2.0
INT4_GROUP = 128
BYTES_PER_WEIGHT = {"bf16": BITS16, "fp8": 1.0, "int4": 0.5 + 2 * BITS16 / INT4_GROUP}
"""Of what is multiplied in layers; int4 has a scale and a zero per group. Embedding, head, router and norms stay in 16 bits, as in published checkpoints."""


def has_kernel(shape: Shape, precision: str) -> bool:
    """Whether PyTorch multiplies these weights: it has nothing for experts in 4 bits."""
    return shape.experts == 1 or precision != "int4"


def layer_bytes(shape: Shape, precision: str, experts: int) -> float:
    """Weights of a layer with so many of its experts."""
    narrow = shape.attention_parameters + experts * shape.expert_parameters
    return narrow * BYTES_PER_WEIGHT[precision] + (shape.router_parameters + shape.norm_parameters) * BITS16


def weight_bytes(shape: Shape, precision: str, layers: int) -> float:
    """Weights in memory, with so many layers."""
    ends = shape.embedding_parameters * (1 if shape.is_tied else 2) + shape.hidden
    return layers * layer_bytes(shape, precision, shape.experts) + ends * BITS16


def layers_held(shape: Shape, precision: str, memory_bytes: float) -> int:
    """
    All where they leave a tenth of the memory, else as many as fill half of it.

    All layers are computed either way. One that has no weights of its own uses those of another, which by then no cache of the board holds.
    """
    if weight_bytes(shape, precision, shape.layers) <= 0.9 * memory_bytes:
        return shape.layers
    room = 0.5 * memory_bytes - weight_bytes(shape, precision, 0)
    return max(1, int(room / layer_bytes(shape, precision, shape.experts)))


# Points


class Point(NamedTuple):
    """What is measured together: a phase of one model, at a load that does not change."""

    shape: Shape
    precision: str
    phase: str
    batch: int = 0
    prompt_tokens: int = 0
    context_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Fed in one step."""
        return self.batch * (self.prompt_tokens if self.phase == PREFILL else 1)


IDLE, PREFILL, DECODE = "idle", "prefill", "decode"
LENGTHS = (128, 512, 2048, 8192, 32768)
PREFILL_BATCHES = (1, 8, 32)
MOST_PREFILL_TOKENS = 65536
CONTEXTS = (128, 2048, 8192, 32768)
BATCHES = (1, 4, 16, 64, 256, 512)
MOST_INT4_BATCH = 64
"""PyTorch's kernel of 4 bit weights is made for few rows; beyond, and in prefill, it says nothing of engines."""


def points(shape: Shape, precision: str, is_quick: bool = False) -> Iterator[Point]:
    """All of a shape and precision."""
    yield Point(shape, precision, IDLE)
    lengths, contexts, batches = (LENGTHS[::2], CONTEXTS[::2], BATCHES[::2]) if is_quick else (LENGTHS, CONTEXTS, BATCHES)
    if precision != "int4":
        for length, batch in product(lengths, PREFILL_BATCHES[:1] if is_quick else PREFILL_BATCHES):
            if length <= shape.longest and length * batch <= MOST_PREFILL_TOKENS:
                yield Point(shape, precision, PREFILL, batch, length, length)
    for context, batch in product(contexts, batches):
        if context <= shape.longest and (precision != "int4" or batch <= MOST_INT4_BATCH):
            yield Point(shape, precision, DECODE, batch, 0, context)


class Work(NamedTuple):
    """The least that one step takes: each weight and each cached number moved once, activations not counted."""

    flop: float
    bytes: float


def work(point: Point) -> Work:
    """Of one step; none when idle."""
    shape, batch, tokens = point.shape, point.batch, point.tokens
    if point.phase == IDLE:
        return Work(0.0, 0.0)
    multiplied = shape.layers * (shape.attention_parameters + shape.experts_per_token * shape.expert_parameters + shape.router_parameters)
    touched = min(shape.experts, tokens * shape.experts_per_token)
    weights = shape.layers * layer_bytes(shape, point.precision, touched) + (shape.embedding_parameters + shape.hidden + tokens * shape.hidden) * BITS16
    if point.phase == PREFILL:  # a token attends to itself and to those before it; the head reads the last
        pairs = batch * point.prompt_tokens * (point.prompt_tokens + 1) / 2
        cached = tokens
    else:
        pairs = batch * point.context_tokens
        cached = pairs + tokens
    attention = 4 * shape.layers * shape.heads * shape.head_width * pairs
    flop = 2 * (tokens * multiplied + batch * shape.embedding_parameters) + attention
    return Work(float(flop), weights + cached * shape.cache_bytes_per_token)


def bytes_needed(point: Point, held: int) -> float:
    """Memory for weights and cache."""
    cache = point.batch * point.context_tokens * point.shape.cache_bytes_per_token * held / point.shape.layers
    return weight_bytes(point.shape, point.precision, held) + cache


# How long it takes

SETTLE_S, IDLE_SETTLE_S = 1.0, 10.0
"""Before the first window: clocks settle, and power that a board averages over a second is this load's."""
STARTING_S = 2.0
"""Filling a cache and capturing a graph."""
LOADING_GB_PER_S = 1.0
SLOW_FLOP_PER_S, SLOW_BYTES_PER_S = 2e14, 1e12
"""Of a board below most data centre boards of today, so that the time said is seldom too short."""


def expected_s(point: Point, windows: int, seconds: float, memory_bytes: float) -> float:
    """About how long a point takes; what has no room or no kernel is known at once."""
    if not windows or not has_kernel(point.shape, point.precision) or bytes_needed(point, layers_held(point.shape, point.precision, memory_bytes)) > memory_bytes:
        return 0.0
    flop, moved = work(point)
    step_s = max(flop / SLOW_FLOP_PER_S, moved / SLOW_BYTES_PER_S)
    return STARTING_S + 3 * step_s + max(IDLE_SETTLE_S if point.phase == IDLE else SETTLE_S, 2 * step_s) + windows * max(seconds, 2 * step_s)


# The board


class Reading(NamedTuple):
    """Of an energy counter in joules, or of power in watts."""

    at_s: float
    value: float


class Power(NamedTuple):
    watts: float
    error: float
    """As a fraction of it."""


SAMPLED_POWER_ERROR = 0.05
"""What NVML's documentation says of nvmlDeviceGetPowerUsage."""


def counted_power(readings: Sequence[Reading]) -> Power | None:
    """
    Mean power by a counter, from the first time that it moves to the last: it moves ten times a second or so, and is read more often.

    The error is how long before each of the two it may have moved already. None if it did not move twice.

    >>> counted_power([Reading(0.0, 5.0), Reading(1.0, 5.0), Reading(1.5, 9.0), Reading(11.0, 9.0), Reading(11.5, 1009.0)])
    Power(watts=100.0, error=0.1)
    """
    moves = [(before, after) for before, after in pairwise(readings) if after.value != before.value]
    if len(moves) < 2:
        return None
    (before_first, first), (before_last, last) = moves[0], moves[-1]
    seconds = last.at_s - first.at_s
    return Power((last.value - first.value) / seconds, (first.at_s - before_first.at_s + last.at_s - before_last.at_s) / seconds)


def sampled_power(readings: Sequence[Reading]) -> Power | None:
    """
    Mean power by samples of it, each pair joined by a straight line. None for a single one.

    >>> sampled_power([Reading(0.0, 100.0), Reading(1.0, 200.0), Reading(3.0, 200.0)])
    Power(watts=183.33333333333334, error=0.05)
    """
    if len(readings) < 2:
        return None
    joules = sum((after.at_s - before.at_s) * (before.value + after.value) / 2 for before, after in pairwise(readings))
    return Power(joules / (readings[-1].at_s - readings[0].at_s), SAMPLED_POWER_ERROR)


class Board:
    """
    One NVIDIA board, by NVML.

    Args:
        library: The module pynvml, after nvmlInit, or what behaves as it does.
        handle: The board, as the library knows it.
    """

    def __init__(self, library: Any, handle: Any) -> None:
        self._library, self._handle = library, handle
        self._is_counter = self._asked("nvmlDeviceGetTotalEnergyConsumption") is not None
        self.source = "nvml_energy_counter" if self._is_counter else "nvml_sampled_power"
        self.mean_power = counted_power if self._is_counter else sampled_power

    def value(self) -> float:
        """Joules so far, or watts at this moment where the board has no counter."""
        ask = self._library.nvmlDeviceGetTotalEnergyConsumption if self._is_counter else self._library.nvmlDeviceGetPowerUsage
        return ask(self._handle) / 1000

    def state(self) -> dict[str, Any]:
        """How the board is at this moment; what it does not say is unknown."""
        library = self._library
        limit_mw = self._asked("nvmlDeviceGetEnforcedPowerLimit")
        processes = self._asked("nvmlDeviceGetComputeRunningProcesses")
        return {
            "temperature_c": self._asked("nvmlDeviceGetTemperature", library.NVML_TEMPERATURE_GPU),
            "processor_clock_mhz": self._asked("nvmlDeviceGetClockInfo", library.NVML_CLOCK_SM),
            "memory_clock_mhz": self._asked("nvmlDeviceGetClockInfo", library.NVML_CLOCK_MEM),
            "power_limit_w": None if limit_mw is None else limit_mw / 1000,
            "other_processes": None if processes is None else sum(each.pid != os.getpid() for each in processes),
        }

    def _asked(self, name: str, *more: Any) -> Any:
        try:
            return getattr(self._library, name)(self._handle, *more)
        except self._library.NVMLError:
            return None


class NoBoard:
    """In its place on a processor: time alone."""

    source = None

    def value(self) -> float:
        return 0.0

    def state(self) -> dict[str, Any]:
        return {}

    @staticmethod
    def mean_power(_: Sequence[Reading]) -> None:
        return None


# A window of time


class Window(NamedTuple):
    steps: int
    seconds: float
    power: Power | None
    state: Mapping[str, Any]


READ_EVERY_S = 0.005
QUEUED_S = 0.05
"""Work that waits for the board, so that it never waits for the host; two steps at least."""

Step = Callable[[], Callable[[], bool]]
"""Starts one step, and returns what says whether it has ended."""


class Watch:
    """Reads a board while steps run, in the thread that starts them."""

    def __init__(self, board: Any, clock: Callable[[], float] = time.perf_counter) -> None:
        self._board, self._clock = board, clock
        self._readings: list[Reading] = []

    def window(self, step: Step, seconds: float) -> Window:
        """Steps one after another for as long as that, and until the last has ended."""
        self._readings = []
        running: deque[Callable[[], bool]] = deque()
        steps, begin_s = 0, self._clock()
        self._read()
        while (elapsed_s := self._clock() - begin_s) < seconds or not steps:
            running.append(step())
            steps += 1
            self._wait(running, max(2, int(QUEUED_S * (steps - len(running)) / elapsed_s)) if elapsed_s else 2)
        state = self._board.state()
        self._wait(running, 0)
        self._read()
        return Window(steps, self._clock() - begin_s, self._board.mean_power(self._readings), state)

    def _wait(self, running: deque[Callable[[], bool]], most: int) -> None:
        while True:
            if self._clock() - self._readings[-1].at_s >= READ_EVERY_S:
                self._read()
            while running and running[0]():
                running.popleft()
            if len(running) <= most:
                return
            time.sleep(1e-4)

    def _read(self) -> None:
        value = self._board.value()
        self._readings.append(Reading(self._clock(), value))


# The decoder


class Unsupported(Exception):
    """This board or this PyTorch has no kernel for it."""


class Wrong(Exception):
    """A kernel computes something else than it should."""


FP8_MOST = 448.0


def fp8(numbers: Any) -> Any:
    """In 8 bits, E4M3: what is too large becomes the largest."""
    return numbers.clamp(-FP8_MOST, FP8_MOST).to(torch.float8_e4m3fn)


class Bf16Linear:
    """Weights as they are."""

    def __init__(self, weight: Any) -> None:
        self.weight = weight

    def __call__(self, rows: Any) -> Any:
        return F.linear(rows, self.weight)


class Fp8Linear:
    """Weights and activations in 8 bits, one scale for all weights; activations follow a norm and are small enough for a scale of 1."""

    def __init__(self, weight: Any) -> None:
        self._scale = weight.abs().amax().float() / FP8_MOST
        self._one = torch.ones_like(self._scale)
        self._weight = fp8(weight / self._scale).t()

    def __call__(self, rows: Any) -> Any:
        flat = rows.reshape(-1, rows.shape[-1])
        product = torch._scaled_mm(fp8(flat), self._weight, self._one, self._scale, out_dtype=rows.dtype, use_fast_accum=True)
        return product.view(*rows.shape[:-1], -1)


class Int4Linear:
    """Weights in 4 bits by groups of a row, each with a scale and a zero; activations in 16."""

    TILES = 8

    def __init__(self, weight: Any) -> None:
        outputs, inputs = weight.shape
        groups = weight.float().view(outputs, -1, INT4_GROUP)
        low, high = groups.amin(-1, keepdim=True), groups.amax(-1, keepdim=True)
        scale = (high - low).clamp_min(1e-6) / 15
        levels = ((groups - low) / scale).round().clamp(0, 15).to(torch.int32).view(outputs, inputs)
        zero = low + 8 * scale  # the kernels compute (level - 8) * scale + zero
        self._scales = torch.cat([scale, zero], -1).transpose(0, 1).contiguous().to(weight.dtype)
        if weight.is_cuda:
            pairs = (levels[:, ::2] << 4 | levels[:, 1::2]).to(torch.uint8)
            self._weight, self._multiply = torch._convert_weight_to_int4pack(pairs, self.TILES), torch._weight_int4pack_mm
        else:
            self._weight, self._multiply = torch._convert_weight_to_int4pack_for_cpu(levels, self.TILES), torch._weight_int4pack_mm_for_cpu

    def __call__(self, rows: Any) -> Any:
        flat = rows.reshape(-1, rows.shape[-1]).contiguous()
        return self._multiply(flat, self._weight, INT4_GROUP, self._scales).view(*rows.shape[:-1], -1)


LINEARS = {"bf16": Bf16Linear, "fp8": Fp8Linear, "int4": Int4Linear}


class Bf16Experts:
    """The same product for several experts, each with its own weights and as many rows."""

    def __init__(self, weights: Any) -> None:
        self._weights = weights.transpose(1, 2)

    def __call__(self, rows: Any) -> Any:
        return torch.bmm(rows, self._weights[: len(rows)])


class Fp8Experts:
    """The same in 8 bits, with a scale per expert."""

    def __init__(self, weights: Any) -> None:
        scales = weights.abs().amax((1, 2)).float() / FP8_MOST
        self._weights = torch.stack([fp8(weight / scale) for weight, scale in zip(weights, scales, strict=True)]).transpose(1, 2)
        self._scales = scales[:, None].expand(-1, weights.shape[1]).contiguous()

    def __call__(self, rows: Any) -> Any:
        experts, each, width = rows.shape
        flat = fp8(rows.reshape(-1, width))
        ends = torch.arange(1, experts + 1, device=rows.device, dtype=torch.int32) * each
        ones = torch.ones(len(flat), device=rows.device)
        product = torch._scaled_grouped_mm(
            flat, self._weights[:experts], ones, self._scales[:experts], offs=ends, out_dtype=rows.dtype, use_fast_accum=True
        )
        return product.view(experts, each, -1)


EXPERTS = {"bf16": Bf16Experts, "fp8": Fp8Experts}


class Dense:
    """SiLU(gate) times up, then down."""

    def __init__(self, shape: Shape, linear: Callable[[Any], Any], drawn: Callable[..., Any]) -> None:
        self.gate_up = linear(drawn(2 * shape.inner, shape.hidden))
        self.down = linear(drawn(shape.hidden, shape.inner))

    def __call__(self, rows: Any) -> Any:
        gate, up = self.gate_up(rows).chunk(2, -1)
        return self.down(F.silu(gate) * up)


class Mixture:
    """
    The same with experts. The router weighs them, but which one a row goes to is even: a token's choice c is slot c + token times choices, and
    slot s goes to expert s modulo those touched.
    """

    def __init__(self, shape: Shape, precision: str, drawn: Callable[..., Any]) -> None:
        self._shape = shape
        self.router = drawn(shape.experts, shape.hidden)
        self.gate_up_weights = drawn(shape.experts, 2 * shape.inner, shape.hidden)
        self.down_weights = drawn(shape.experts, shape.hidden, shape.inner)
        self._gate_up, self._down = EXPERTS[precision](self.gate_up_weights), EXPERTS[precision](self.down_weights)
        if precision != "bf16":
            del self.gate_up_weights, self.down_weights  # memory holds the narrow ones alone

    def __call__(self, rows: Any) -> Any:
        choices, width = self._shape.experts_per_token, rows.shape[-1]
        flat = rows.reshape(-1, width)
        slots = len(flat) * choices
        touched = min(self._shape.experts, slots)
        if slots % touched:
            raise Unsupported(f"{len(flat)} tokens are not spread evenly over {touched} experts")
        shares = F.linear(flat, self.router).softmax(-1).topk(choices).values
        shares = shares / shares.sum(-1, keepdim=True)
        by_expert = flat[:, None].expand(-1, choices, -1).reshape(-1, touched, width).transpose(0, 1)
        gate, up = self._gate_up(by_expert).chunk(2, -1)
        found = self._down(F.silu(gate) * up).transpose(0, 1).reshape(-1, choices, width)
        return (found * shares[..., None]).sum(1).view(rows.shape)


class Layer:
    """Weights of one layer."""

    def __init__(self, shape: Shape, precision: str, drawn: Callable[..., Any], ones: Callable[[int], Any]) -> None:
        linear = LINEARS[precision]
        self.before_attention, self.before_feed = ones(shape.hidden), ones(shape.hidden)
        self.of_queries, self.of_keys = (ones(shape.head_width), ones(shape.head_width)) if shape.norms_heads else (None, None)
        self.queries_keys_values = linear(drawn((shape.heads + 2 * shape.cached_heads) * shape.head_width, shape.hidden))
        self.mixed = linear(drawn(shape.hidden, shape.heads * shape.head_width))
        self.feed = Mixture(shape, precision, drawn) if shape.experts > 1 else Dense(shape, linear, drawn)


Cache = list[tuple[Any, Any]]
"""Keys and values by layer, each [batch, cached heads, positions, head width]."""
NORM_EPSILON = 1e-5
ROTARY_BASE = 500_000.0


class Decoder:
    """Random weights, normal with the width that keeps activations as large as they were. Biases and stretched rotary positions, which cost nothing, are left out."""

    def __init__(self, shape: Shape, precision: str, device: str, held: int, number: Any = None) -> None:
        number = number or torch.bfloat16
        self.shape, self.device, self.number = shape, device, number
        source = torch.Generator(device).manual_seed(26)

        def drawn(*sizes: int) -> Any:
            return torch.empty(sizes, device=device, dtype=number).normal_(0, sizes[-1] ** -0.5, generator=source)

        def ones(width: int) -> Any:
            return torch.ones(width, device=device, dtype=number)

        self.embedding = drawn(shape.vocabulary, shape.hidden)
        self.head = self.embedding if shape.is_tied else drawn(shape.vocabulary, shape.hidden)
        self.last_norm = ones(shape.hidden)
        self.layers = [Layer(shape, precision, drawn, ones) for _ in range(held)]
        turns = ROTARY_BASE ** -(torch.arange(0, shape.head_width, 2, device=device) / shape.head_width)
        angles = torch.outer(torch.arange(shape.longest, device=device).float(), turns).repeat(1, 2)
        self.cosines, self.sines = angles.cos().to(number), angles.sin().to(number)

    def cache(self, batch: int, positions: int) -> Cache:
        """Filled with random numbers, as if that many tokens had been read."""
        sizes = batch, self.shape.cached_heads, positions, self.shape.head_width
        return [(self._filled(sizes), self._filled(sizes)) for _ in self.layers]

    def step(self, tokens: Any, cache: Cache, begin: int) -> Any:
        """Logits after the last of tokens, [batch, vocabulary]; tokens, [batch, length], stand from position begin on, which is 0 for more than one."""
        rows = F.embedding(tokens, self.embedding)
        for index in range(self.shape.layers):
            layer, cached = self.layers[index % len(self.layers)], cache[index % len(self.layers)]
            rows = rows + self._attention(layer, self._norm(rows, layer.before_attention), cached, begin)
            rows = rows + layer.feed(self._norm(rows, layer.before_feed))
        return F.linear(self._norm(rows[:, -1], self.last_norm), self.head)

    def _attention(self, layer: Layer, rows: Any, cached: tuple[Any, Any], begin: int) -> Any:
        shape, (batch, length, _) = self.shape, rows.shape
        end = begin + length
        if length > 1 and begin:
            raise ValueError("several tokens begin at position 0")
        heads = layer.queries_keys_values(rows).view(batch, length, -1, shape.head_width).transpose(1, 2)
        queries, keys, values = heads.split([shape.heads, shape.cached_heads, shape.cached_heads], 1)
        if shape.norms_heads:
            queries, keys = self._norm(queries, layer.of_queries), self._norm(keys, layer.of_keys)
        cached[0][:, :, begin:end] = self._turned(keys, begin)
        cached[1][:, :, begin:end] = values
        found = F.scaled_dot_product_attention(
            self._turned(queries, begin), cached[0][:, :, :end], cached[1][:, :, :end], is_causal=length > 1, enable_gqa=True
        )
        return layer.mixed(found.transpose(1, 2).reshape(batch, length, -1))

    def _turned(self, heads: Any, begin: int) -> Any:
        cosines, sines = (each[begin : begin + heads.shape[2]] for each in (self.cosines, self.sines))
        first, second = heads.chunk(2, -1)
        return heads * cosines + torch.cat([-second, first], -1) * sines

    def _filled(self, sizes: tuple[int, ...]) -> Any:
        return torch.empty(sizes, device=self.device, dtype=self.number).normal_()

    @staticmethod
    def _norm(rows: Any, weight: Any) -> Any:
        return F.rms_norm(rows, weight.shape, weight, NORM_EPSILON)


MOST_ERROR = {"bf16": 0.01, "fp8": 0.08, "int4": 0.15}
"""Of a product of random numbers, root mean square over that of the result: rounding gives 0.002, 0.04 and 0.1."""


def check(shape: Shape, precision: str, device: str) -> None:
    """Each kernel beside plain arithmetic, before anything is measured with it. Unsupported or Wrong."""
    if not has_kernel(shape, precision):
        raise Unsupported(f"PyTorch has no kernel for experts in {precision}")
    if precision == "fp8" and (not device.startswith("cuda") or torch.cuda.get_device_capability(device) < (8, 9)):
        raise Unsupported("FP8 needs a board of compute capability 8.9 or later")
    weights, rows = (torch.randn(4, size, 256, device=device, dtype=torch.bfloat16) for size in (512, 16))
    exact = torch.bmm(rows.float(), weights.float().transpose(1, 2))
    found = [("linear", LINEARS[precision](weights[0])(rows[0]), exact[0])]
    if shape.experts > 1:
        found.append(("experts", EXPERTS[precision](weights)(rows), exact))
    for name, result, wanted in found:
        error = ((result.float() - wanted).norm() / wanted.norm()).item()
        if not error <= MOST_ERROR[precision]:
            raise Wrong(f"{precision} {name}: off by {error:.3f} of the result")


# What runs in a window


def ended() -> bool:
    """What a step that blocks returns."""
    return True


def resting() -> Callable[[], bool]:
    """A step of a board that waits."""
    time.sleep(READ_EVERY_S)
    return ended


def step_of(point: Point, decoder: Decoder) -> Step:
    """One step of a point. On a board it is a CUDA graph: the host starts it as a whole, so that the board need not wait for the host."""
    cache = decoder.cache(point.batch, point.context_tokens)
    length = point.prompt_tokens if point.phase == PREFILL else 1
    begin = point.context_tokens - length
    tokens = torch.randint(point.shape.vocabulary, (point.batch, length), device=decoder.device)

    def step() -> None:
        following = decoder.step(tokens, cache, begin).argmax(-1)
        tokens[:, -1] = following

    if not decoder.device.startswith("cuda"):

        def at_once() -> Callable[[], bool]:
            step()
            return ended

        return at_once
    return _captured(step)


def _captured(step: Callable[[], None]) -> Step:
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION]):  # never the one that copies the cache for each head
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(2):
                step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()

    def replayed() -> Callable[[], bool]:
        graph.replay()
        event = torch.cuda.Event()
        event.record()
        return event.query

    return replayed


# Rows

COLUMNS = {
    "measured_at_utc": "end of the window",
    "shape": "whose widths the decoder has",
    "precision": "of the weights in layers: bf16, fp8 (activations too) or int4 (weights alone); embedding, head and cache have 16 bits",
    "phase": "idle (weights loaded, nothing runs), prefill or decode",
    "batch": "sequences at once",
    "prompt_tokens": "read per sequence and step; 0 in decode",
    "context_tokens": "per sequence, the tokens of this step included",
    "repeat": "1, 2, …: windows of the same point, one after another",
    "status": "ok, out_of_memory, unsupported, wrong (a kernel's result) or failed; all but ok stand for all repeats",
    "detail": "why it is not ok",
    "steps": "in the window",
    "seconds": "of the window",
    "tokens": "fed in the window: read in prefill, written in decode",
    "joules": "of the board in the window: mean power times seconds; empty is unknown",
    "power_w": "mean of the board, between the first and the last move of its counter",
    "power_error": "of the reading, as a fraction: when a counter moved, or 0.05 for sampled power",
    "energy_source": "nvml_energy_counter, nvml_sampled_power, or empty",
    "joules_per_token": "joules over tokens",
    "tokens_per_second": "tokens over seconds",
    "flop_per_second": "of matrix products and attention, a multiplication and an addition counting 2",
    "bytes_per_second": "each weight that is needed and each cached number once per step; activations not counted",
    "parameters": "of the shape",
    "layers": "of the shape, all of them computed",
    "layers_held": "with weights and a cache of their own; the others use these again",
    "weight_bytes": "in memory",
    "peak_memory_bytes": "most that PyTorch held at this point",
    "temperature_c": "of the board at the end of the window, still at work",
    "processor_clock_mhz": "likewise",
    "memory_clock_mhz": "likewise",
    "power_limit_w": "that the board keeps to",
    "other_processes": "on the board; anything but 0 spoils the row",
    "board": "its name",
    "board_memory_bytes": "its memory",
    "driver": "version",
    "cuda": "version that PyTorch was built for",
    "torch": "version",
    "python": "version",
    "host": "system and processor, no name",
    "version": "of these rows",
}
NAMES = ("shape", "precision", "phase", "batch", "prompt_tokens", "context_tokens")


class Fault(Exception):
    """What ends the program, with what to do about it."""


def key(point: Point, board: str) -> tuple[str, ...]:
    """What tells a point from others in a file."""
    return (board, point.shape.name, *map(str, point[1:]))


class Rows:
    """A CSV file of rows, to which more are added. A row is there as a whole or not at all."""

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():
            raise Fault(f"there is no folder {path.parent} for {path.name}")
        self._path = path
        self._done: dict[tuple[str, ...], set[str]] = {}
        content = path.read_bytes() if path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        self._bytes, self._whole_bytes = len(content), len(whole)
        rows = csv.DictReader(io.StringIO(whole.decode("utf-8", "replace"), newline=""))
        if whole and rows.fieldnames != [*COLUMNS]:
            raise Fault(f"{path} has other columns than this version writes: choose another file with --out")
        for row in rows:
            self._note(row)

    def missing(self, point: Point, board: str, repeats: int) -> list[int]:
        """Which repeats of a point are not there yet; none where it failed."""
        done = self._done.get(key(point, board), set())
        return [] if "all" in done else [repeat for repeat in range(1, repeats + 1) if str(repeat) not in done]

    def add(self, row: Mapping[str, Any]) -> None:
        """To the end of the file, and to the disk before anything else is measured. A part of a row that a kill has left is dropped."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, [*COLUMNS], lineterminator="\n")
        if not self._whole_bytes:
            writer.writeheader()
        writer.writerow(row)
        with self._path.open("ab") as file:
            if file.tell() != self._bytes:
                raise Fault(f"another program has written to {self._path}: give each its own file with --out")
            file.truncate(self._whole_bytes)
            file.write(text.getvalue().encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
            self._bytes = self._whole_bytes = file.tell()
        self._note({name: str(value) for name, value in row.items()})

    def _note(self, row: Mapping[str, str]) -> None:
        place = (row["board"], *(row[name] for name in NAMES))
        self._done.setdefault(place, set()).add(row["repeat"] if row["status"] == "ok" else "all")


def figures(point: Point, window: Window) -> dict[str, Any]:
    """What a window says of a point. Energy that is not known stays out."""
    flop, moved = work(point)
    tokens = point.tokens * window.steps
    joules = None if window.power is None else window.power.watts * window.seconds
    return {
        "steps": None if point.phase == IDLE else window.steps,
        "seconds": window.seconds,
        "tokens": tokens,
        "joules": joules,
        "power_w": None if window.power is None else window.power.watts,
        "power_error": None if window.power is None else window.power.error,
        "joules_per_token": None if joules is None or not tokens else joules / tokens,
        "tokens_per_second": tokens / window.seconds,
        "flop_per_second": flop * window.steps / window.seconds,
        "bytes_per_second": moved * window.steps / window.seconds,
        **window.state,
    }


# Running


class Run:
    """Points of one board, to rows."""

    def __init__(self, rows: Rows, board: Any, machine: Mapping[str, Any], device: str, seconds: float, repeats: int) -> None:
        self._rows, self._board, self._machine, self._device = rows, board, machine, device
        self._seconds, self._repeats = seconds, repeats

    def of(self, shape: Shape, precision: str, wanted: Iterable[Point]) -> None:
        """All points of a shape and precision that are not there yet."""
        missing = {point: left for point in wanted if (left := self._rows.missing(point, self._machine["board"], self._repeats))}
        if not missing:
            return
        memory_bytes = self._machine["board_memory_bytes"]
        held = layers_held(shape, precision, memory_bytes)
        self._facts = {"parameters": shape.parameters, "layers": shape.layers, "layers_held": held, "weight_bytes": weight_bytes(shape, precision, held)}
        made: list[Decoder] = []

        def load() -> None:
            check(shape, precision, self._device)
            say(f"{shape.name} {precision}: weights of {self._facts['weight_bytes'] / GB:.1f} GB")
            made.append(Decoder(shape, precision, self._device, held))

        without = self._failure(load)
        for point, left in missing.items():
            failure = without or self._room(point, held) or self._failure(partial(self._point, point, made[0], left))
            if failure:
                self._add(point, 1, failure)
            self._tidy()

    def _room(self, point: Point, held: int) -> dict[str, str] | None:
        """The row's status where weights and cache alone are too much."""
        needed, there = bytes_needed(point, held), self._machine["board_memory_bytes"]
        return {"status": "out_of_memory", "detail": f"{needed / GB:.1f} GB of weights and cache, {there / GB:.1f} GB of memory"} if needed > there else None

    def _point(self, point: Point, decoder: Decoder, left: Sequence[int]) -> None:
        step = resting if point.phase == IDLE else step_of(point, decoder)
        watch = Watch(self._board)
        settle_s = IDLE_SETTLE_S if point.phase == IDLE else SETTLE_S
        watch.window(step, min(settle_s, self._seconds) if self._device == "cpu" else settle_s)
        for repeat in left:
            self._add(point, repeat, {"status": "ok"} | figures(point, watch.window(step, self._seconds)))

    def _failure(self, task: Callable[[], Any]) -> dict[str, str] | None:
        """The row's status where a task fails."""
        try:
            with torch.inference_mode():
                task()
            return None
        except torch.OutOfMemoryError as error:
            return {"status": "out_of_memory", "detail": _first_line(error)}
        except (Unsupported, NotImplementedError) as error:
            return {"status": "unsupported", "detail": _first_line(error)}
        except Wrong as error:
            return {"status": "wrong", "detail": _first_line(error)}
        except (RuntimeError, ValueError, AttributeError) as error:  # a kernel that PyTorch lacks is a missing attribute
            return {"status": "failed", "detail": _first_line(error)}

    def _tidy(self) -> None:
        """Give memory back. A board that a fault has stopped answers nothing any more, and would make a failure of every point to come."""
        if self._device.startswith("cuda"):
            try:
                torch.cuda.synchronize()
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats()
            except RuntimeError as error:
                raise Fault(f"the board has stopped: {_first_line(error)}; the same command goes on with the next point") from error

    def _add(self, point: Point, repeat: int, found: Mapping[str, Any]) -> None:
        names = dict(zip(NAMES, (point.shape.name, *point[1:]), strict=True))
        peak = torch.cuda.max_memory_allocated(self._device) if self._device.startswith("cuda") else None
        row = names | {"repeat": repeat, "measured_at_utc": datetime.now(UTC).isoformat(timespec="seconds"), "peak_memory_bytes": peak}
        row |= self._facts | {"energy_source": self._board.source, "version": VERSION} | dict(self._machine) | dict(found)
        self._rows.add(row)
        say(_said(row))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def _said(row: Mapping[str, Any]) -> str:
    place = f"{row['shape']} {row['precision']} {row['phase']} batch {row['batch']} context {row['context_tokens']}"
    if row["status"] != "ok":
        return f"{place}: {row['status']}, {row['detail']}"
    speed = "" if row["phase"] == IDLE else f"{row['tokens_per_second']:.4g} tokens/s, "
    power = "watts unknown" if row["power_w"] is None else f"{row['power_w']:.0f} W"
    each = "" if row["joules_per_token"] is None else f", {row['joules_per_token']:.3g} J/token"
    return f"{place}: {speed}{power}{each}"


def say(text: str) -> None:
    print(text, flush=True)


# The machine


def opened(device: str) -> tuple[Any, dict[str, Any]]:
    """The board that a device is, and what each row says of the machine."""
    if torch is None:
        raise Fault("PyTorch is not installed: pip install torch (or look at the plan with --list)")
    machine = {"torch": torch.__version__, "cuda": torch.version.cuda, "python": platform.python_version(), "host": _host()}
    if device == "cpu":
        memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return NoBoard(), machine | {"board": "cpu", "board_memory_bytes": memory_bytes, "driver": None}
    if not torch.cuda.is_available():
        raise Fault("PyTorch sees no NVIDIA board: is the driver installed, and PyTorch built for CUDA? --device cpu tries the program without one")
    if int(device.removeprefix("cuda:")) >= torch.cuda.device_count():
        raise Fault(f"there is no {device}: PyTorch sees {torch.cuda.device_count()}, the first of which is cuda:0")
    torch.cuda.set_device(device)
    properties = torch.cuda.get_device_properties(device)
    library, handle = _nvml(properties)
    facts = {"board": properties.name, "board_memory_bytes": properties.total_memory, "driver": library.nvmlSystemGetDriverVersion()}
    return Board(library, handle), machine | facts


def _nvml(properties: Any) -> tuple[Any, Any]:
    try:
        import pynvml
    except ImportError as error:
        raise Fault("nvidia-ml-py is not installed: pip install nvidia-ml-py") from error
    try:
        pynvml.nvmlInit()
        return pynvml, pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{properties.uuid}")
    except pynvml.NVMLError as error:
        raise Fault(f"NVML: {error}") from error


def _host() -> str:
    model = ""
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        model = next((line.partition(":")[2].strip() for line in cpus.read_text("utf-8").splitlines() if line.startswith("model name")), "")
    return f"{platform.system()} {platform.machine()} {model or platform.processor()}".strip()


# The command

ASSUMED_MEMORY_BYTES = 80e9


def listed(wanted: Sequence[tuple[Shape, str]], options: argparse.Namespace) -> str:
    """The plan as a table, by shape and precision."""
    lines = [f"{'shape':16} {'precision':9} {'points':>6} {'windows':>7} {'weights':>8} {'minutes':>7}"]
    board, memory_bytes = "", ASSUMED_MEMORY_BYTES
    where = "a board of 80 GB, since none is here"
    if torch is not None and (options.device == "cpu" or torch.cuda.is_available()):
        _, machine = opened(options.device)
        board, memory_bytes = machine["board"], machine["board_memory_bytes"]
        where = f"{board}, {memory_bytes / GB:.0f} GB"
    rows = Rows(options.out)
    all_minutes = 0.0
    for shape, precision in wanted:
        left = [(point, len(rows.missing(point, board, options.repeats))) for point in points(shape, precision, options.quick)]
        held = weight_bytes(shape, precision, layers_held(shape, precision, memory_bytes))
        seconds = sum(expected_s(point, windows, options.seconds, memory_bytes) for point, windows in left)
        minutes = (seconds + (held / GB / LOADING_GB_PER_S if seconds else 0)) / 60
        all_minutes += minutes
        windows = sum(count for _, count in left)
        lines.append(f"{shape.name:16} {precision:9} {sum(count > 0 for _, count in left):6} {windows:7} {held / GB:5.1f} GB {minutes:7.0f}")
    lines.append(f"about {int(all_minutes // 60)} h {ceil(all_minutes % 60)} min on {where}; rows in {options.out} are not measured again")
    return "\n".join(lines)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("measurements.csv"), metavar="FILE", help="CSV that rows are added to (%(default)s)")
    parser.add_argument("--shape", nargs="+", choices=[*SHAPES], default=[*USUAL], metavar="NAME", help=f"models: {', '.join(SHAPES)}; usually the first six")
    parser.add_argument("--precision", nargs="+", choices=[*BYTES_PER_WEIGHT], default=[*BYTES_PER_WEIGHT], metavar="NAME", help="of bf16, fp8, int4; usually all")
    parser.add_argument("--device", default="cuda:0", help="cuda:1 is the second board, cpu tries the program without one (%(default)s)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each window; a board's counter needs 3 (%(default)s)")
    parser.add_argument("--repeats", type=int, help="windows of each point (3, or 1 with --quick)")
    parser.add_argument("--quick", action="store_true", help="fewer points, once")
    parser.add_argument("--list", action="store_true", help="print what would be measured and how long that takes")
    options = parser.parse_args(arguments)
    options.device = "cuda:0" if options.device == "cuda" else options.device
    if options.device != "cpu" and not options.device.removeprefix("cuda:").isdecimal():
        parser.error(f"argument --device: {options.device!r} is neither cpu nor cuda:NUMBER")
    options.repeats = options.repeats if options.repeats is not None else 1 if options.quick else 3
    if options.repeats < 1:
        parser.error(f"argument --repeats: {options.repeats} is less than 1")
    least_s = 0.0 if options.device == "cpu" else 3.0
    if not least_s <= options.seconds < float("inf"):
        parser.error(f"argument --seconds: {options.seconds:g} is not {least_s:g} or more")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parsed(arguments)
    wanted = [(SHAPES[name], precision) for precision in dict.fromkeys(options.precision) for name in dict.fromkeys(options.shape)]
    try:
        if options.list:
            say(listed(wanted, options))
            return 0
        board, machine = opened(options.device)
        run = Run(Rows(options.out), board, machine, options.device, options.seconds, options.repeats)
        for shape, precision in wanted:
            run.of(shape, precision, points(shape, precision, options.quick))
    except (Fault, OSError) as error:
        print(f"measure_gpu: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nstopped; the same command goes on after the rows of {options.out}", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
