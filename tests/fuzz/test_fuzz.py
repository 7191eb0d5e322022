"""Ten thousand inputs that are nearly right: eco answers, or says why not, and keeps nothing that it refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli.catalog.entries import Entries
from ecocli.store import Store
from tests.fuzz import strategies
from tests.fuzz.targets import Machine, words


def cases(number: int) -> Any:
    """That many examples, each within five seconds."""
    return settings(max_examples=number, deadline=5000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def machine(catalog: Entries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("fuzz")
    with Store.open(folder / "eco.db") as store:
        yield Machine(catalog, store, folder)


@cases(2000)
@given(data=strategies.NATIVE_BYTES)
def test_native_events(machine: Machine, data: bytes) -> None:
    machine.payload(data)


@cases(2000)
@given(data=strategies.PAYLOAD_BYTES)
def test_payloads(machine: Machine, data: bytes) -> None:
    machine.payload(data)


@pytest.mark.parametrize("source", strategies.LOGS)
@cases(400)
@given(data=st.data())
def test_logs_of_lines(machine: Machine, source: str, data: st.DataObject) -> None:
    machine.log(source, *data.draw(strategies.log(source)))
