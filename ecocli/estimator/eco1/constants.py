"""The constants of eco-1, each with its papers. METHODOLOGY.md's table is made from these."""

from ecocli.core.factors import Factor
from ecocli.estimator.constants import SHARED

_MLENERGY = "Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md)"
_TRTLLM = "Fit on NVIDIA TensorRT-LLM 1.0 performance overview (see METHODOLOGY.md)"

CONSTANTS: dict[str, Factor] = {
    "prefill_coefficient": Factor(
        0.00184, 0.00082, 0.0041, "J/token/10^9/byte",
        _TRTLLM + ": 0.00122 at peak throughput, times 1.51, what a typical ML.ENERGY configuration draws over the best one", 2025, "derived",
    ),
    "prefill_sparsity": Factor(0.35, 0.203, 0.497, "1", _TRTLLM, 2025, "derived"),
    "prefill_doubling_position": SHARED["prefill_doubling_position"],
    "cached_read_ratio": SHARED["cached_read_ratio"],
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
    "software_middle": SHARED["software_middle"],
    "software_span": SHARED["software_span"],
    "ampere_ratio": Factor(1.134, 1.0, 1.28, "1", _MLENERGY + ": A100 over H100, not below 1", 2025, "derived"),
    "ampere_middle": SHARED["ampere_middle"],
    "ampere_span": SHARED["ampere_span"],
    "blackwell_ratio": Factor(0.876, 0.73, 1.0, "1", _MLENERGY + ": B200 over H100, not above 1", 2025, "derived"),
    "blackwell_middle": SHARED["blackwell_middle"],
    "blackwell_span": SHARED["blackwell_span"],
    "vintage_first": SHARED["vintage_first"],
    "vintage_last": SHARED["vintage_last"],
    "host": Factor(
        1.35, 1.2, 1.8, "1",
        "Elsworth et al., arXiv:2508.15734: 0.06 Wh host beside 0.14 Wh accelerator; an H100 server's specification gives 1.25",
        2025, "derived",
    ),
    "idle": Factor(1.10, 1.0, 1.6, "1", "Elsworth et al., arXiv:2508.15734: 0.02 Wh of 0.22 Wh were provisioned and idle", 2025, "derived"),
    "counted_text": SHARED["counted_text"],
    "other_tokenizer": SHARED["other_tokenizer"],
    "embodied_per_it_wh": SHARED["embodied_per_it_wh"],
    "tree_uptake": SHARED["tree_uptake"],
    "queue_s": SHARED["queue_s"],
    "prefill_rate": SHARED["prefill_rate"],
    "decode_rate_50b": SHARED["decode_rate_50b"],
    "decode_rate_exponent": SHARED["decode_rate_exponent"],
}
