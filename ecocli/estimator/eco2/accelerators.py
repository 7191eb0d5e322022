"""Accelerators: what datasheets say, with sources. `checked` is false for what was recalled and not read."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate
from ecocli.estimator.eco2.constants import CONSTANTS


class Datasheet(NamedTuple):
    """Ratings of a board or chip; what it multiplies in, beside 16 bits."""

    generation: str
    watts: float
    tflops: float
    """Dense, BF16 (FP16 before Ampere). [10^12/s]"""
    tb_s: float
    fp8: bool
    fp4: bool
    source: str
    checked: bool


DATASHEETS = {
    "V100": Datasheet("volta", 300, 125, 0.9, False, False, "NVIDIA V100 datasheet (FP16; no BF16)", False),
    "A100": Datasheet("ampere", 400, 312, 2.04, False, False, "NVIDIA A100 80GB SXM datasheet", False),
    "A10": Datasheet("ampere", 150, 125, 0.6, False, False, "NVIDIA A10 datasheet", False),
    "L4": Datasheet("ada", 72, 121, 0.3, True, False, "NVIDIA L4 datasheet", False),
    "L40S": Datasheet("ada", 350, 362, 0.864, True, False, "NVIDIA L40S datasheet", False),
    "RTX 6000 Ada": Datasheet("ada", 300, 364, 0.96, True, False, "NVIDIA RTX 6000 Ada datasheet", False),
    "H100": Datasheet("hopper", 700, 989, 3.35, True, False, "NVIDIA H100 SXM datasheet; alpharomercoma/MI300X-vs-H200 gives the same 989.4", False),
    "H100 NVL": Datasheet("hopper", 400, 835, 3.9, True, False, "NVIDIA H100 NVL datasheet; 400 W board in the measured rows", False),
    "H100 PCIe": Datasheet("hopper", 350, 756, 2, True, False, "NVIDIA H100 PCIe datasheet", False),
    "H200": Datasheet("hopper", 700, 989, 4.8, True, False, "alpharomercoma/MI300X-vs-H200 METHODOLOGY.md (989.4, 4.8, 700 W)", True),
    "H800": Datasheet("hopper", 700, 989, 3.35, True, False, "as H100 with a slower link; DeepSeek-V3 report", False),
    "H20": Datasheet("hopper", 400, 148, 4, True, False, "press figures for H20", False),
    "GH200": Datasheet("hopper", 900, 989, 4, True, False, "NVIDIA GH200 datasheet; the rating includes the CPU", False),
    "B100": Datasheet("blackwell", 700, 1750, 8, True, True, "NVIDIA Blackwell datasheet", False),
    "B200": Datasheet("blackwell", 1000, 2250, 8, True, True, "NVIDIA Blackwell datasheet; hmc-tech.com lists 1000 W, 2.25 PFLOPS, 7.7 TB/s", True),
    "GB200": Datasheet("blackwell", 1200, 2500, 8, True, True, "NVIDIA GB200 NVL72 datasheet; hmc-tech.com: 2 GPUs with a CPU, 2700 W and 5 PFLOPS", True),
    "B300": Datasheet("blackwell", 1400, 2250, 8, True, True, "NVIDIA Blackwell Ultra datasheet", False),
    "GB300": Datasheet("blackwell", 1400, 2500, 8, True, True, "NVIDIA GB300 NVL72 datasheet", False),
    "RTX PRO 6000": Datasheet("blackwell", 600, 500, 1.79, True, True, "NVIDIA RTX PRO 6000 Blackwell datasheet", False),
    "GB10": Datasheet("blackwell", 140, 125, 0.273, True, True, "NVIDIA DGX Spark datasheet; whole chip", False),
    "Rubin": Datasheet("rubin", 1800, 4000, 22, True, True, "announcements of Vera Rubin NVL144; not a datasheet", False),
    "MI250X": Datasheet("cdna2", 560, 383, 3.2, False, False, "AMD Instinct MI250X datasheet", False),
    "MI300X": Datasheet("cdna3", 750, 1307, 5.3, True, False, "alpharomercoma/MI300X-vs-H200 METHODOLOGY.md (1307.4, 5.3, 750 W)", True),
    "MI325X": Datasheet("cdna3", 1000, 1307, 6, True, False, "docs.vultr.com inference cookbook (1307, 6.0); watts AMD datasheet", False),
    "MI350X": Datasheet("cdna4", 1000, 2300, 8, True, True, "AMD Instinct MI350X datasheet", False),
    "MI355X": Datasheet("cdna4", 1400, 2500, 8, True, True, "AMD Instinct MI355X datasheet", False),
    "TPU v4": Datasheet("tpu", 192, 275, 1.2, False, False, "Jouppi et al. 2023 (watts); Google Cloud TPU v4 page", False),
    "TPU v5e": Datasheet("tpu", 200, 197, 0.82, False, False, "Google Cloud TPU v5e page (197, 800 GiB/s); watts are a guess", True),
    "TPU v5p": Datasheet("tpu", 500, 459, 2.77, False, False, "Google Cloud TPU v5p page; watts are a guess", False),
    "TPU v6e": Datasheet("tpu", 300, 918, 1.64, False, False, "Google Cloud TPU v6e page; watts are a guess", False),
    "TPU v7": Datasheet("tpu", 900, 2307, 7.4, True, False, "Google Ironwood announcement (4614 FP8); watts are a guess", False),
    "Trainium2": Datasheet("trainium", 500, 667, 2.9, True, False, "AWS Trainium2 page; watts are a guess", False),
    "Gaudi 3": Datasheet("gaudi", 900, 1835, 3.7, True, False, "Intel Gaudi 3 white paper", False),
    "RTX 3060": Datasheet("ampere", 170, 51, 0.36, False, False, "NVIDIA GeForce RTX 3060 page", False),
    "RTX 3090": Datasheet("ampere", 350, 71, 0.936, False, False, "NVIDIA Ampere GA102 white paper (FP32 accumulate)", False),
    "RTX 4070 Ti": Datasheet("ada", 285, 80, 0.504, True, False, "NVIDIA GeForce RTX 4070 Ti page", False),
    "RTX 4090": Datasheet("ada", 450, 165, 1.008, True, False, "NVIDIA Ada white paper (FP32 accumulate)", False),
    "RTX 5090": Datasheet("blackwell", 575, 210, 1.79, True, True, "NVIDIA Blackwell RTX white paper (FP32 accumulate)", False),
    "RX 7900 XTX": Datasheet("rdna3", 355, 123, 0.96, False, False, "AMD Radeon RX 7900 XTX page", False),
    "Strix Halo": Datasheet("rdna3", 120, 59, 0.256, False, False, "AMD Ryzen AI Max+ 395 page; whole chip", False),
    "Apple M1 Max": Datasheet("apple", 60, 10.4, 0.4, False, False, "Apple M1 Max press release; watts are a guess", False),
    "Apple M2 Ultra": Datasheet("apple", 120, 27, 0.8, False, False, "Apple M2 Ultra press release; watts are a guess", False),
    "Apple M3 Ultra": Datasheet("apple", 200, 28, 0.82, False, False, "Apple M3 Ultra press release; wall watts 223-262 in home_machines.csv", False),
    "Apple M4": Datasheet("apple", 25, 4.3, 0.12, False, False, "Apple M4 press release; wall watts 30 in home_machines.csv", False),
    "Apple M4 Max": Datasheet("apple", 80, 18, 0.546, False, False, "Apple M4 Max press release; watts are a guess", False),
}  # fmt: skip

ALIASES = {
    "h100 sxm": "H100", "h100 sxm5": "H100", "h100 80gb": "H100", "h200 sxm": "H200", "gh200 superchip": "GH200", "a100 80gb": "A100",
    "a100 40gb": "A100", "a100 sxm": "A100", "a100 pcie": "A100", "b200 sxm": "B200", "dgx b200": "B200", "dgx h100": "H100", "gb200 nvl72": "GB200",
    "gb300 nvl72": "GB300", "vera rubin": "Rubin", "rubin nvl72": "Rubin", "rubin nvl144": "Rubin", "mi300": "MI300X", "mi355": "MI355X", "tpu v6": "TPU v6e",
    "trillium": "TPU v6e", "ironwood": "TPU v7", "tpu7x": "TPU v7", "trn2": "Trainium2", "gaudi3": "Gaudi 3", "4090": "RTX 4090", "3090": "RTX 3090",
    "5090": "RTX 5090", "rtx 3090 ti": "RTX 3090", "rtx 4070": "RTX 4070 Ti", "dgx spark": "GB10", "nvidia spark": "GB10", "ryzen ai max+ 395": "Strix Halo",
    "m1 max": "Apple M1 Max", "m2 ultra": "Apple M2 Ultra", "m3 ultra": "Apple M3 Ultra", "m4": "Apple M4", "m4 max": "Apple M4 Max",
    "rtx pro 6000 blackwell": "RTX PRO 6000", "a10g": "A10", "h20 3e": "H20", "mi250": "MI250X", "mi350": "MI350X", "mi325": "MI325X", "tpu v5 lite": "TPU v5e",
    "v5litepod": "TPU v5e", "v5e": "TPU v5e", "v5p": "TPU v5p", "v6e": "TPU v6e", "8060s": "Strix Halo", "7900 xtx": "RX 7900 XTX",
}  # fmt: skip
"""Other spellings, after `plain`, and near kin that is taken for the same: A100 of 40 GB, A10G, MI250, RTX 3090 Ti, RTX 4070."""

COMPUTE_POWER, READING_POWER = 0.70, 0.30
"""
How much of a datasheet's ratio over H100, in rated watts per TFLOPS and per TB/s, is taken to show up in energy. Judgment.

