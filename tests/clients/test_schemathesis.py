"""schemathesis, which makes requests of openapi.json: each is answered as that says, and none is the server's fault."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.clients.environments import python_of
from tests.program_environment import environment
from tests.serve_helpers import running

pytestmark = pytest.mark.clients

JUDGES_REFUSALS = ("positive_data_acceptance", "negative_data_rejection")
"""They want a schema to say all that is refused: that an id is of no call, or that `skipInvalid` tells of an event instead of refusing it."""
EVENTS = "/v1/calculate"
"""schemathesis cannot draw from the schema of an event; tests/serve/test_any_body.py does."""
CASES = 2000
RUN_S = 600


@pytest.fixture(scope="module")
def schemathesis() -> list[str]:
    return [str(python_of("schemathesis", ("schemathesis",)).with_name("st")), "run", "--exclude-checks", ",".join(JUDGES_REFUSALS), "--seed", "1", "--no-color"]


def test_two_thousand_requests_are_answered_as_the_document_says(schemathesis: list[str], tmp_path: Path, cache_folder: Path) -> None:
    phases = (["--phases", "examples,coverage"], ["--phases", "fuzzing", "--max-examples", "20", "--exclude-path-regex", EVENTS])
    with running(environment(tmp_path, cache_folder), tmp_path / "eco.db") as server:
        command = [*schemathesis, f"http://{server.host}:{server.port}/openapi.json", "--header", f"Authorization: Bearer {server.token}"]
        ran = [subprocess.run([*command, *phase], capture_output=True, text=True, cwd=tmp_path, timeout=RUN_S) for phase in phases]
        assert server.post({"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}).status == 200
    passed = [re.search(r"(\d+) generated, \1 passed", run.stdout) for run in ran]
    assert all(passed), "\n".join(run.stdout for run in ran)
    assert [run.returncode for run in ran] == [0, 0]
    assert sum(int(found[1]) for found in passed if found) >= CASES
