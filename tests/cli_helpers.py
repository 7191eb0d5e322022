"""eco in the tests' own process: on real file descriptors, in an environment and a folder of its own, without the start of an interpreter."""

import gc
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from ecocli.cli.main import main

PIPE_BYTES = 65_536
"""What an empty pipe takes without a reader on every system where these tests run."""


@dataclass(frozen=True)
class Result:
    """What a run of eco left behind."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        import json

        return json.loads(self.stdout)


def run_here(arguments: tuple[str, ...], data: bytes, env: Mapping[str, str], folder: Path) -> Result:
    """Run `eco` in this process, with `data` on its standard input, and capture what it prints."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors, _readable(data) as given:
        code = run_on(arguments, (given, out.fileno(), errors.fileno()), env, folder)
        return Result(code, _written(out), _written(errors))


def run_on(arguments: tuple[str, ...], streams: tuple[int, int, int], env: Mapping[str, str], folder: Path) -> int:
    """
    Run `eco` in this process with these file descriptors as its standard streams.

    Only `env` is its environment, and `folder` its working directory; everything is put back afterwards.

    Returns:
        The exit code. An error that eco does not handle, which would end a process with a traceback, is raised.
    """
    assert env.get("PYTHONPATH") == os.environ.get("PYTHONPATH"), "an interpreter reads it as it starts: eco_process has one of its own"
    code: Any = 0
    with _standard(streams), pytest.MonkeyPatch.context() as patch, _environment(env):
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["eco", *arguments])
        patch.setattr(gc, "freeze", lambda: None)  # for a process that is about to end; this one goes on
        patch.setattr(tempfile, "tempdir", None)  # found anew, from TMPDIR
        for name, stream in _text_streams(env).items():
            patch.setattr(sys, name, stream)
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
    return int(code or 0)


@contextmanager
def _readable(data: bytes) -> Iterator[int]:
    """A descriptor that gives these bytes: a pipe, or a file where a pipe is too small."""
    if len(data) > PIPE_BYTES:
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            yield file.fileno()
        return
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def _written(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@contextmanager
def _standard(streams: tuple[int, int, int]) -> Iterator[None]:
    """These descriptors as 0, 1 and 2."""
    kept = [os.dup(number) for number in range(3)]
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        yield
    finally:
        for number, stream in enumerate(kept):
            os.dup2(stream, number)
            os.close(stream)


@contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    """These variables and no others, the time zone of the C library included."""
    kept = dict(os.environ)
    _replace_environment(env)
    try:
        yield
    finally:
        _replace_environment(kept)


def _replace_environment(env: Mapping[str, str]) -> None:
    zone = os.environ.get("TZ")
    for name in os.environ.keys() - env.keys():
        del os.environ[name]
    for name, value in env.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
    if os.environ.get("TZ") != zone and hasattr(time, "tzset"):
        time.tzset()


def _text_streams(env: Mapping[str, str]) -> dict[str, io.TextIOWrapper]:
    """The three streams as an interpreter opens them."""
    encoding, _, errors = env.get("PYTHONIOENCODING", "").partition(":")
    encoding, errors = encoding or "utf-8", errors or "strict"
    return {
        "stdin": open(0, encoding=encoding, errors=errors, closefd=False),
        "stdout": open(1, "w", encoding=encoding, errors=errors, closefd=False),
        "stderr": open(2, "w", encoding=encoding, errors="backslashreplace", buffering=1, closefd=False),
    }


def run_at_terminal(arguments: tuple[str, ...], data: bytes, env: Mapping[str, str], folder: Path, errors: bool) -> tuple[int, str]:
    """
    Run `eco` in this process with its output at a pseudo-terminal.

    Args:
        errors: Standard error goes to the terminal as well; else nobody sees it.

    Returns:
        The exit code, and what the screen was sent, with plain ends of lines.
    """
    import pty
    from concurrent.futures import ThreadPoolExecutor

    screen, terminal = pty.openpty()
    with ThreadPoolExecutor(1) as reader, open(os.devnull, "wb") as nowhere, _readable(data) as given:
        shown = reader.submit(all_from, screen)  # else eco would wait as soon as the terminal's buffer is full
        try:
            code = run_on(arguments, (given, terminal, terminal if errors else nowhere.fileno()), env, folder)
        finally:
            os.close(terminal)
        text = shown.result(20)
    os.close(screen)
    return code, text


def all_from(screen: int) -> str:
    """What a pseudo-terminal was sent until its other end was closed, with plain ends of lines."""
    parts = []
    with suppress(OSError):  # Linux reports the end of a terminal as an error
        while part := os.read(screen, 65_536):
            parts.append(part)
    return re.sub("\r+\n", "\n", b"".join(parts).decode())


@pytest.fixture
def inside(eco: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`eco`, for tests that look for its files in the working directory."""
    monkeypatch.chdir(tmp_path)
    return eco
