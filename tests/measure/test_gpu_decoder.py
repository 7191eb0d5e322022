"""The decoder of `tools/measure_gpu.py` beside a small one in NumPy, on a processor. PyTorch is too large to be asked for; whoever has it runs these."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tools.measure_gpu import (
    DECODE,
    INT4_GROUP,
    NORM_EPSILON,
    ROTARY_BASE,
    SHAPES,
    Decoder,
    Int4Linear,
    Mixture,
    NoBoard,
    Point,
    Rows,
    Run,
    Shape,
    Unsupported,
    check,
    fp8,
)

FILE = Path(__file__).parents[2] / "tools" / "measure_gpu.py"
DENSE = Shape("dense", layers=3, hidden=24, heads=6, cached_heads=2, head_width=8, inner=40, vocabulary=50, is_tied=True, longest=64)
HEADS_NORMED = DENSE._replace(norms_heads=True, is_tied=False)
EXPERTS = HEADS_NORMED._replace(experts=8, experts_per_token=2)
SHAPES_HERE = pytest.mark.parametrize("shape", [DENSE, HEADS_NORMED, EXPERTS], ids=["dense", "heads normed", "experts"])


# The reference: one sequence, whole, position by position, in 64 bits


def array(tensor):
    return tensor.double().numpy()


def norm(row, weight):
    return row / np.sqrt(np.mean(row**2) + NORM_EPSILON) * array(weight)


def silu(x):
    return x / (1 + np.exp(-x))


def turned(head, position):
    """Each pair of numbers, half a head apart, is a point in a plane that turns with the position."""
    half = len(head) // 2
    points = (head[:half] + 1j * head[half:]) * np.exp(1j * position * ROTARY_BASE ** (-np.arange(half) / half))
    return np.concatenate([points.real, points.imag])


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def attended(shape, layer, rows):
    width, group = shape.head_width, shape.heads // shape.cached_heads
    queries, keys, values = [], [], []
    for position, row in enumerate(rows):
        heads = (array(layer.queries_keys_values.weight) @ row).reshape(-1, width)
        q, k, v = heads[: shape.heads], heads[shape.heads : shape.heads + shape.cached_heads], heads[shape.heads + shape.cached_heads :]
        if shape.norms_heads:
            q, k = [norm(each, layer.of_queries) for each in q], [norm(each, layer.of_keys) for each in k]
        queries.append([turned(each, position) for each in q])
        keys.append([turned(each, position) for each in k])
        values.append(v)
    found = []
    for position in range(len(rows)):
        heads = []
        for head in range(shape.heads):
            shared = head // group
            scores = softmax(np.array([queries[position][head] @ keys[past][shared] for past in range(position + 1)]) / np.sqrt(width))
            heads.append(sum(score * values[past][shared] for past, score in enumerate(scores)))
        found.append(array(layer.mixed.weight) @ np.concatenate(heads))
    return found


def gated(gate_up, down, row):
    gate, up = np.split(array(gate_up) @ row, 2)
    return array(down) @ (silu(gate) * up)


def fed(shape, feed, row, token):
    """token counts through the batch: it decides which experts take the row."""
    if shape.experts == 1:
        return gated(feed.gate_up.weight, feed.down.weight, row)
    likely = np.sort(softmax(array(feed.router) @ row))[::-1][: shape.experts_per_token]
    experts = [(token * shape.experts_per_token + choice) % shape.experts for choice in range(shape.experts_per_token)]
    shares = likely / likely.sum()
    return sum(share * gated(feed.gate_up_weights[e], feed.down_weights[e], row) for share, e in zip(shares, experts, strict=True))


def reference(decoder, tokens, first_token=0):
    """Logits after the last token of one sequence."""
    shape = decoder.shape
    rows = [array(decoder.embedding)[token] for token in tokens]
    for index in range(shape.layers):
        layer = decoder.layers[index % len(decoder.layers)]
        mixed = attended(shape, layer, [norm(row, layer.before_attention) for row in rows])
        rows = [row + more for row, more in zip(rows, mixed, strict=True)]
        rows = [row + fed(shape, layer.feed, norm(row, layer.before_feed), first_token + place) for place, row in enumerate(rows)]
    return array(decoder.head) @ norm(rows[-1], decoder.last_norm)


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.inference_mode():
        yield


def made(shape, held=None):
    """Its norms have weights other than 1, so that each is seen."""
    decoder = Decoder(shape, "bf16", "cpu", held or shape.layers, number=torch.float32)
    drawn = torch.Generator().manual_seed(1)
    for layer in decoder.layers:
        for weight in (layer.before_attention, layer.before_feed, layer.of_queries, layer.of_keys):
            if weight is not None:
                weight.uniform_(0.5, 1.5, generator=drawn)
    decoder.last_norm.uniform_(0.5, 1.5, generator=drawn)
    return decoder


# One is the other


@SHAPES_HERE
def test_prefill(shape):
    decoder, tokens = made(shape), torch.tensor([[7, 3, 11, 0, 49, 7, 7, 21]])
    logits = decoder.step(tokens, decoder.cache(1, 8), 0)
    assert array(logits[0]) == pytest.approx(reference(decoder, tokens[0].tolist()), rel=1e-4, abs=1e-4)


@SHAPES_HERE
def test_sequences_of_a_batch_do_not_see_one_another(shape):
    decoder, tokens = made(shape), torch.tensor([[7, 3, 11, 0], [49, 7, 7, 21]])
    logits = decoder.step(tokens, decoder.cache(2, 4), 0)
    for place, sequence in enumerate(tokens):
        assert array(logits[place]) == pytest.approx(reference(decoder, sequence.tolist(), first_token=4 * place), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("shape", [DENSE, HEADS_NORMED], ids=["dense", "heads normed"])
def test_decoding_goes_on_from_the_cache(shape):
    decoder, tokens = made(shape), torch.tensor([[7, 3, 11, 0, 49, 7, 2, 21]])
    cache = decoder.cache(1, 8)
    decoder.step(tokens[:, :5], cache, 0)
    for position in (5, 6, 7):
        logits = decoder.step(tokens[:, position : position + 1], cache, position)
        assert array(logits[0]) == pytest.approx(reference(decoder, tokens[0, : position + 1].tolist()), rel=1e-4, abs=1e-4)


def test_decoding_with_experts_goes_on_from_the_cache():
    """One layer, since a token alone goes to other experts than the same one in a prompt: of the past, one layer needs keys and values only."""
    decoder, tokens = made(EXPERTS._replace(layers=1)), torch.tensor([[7, 3, 11, 0, 49]])
    cache = decoder.cache(1, 5)
    decoder.step(tokens[:, :4], cache, 0)
    logits = decoder.step(tokens[:, 4:], cache, 4)
    assert array(logits[0]) == pytest.approx(reference(decoder, tokens[0].tolist(), first_token=-4), rel=1e-4, abs=1e-4)


@SHAPES_HERE
def test_layers_without_weights_of_their_own_use_those_of_others(shape):
    decoder, tokens = made(shape, held=2), torch.tensor([[7, 3, 11, 0]])
    assert len(decoder.layers) == 2 < shape.layers
    logits = decoder.step(tokens, decoder.cache(1, 4), 0)
    assert array(logits[0]) == pytest.approx(reference(decoder, tokens[0].tolist()), rel=1e-4, abs=1e-4)


def test_several_tokens_in_the_middle_are_refused():
    decoder = made(DENSE)
    with pytest.raises(ValueError, match="several tokens begin at position 0"):
        decoder.step(torch.tensor([[1, 2]]), decoder.cache(1, 4), 2)


# Weights


@pytest.mark.parametrize("shape", [DENSE, HEADS_NORMED, EXPERTS, SHAPES["tiny"], SHAPES["tiny-moe"]], ids=lambda shape: shape.name)
def test_a_decoder_has_as_many_numbers_as_its_shape_says(shape):
    decoder = made(shape)
    found = {id(tensor): tensor.numel() for tensor in (decoder.embedding, decoder.head, decoder.last_norm)}
    for layer in decoder.layers:
        feed = layer.feed
        fed_by = [feed.router, feed.gate_up_weights, feed.down_weights] if isinstance(feed, Mixture) else [feed.gate_up.weight, feed.down.weight]
        norms = [layer.before_attention, layer.before_feed, layer.of_queries, layer.of_keys]
        for tensor in (layer.queries_keys_values.weight, layer.mixed.weight, *fed_by, *norms):
            if tensor is not None:
                found[id(tensor)] = tensor.numel()
    assert sum(found.values()) == shape.parameters


def test_activations_stay_as_large_as_they_were():
    logits = made(SHAPES["tiny"]).step(torch.arange(64)[None], made(SHAPES["tiny"]).cache(1, 64), 0)
    assert 0.2 < logits.std() < 20


def test_tokens_are_spread_evenly_or_not_at_all():
    mixture = made(EXPERTS).layers[0].feed
    with pytest.raises(Unsupported, match="5 tokens are not spread evenly over 8 experts"):
        mixture(torch.zeros(1, 5, EXPERTS.hidden))


def test_four_bits_are_the_nearest_of_sixteen_levels():
    weight = torch.randn(32, 2 * INT4_GROUP, generator=torch.Generator().manual_seed(0)).bfloat16()
    stored = Int4Linear(weight)(torch.eye(2 * INT4_GROUP).bfloat16()).T.float()  # a row at a time
    for row in range(32):
        for begin in (0, INT4_GROUP):
            group, kept = (each[row, begin : begin + INT4_GROUP].float() for each in (weight, stored))
            level = (group.max() - group.min()) / 15
            rounding = 2**-8 * 8 * (level + group.abs().max())  # scale and zero have 16 bits
            assert (kept - group).abs().max() <= level / 2 + rounding
            assert len(kept.unique()) <= 16


def test_eight_bits_keep_three_binary_places_and_saturate():
    numbers = torch.tensor([1.0, 1.124, 1.126, -2.0, 0.001953125, 448.0, 1e6, -1e6])
    assert fp8(numbers).float().tolist() == [1.0, 1.125, 1.125, -2.0, 0.001953125, 448.0, 448.0, -448.0]


@pytest.mark.parametrize(("shape", "precision"), [("tiny", "bf16"), ("tiny-moe", "bf16"), ("tiny", "int4")])
def test_kernels_of_this_processor_are_right(shape, precision):
    check(SHAPES[shape], precision, "cpu")


@pytest.mark.parametrize(
    ("shape", "precision", "message"),
    [("tiny-moe", "int4", "PyTorch has no kernel for experts in int4"), ("tiny", "fp8", "FP8 needs a board of compute capability 8.9 or later")],
)
def test_what_is_not_supported_is_said(shape, precision, message):
    with pytest.raises(Unsupported, match=message):
        check(SHAPES[shape], precision, "cpu")


# The program


def measure(path, *arguments):
    command = [sys.executable, FILE, "--device", "cpu", "--seconds", "0.01", "--quick", "--out", path, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def test_a_run_from_end_to_end_and_again(tmp_path):
    path = tmp_path / "rows.csv"
    done = measure(path, "--shape", "tiny", "tiny-moe")
    assert (done.returncode, done.stderr) == (0, "")
    rows = rows_of(path)
    assert {(row["shape"], row["precision"], row["status"]) for row in rows} == {
        ("tiny", "bf16", "ok"), ("tiny", "int4", "ok"), ("tiny", "fp8", "unsupported"),
        ("tiny-moe", "bf16", "ok"), ("tiny-moe", "int4", "unsupported"), ("tiny-moe", "fp8", "unsupported"),
    }  # fmt: skip
    measured = [row for row in rows if row["status"] == "ok" and row["phase"] != "idle"]
    assert all(row["joules"] == "" and float(row["tokens_per_second"]) > 0 and float(row["flop_per_second"]) > 0 for row in measured)
    assert all(int(row["tokens"]) == int(row["steps"]) * int(row["batch"]) for row in measured if row["phase"] == "decode")

    before = path.read_bytes()
    again = measure(path, "--shape", "tiny", "tiny-moe")
    assert (again.returncode, again.stdout, path.read_bytes()) == (0, "", before)


def test_what_has_no_room_is_a_row_and_the_run_goes_on(tmp_path):
    shape, memory_bytes = SHAPES["tiny"], 0.5e9
    run = Run(Rows(tmp_path / "rows.csv"), NoBoard(), {"board": "small", "board_memory_bytes": memory_bytes}, "cpu", seconds=0.0, repeats=1)
    wanted = [Point(shape, "bf16", DECODE, batch, 0, 128) for batch in (1, 32768, 2)]  # 256 bytes of cache for each token: 1.07 GB
    run.of(shape, "bf16", wanted)
    rows = rows_of(tmp_path / "rows.csv")
    assert [(row["batch"], row["status"]) for row in rows] == [("1", "ok"), ("32768", "out_of_memory"), ("2", "ok")]
    assert rows[1]["detail"] == "1.1 GB of weights and cache, 0.5 GB of memory"


def test_a_run_that_was_cut_short_goes_on(tmp_path):
    path = tmp_path / "rows.csv"
    measure(path, "--shape", "tiny", "--precision", "bf16")
    whole = rows_of(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]) + lines[3][:20])
    measure(path, "--shape", "tiny", "--precision", "bf16")
    names = ("phase", "batch", "prompt_tokens", "context_tokens", "repeat")
    assert [[row[name] for name in names] for row in rows_of(path)] == [[row[name] for name in names] for row in whole]
