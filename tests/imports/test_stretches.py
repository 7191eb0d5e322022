"""Lines of a log that were read by themselves: joined to those before them, they say what they say when read in order."""

import json
import marshal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecocli.imports import claude_code, lines, stretches
from ecocli.imports.deduplication import Snapshots
from ecocli.imports.found import LogCall, LogFile, Stretch
from ecocli.ingest.reading import Fill, Rejected
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import Preparer
from ecocli.pipeline.recording import assess_one, new_call
from ecocli.store.rows import call_row
from tests.estimator_helpers import NOW_MS, shipped
from tests.import_helpers import USER_LINE, claude_line

FILE = LogFile(Path("/logs/garden/s1.jsonl"), "stamp", 1_775_000_000_000, "host")
PREPARER = Preparer(Assessor(shipped(), model_fallback=True), Fill(), NOW_MS, None)
COMPACTION = {"iterations": [{"type": "compaction", "input_tokens": 5, "output_tokens": 6}]}
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
    st.builds(claude_line, ids, outputs, usage=st.sampled_from([COMPACTION, {"cache_read_input_tokens": None}, {"inference_geo": "eu"}, {"output_tokens": -1}])),
    st.sampled_from([USER_LINE, {"usage": 1}]),
)
LINES = st.lists(LINE.map(lambda body: json.dumps(body).encode()), max_size=12)


def fed(reader: claude_code.Reader, some: list[bytes], number: int = 0) -> list[LogCall | Rejected]:
    return [call for at, line in enumerate(some, number + 1) for call in reader.feed(at, line)]


def looked_at(some: list[bytes], before: dict[str, Any]) -> Stretch | None:
    """As another process reads them, and passes what it found."""
    parts = stretches.read([claude_code.told(line) for line in some], claude_code.Reader(FILE, dict(before)), PREPARER, False)
    return stretches.opened(marshal.loads(marshal.dumps(parts))) if parts else None


def shown(calls: list[Any]) -> list[Any]:
    each = [call.opened() for call in calls]
    return [(call.fields, call.where, call.assumptions, call.request, call.is_sidechain, call.lacks) for call in each]


def united(calls: list[LogCall | Rejected]) -> tuple[Snapshots, int]:
    found = Snapshots()
    return found, sum(not found.add(call) for call in calls if not isinstance(call, Rejected))


@settings(deadline=None, max_examples=500)
@given(LINES, LINES, LINES)
def test_what_is_joined_is_what_is_read_in_order(earlier, first, second):
    """Whatever stood before a log was opened, and before the lines that somebody else read."""
    opened = claude_code.Reader(FILE, {})
    fed(opened, earlier)
    before = dict(opened.state)
    in_order, divided = (claude_code.Reader(FILE, dict(before)) for _ in range(2))
    calls, repeated = united(fed(in_order, [*first, *second]))
    batch, repeated_first = united(fed(divided, first))
    stretch = looked_at(second, before)
    if stretch is None or not divided.joins(stretch, before):
        return
    stretch.before, stretch.where = len(first), lambda number: f"{FILE.path}:{number}"
    again = stretch.repeated + len(stretch.ids) - batch.join(stretch)
    assert shown(batch.take()) == shown(calls.take())
    assert (repeated_first + again, divided.state) == (repeated, in_order.state)


@pytest.mark.parametrize(
    "second",
    [
        [claude_line("msg_2"), claude_line("msg_3"), USER_LINE, claude_line("msg_3", 900)],
        [USER_LINE],
        [claude_line("msg_1", 900)],
        [claude_line("msg_2", cwd="/home/ann/shed"), claude_line("msg_3", cwd=None, timestamp=None)],
        [claude_line("msg_2", gitBranch="main"), claude_line(None, request="req_2")],
    ],
)
def test_lines_that_say_all_themselves_are_joined(second):
    """The property above would hold as well if nothing ever was."""
    reader = claude_code.Reader(FILE, {})
    fed(reader, [json.dumps(claude_line()).encode()])
    stretch = looked_at([json.dumps(body).encode() for body in second], {})
    assert stretch and reader.joins(stretch, {})


@pytest.mark.parametrize(
    "second",
    [
        claude_line("msg_2", gitBranch=None),
        claude_line("msg_2", sessionId=""),
        claude_line("msg_2", timestamp=None),
        claude_line(None, 900, request="req_1"),
    ],
)
def test_lines_that_leave_something_to_those_before_them_are_not(second):
    reader = claude_code.Reader(FILE, {})
    fed(reader, [json.dumps(claude_line(None, request="req_1")).encode()])
    stretch = looked_at([json.dumps(second).encode()], {})
    assert stretch and not reader.joins(stretch, {})


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
def test_lines_at_which_somebody_has_to_look_again(second):
    """Damage, counts that are none, more tokens than a call can have, copies, and snapshots of which one leaves something out."""
    assert looked_at([body if isinstance(body, bytes) else json.dumps(body).encode() for body in second], {}) is None


def test_the_rows_of_a_stretch_are_those_of_its_calls():
    bodies = [json.dumps(claude_line(f"msg_{number}", number, cwd=f"/home/ann/{number // 10}")).encode() for number in range(1, 31)]
    stretch = looked_at(bodies, {})
    calls = list(stretch.calls())
    rows = [call_row(new_call(assess_one(call.opened(), Assessor(shipped(), model_fallback=True), Fill(), NOW_MS), None, NOW_MS)) for call in calls]
    assert list(stretches.prepared(calls, stretch).rows) == rows
    assert list(stretches.prepared([*calls[:3], *calls[5:]], stretch).rows) == [*rows[:3], *rows[5:]]


def test_calls_of_one_stretch_stay_together():
    one, two = (looked_at([json.dumps(claude_line(f"msg_{number}")).encode() for number in numbers], {}) for numbers in (range(3), range(3, 5)))
    alone = claude_code.Reader(FILE, {}).feed(1, json.dumps(claude_line("msg_9")).encode())
    calls = [*one.calls(), *alone, *two.calls()]
    assert list(stretches.together(calls)) == [(calls[:3], one), (calls[3:4], None), (calls[4:], two)]


JSON = [
    b'{"a": 1}', b' {"a": 1}\r', b'{"a": "\\ud800"}', b'{"a": "\xff"}', b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": 1e999}', b"",
    b'{"a": 123456789012345678901234567890}', b'{"a": 01}', b"\xef\xbb\xbf{}", b'{"a": "\\u0000\\ud83d\\ude00"}', b'{"a": 1} {', b"nul",
    b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}", b'{"a": ' + b"9" * 5_000 + b"}", b'{"a": "\x01"}', b"\x00{}",
]  # fmt: skip


def outcome(load: lines.Load, line: bytes) -> str:
    try:
        return repr(load(line))
    except ValueError:
        return "no JSON"


@pytest.mark.parametrize("line", JSON)
def test_a_line_holds_the_same_for_the_quicker_parser(line):
    assert outcome(lines.quick_load(), line) == outcome(lines.load, line)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda some: st.lists(some) | st.dictionaries(st.text(), some)))
def test_whatever_is_written_as_json_reads_the_same(document):
    line = json.dumps(document).encode()
    assert outcome(lines.quick_load(), line) == outcome(lines.load, line)
