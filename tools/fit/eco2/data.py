"""
The measurement files as columns of numpy arrays, one row per measured configuration.

Columns, named as those of tools.fit.tables where both have them:

source              mlenergy, v4 (DeepSeek-V4-Pro), h100nvl (Llama 3 on H100 NVL) or trt (TensorRT-LLM)
kind                whole (deployments), decode or prefill (boards that do nothing else)
series, model, task, gpu (A100, H100 or B200)
p_act, p_tot        parameters [10^9]
bits, bytes         of a stored weight [bit]; of the numbers that are multiplied [byte]
weights_gb          W [GB]
batch, concurrency  sequences at once as the source counts them, per copy of the weights; as set, per deployment
copies, split       copies of the weights that decode; whether prefill has boards of its own
prompt, out, ctx    [token]
kv_gb, state_gb     key-value cache [GB/token]; recurrent state [GB]
energy              at the accelerators per output token, of prefill rows per prompt token [J]
itl                 median time between tokens [ms]
old, measured, outlier  software of 2024; power was read; the configuration that is shown apart
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from tools.fit import tables
from tools.fit.laws import state_gb
from tools.fit.tables import first_match, subset

Rows = dict[str, np.ndarray]

OUTLIER = "Qwen3-Coder-480B-A35B-Instruct-FP8"
"""Costs 1.0 to 5.6 times its BF16 twin at about the same batch. Not fitted."""
V4 = "DeepSeek-V4-Pro"
V4_KV_GB = 5.4e-6
"""Key-value cache of V4 per token of context [GB]: 30 layers of one 576-byte row and one 128-byte index per 4 tokens, 31 of one row per 128, in FP8.
Layers as third parties describe the published configuration, which was not read."""
V4_TASK = (7390, 461)
"""Prompt, and mean position of an output token, in every V4 row. [token]"""
ALPACA_PROMPT = 40
"""Mean prompt of the H100 NVL rows. [token] ASSUMED."""
SMALL_KV_BYTES = {r"Llama-3.2-1B": 32768, r"Llama-3.2-3B": 114688}
"""Key-value cache per token of context beside tables.KV_BYTES, from the models' configurations. [byte]"""
BOARDS_OF_A_COPY = 8
BOARD_WATTS = {"H100": 600.0, "H200": 600.0, "B200": 850.0}
"""Board power of TensorRT-LLM rows. [W] ASSUMED, as in eco-1's fit."""
MEMORY_GB = {"H100": 80.0, "H200": 141.0, "B200": 180.0}
MEMORY_USED, FP8_CACHE, MOST_AT_ONCE = 0.9, 0.5, 2048.0
OF_THROUGHPUT = {"source": "trt", "kind": "whole", "task": "", "split": False, "copies": 1.0, "state_gb": 0.0, "itl": np.nan, "old": False,
                 "measured": False, "outlier": False}  # fmt: skip
"""Columns that are the same in every TensorRT-LLM row."""
KINDS = {"gpu": "whole", "gpu-decode": "decode", "gpu-prefill": "prefill"}


def everything(folder: Path) -> Rows:
    """All rows that the law is fitted on, and the outlier."""
    parts = (mlenergy(folder), at_scale(folder), throughput(folder))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[1]}


def mlenergy(folder: Path) -> Rows:
    """ML.ENERGY's text configurations."""
    table = tables.measurements(folder)
    rows = subset(table, table["text"])
    same = {"source": "mlenergy", "kind": "whole", "split": False, "copies": 1.0, "measured": True}
    rows |= {name: np.full(len(rows["energy"]), value) for name, value in same.items()}
    rows |= {"bits": 8 * rows["bytes"], "weights_gb": rows["bytes"] * rows["p_tot"], "concurrency": rows["batch"], "state_gb": state_gb(rows)}
    return rows | {"outlier": np.array([OUTLIER in model for model in rows["model"]])}


def at_scale(folder: Path) -> Rows:
    """The measured rows of DeepSeek-V4-Pro, and of Llama 3 on H100 NVL."""
    return _columns([_at_scale(row) for row in tables.read(folder / "measured_at_scale.csv") if row["kind"] == "measured"])


def _at_scale(row: dict[str, str]) -> dict[str, Any]:
    bits, total_b, kind = float(row["weight_bits"]), float(row["total_b"]), KINDS[row["boundary"]]
    concurrency, boards = float(row["batch_or_concurrency"]), re.search(r"\d+ prefill \+ (\d+) decode", row["note"])
    copies = int(boards[1]) / BOARDS_OF_A_COPY if boards else 1.0
    return (_v4(row) if row["model"] == V4 else _h100_nvl(row)) | {
        "kind": kind, "model": row["model"], "task": "", "p_act": float(row["active_b"]), "p_tot": total_b, "bits": bits, "bytes": bits / 8,
        "weights_gb": bits / 8 * total_b, "batch": concurrency / (copies if kind == "whole" else 1.0), "concurrency": concurrency, "copies": copies,
        "split": bool(boards) or kind != "whole", "out": float(row["output_tokens"] or 0), "state_gb": 0.0,
        "energy": float(row["j_per_output_token"] or row["j_per_input_token"]), "itl": np.nan, "old": False, "measured": True, "outlier": False,
    }  # fmt: skip


def _v4(row: dict[str, str]) -> dict[str, Any]:
    return {"source": "v4", "series": "DeepSeek-V4", "gpu": "B200", "prompt": float(row["input_tokens"] or 0), "ctx": float(sum(V4_TASK)), "kv_gb": V4_KV_GB}


def _h100_nvl(row: dict[str, str]) -> dict[str, Any]:
    context, kv_gb = ALPACA_PROMPT + float(row["output_tokens"] or 0) / 2, first_match(SMALL_KV_BYTES | tables.KV_BYTES, row["model"]) / 1e9
    return {"source": "h100nvl", "series": "Llama 3", "gpu": "H100", "prompt": float(ALPACA_PROMPT), "ctx": context, "kv_gb": kv_gb}


def throughput(folder: Path) -> Rows:
    """TensorRT-LLM's throughput at assumed watts, with as many sequences at once as fit into memory."""
    table = tables.throughput(folder)
    watts, memory = (np.array([per_gpu[gpu] for gpu in table["gpu"]]) for per_gpu in (BOARD_WATTS, MEMORY_GB))
    weights_gb, kv_gb = table["bytes"] * table["p_tot"], FP8_CACHE * table["kv_gb"]
    room_gb = MEMORY_USED * memory * table["gpus"] - weights_gb
    batch = np.clip(room_gb / (kv_gb * (table["isl"] + table["osl"])), 1.0, MOST_AT_ONCE)
    return {name: np.full(len(batch), value) for name, value in OF_THROUGHPUT.items()} | {
        "series": np.array([first_match(tables.SERIES, model) for model in table["model"]]), "model": table["model"],
        "gpu": np.where(table["gpu"] == "B200", "B200", "H100"), "p_act": table["p_act"], "p_tot": table["p_tot"], "bits": 8 * table["bytes"],
        "bytes": table["bytes"], "weights_gb": weights_gb, "batch": batch, "concurrency": batch, "prompt": table["isl"], "out": table["osl"],
        "ctx": table["isl"] + table["osl"] / 2, "kv_gb": kv_gb, "energy": watts * table["gpus"] / table["rate"],
    }  # fmt: skip


def _columns(rows: list[dict[str, Any]]) -> Rows:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
