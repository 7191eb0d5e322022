"""Ten thousand inputs that are nearly right: eco answers, or says why not, and keeps nothing that it refused."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli.catalog.entries import Entries
from ecocli.store import Store
from tests.fuzz import strategies
from tests.fuzz.targets import Machine, words

pytestmark = pytest.mark.fuzz


def cases(number: int) -> Any:
    """That many examples, each within ten seconds: a hang, on the slowest machine."""
    return settings(max_examples=number, deadline=10_000, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def machine(catalog: Entries, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("fuzz")
    with Store.open(folder / "eco.db") as store:
        yield Machine(catalog, store, folder)


@cases(2500)
@given(data=strategies.NATIVE_BYTES)
def test_native_events(machine: Machine, data: bytes) -> None:
    machine.payload(data)


@cases(2500)
@given(data=strategies.PAYLOAD_BYTES)
def test_payloads(machine: Machine, data: bytes) -> None:
    machine.payload(data)


@cases(500)
@given(data=st.binary(max_size=1000))
def test_anything(machine: Machine, data: bytes) -> None:
    machine.payload(data)


@pytest.mark.parametrize("source", strategies.LOGS)
@cases(250)
@given(data=st.data())
def test_logs_of_lines(machine: Machine, source: str, data: st.DataObject) -> None:
    machine.log(source, *data.draw(strategies.log(source)))


@pytest.mark.parametrize("source", strategies.WHOLE)
@cases(250)
@given(data=st.data())
def test_logs_of_one_document(machine: Machine, source: str, data: st.DataObject) -> None:
    machine.log(source, *data.draw(strategies.whole_log(source)))


@pytest.mark.parametrize("source", strategies.TABLES)
@cases(250)
@given(data=st.data())
def test_logs_in_databases(machine: Machine, source: str, data: st.DataObject) -> None:
    machine.database(source, *data.draw(strategies.database(source)))


@cases(500)
@given(data=st.data())
def test_histories(machine: Machine, data: st.DataObject) -> None:
    machine.history(data.draw(strategies.histories(machine.row())))


@cases(500)
@given(text=strategies.TEXTS)
def test_dates_spans_zones_keys_and_names(machine: Machine, text: str) -> None:
    words(text, machine)


@pytest.mark.parametrize("name", strategies.OWN)
@cases(250)
@given(data=st.data())
def test_own_catalogues(machine: Machine, name: str, data: st.DataObject) -> None:
    machine.catalogue(name, data.draw(strategies.own_catalogue(name)))


@cases(500)
@given(data=strategies.SETTINGS_BYTES)
def test_settings(machine: Machine, data: bytes) -> None:
    machine.settings(data)


def test_every_figure_of_a_history_in_turn(machine: Machine) -> None:
    """Chance finds few of the four hundred places in a row; what a row may say of its result is checked at each."""
    row = machine.row()
    for path in strategies.places(row):
        for number, odd in enumerate((10**400, -1, None, "x", [], "@1e400")):
            body = copy.deepcopy(row) | {"id": f"{path}-{number}"}
            holder = body
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = odd
            machine.history(strategies.encode(body).encode())
