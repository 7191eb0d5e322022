"""
The program that computed an answer of OpenAI's shape, by the marks that only this program leaves, and the times that it states.

Read in November 2026: llama.cpp `tools/server/server-task.cpp` (the server inside of Jan, llamafile and Docker Model Runner, too),
lmstudio-ai/docs `1_developer/2_rest`, mlx-lm `mlx_lm/server.py` (d78bf58), GPT4All `gpt4all-chat/src/server.cpp` (c2708b2),
TGI `router/src/server.rs`. SGLang's answers do not name it: `metadata.weight_version` comes from services that run it, too.
"""

import re
from typing import Any

from ecocli.core import hosting
from ecocli.ingest import fields as f

LLAMA_CPP, LM_STUDIO, MLX, OLLAMA, GPT4ALL, KOBOLDCPP = "llama.cpp", "LM Studio", "MLX", "Ollama", "GPT4All", "KoboldCpp"
VLLM, TGI = "vLLM", "TGI"

FINGERPRINTS = (
    (OLLAMA, re.compile("fp_ollama")),
    (LLAMA_CPP, re.compile("b[0-9]{4,6}|b[0-9]+-([0-9a-f]{6,40}|unknown)")),  # number of the build and its commit
    (VLLM, re.compile("vllm-[0-9].*")),
    (TGI, re.compile(r"[0-9]+\.[0-9]+\.[0-9][^ ]*-(native|sha-[0-9a-f]{7,}.*)")),  # version and label of the container
    (MLX, re.compile(r"[0-9]+\.[0-9][^ -]*-[0-9]+\.[0-9][^ -]*-(macOS|Linux|Darwin)-.*")),  # versions of mlx-lm and MLX, platform, chip
)
"""By `system_fingerprint`."""
REUSED_IDS = (OLLAMA, GPT4ALL, KOBOLDCPP)
"""Their ids come back: Ollama draws one of 999, GPT4All always says "placeholder", and older KoboldCpp "chatcmpl-A1"."""
CACHE_UNKNOWN = "the answer states no usage, and its timings leave out what the server had in its prompt cache"


def runtime_of(document: dict[str, Any]) -> str | None:
    """The program that answered; None where the answer does not tell."""
    return _by_fingerprint(document) or _by_keys(document) or _by_model(document.get("model"))


def _by_fingerprint(document: dict[str, Any]) -> str | None:
    mark = document.get("system_fingerprint")
    if not isinstance(mark, str) or not mark:
        return None
    if mark == document.get("model"):
        return LM_STUDIO
    return next((name for name, pattern in FINGERPRINTS if pattern.fullmatch(mark)), None)


def _by_keys(document: dict[str, Any]) -> str | None:
    if f.has(document, "stats.time_to_first_token", "stats.generation_time") and f.has(document, "model_info", "runtime"):
        return LM_STUDIO
    if f.has(document, "timings.predicted_n") and f.has(document, "timings.prompt_n"):
        return LLAMA_CPP
    is_placeholder = document.get("id") == "placeholder" and document.get("object") in ("chat.completion", "text_completion")
    return GPT4ALL if is_placeholder else None


def _by_model(model: Any) -> str | None:
    if not isinstance(model, str):
        return None
    return KOBOLDCPP if model.lower().startswith("koboldcpp/") else hosting.runtime_of(model)


def phases(document: dict[str, Any]) -> dict[str, float | None]:
    """Time that reading the prompt and writing the answer took, as llama.cpp's `timings` [ms] or LM Studio's `stats` [s] state it. [ms]"""
    if f.section(document, "timings"):
        return {"prompt_ms": f.number(document, "timings.prompt_ms"), "generation_ms": f.number(document, "timings.predicted_ms")}
    first, writing = f.number(document, "stats.time_to_first_token"), f.number(document, "stats.generation_time")
    return {"prompt_ms": in_ms(first), "generation_ms": in_ms(writing)}


def in_ms(seconds: float | None) -> float | None:
    """Seconds as milliseconds."""
    return None if seconds is None else seconds * 1000


def timed_counts(document: dict[str, Any]) -> tuple[dict[str, int | None], list[str]]:
    """
    Counts of llama.cpp's `timings`, for an answer without usage, and what was assumed for them.

    `prompt_n` are the tokens that were read now, `cache_n` those that the server had read before: the prompt is both.
    """
    read, cached = _counted(document, "prompt_n"), _counted(document, "cache_n")
    counts = {"prompt_tokens": f.total(read, cached), "cached_tokens": cached, "completion_tokens": _counted(document, "predicted_n")}
    return counts, [CACHE_UNKNOWN] if read is not None and cached is None else []


def _counted(document: dict[str, Any], name: str) -> int | None:
    """A count of `timings`; -1 stands for none there."""
    value = f.at(document, f"timings.{name}")
    return None if value is None or value == -1 else f.counter(f"timings.{name}", value)
