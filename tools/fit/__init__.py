"""
Fit of the accelerator-level energy laws of `eco`.

    python -m tools.fit /path/to/data

The folder holds five tables, none of which is part of this repository:

mlenergy_measurements.csv
    ML.ENERGY Benchmark results, v2 (2024, vLLM 0.5) and v3 (2025): one row per model, GPU, parallelism and
    batch limit, with measured GPU energy per output token. From https://github.com/ml-energy/leaderboard.
trtllm_throughput.csv
    NVIDIA TensorRT-LLM v1.0, docs/source/performance/perf-overview.md: output tokens/s by input and output length.
model_facts.csv, model_kv.csv
    Parameters and KV-cache bytes per token of open models, from their published configurations.
published_queries.csv
    Published energy per query. Only compared with, never fitted.

Every table is printed as markdown; the numbers go to tools/fit/coefficients.json and the plot to docs/fit.svg.
Needs numpy, scipy and matplotlib.
"""
