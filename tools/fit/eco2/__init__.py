"""
Fit and study of a second energy law, eco-2, which knows how many sequences are decoded at once. No command of `eco` uses it yet.

    python -m tools.fit.eco2 /path/to/data
    python -m tools.fit.eco2 /path/to/data --write

The folder holds four tables, none of which is part of this repository:

mlenergy_measurements.csv, trtllm_throughput.csv
    As for `python -m tools.fit`; its docstring says where they come from.
measured_at_scale.csv
    DeepSeek-V4-Pro on B200 at 1 to 4 096 requests at once, GPU power measured, prefill and decode apart where boards were
    apart: SemiAnalysis InferenceX, PowerX example of its programming interface, https://github.com/SemiAnalysisAI/InferenceX-app.
    Llama 3 of 1 to 8 B on H100 NVL: https://github.com/chenxuniu/TokenPowerBench, results. Rows derived from throughput, with
    assumed or published watts: MLPerf Inference 5.1 and 6.0, and posts of the SGLang and vLLM projects. Only compared with.
home_machines.csv
    One request at a time on home machines, peak watts at the wall. Only compared with.

Without --write, the tables are printed, with the intervals of coefficients.json. With it, constants are bootstrapped anew
(some minutes); the numbers go to tools/fit/eco2/coefficients.json and the tables into docs/eco-2-study.md.
Needs numpy and scipy.
"""
