"""The whole equation, prototyped, beside published figures. Nothing here is tuned to them."""

from pathlib import Path

import numpy as np

from tools.fit import laws, vintage
from tools.fit.closed import closed_active
from tools.fit.tables import read

HOST, IDLE, CACHED = 1.35, 1.10, 0.02
"""Servers over accelerators, provisioned idle, cached read over fresh."""

FIGURES = [  # label, Wh, (total, active or None if closed MoE), year, PUE, fresh, cached, out
    ("google-2025", 0.24, (440, None), 2025.4, 1.09, 500, 0, 400),
    ("altman-2025", 0.34, (440, None), 2025.45, 1.16, 1000, 0, 500),
    ("oviedo-v2-typ", 0.31, (440, None), 2025.7, 1.16, 500, 0, 300),
    ("oviedo-v2-long", 3.91, (440, None), 2025.7, 1.16, 500, 0, 5000),
    ("epoch-typ", 0.30, (440, None), 2025.1, 1.16, 100, 0, 500),
    ("epoch-10k", 2.5, (440, None), 2025.1, 1.16, 10_000, 0, 500),
    ("epoch-100k", 40.0, (440, None), 2025.1, 1.16, 100_000, 0, 500),
    ("deepseek-fleet-2025", 0.242, (671, 37), 2025.15, 1.15, 1583, 2036, 1000),
]
"""Assumed tokens where undisclosed: Google 500 in, 400 out; Altman 1 000 in, 500 out. Closed: gpt-4o-class, 440 B in total."""

DEEPSEEK_KV = 70272e-9


def call_energy(sizes: tuple, kv_gb: float, year: float, tokens: tuple, fit: dict) -> float:
    """Joules at the accelerators, FP8 weights."""
    fresh, cached, out = tokens
    case = {"p_tot": np.array([float(sizes[0])]), "p_act": np.array([float(sizes[1])]), "bytes": np.array([1.0])}
    prefill = float(laws.prefill_per_token(case, fit["prefill"]["mj"], fit["prefill"]["sparsity"])[0])
    decode = float(laws.decode_per_token(case, fit["a"], fit["act"], fit["floor"])[0])
    context = max(0.0, cached + fresh + out / 2 - laws.CONTEXT_IN_FIT)
    position = 1 + (cached + fresh / 2) / fit["l0"]
    date = vintage.factor(year, fit["old"], fit["a100"], fit["b200"])
    return date * (fresh * prefill * position + cached * CACHED * prefill + out * (decode + fit["k"] * kv_gb * context))


def compare(fit: dict, active: dict, kv: dict) -> list[tuple]:
    """(label, published Wh, estimated Wh, ratio) for the production figures."""
    table = []
    for label, published, (total, known), year, pue, *tokens in FIGURES:
        size = known or closed_active(total, active)[1]
        kv_gb = DEEPSEEK_KV if known else kv["a"] * size ** kv["b"] / 1e9
        watt_hours = call_energy((total, size), kv_gb, year, tuple(tokens), fit) * HOST * IDLE * pue / 3600
        table.append((label, published, watt_hours, watt_hours / published))
    return table


JEGHAM_IDS = {"GPT-4.1": "gpt-4.1", "GPT-4.1 mini": "gpt-4.1-mini", "GPT-4.1 nano": "gpt-4.1-nano", "GPT-4o (Mar 25)": "gpt-4o",
              "GPT-4o mini": "gpt-4o-mini", "GPT-4 Turbo": "gpt-4-turbo", "GPT-4": "gpt-4", "Claude-3.7 Sonnet": "claude-3.7-sonnet",
              "Claude-3.5 Sonnet": "claude-3.5-sonnet", "Claude-3.5 Haiku": "claude-3.5-haiku", "DeepSeek-V3 (Azure host)": "DeepSeek-V3",
              "DeepSeek-V3 (DeepSeek host)": "DeepSeek-V3", "LLaMA-3-8B": "llama-3-8b-instruct", "LLaMA-3-70B": "llama-3-70b-instruct",
              "LLaMA-3.1-8B": "llama-3.1-8b-instruct", "LLaMA-3.1-70B": "llama-3.1-70b-instruct", "LLaMA-3.1-405B": "llama-3.1-405b",
              "LLaMA-3.2 1B": "llama-3.2-1b-instruct", "LLaMA-3.2 3B": "llama-3.2-3b-instruct",
              "LLaMA-3.2-vision 11B": "llama-3.2-11b-vision-instruct", "LLaMA-3.3 70B": "llama-3.3-70b-instruct"}  # fmt: skip
"""Jegham's model names to base models; those that reason are left out, for their hidden tokens are not given."""


def jegham(folder: Path, fit: dict, active: dict, kv: dict) -> list[tuple]:
    """(model, prompt, output, published Wh, estimated Wh, ratio) for Jegham's models that do not reason."""
    facts = {
        key: row for row in read(folder / "model_facts.csv") for key in (row["id"].split("/")[-1], row["base_model"])
    }
    table = []
    for row in read(folder / "published_queries.csv"):
        fact = facts.get(JEGHAM_IDS.get(row["model"], ""))
        if not row["id"].startswith("jegham") or fact is None:
            continue
        total, size = float(fact["total_b"]), float(fact["active_b"])
        if fact["open_weights"] != "yes" and fact["arch"] == "moe":
            size = closed_active(total, active)[1]
        kv_gb = DEEPSEEK_KV if "DeepSeek" in row["model"] else kv["a"] * size ** kv["b"] / 1e9
        tokens = (float(row["prompt_tokens"]), 0, float(row["completion_tokens"]))
        watt_hours = call_energy((total, size), kv_gb, 2025.3, tokens, fit) * HOST * IDLE * 1.14 / 3600
        table.append(
            (row["model"], *tokens[::2], float(row["energy_wh"]), watt_hours, watt_hours / float(row["energy_wh"]))
        )
    return table
