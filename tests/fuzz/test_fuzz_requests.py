"""Thousands of bodies for `eco serve`: whatever arrives is answered as openapi.json says, and the server goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.request_bodies import RECEIVERS, Receiver, check, requests
from tests.fuzz.test_fuzz import cases
from tests.program_environment import environment
from tests.serve_helpers import Server, running

pytestmark = pytest.mark.fuzz


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[tuple[Server, str, dict[str, Any]]]:
    """A server, a key of it, and the paths of its document."""
    folder = tmp_path_factory.mktemp("served")
    with running(environment(folder, cache_folder), folder / "eco.db") as server:
        yield server, server.new_key("any-body"), server.get("/openapi.json").json["paths"]


@pytest.mark.parametrize("receiver", RECEIVERS, ids=lambda receiver: receiver.path)
@cases(250)
@given(data=st.data())
def test_whatever_arrives_is_answered(served: tuple[Server, str, dict[str, Any]], receiver: Receiver, data: st.DataObject) -> None:
    check(*served, receiver, *data.draw(requests(receiver)))
