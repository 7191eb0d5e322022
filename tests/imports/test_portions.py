"""Portions of a log that were read apart from the lines before them: joined to these, they give what reading in order gives."""

import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli import imports
from ecocli.imports import json_lines, lines
from ecocli.imports.calls import LogCall
from ecocli.imports.deduplication import Deduplicator
from ecocli.imports.log_file import LogFile
from ecocli.imports.reading import ReadPortion, read_portion
from ecocli.imports.source import Memory
from ecocli.ingest.reading import Fill, Rejected
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import RowBuilder
from ecocli.pipeline.recording import assess_one, new_call
from ecocli.store.rows import call_row
from tests.estimator_helpers import NOW_MS, shipped
from tests.import_helpers import USER_LINE, claude_line

SOURCE = imports.by_name("claude-code")
BUILDER = RowBuilder(Assessor(shipped()), Fill(), NOW_MS, None)
COMPACTION = {"iterations": [{"type": "compaction", "input_tokens": 5, "output_tokens": 6}]}
LACKING = [{name: None} for name in ("cache_read_input_tokens", "cache_creation_input_tokens", "input_tokens", "output_tokens")]
NOWHERE = {"cwd": None, "gitBranch": None, "sessionId": None}

ids = st.sampled_from(["msg_1", "msg_2", "msg_3", "msg_4"])
outputs = st.sampled_from([1, 9, 200])
LINE = st.one_of(
    st.builds(claude_line, ids, outputs),
    st.builds(claude_line, ids, outputs, timestamp=st.sampled_from([None, "2026-04-01T09:00:00Z", "2026-04-02T11:00:00.5Z"])),
    st.builds(claude_line, ids, outputs, cwd=st.sampled_from([None, "/home/ann/shed"]), gitBranch=st.sampled_from([None, "", "main", "wip"])),
    st.builds(lambda id, output: claude_line(id, output, **NOWHERE), ids, outputs),
    st.builds(claude_line, ids, outputs, request=st.sampled_from([None, "req_2"]), isSidechain=st.booleans()),
    st.builds(claude_line, st.none(), outputs, request=st.sampled_from([None, "req_1", "req_2"])),
    st.builds(claude_line, ids, outputs, usage=st.sampled_from([COMPACTION, *LACKING, {"inference_geo": "eu"}, {"output_tokens": -1}])),
    st.sampled_from([USER_LINE, {"usage": 1}]),
)
LINES = st.lists(LINE, max_size=12)


