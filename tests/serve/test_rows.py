"""Rows of a body that arrives in parts, wherever it is cut."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ecocli.serve.rows import Rows

VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\,[]{}:\n é🌱'), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))
CUTS = st.lists(st.integers(0, 400), max_size=12)


def rows_of(data, cuts):
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    rows = Rows()
    found = [row for begin, end in zip(edges, edges[1:], strict=False) for row in rows.feed(data[begin:end])]
    return [*found, *rows.end()]


@given(st.lists(VALUES, max_size=6), CUTS, st.sampled_from([None, 2]), st.booleans())
def test_the_items_of_an_array_are_those_that_json_has(items, cuts, indent, is_ascii):
    data = json.dumps(items, indent=indent, ensure_ascii=is_ascii).encode()
    assert list(map(json.loads, rows_of(data, cuts))) == items


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), max_size=6), CUTS, st.sampled_from([b"\n", b"\r\n", b"\n\n"]), st.booleans())
def test_lines_are_rows(items, cuts, newline, is_ended):
    data = newline.join(json.dumps(item).encode() for item in items) + newline * is_ended
    assert list(map(json.loads, rows_of(data, cuts))) == items


@given(st.binary(max_size=200), CUTS)
def test_any_bytes_end_and_the_cuts_make_no_difference(data, cuts):
    assert rows_of(b"[" + data, cuts) == rows_of(b"[" + data, [])


def test_a_row_is_known_as_soon_as_it_is_whole():
    rows = Rows()
    assert rows.feed(b'\xef\xbb\xbf [ {"a": 1}') == []
    assert rows.feed(b", {") == [b' {"a": 1}']
    assert rows.feed(b"}]") == [b" {}"]
    assert rows.end() == []


def test_what_is_cut_off_is_the_last_row():
    assert rows_of(b'[{"a": 1}, {"b": "x', []) == [b'{"a": 1}', b' {"b": "x']
    assert rows_of(b'{"a": 1}\n{"b"', []) == [b'{"a": 1}', b'{"b"']
