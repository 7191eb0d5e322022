"""Read the measurement tables into plain columns of numpy arrays."""

import csv
import re
from pathlib import Path

import numpy as np

BITS = {"bfloat16": 2.0, "fp8": 1.0, "fp4": 0.5}
"""Weight bytes per parameter."""

SERIES = {
    "Qwen3-VL": r"Qwen3-(VL|Omni)",
    "Qwen3": r"Qwen3",
    "Llama 4": r"Llama-4",
    "Llama 3": r"Llama-3",
    "DeepSeek": r"DeepSeek",
    "Nemotron": r"Nemotron",
    "Gemma": r"gemma",
    "Mistral": r"[Mm]i[sx]tral",
    "Phi": r"Phi-3",
    "StarCoder": r"starcoder",
    "CodeLlama": r"CodeLlama",
    "other vision": r"llava|chameleon",
}
"""Model series, held out one at a time. The first pattern that matches wins."""

KV_BYTES = {
    r"Qwen3-(VL-|Omni-|Coder-)?30B": 98304, r"Qwen3-(VL-)?235B": 192512, r"Qwen3-Coder-480B": 253952,
    r"Qwen3-(VL-)?8B": 147456, r"Qwen3-14B": 163840, r"Qwen3-(VL-)?32B": 262144,
    r"Llama-4": 196608, r"Llama-3.*-8B": 131072, r"Llama-3.*-70B": 327680, r"Llama-3.*-405B": 516096,
    r"DeepSeek": 70272, r"Nano-12B": 24576, r"Nano-9B": 16384,
    r"gemma-2-2b": 106496, r"gemma-2-9b": 344064, r"gemma-2-27b": 376832, r"codegemma.*2b": 18432, r"codegemma-7b": 458752,
    r"Mistral-7B": 131072, r"Mistral-Nemo": 163840, r"Mistral-Large": 360448, r"Mixtral-8x7B": 131072, r"Mixtral-8x22B": 229376,
    r"Phi-3-(mini|vision)": 393216, r"Phi-3-small": 131072, r"Phi-3-medium": 204800,
    r"starcoder2-3b": 30720, r"starcoder2-7b": 65536, r"starcoder2-15b": 81920,
    r"CodeLlama-7b": 524288, r"CodeLlama-13b": 819200, r"CodeLlama-34b": 196608, r"CodeLlama-70b": 327680,
    r"llama3-llava": 131072, r"llava-1.5-7b": 524288, r"llava-1.5-13b": 819200, r"chameleon-7b": 524288, r"chameleon-30b": 196608,
}  # fmt: skip
"""KV cache per token of context at 16 bits, within the window of windowed layers [bytes], from the models' configurations.

Gemma 2, Mistral, Llama, Qwen3, DeepSeek and Nemotron as in model_kv.csv; StarCoder, CodeLlama, Phi, CodeGemma, LLaVA and Chameleon recalled,
not checked."""

PROMPT_TOKENS = {"lm-arena-chat": 200, "gpqa": 250, "sourcegraph-fim": 2700, "sharegpt-chat": 200, "code-evalplus": 200,
                 "image-chat": 1500, "mllm-chat": 1500, "video-chat": 5000}  # fmt: skip
"""Mean prompt per task [tokens]. ASSUMED: the published results leave it out.

sourcegraph-fim was worked out: Qwen3 30B-A3B spends 35 J (H100) and 22 J (B200) more per request there, at equal output, than its chat
rate; divided by its prefill cost that is 2 500 to 3 000 tokens. The others are plain guesses."""

TEXT_TASKS = ("lm-arena-chat", "gpqa", "sourcegraph-fim", "sharegpt-chat", "code-evalplus")


def first_match(patterns: dict, name: str):
    """Value, or key where values are the patterns, of the first pattern found in the name."""
    for key, value in patterns.items():
        if isinstance(value, str) and re.search(value, name):
            return key
        if not isinstance(value, str) and re.search(key, name):
            return value
    raise KeyError(name)


def read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict], name: str) -> np.ndarray:
    """A numeric column; empty cells are NaN."""
    return np.array([float(row[name] or "nan") for row in rows])


def measurements(folder: Path) -> dict[str, np.ndarray]:
    """ML.ENERGY rows as columns: energies in J, sizes in billions of parameters, contexts in tokens, KV in GB per token."""
    rows = read(folder / "mlenergy_measurements.csv")
    numbers = {"p_act": "active_params_b", "p_tot": "total_params_b", "gpus": "n_gpus", "batch": "avg_batch", "out": "avg_output_tokens",
               "energy": "energy_per_output_token_j", "itl": "median_itl_ms", "rate": "output_tput_tok_s", "watts": "avg_power_w", "tp": "tp",
               "own_ctx": "mean_decode_ctx_from_output"}  # fmt: skip
    table = {key: column(rows, name) for key, name in numbers.items()}
    names = [row["model"] for row in rows]
    table["model"] = np.array(names)
    table["task"] = np.array([row["task"] for row in rows])
    table["gpu"] = np.array([row["gpu_model"][:4] for row in rows])
    table["old"] = np.array([row["source"].endswith("v2") for row in rows])
    table["series"] = np.array([first_match(SERIES, name) for name in names])
    table["bytes"] = np.array([BITS[row["precision"]] for row in rows])
    table["kv_gb"] = np.array([first_match(KV_BYTES, name) for name in names]) / 1e9
    table["prompt"] = np.array([PROMPT_TOKENS[task] for task in table["task"]], float)
    own = np.where(np.isnan(table["own_ctx"]), table["out"] / 2, table["own_ctx"])
    table["ctx"] = table["prompt"] + own
    table["text"] = np.isin(table["task"], TEXT_TASKS)
    return table


def throughput(folder: Path) -> dict[str, np.ndarray]:
    """TensorRT-LLM rows as columns."""
    rows = read(folder / "trtllm_throughput.csv")
    numbers = {
        "p_act": "active_params_b",
        "p_tot": "total_params_b",
        "gpus": "n_gpus",
        "isl": "isl",
        "osl": "osl",
        "rate": "output_tok_per_s",
    }
    table = {key: column(rows, name) for key, name in numbers.items()}
    table["model"] = np.array([row["model"] for row in rows])
    table["gpu"] = np.array([row["gpu_model"] for row in rows])
    table["bytes"] = np.array([BITS[row["precision"]] for row in rows])
    table["kv_gb"] = np.array([first_match(KV_BYTES, name) for name in table["model"]]) / 1e9
    return table


def subset(table: dict, keep: np.ndarray) -> dict:
    return {key: values[keep] for key, values in table.items()}
