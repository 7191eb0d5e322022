"""eco with its data, configuration and cache in a temporary folder, in this process or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.entries import Entries
from tests.cli_helpers import Result, run_at_terminal, run_here
from tests.program_environment import environment

settings.register_profile("eco", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("eco")

TESTS = Path(__file__).parent
collect_ignore = ["clients/programs"]
"""For environments of their own, which have what they import."""
AT_LENGTH = ("fuzz", "faults", "workers", "static", "package", "clients")
"""Markers of what a plain run leaves out: `-m fuzz` runs one of them, and so does naming its file or folder."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, unless `-m` says which marks are wanted or a path below tests/ is named."""
    if config.option.markexpr:
        return
    paths = [(config.invocation_params.dir / argument.partition("::")[0]).resolve() for argument in config.args]
    named = [path for path in paths if TESTS in path.parents]
    left_out = [item for item in items if any(map(item.get_closest_marker, AT_LENGTH)) and not any(item.path.is_relative_to(path) for path in named)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in {*left_out}]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """
    As many processes as processors for the whole of the tests; none for a part, which is done before they have started.

    Coverage sees what runs in its own process.
    """
    measured = "coverage" in sys.modules and sys.modules["coverage"].Coverage.current() is not None
    is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.markexpr and not config.option.keyword
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors if is_whole and not measured and processors > 1 else 0


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all runs that this process starts: the catalogue is compiled once, and no other process touches it while a test looks."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def catalog(cache_folder: Path) -> Entries:
    """The shipped catalogue."""
    return open_entries(None, cache_folder / "eco")


@pytest.fixture
def env(tmp_path: Path, cache_folder: Path) -> dict[str, str]:
    return environment(tmp_path, cache_folder)


@pytest.fixture
def eco(env: dict[str, str], tmp_path: Path) -> Callable[..., Result]:
    """
    Runs `eco` in this process and checks its exit code: 0 unless another one is expected, any where it is None.

    `eco_process` has the same parameters and starts a real process, for tests whose subject is the process.
    """
    return _checked(lambda arguments, data, variables: run_here(arguments, data, env | variables, tmp_path))


@pytest.fixture
def eco_process(env: dict[str, str], tmp_path: Path) -> Callable[..., Result]:
    """Runs `eco` in a process of its own and checks its exit code, as `eco` does."""

    def run(arguments: tuple[str, ...], data: bytes, variables: dict[str, str]) -> Result:
        command = [sys.executable, "-m", "ecocli", *arguments]
        done = subprocess.run(command, input=data, capture_output=True, env=env | variables, cwd=tmp_path, timeout=120)
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return _checked(run)


def _checked(run: Callable[[tuple[str, ...], bytes, dict[str, str]], Result]) -> Callable[..., Result]:
    def checked(*arguments: str, input: str | bytes | None = None, exit_code: int | None = 0, **variables: str) -> Result:
        data = input.encode() if isinstance(input, str) else input or b""
        result = run(arguments, data, variables)
        assert exit_code in (result.exit_code, None), f"{arguments}: {result}"
        assert "Traceback" not in result.stderr
        return result

    return checked


@pytest.fixture
def terminal(env: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """Runs `eco` with its output, and on request its errors, at a terminal; gives what the screen is sent."""
    pytest.importorskip("pty")

    def run(*arguments: str, input: bytes = b"", errors: bool = False, exit_code: int | None = 0, **variables: str) -> str:
        environment = {name: value for name, value in env.items() if name != "NO_COLOR"} | {"TERM": "xterm-256color"} | variables
        code, text = run_at_terminal(arguments, input, environment, tmp_path, errors)
        assert exit_code in (code, None), text
        assert "Traceback" not in text, text
        return text

    return run


@pytest.fixture
def on_path(env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that has `eco`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "eco").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecocli "$@"\n')
    (folder / "eco").chmod(0o755)
    return env | {"PATH": f"{folder}:{env['PATH']}"}
