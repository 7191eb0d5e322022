"""Servers for the tests: one for each file, and others that a test starts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.program_environment import environment
from tests.serve_helpers import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Server]:
    """One server for the tests of a file, which share its store."""
    folder = tmp_path_factory.mktemp("served")
    with running(environment(folder, cache_folder), folder / "eco.db") as found:
        yield found


@pytest.fixture
def start(tmp_path: Path, cache_folder: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of the test's own, with options."""
    with ExitStack() as ending:

        def begin(*options: str, db: Path | None = None) -> Server:
            return ending.enter_context(running(environment(tmp_path, cache_folder), db or tmp_path / "eco.db", *options))

        yield begin