class Log:
    """A log that is read in two portions."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s1.jsonl"
        self.file = LogFile(self.path, "stamp", 1_775_000_000_000, "host")

    def write(self, *parts: list[Any]) -> list[lines.Portion]:
        """A portion for each part."""
        texts = [b"".join((body if isinstance(body, bytes) else json.dumps(body).encode()) + b"\n" for body in part) for part in parts]
        self.path.write_bytes(b"".join(texts))
        with self.path.open("rb") as stream:
            known = lines.identity(stream)
        ends = [sum(map(len, texts[: number + 1])) for number in range(len(texts))]
        return [lines.Portion(self.file, known, end - len(text), end, None) for text, end in zip(texts, ends, strict=True)]

    def in_order(self, portion: lines.Portion, memory: Memory, before: int = 0) -> list[LogCall | Rejected]:
        with self.path.open("rb") as stream:
            return lines.read(SOURCE, stream, portion, memory, before).found

    def apart(self, portion: lines.Portion, known: Mapping[str, Any] = {}) -> ReadPortion | None:
        """As a worker reads it and passes it on."""
        return pickle.loads(pickle.dumps(read_portion(SOURCE, portion, known, BUILDER)))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return Log(tmp_path_factory.mktemp("garden"))


def shown(calls: list[Any]) -> list[Any]:
    each = [call.unpacked() for call in calls]
    return [(call.fields, call.where, call.assumptions, call.request, call.is_sidechain, call.lacks) for call in each]


def unique(calls: list[LogCall | Rejected]) -> tuple[Deduplicator, int]:
    found = Deduplicator()
    return found, sum(not found.add(call) for call in calls if not isinstance(call, Rejected))


def given_lines(test: Callable[..., None]) -> Callable[..., None]:
    return settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])(given(LINES, LINES, LINES)(test))


@given_lines
def test_a_portion_read_apart_gives_what_reading_in_order_gives(log, earlier, first, second):
    """Also where a log is read on, after an earlier import."""
    portions = log.write(earlier, first, second)
    memory = Memory()
    log.in_order(portions[0], memory)
    in_order, divided = Memory(memory), Memory(memory)
    number = len(earlier)
    calls, repeated = unique([*log.in_order(portions[1], in_order, number), *log.in_order(portions[2], in_order, number + len(first))])
    batch, repeated_first = unique(log.in_order(portions[1], divided, number))
    read = log.apart(portions[2])
    if read is None or divided.would_answer(read.missed):
        return
    read.table.lines_before = number + len(first)
    divided |= read.position.state
    new = batch.add_table(read.table)
    if new is None:
        return
    again = read.repeated + len(read.table) - new
    assert shown(batch.take()) == shown(calls.take())
    assert repeated_first + again == repeated
    assert divided.get("last") == in_order.get("last")
    assert {name: value for name, value in divided.items() if value} == {name: value for name, value in in_order.items() if value}


@pytest.mark.parametrize(
    "second",
    [
        [claude_line("msg_2"), claude_line("msg_3"), USER_LINE, claude_line("msg_3", 900)],
        [USER_LINE],
        [claude_line("msg_1", 900)],
        [claude_line("msg_2", cwd="/home/ann/shed"), claude_line("msg_3", cwd=None, timestamp=None)],
        [claude_line("msg_2", gitBranch="main"), claude_line(None, request="req_2")],
        [claude_line("msg_2", output, usage={"cache_read_input_tokens": None}) for output in (1, 900)],
    ],
)
def test_lines_that_need_none_before_them_are_read_apart(log, second):
    """The property above would hold as well if none ever were."""
    first, rest = log.write([claude_line()], second)
    memory = Memory()
    log.in_order(first, memory)
    read = log.apart(rest)
    assert read is not None and not memory.would_answer(read.missed)


@pytest.mark.parametrize(
    "second",
    [
        claude_line("msg_2", cwd=None),
        claude_line("msg_2", sessionId=""),
        claude_line("msg_2", timestamp=None),
        claude_line(None, 900, request="req_1"),
        claude_line("msg_2", 900, request="req_1"),
    ],
)
def test_lines_that_need_those_before_them_are_not(log, second):
    """A place, a time, an id of a message that the line before has, or had not."""
    first, rest = log.write([claude_line(None, request="req_1")], [second])
    memory = Memory()
    log.in_order(first, memory)
    read = log.apart(rest)
    assert read is not None and memory.would_answer(read.missed)


@pytest.mark.parametrize(
    "second",
    [
        [b'{"usage":'],
        [{"usage": 1}, claude_line(usage={"output_tokens": -1})],
        [claude_line(usage={"input_tokens": 10**12})],
        [claude_line("msg_2"), claude_line("msg_2", request="req_2", isSidechain=True)],
        [claude_line("msg_2", usage={"cache_read_input_tokens": None}), claude_line("msg_2")],
    ],
)
def test_lines_that_the_importer_has_to_read(log, second):
    """Damage, counts that are none, more tokens than a call can have, copies, and snapshots of which one lacks a counter."""
    assert log.apart(*log.write(second)) is None


@pytest.mark.parametrize("first", [claude_line(usage={"cache_read_input_tokens": None}), claude_line(request="req_2", isSidechain=True)])
def test_snapshots_that_lack_something_are_merged_in_the_order_of_their_lines(log, first):
    """A counter that one lacks comes from the next one that has it: which that is, only the order says."""
    first, rest = log.write([first], [claude_line(output=1), claude_line(output=9)])
    batch, _ = unique(log.in_order(first, Memory()))
    before = shown(list(batch._calls.values()))
    read = log.apart(rest)
    assert read is not None and batch.add_table(read.table) is None
    assert shown(batch.take()) == before


def test_another_file_under_the_same_name(log):
    [portion] = log.write([claude_line()])
    log.path.unlink()
    assert log.apart(portion) is None
    other = log.path.with_name("other.jsonl")
    other.write_bytes(b"{}\n" * 9)
    other.rename(log.path)
    with log.path.open("rb") as stream:
        assert lines.identity(stream) != portion.identity or pytest.skip("the file system gave the number again")
    assert log.apart(portion) is None


def test_the_rows_of_a_portion_are_those_of_its_calls(log):
    read = log.apart(*log.write([claude_line(f"msg_{number}", number, cwd=f"/home/ann/{number // 10}") for number in range(1, 31)]))
    calls = [call.unpacked() for call in read.table.calls()]
    assessor = Assessor(shipped())
    assert list(read.table.built.rows) == [call_row(new_call(assess_one(call, assessor, Fill(), NOW_MS), None, NOW_MS)) for call in calls]


class TestMemory:
    def test_notes_what_is_not_there(self):
        memory = Memory({"a": 1})
        assert (memory.get("a"), memory.get("b"), memory.get("c", 7), "d" in memory) == (1, None, 7, False)
        assert memory.missed == {"b", "c", "d"}

    def test_but_not_what_was_remembered_meanwhile(self):
        memory = Memory()
        memory["a"] = 1
        assert memory.get("a") == 1 and memory.missed == set()

    def test_answers_where_it_knows_more(self):
        memory = Memory({"a": 1, "none": None, "no": False})
        assert memory.would_answer({"a"})
        assert not memory.would_answer({"b", "none", "no"})

    def test_keeps_nothing_of_what_is_only_tried(self):
        memory = Memory({"a": [1]})
        with memory.kept():
            memory["a"].append(2)
            memory["b"] = 1
        assert memory == {"a": [1]}


JSON = [
    b'{"a": 1}', b' {"a": 1}\r', b'{"a": "\\ud800"}', b'{"a": "\xff"}', b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": 1e999}', b"",
    b'{"a": 123456789012345678901234567890}', b'{"a": 01}', b"\xef\xbb\xbf{}", b'{"a": "\\u0000\\ud83d\\ude00"}', b'{"a": 1} {', b"nul",
    b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}", b'{"a": ' + b"9" * 5_000 + b"}", b'{"a": "\x01"}', b"\x00{}",
]  # fmt: skip


def outcome(load: json_lines.Load, line: bytes) -> str:
    try:
        return repr(load(line))
    except ValueError:
        return "no JSON"


@pytest.mark.parametrize("line", JSON)
def test_a_line_holds_the_same_for_the_quicker_parser(line):
    assert outcome(json_lines.load_quickly, line) == outcome(json_lines.load, line)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda some: st.lists(some) | st.dictionaries(st.text(), some)))
def test_whatever_is_written_as_json_reads_the_same(document):
    line = json.dumps(document).encode()
    assert outcome(json_lines.load_quickly, line) == outcome(json_lines.load, line)
