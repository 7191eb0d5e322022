"""Things that wait in memory and in a file, and pipes that are read ahead."""

import os
import stat
from pathlib import Path

import pytest

from ecocli.util import arriving, spool
from ecocli.util.arriving import Arriving
from ecocli.util.spool import Spool


class Shared:
    pass


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 9])
def test_things_come_out_in_their_order(count):
    with Spool[tuple[int, str]](lambda _: None, 4) as waiting:
        things = [(number, "x" * number) for number in range(count)]
        for thing in things:
            waiting.add(thing)
        assert list(waiting.take()) == things


def test_what_things_share_is_kept_once():
    one, other = Shared(), Shared()
    with Spool[tuple[int, Shared]](lambda thing: id(thing) if isinstance(thing, Shared) else None, 2) as waiting:
        for number in range(6):
            waiting.add((number, other if number == 3 else one))
        assert [shared for _, shared in waiting.take()] == [one, one, one, other, one, one]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")
def test_the_file_has_no_name_and_is_private(monkeypatch):
    made = []
    temporary = spool.TemporaryFile
    monkeypatch.setattr(spool, "TemporaryFile", lambda: made.append(temporary()) or made[-1])
    with Spool[str](lambda _: None, 1) as waiting:
        waiting.add("a")
        found = os.fstat(made[0].fileno())
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert found.st_nlink == 0
    assert made[0].closed


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def test_a_pipe_has_all_when_its_writer_is_done(pipe):
    reader, writer = pipe
    stream = Arriving(reader, b"head ")
    os.write(writer, b"and ")
    assert not stream.has_all()
    os.write(writer, b"tail")
    os.close(writer)
    assert stream.has_all()
    assert stream.read(3) == b"hea"
    assert stream.read() == b"d and tail"
    assert stream.read() == b""


def test_no_more_is_taken_ahead_than_allowed(pipe, monkeypatch):
    monkeypatch.setattr(arriving, "MOST_BYTES", 5)
    monkeypatch.setattr(arriving, "CHUNK_BYTES", 3)
    reader, writer = pipe
    stream = Arriving(reader)
    os.write(writer, b"0123456789")
    os.close(writer)
    assert not stream.has_all()
    assert os.read(reader, 10) == b"6789"