B200's and A100's datasheets say 0.63 and 1.81 for compute, the fit 0.69 and 1.38: powers of 0.8 and 0.5. For reading they say
0.60 and 0.94, the fit (and the choice for B200) 1.0 and 0.76: no power at all.
"""
NEAR, FAR = 1.35, 1.7
"""x/÷ of such a factor: for data-centre boards of Hopper's time and later, for anything else. Judgment."""
NEAR_GENERATIONS = ("hopper", "blackwell", "cdna3", "cdna4")

RATIOS: dict[str, tuple[str | Estimate, str | Estimate, str]] = {
    "A100": ("ampere_compute", "ampere_reading", "derived"),
    "H100": (ONE, ONE, "derived"),
    "H800": (Estimate(0.95, 1.0, 1.1), Estimate(0.95, 1.0, 1.1), "assumed"),
    "H200": (Estimate(0.9, 1.0, 1.1), Estimate(0.75, 0.9, 1.05), "assumed"),
    "B200": ("blackwell_compute", "blackwell_reading", "derived"),
    "GB200": ("blackwell_compute", Estimate(0.85, 1.0, 1.2), "assumed"),
}
"""Factors on compute and on reading over H100, a name being one of CONSTANTS: of what was measured, and of its siblings by judgment."""


class Accelerator(NamedTuple):
    """Energy of arithmetic and of reading memory over an H100's. [1]"""

    name: str
    compute: Estimate
    reading: Estimate
    basis: str


