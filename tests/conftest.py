"""A real eco in a process of its own, with its data, configuration and cache in a temporary folder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.entries import Entries
from tests.cli_helpers import Result

settings.register_profile("eco", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("eco")


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all runs: the catalogue is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def catalog(cache_folder: Path) -> Entries:
    """The shipped catalogue."""
    return open_entries(None, cache_folder / "eco")


@pytest.fixture
def env(tmp_path: Path, cache_folder: Path) -> dict[str, str]:
    """An environment in which nothing of the machine's own user shows."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECO_", "_ECO", "XDG_"))}
    return kept | {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CACHE_HOME": str(cache_folder),
        "COLUMNS": "100",
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def eco(env: dict[str, str], tmp_path: Path) -> Callable[..., Result]:
    """Runs `eco` and checks its exit code, 0 unless another one is expected."""

    def run(*arguments: str, input: str | bytes | None = None, exit_code: int = 0, **variables: str) -> Result:
        data = input.encode() if isinstance(input, str) else input
        done = subprocess.run(
            [sys.executable, "-m", "ecocli", *arguments],
            input=b"" if data is None else data,
            capture_output=True,
            env=env | variables,
            cwd=tmp_path,
            timeout=120,
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert result.exit_code == exit_code, f"{arguments}: {result}"
        assert "Traceback" not in result.stderr
        return result

    return run


@pytest.fixture
def on_path(env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that has `eco`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "eco").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecocli "$@"\n')
    (folder / "eco").chmod(0o755)
    return env | {"PATH": f"{folder}:{env['PATH']}"}
