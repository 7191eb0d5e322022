"""Exports that are nearly right: eco reads figures that can be stored, or says what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli.errors import EcoError
from ecocli.store import Store
from ecocli.store.supplier_figures import Edition, SupplierFigures
from ecocli.suppliers import files
from tests.supplier_helpers import AWS, AZURE, GOOGLE, nested

pytestmark = pytest.mark.fuzz

ODD: Any = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20), st.just("9" * 400), st.just("1e999"),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2), st.sampled_from(["\ud800", "2025-02-31", "NULL", "-0", "１", "=1+1"]),
)  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """A row of a supplier with some cells that are odd or missing."""
    row = dict(draw(st.sampled_from([GOOGLE, AWS, AZURE])))
    for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
        if draw(st.booleans()):
            row[name] = draw(ODD)
        else:
            row.pop(name, None)
    return nested(row)


def read(folder: Path, data: bytes) -> None:
    path = folder / "export"
    path.write_bytes(data)
    try:
        reading = files.read(path)
    except EcoError as error:
        assert str(error).isprintable() and len(str(error)) < 1000
        return
    assert all(str(rejected.error).isprintable() for rejected in reading.rejected)
    with Store.open(folder / "eco.db") as store, store.transaction():
        SupplierFigures(store).add([Edition(figure, "export", 1) for figure in reading.figures], 2)


@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(found=st.lists(rows(), min_size=1, max_size=3), lines=st.booleans())
def test_json(tmp_path: Path, found: list[dict[str, Any]], lines: bool) -> None:
    text = "\n".join(map(json.dumps, found)) if lines else json.dumps(found)
    read(tmp_path, text.encode())


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300), begin=st.sampled_from([b"", b"\x1f\x8b", b"{", b"[", ",".join(GOOGLE).encode() + b"\n", ",".join(AWS).encode() + b"\n"]))
def test_anything(tmp_path: Path, data: bytes, begin: bytes) -> None:
    read(tmp_path, begin + data)
