"""Accelerators by the names that people, clouds and drivers print, and what they cost beside an H100."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.quantity import ONE
from ecocli.estimator.eco2.accelerators import ALIASES, DATASHEETS, RATIOS, accelerator, find, plain, source_of
from ecocli.estimator.eco2.constants import CONSTANTS
from tests.estimator_helpers import bounds

# Names


@pytest.mark.parametrize("name", DATASHEETS)
@pytest.mark.parametrize("written", ["{}", "NVIDIA {}", "8x{}", "8 x {}", "8× {}", "{} x8", "{} 8x"])
def test_a_name_of_the_table_is_found_however_it_is_written(name: str, written: str) -> None:
    shown = written.format(name)
    assert find(shown) == find(shown.upper()) == find(shown.lower()) == name
    assert find(shown.replace(" ", "-")) == find(shown.replace(" ", "_")) == name


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_an_alias_is_of_the_table(alias: str, name: str) -> None:
    assert find(alias) == name in DATASHEETS
    assert alias not in map(plain, DATASHEETS)


@pytest.mark.parametrize(("printed", "name"), [
    ("NVIDIA H100 80GB HBM3", "H100"), ("NVIDIA H100 PCIe", "H100 PCIe"), ("H100-PCIE-80GB", "H100 PCIe"), ("NVIDIA H100 NVL", "H100 NVL"),
    ("NVIDIA A100-SXM4-80GB", "A100"), ("NVIDIA A100-SXM4-40GB", "A100"), ("NVIDIA A100 80GB PCIe", "A100"), ("NVIDIA A100-PCIE-40GB", "A100"),
    ("Tesla V100-SXM2-16GB", "V100"), ("Tesla V100-PCIE-32GB", "V100"), ("Tesla V100-SXM2-32GB-LS", "V100"), ("NVIDIA A10G", "A10"),
    ("NVIDIA H200", "H200"), ("NVIDIA H200 NVL", "H200"), ("NVIDIA GH200 480GB", "GH200"), ("NVIDIA B200", "B200"), ("NVIDIA GB200", "GB200"),
    ("NVIDIA L40S", "L40S"), ("NVIDIA L4", "L4"), ("NVIDIA GeForce RTX 4090", "RTX 4090"), ("NVIDIA GeForce RTX 3090 Ti", "RTX 3090"),
    ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"), ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000"), ("NVIDIA GB10", "GB10"),
    ("AMD Instinct MI300X OAM", "MI300X"), ("AMD Instinct MI250X", "MI250X"), ("AMD Radeon RX 7900 XTX", "RX 7900 XTX"),
])  # fmt: skip
def test_what_drivers_print(printed: str, name: str) -> None:
    assert find(printed) == name


@pytest.mark.parametrize(("written", "name"), [
    ("8xH100", "H100"), ("16x NVIDIA H100", "H100"), ("H100x8", "H100"), ("72 GB200", "GB200"), ("HGX B200", "B200"), ("DGX H100", "H100"),
    ("GB200 NVL72", "GB200"), ("RTX4090", "RTX 4090"), ("2x 4090", "RTX 4090"), ("Google Cloud TPU v5p", "TPU v5p"), ("Trillium", "TPU v6e"),
    ("AWS Trainium 2", "Trainium2"), ("Intel Gaudi3", "Gaudi 3"), ("DGX Spark", "GB10"), ("M3 Ultra", "Apple M3 Ultra"), ("Apple M4", "Apple M4"),
    ("AMD Ryzen AI Max+ 395", "Strix Halo"),
])  # fmt: skip
def test_what_people_write(written: str, name: str) -> None:
    assert find(written) == name


@pytest.mark.parametrize("written", [
    "abacus", "", " ", "NVIDIA", "GPU", "8x", "H1000", "H10", "A1000", "0xH100", "NVIDIA GeForce RTX 4090 Laptop GPU", "RTX 6000", "Apple M3", "T4",
    "A100 or H100", "H100 80GB MIG 1g.10gb", "Apple", "40GB", "PCIe", "Blackwell",
])  # fmt: skip
def test_what_is_not_known(written: str) -> None:
    assert find(written) is None


@given(st.text(max_size=40))
def test_any_text_has_a_name_of_the_table_or_none(written: str) -> None:
    assert find(written) in {None, *DATASHEETS}


# Factors


@pytest.mark.parametrize("name", DATASHEETS)
def test_an_accelerator_carries_its_papers(name: str) -> None:
    sheet, found = DATASHEETS[name], accelerator(name)
    assert sheet.source and sheet.watts > 0 and sheet.tflops > 0 and sheet.tb_s > 0
    assert sheet.fp8 or not sheet.fp4
    assert found.name == name and source_of(found)
    for ratio in (found.compute, found.reading):
        assert 0 < ratio.low <= ratio.value <= ratio.high


def test_an_h100_is_what_the_law_was_fitted_on() -> None:
    found = accelerator("NVIDIA H100 80GB HBM3")
    assert found.compute is found.reading is ONE


def test_what_was_fitted_has_the_constants_of_the_fit() -> None:
    for name, generation in (("A100", "ampere"), ("B200", "blackwell")):
        found = accelerator(name)
        assert bounds(found.compute) == bounds(CONSTANTS[f"{generation}_compute"].estimate)
        assert bounds(found.reading) == bounds(CONSTANTS[f"{generation}_reading"].estimate)
        assert found.basis == "derived"


def test_a_datasheet_counts_in_part() -> None:
    # L4: 72 W for 121 TFLOPS and 0.3 TB/s, H100: 700 W for 989 and 3.35
    # (0.595 041 / 0.707 786)^0.7 = 0.840 707^0.7 = 0.885 6; (240 / 208.955)^0.3 = 1.148 571^0.3 = 1.042 4; x/÷ 1.7 and 1.7^0.7 = 1.449 8
    found = accelerator("L4")
    assert bounds(found.compute) == pytest.approx((0.5209, 0.8856, 1.5055), rel=1e-3)
    assert bounds(found.reading) == pytest.approx((0.7190, 1.0424, 1.5113), rel=1e-3)


def test_boards_of_its_time_are_better_known_than_others() -> None:
    near, far = (accelerator(name).compute for name in ("MI300X", "RTX 3090"))
    assert near.width < far.width


def test_an_unknown_accelerator_has_no_factors() -> None:
    with pytest.raises(KeyError):
        accelerator("abacus")
    assert RATIOS.keys() <= DATASHEETS.keys()
