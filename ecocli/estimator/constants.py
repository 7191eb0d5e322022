"""Constants that several methods have alike, each with its papers. A method that wants another value has an entry of its own."""

from ecocli.core.factors import Factor

_ASSUMED = "assumed"
_FLEET = "Assumed: when half of all tokens were served by the newer generation"

SHARED: dict[str, Factor] = {
    "prefill_doubling_position": Factor(
        40_000, 20_000, 100_000, "token",
        "Attention FLOP of open models' published shapes, which run from 14 000 to 98 000; Epoch AI's two points imply 50 000", 2025, "derived",
    ),
    "cached_read_ratio": Factor(
        0.02, 0.005, 0.10, "1",
        "Reloading a key-value cache is under 1 % of computing it; 0.10 is the usual price ratio", 2025, _ASSUMED,
    ),
    "software_middle": Factor(2024.9, 2024.4, 2025.4, "year", _FLEET, 2026, _ASSUMED),
    "software_span": Factor(0.15, 0.15, 0.15, "year", _FLEET, 2026, _ASSUMED),
    "ampere_middle": Factor(2024.25, 2023.75, 2024.75, "year", _FLEET, 2026, _ASSUMED),
    "ampere_span": Factor(0.35, 0.35, 0.35, "year", _FLEET, 2026, _ASSUMED),
    "blackwell_middle": Factor(2026.75, 2026.25, 2027.25, "year", _FLEET, 2026, _ASSUMED),
    "blackwell_span": Factor(0.5, 0.5, 0.5, "year", _FLEET, 2026, _ASSUMED),
    "vintage_first": Factor(2023.0, 2023.0, 2023.0, "year", "Before it nothing is extrapolated", 2026, _ASSUMED),
    "vintage_last": Factor(2028.0, 2028.0, 2028.0, "year", "After it nothing is extrapolated", 2026, _ASSUMED),
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
