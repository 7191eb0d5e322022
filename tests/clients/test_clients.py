"""Clients of the package index, each in an environment of its own: every call is one row, with its counts and without its texts."""

import pytest

from tests.clients.runs import CLIENTS, run

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_every_call_is_a_row_with_its_counts(client, tmp_path):
    ran = run(client, tmp_path)
    assert ran.calls == 3
    assert ran.rows == ran.expected
    assert not ran.keeps_texts
