"""Many calls at once: their rows are those of each call by itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecocli.core.usage import Usage
from ecocli.errors import BadData, EcoError
from ecocli.ingest import documents, native, rules
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline import builder, recording, writing
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import Built, RowBuilder
from ecocli.store import Store
from ecocli.store.bulk import Rows
from ecocli.store.columns import CALL_COLUMNS, tags_text, tags_texts
from ecocli.store.rows import Row, call_row
from tests.estimator_helpers import NOW_MS, shipped

odd_values = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 10**13), st.floats(), st.text(max_size=4), st.just("x" * 257), st.just("a\x00"),
    st.just("\ud800"), st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=2), st.one_of(st.text(max_size=2), st.integers()), max_size=2),
)  # fmt: skip


@given(st.sampled_from([rules.TOKENS, rules.TIME, rules.TEXT, rules.FLAG, rules.TAGS]), st.lists(odd_values, min_size=1, max_size=4))
def test_a_rule_holds_for_many_values_where_it_holds_for_each(rule: rules.Rule, values: list[Any]) -> None:
    assert rule.hold(values) == all(rule.hold((value,)) for value in values)


LINES = st.lists(
    st.sampled_from([
        b'{"a": 1}', b'{"a": "\xc3\xbc"}', b"[]", b"7", b"", b"\r", b" ", b' {"a": 1}', b'{"a": 1} ', b'{"a": 1}\r', b"{", b"}", b"NaN",
        b'{"a": 1}{"b": 2}', b"\xef\xbb\xbf{}", b"\xff", b'"\\ud800"', b"[" * 200_000, b"1" * 5_000, b'{"a": "\xe2\x80\xa8"}',
    ]),
    max_size=5,
)  # fmt: skip


@given(LINES)
def test_lines_that_are_read_quickly_are_read_as_each_of_them(lines: list[bytes]) -> None:
    found = documents.parse_lines(b"\n".join(lines))
    if found is not None:
        assert found == [documents.parse(line) for line in lines if line.strip()]
    elif all(line in {b'{"a": 1}', b"[]", b"", b"\r", b'{"a": 1}\r'} for line in lines):
        pytest.fail("plain lines are to be read quickly")


@given(st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=5))
def test_tags_that_are_written_together_are_written_as_each_of_them(tags: list[dict[str, str]]) -> None:
    assert tags_texts(tags) == [tags_text(one) for one in tags]


tokens = st.one_of(st.integers(0, 200_000), st.just(0), st.just(-1))
EVENT = st.fixed_dictionaries(
    {"model": st.sampled_from(["gpt-4o", "o3", "claude-sonnet-4.5", "unheard of"]), "prompt_tokens": tokens, "completion_tokens": tokens},
    optional={
        "provider": st.sampled_from(["OpenAI", "AWS"]),
        "region": st.sampled_from(["us-east-1", "eu-west-1", "nowhere"]),
        "cached_tokens": st.integers(0, 100),
        "cacheWriteTokens": st.integers(0, 100),
        "reasoning_tokens": st.integers(0, 300_000),
        "startTimeMs": st.sampled_from([1_700_000_000_000, 1_760_000_000_000]),
        "firstTokenTimeMs": st.sampled_from([1_760_000_000_500, 1_760_000_020_000]),
        "is_estimated": st.booleans(),
        "source": st.sampled_from(["api", "x"]),
        "tags": st.sampled_from([{}, {"a": "1", "b": "2"}, {"b": "2", "a": "1"}]),
        "concurrency": st.sampled_from([1, 16, 16.0, 2.5, 0]),
        "accelerator": st.sampled_from(["H100", "B200"]),
        "weightPrecision": st.sampled_from(["fp8", "nvfp4"]),
    },
)


def identified(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event | {"id": f"call-{number}"} for number, event in enumerate(events)]


def one_by_one(events: list[dict[str, Any]], assessor: Assessor, fill: Fill) -> list[Row] | None:
    """The rows, by the way of a single call; None where one is refused."""
    found: list[Row] = []
    for event in events:
        try:
            assessed = recording.assess_one(Reading(native.canonical(event)), assessor, fill, NOW_MS)
        except EcoError:
            return None
        if isinstance(assessed, Rejected):
            return None
        found.append(call_row(recording.new_call(assessed, None, NOW_MS)))
    return found


@settings(deadline=None)
@given(
    st.lists(EVENT, min_size=2, max_size=8).map(identified),
    st.sampled_from([Fill(), Fill(overrides={"tags": {"a": "flag"}, "source": "s"}), Fill(defaults={"detected_region": "us-west-2", "tags": {"c": "3"}, "concurrency": 4.0})]),
    st.sampled_from([1, 2, builder.FEW]),
)
def test_the_rows_of_a_portion_are_those_of_each_call(events: list[dict[str, Any]], fill: Fill, few: int) -> None:
    with patch.object(builder, "FEW", few):
        built = RowBuilder(Assessor(shipped()), fill, NOW_MS, None).from_lines(("\n".join(map(json.dumps, events)).encode(), 1), None)
    expected = one_by_one(events, Assessor(shipped()), fill)
    assert (built is None) == (expected is None)
    if built is not None:
        assert list(built.rows) == expected
        assert {row[CALL_COLUMNS.index("basis_id")] for row in built.rows} <= built.bases.keys()


@settings(deadline=None)
@given(st.lists(EVENT, min_size=2, max_size=8).map(identified), st.sampled_from([1, builder.FEW]))
def test_the_answers_of_a_portion_are_those_of_each_call(events: list[dict[str, Any]], few: int) -> None:
    def answer(recorded: recording.Recorded) -> str:
        return repr((recorded.call_id, recorded.usage, recorded.footprint, recorded.assumptions, recorded.warnings, recorded.started_at_ms))

    with patch.object(builder, "FEW", few):
        built = RowBuilder(Assessor(shipped()), Fill(), NOW_MS, None, answer).from_lines(("\n".join(map(json.dumps, events)).encode(), 1), None)
    if built is not None:
        readings = [Reading(native.canonical(event)) for event in events]
        each = [one for some in recording.assessed(readings, Assessor(shipped()), Fill(), NOW_MS) for one in writing.estimated(some, NOW_MS)]
        assert built.answers == [answer(one) for one in each if not isinstance(one, Rejected)]


@given(st.lists(EVENT, min_size=1, max_size=6))
def test_events_are_allowed_together_where_each_of_them_is(events: list[dict[str, Any]]) -> None:
    names = tuple(events[0])
    alike = [native.canonical(event) for event in events if tuple(event) == names]
    columns = {name: [event[name] for event in alike] for name in alike[0]}
    usages: list[Usage] | None = []
    try:
        usages = [native.to_usage(event) for event in alike]
    except BadData:
        usages = None
    try:
        assert list(native.to_usages(columns, len(alike)).each()) == usages
    except BadData:
        assert usages is None


def many(count: int, **more: Any) -> list[dict[str, Any]]:
    return identified([{"model": "gpt-4o", "prompt_tokens": 10 + number, "completion_tokens": number} | more for number in range(count)])


def built(events: list[dict[str, Any]]) -> Built:
    found = RowBuilder(Assessor(shipped()), Fill(), NOW_MS, None).from_lines(("\n".join(map(json.dumps, events)).encode(), 1), None)
    assert found is not None
    return found


class TestRows:
    def test_what_all_share_is_there_once(self) -> None:
        rows = built(many(50)).rows
        assert len(rows) == 50 and len(rows.groups) == 1
        assert {"model", "final_region", "source", "recorded_at_ms", "cached_tokens"} <= set(rows.shared_names)

    def test_a_part_of_them(self) -> None:
        rows = built([*many(6), *many(6, model="o3", id="other")]).rows
        each = list(rows)
        assert list(rows[2:9]) == each[2:9]
        assert rows[7] == each[7] and rows[-1] == each[-1]
        assert list(rows.chosen([11, 0])) == [each[11], each[0]]
        assert list(rows.column("model")) == [row[CALL_COLUMNS.index("model")] for row in each]

    def test_all_but_some_of_them(self) -> None:
        rows = built([*many(6), *many(6, model="o3", id="other")]).rows
        assert list(rows.without({4, 0, 11})) == [row for at, row in enumerate(rows) if at not in {0, 4, 11}]
        assert len(rows) == 12

    def test_none(self) -> None:
        assert list(Rows.of([])) == [] and len(Rows.of([])) == 0

    def test_listed_call_by_call(self) -> None:
        rows = built(many(15)).rows
        assert rows.apart().shared_names == () and list(rows.apart()) == list(rows)

    def test_calls_that_share_next_to_nothing_are_listed_call_by_call(self) -> None:
        rows = built([event for number, model in enumerate(("gpt-4o", "o3", "gpt-4.1", "o1")) for event in many(2, model=model, id=f"{number}")]).rows
        assert len(rows.groups) == 4
        assert built([event | {"region": region} for event, region in zip(many(9), ("us-east-1", "eu-west-1", "us-west-2") * 3, strict=True)]).rows.shared_names


class TestTheStore:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        with Store.open(tmp_path / "eco.db") as store:
            yield store

    def add(self, store: Store, made: Built) -> int:
        store.keep_bases(made.bases)
        return sum(not outcome.duplicate for outcome in store.add_rows(made.rows))

    def test_keeps_what_was_shared_in_each_row(self, store: Store) -> None:
        made = built(identified([{"model": model, "prompt_tokens": 1, "completion_tokens": 2, "tags": {"a": "b"}} for model in ("gpt-4o", "o3") * 9]))
        assert len(made.rows.groups) == 2
        connection = store.connection
        with store.transaction():
            assert self.add(store, made) == 18
            found = [list(row) for row in connection.execute(f"SELECT {', '.join(CALL_COLUMNS)} FROM calls ORDER BY id")]
            digests = dict(connection.execute("SELECT id, digest FROM bases"))
        basis = CALL_COLUMNS.index("basis_id")
        assert [[*row[:basis], digests[row[basis]], *row[basis + 1 :]] for row in found] == list(made.rows)

    def test_after_a_transaction_that_was_undone(self, store: Store) -> None:
        made = built(many(15))
        with pytest.raises(RuntimeError), store.transaction():
            self.add(store, made)
            raise RuntimeError
        assert store.count() == 0
        for _ in range(2):
            with store.transaction():
                self.add(store, made)
        assert store.count() == 15

    def test_nothing_of_it_stays_in_the_file(self, store: Store) -> None:
        with store.transaction():
            self.add(store, built(many(15)))
            assert store.connection.execute("SELECT count(*) FROM main.sqlite_master WHERE name = 'shared_values'").fetchone() == (0,)
