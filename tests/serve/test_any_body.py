"""Whatever arrives where bodies are taken is answered as openapi.json says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.request_bodies import RECEIVERS, check, requests


@pytest.fixture(scope="module")
def key(server):
    return server.new_key("any-body")


@pytest.fixture(scope="module")
def documents(server):
    return server.get("/openapi.json").json["paths"]


@pytest.mark.parametrize("receiver", RECEIVERS, ids=lambda receiver: receiver.path)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_is_answered_as_the_document_says(server, key, documents, receiver, data):
    """`pytest -m fuzz` tries thousands."""
    check(server, key, documents, receiver, *data.draw(requests(receiver)))
