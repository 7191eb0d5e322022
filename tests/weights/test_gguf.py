"""GGUF headers: counts by hand, and files that are cut, changed or absurd."""

import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli.errors import BadData
from ecocli.weights import gguf, gguf_model, reading
from tests.gguf_helpers import F16, MXFP4, Q4_K, SPARSE, SPARSE_IDLE, SPARSE_TENSORS, SPARSE_TOTAL, header, text, value

WHOLE = header(SPARSE, SPARSE_TENSORS)
DENSE = {
    "general.architecture": "gemma3", "gemma3.block_count": 6, "gemma3.embedding_length": 64, "gemma3.attention.head_count": 4,
    "gemma3.attention.head_count_kv": 1, "gemma3.attention.sliding_window": 512, "gemma3.context_length": 131072,
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tiny.gguf"


def put(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file


def test_every_weight_is_counted_and_idle_experts_apart(file: Path) -> None:
    found = reading.read(put(file, WHOLE + b"weights" * 1000))
    assert found.architecture == "moe"
    assert found.total_params_b.value == pytest.approx(SPARSE_TOTAL / 1e9, rel=1e-12)
    assert found.active_params_b.value == pytest.approx((SPARSE_TOTAL - SPARSE_IDLE) / 1e9, rel=1e-12)
    assert found.active_params_b.low == pytest.approx((SPARSE_TOTAL - SPARSE_IDLE - 256_000) / 1e9, rel=1e-12)
    assert (found.layers, found.context_tokens, found.attention) == (2, 40960, "GQA")
    # two layers that keep 2 heads of 16 + 16 numbers of 2 bytes
    assert found.kv_bytes_per_token is not None and found.kv_bytes_per_token.value == 2 * 2 * 32 * 2


def test_the_width_of_weights_is_their_mean(file: Path) -> None:
    """F16 has 16 bits, a block of Q4_K 144 bytes for 256 weights, which are 4.5 bits."""
    found = reading.read(put(file, WHOLE))
    halves = 2 * 256_000
    assert found.weight_bits == pytest.approx((16 * halves + 4.5 * (SPARSE_TOTAL - halves)) / SPARSE_TOTAL)


@pytest.mark.parametrize(("kind", "bits"), [(F16, 16), (Q4_K, 4.5), (MXFP4, 4.25), (99, None)])
def test_a_type_that_is_not_known_leaves_the_width_open(file: Path, kind: int, bits: float | None) -> None:
    assert reading.read(put(file, header(DENSE, [("blk.0.x", (256,), kind)]))).weight_bits == bits


def test_layers_with_a_window_keep_less(file: Path) -> None:
    """Five of Gemma's six layers look back over 512 tokens: 2 heads' numbers of 16, 2 bytes each."""
    found = reading.read(put(file, header(DENSE, [("blk.0.x", (256,), F16)]))).kv_bytes_per_token
    assert found is not None
    assert (found.low, found.value, found.high) == pytest.approx((32, 64 * (1 + 5 * 512 / 8192), 64 * (1 + 5 * 512 / 2048)))


def test_a_window_without_its_layers_leaves_the_cache_open(file: Path) -> None:
    other = {key.replace("gemma3", "newarch"): each for key, each in DENSE.items()} | {"general.architecture": "newarch"}
    assert reading.read(put(file, header(other, [("blk.0.x", (256,), F16)]))).kv_bytes_per_token is None


def test_layers_that_only_draft_are_left_out(file: Path) -> None:
    draft = [("blk.1.attn_q.weight", (1000,), F16), ("blk.0.attn_q.weight", (1000,), F16)]
    body = {"general.architecture": "glm4moe", "glm4moe.block_count": 2, "glm4moe.nextn_predict_layers": 1}
    assert reading.read(put(file, header(body, draft))).total_params_b.value == 1e-6


def test_a_model_in_several_files_is_the_sum_of_them(tmp_path: Path) -> None:
    first, second = (tmp_path / f"big-0000{number}-of-00002.gguf" for number in (1, 2))
    put(first, header(SPARSE | {"split.count": 2}, SPARSE_TENSORS[:4]))
    with pytest.raises(BadData, match=r"big-00002-of-00002\.gguf' is missing"):
        reading.read(first)
    put(second, header({"split.count": 2}, SPARSE_TENSORS[4:]))
    for path in (first, second, tmp_path):
        assert reading.read(path).total_params_b.value == pytest.approx(SPARSE_TOTAL / 1e9, rel=1e-12)


@pytest.mark.parametrize("cut", [4, 5, 8, 23, 24, 30, 60, 200, 2000, len(WHOLE) - 1])
def test_a_file_that_is_cut_short_is_named(file: Path, cut: int) -> None:
    with pytest.raises(BadData, match=r"tiny\.gguf' is cut short") as raised:
        reading.read(put(file, WHOLE[:cut]))
    assert raised.value.code == "bad-gguf"


HUGE = 2**63


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "has version 1, and eco reads 2 and 3"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "big-endian"),
        (b"GGUF" + struct.pack("<IQQ", 3, HUGE, 0), "is cut short or damaged: it states 9,223,372,036,854,775,808 entries"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, HUGE), "is cut short or damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", HUGE) + bytes(50), "is cut short or damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<IIQ", 9, 8, HUGE) + bytes(50), "is cut short or damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<IIQ", 9, 4, 2**40) + bytes(50), "is cut short or damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<IIQ", 9, 9, 1) + bytes(50), "a list of values of type 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<I", 77) + bytes(50), "a value of type 77, which there is not"),
        (header({}, [("t", (1,) * 9, F16)]) + bytes(50), "a tensor of 9 dimensions"),
        (header({}, [("t", (2**40, 2**40), F16)]), "a tensor of 1.21e+24 weights"),
        (header({}, []), "states no architecture"),
        (header({"general.architecture": "llama", "llama.block_count": 2}, []), "holds no weights of a language model"),
        (header(SPARSE | {"qwen3moe.expert_used_count": 9}, SPARSE_TENSORS), "a token cannot use 9 of 8 experts"),
    ],
)
def test_what_cannot_be_is_an_error(file: Path, data: bytes, told: str) -> None:
    with pytest.raises(BadData) as raised:
        reading.read(put(file, data))
    assert told in str(raised.value)


def test_absurd_counts_take_no_memory(file: Path) -> None:
    """A million bytes of nothing behind a header that states as many entries as just fit."""
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<IIQ", 9, 8, 120_000) + bytes(1_000_000)
    put(file, data)
    tracemalloc.start()
    try:
        with pytest.raises(BadData):
            reading.read(file)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024  # the buffer, and little more
    finally:
        tracemalloc.stop()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_are_read_or_refused(file: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    try:
        reading.read(put(file, bytes(data)))
    except BadData as error:
        assert str(error)


def test_values_come_back_as_they_were_written(file: Path) -> None:
    body = {"flag": True, "number": 7, "text": "wörd", "list": [1, 2, 3], "texts": ["a", "b"]}
    assert gguf.read(put(file, header(body, [], version=2))).metadata == body | {"texts": None}
    assert value(True)[4:] == b"\x01"


def test_an_empty_model_is_none() -> None:
    assert gguf_model.described({}, [], "x") is None