def plain(name: str) -> str:
    """
    A name in lower case with single spaces, without its maker and without a count before or behind it.

    >>> [plain(name) for name in ("8x NVIDIA GeForce RTX-4090", "H100 x8")]
    ['rtx 4090', 'h100']
    """
    words = re.sub(r"[-_\s]+", " ", name.lower()).strip()
    words = re.sub(r"^[1-9][0-9]{0,2}(?: ?[x×] ?| (?=[a-z]))|(?<=[0-9a-z])(?: ?[x×] ?[1-9][0-9]{0,2}| [1-9][0-9]{0,2} ?[x×])$", "", words)
    return re.sub(r"^(nvidia |amd |google |cloud |intel |aws )*(geforce |instinct |radeon |tesla )?", "", words)


def _barer(words: str) -> str:
    """A plain name without its memory and module, which drivers print too: `h100 80gb hbm3`, `a100 sxm4 80gb`."""
    return re.sub(r" (?:[0-9]{2,3} ?g[bi]b?|hbm[23]e?|sxm[2-7]?|tensor core|gpu|accelerator|oam|superchip)(?= |$)", "", words)


def _barest(words: str) -> str:
    """And without forms that the table does not tell apart: `v100 pcie`, `hgx b200`, `h200 nvl`, `rtx 6000 ada generation`."""
    return re.sub(
        r"(?:^| )(?:pcie|nvl[0-9]*|[dh]gx|(?:grace )?(?:hopper|blackwell)|(?:server |workstation )?edition|generation|ls|ac|lc|fhhl)(?= |$)", "", words
    ).strip()


def _joined(words: str) -> str:
    """So that `rtx4090` and `gaudi 3` are found as well."""
    return words.replace(" ", "")


_NAMES = {_joined(plain(name)): name for name in DATASHEETS} | {_joined(plain(alias)): name for alias, name in ALIASES.items()}


def find(name: str) -> str | None:
    """The table's name of an accelerator; None where it is unknown."""
    words = plain(name)
    barer = _barer(words)
    return _NAMES.get(_joined(words)) or _NAMES.get(_joined(barer)) or _NAMES.get(_joined(_barest(barer)))


def is_of_home(known: str) -> bool:
    """True for a board or chip of PCs and laptops, by the table's name."""
    return known.startswith(("RTX", "RX", "Apple", "Strix", "GB10"))


def accelerator(name: str, constants: Mapping[str, Factor] = CONSTANTS) -> Accelerator:
    """Factors of an accelerator by any of its names; KeyError where it is unknown."""
    known = find(name)
    if known is None:
        raise KeyError(name)
    if known in RATIOS:
        compute, reading, basis = RATIOS[known]
        return Accelerator(known, _ratio(compute, constants), _ratio(reading, constants), basis)
    sheet, hopper = DATASHEETS[known], DATASHEETS["H100"]
    spread = NEAR if sheet.generation in NEAR_GENERATIONS else FAR
    compute = ((sheet.watts / sheet.tflops) / (hopper.watts / hopper.tflops)) ** COMPUTE_POWER
    reading = ((sheet.watts / sheet.tb_s) / (hopper.watts / hopper.tb_s)) ** READING_POWER
    return Accelerator(known, _around(compute, spread), _around(reading, spread**COMPUTE_POWER), "assumed")


def _ratio(ratio: str | Estimate, constants: Mapping[str, Factor]) -> Estimate:
    return constants[ratio].estimate if isinstance(ratio, str) else ratio


def _around(value: float, spread: float) -> Estimate:
    return Estimate(value / spread, value, value * spread)


def source_of(found: Accelerator) -> str:
    """Where its factors are from, as a sentence for the audit."""
    if found.basis == "derived":
        return "fit, docs/eco-2-study.md"
    sheet = DATASHEETS[found.name]
    how = "judgment beside its measured siblings" if found.name in RATIOS else "judgment on rated watts per TFLOPS and TB/s"
    return f"{how}; {sheet.source}{'' if sheet.checked else ', recalled and not read'}"
