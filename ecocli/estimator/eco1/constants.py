"""The constants of eco-1, each with its papers. METHODOLOGY.md's table is made from these."""

from ecocli.core.factors import Factor

_ASSUMED = "assumed"
_MLENERGY = "Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md)"
_TRTLLM = "Fit on NVIDIA TensorRT-LLM 1.0 performance overview (see METHODOLOGY.md)"
_FLEET = "Assumed: when half of all tokens were served by the newer generation"

CONSTANTS: dict[str, Factor] = {
    "prefill_coefficient": Factor(
        0.00184, 0.00082, 0.0041, "J/token/10^9/byte",
        _TRTLLM + ": 0.00122 at peak throughput, times 1.51, what a typical ML.ENERGY configuration draws over the best one", 2025, "derived",
    ),
    "prefill_sparsity": Factor(0.35, 0.203, 0.497, "1", _TRTLLM, 2025, "derived"),
    "prefill_doubling_position": Factor(
        40_000, 20_000, 100_000, "token",
        "Attention FLOP of open models' published shapes, which run from 14 000 to 98 000; Epoch AI's two points imply 50 000", 2025, "derived",
    ),
    "cached_read_ratio": Factor(
        0.02, 0.005, 0.10, "1",
        "Reloading a key-value cache is under 1 % of computing it; 0.10 is the usual price ratio", 2025, _ASSUMED,
    ),
    "decode_floor": Factor(0.0126, 0.0015, 0.0272, "J/token", _MLENERGY, 2025, "derived"),
    "decode_coefficient": Factor(0.00953, 0.00836, 0.0112, "J/token", _MLENERGY, 2025, "derived"),
    "serving_configuration": Factor(
        1.0, 0.485, 2.62, "1",
        _MLENERGY + ": spread of 282 configurations an operator would choose, with the law's error on series held out", 2025, "derived",
    ),
    "decode_active_exponent": Factor(0.0628, 0.005, 0.227, "1", _MLENERGY, 2025, "derived"),
    "decode_total_exponent": Factor(0.8372, 0.6, 0.9, "1", _MLENERGY + ": with the active exponent 0.9, chosen", 2025, "derived"),
    "decode_bits_exponent": Factor(0.3, 0.0, 1.0, "1", _MLENERGY + ": ten pairs of BF16 and FP8 weights give 0.26", 2025, "derived"),
    "context_coefficient": Factor(0.264, 0.124, 0.567, "J/GB", _MLENERGY + "; low and high from TensorRT-LLM", 2025, "derived"),
    "reference_context": Factor(500, 500, 500, "token", "Context in the tasks that the decode law was fitted on", 2025, "derived"),
    "software_ratio": Factor(1.613, 1.41, 1.84, "1", _MLENERGY + ": 2024 over 2025 software on the same GPU", 2025, "derived"),
    "software_middle": Factor(2024.9, 2024.4, 2025.4, "year", _FLEET, 2026, _ASSUMED),
    "software_span": Factor(0.15, 0.15, 0.15, "year", _FLEET, 2026, _ASSUMED),
    "ampere_ratio": Factor(1.134, 1.0, 1.28, "1", _MLENERGY + ": A100 over H100, not below 1", 2025, "derived"),
    "ampere_middle": Factor(2024.25, 2023.75, 2024.75, "year", _FLEET, 2026, _ASSUMED),
    "ampere_span": Factor(0.35, 0.35, 0.35, "year", _FLEET, 2026, _ASSUMED),
    "blackwell_ratio": Factor(0.876, 0.73, 1.0, "1", _MLENERGY + ": B200 over H100, not above 1", 2025, "derived"),
    "blackwell_middle": Factor(2026.75, 2026.25, 2027.25, "year", _FLEET, 2026, _ASSUMED),
    "blackwell_span": Factor(0.5, 0.5, 0.5, "year", _FLEET, 2026, _ASSUMED),
    "vintage_first": Factor(2023.0, 2023.0, 2023.0, "year", "Before it nothing is extrapolated", 2026, _ASSUMED),
    "vintage_last": Factor(2028.0, 2028.0, 2028.0, "year", "After it nothing is extrapolated", 2026, _ASSUMED),
    "host": Factor(
        1.35, 1.2, 1.8, "1",
        "Elsworth et al., arXiv:2508.15734: 0.06 Wh host beside 0.14 Wh accelerator; an H100 server's specification gives 1.25",
        2025, "derived",
    ),
    "idle": Factor(1.10, 1.0, 1.6, "1", "Elsworth et al., arXiv:2508.15734: 0.02 Wh of 0.22 Wh were provisioned and idle", 2025, "derived"),
    "counted_text": Factor(1.0, 0.85, 1.20, "1", "Assumed: templates, tools and images that visible text does not show", 2026, _ASSUMED),
    "other_tokenizer": Factor(1.0, 0.75, 1.35, "1", "Assumed: spread of token counts of one text between makers' tokenizers", 2026, _ASSUMED),
    "embodied_per_it_wh": Factor(
        0.04, 0.02, 0.08, "g/Wh",
        "Manufacture of an 8-GPU server over four to six years at 50-70 % load, as in EcoLogits 0.11.3 and Boavizta",
        2025, "derived",
    ),
    "tree_uptake": Factor(
        22_000 / 365, 22_000 / 365, 22_000 / 365, "g/day",
        "European Environment Agency: a mature tree takes up about 22 kg of CO2 a year; used as a fixed convention",
        2021, "reported",
    ),
    "queue_s": Factor(
        0.7, 0.26, 1.75, "s",
        "EcoLogits 0.11.3 models.json, median time to first token of 28 models that do not reason (5th and 95th percentile)",
        2026, "derived",
    ),
    "prefill_rate": Factor(
        8_000, 2_000, 30_000, "token/s",
        "Assumed: between one node's published TensorRT-LLM prefill throughput and a single unbatched request", 2025, _ASSUMED,
    ),
    "decode_rate_50b": Factor(
        67, 23, 132, "token/s",
        "Log-linear regression of published decode speeds on active parameters, 99 models in EcoLogits 0.11.3 models.json",
        2026, "derived",
    ),
    "decode_rate_exponent": Factor(-0.27, -0.27, -0.27, "1", "the same regression as decode_rate_50b", 2026, "derived"),
}
