"""The hash over the calls of a report, against bytes that are written by hand: what was locked years ago has to be found again."""

import hashlib
import struct

import pytest

from ecocli.core.usage import Usage
from ecocli.store import Filters, Store
from ecocli.store.row_digest import PORTION, row_digest
from tests.store.test_store import add, new_call


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "eco.db") as opened:
        yield opened


def figures(*low: float) -> bytes:
    """Of each figure its bounds, as `assessment` in test_store makes them: the centre is twice the low one, and the high one five times."""
    return b"".join(struct.pack(">ddd", number, number * 2, number * 5) for number in low)


FIGURES = figures(3, 4, 5, 6, 7, 8)
"""Those that count are the third to the eighth that `assessment` counts up."""


def test_a_call_by_hand(store):
    """Every kind of value: a flag, numbers, texts that JSON escapes and others that it need not, tags whose names are not in order."""
    usage = Usage(0, 10**12, model='a "b" \\ \u2028', hosting="rented", control=True, tags={"z": "1", "ä": "\x7f/é\U0001f333", "a": '"'})
    add(store, new_call("id \U0001f333", 1_500, usage=usage))
    words = b'[1500,"openai","id \xf0\x9f\x8c\xb3","a \\"b\\" \\\\ \xe2\x80\xa8","openai/gpt-4o","us-east-1","rented",true,0,1000000000000,'
    words += b'{"a":"\\"","z":"1","\xc3\xa4":"\x7f/\xc3\xa9\xf0\x9f\x8c\xb3"},"d1"]'
    assert row_digest(store, Filters()).sha256 == hashlib.sha256(words + FIGURES).hexdigest()


@pytest.mark.parametrize(("control", "word"), [(None, b"null"), (False, b"false"), (True, b"true")])
def test_a_flag_is_no_number(store, control, word):
    add(store, new_call("a", usage=Usage(0, 0, control=control)))
    words = b'[1000,"openai","a",null,"openai/gpt-4o","us-east-1",null,%b,0,0,{},"d1"]' % word
    assert row_digest(store, Filters()).sha256 == hashlib.sha256(words + FIGURES).hexdigest()


def test_many_calls_by_hand(store):
    """More than are read at a time, and than are remembered; of one moment by provider and id, by code point."""
    count = 2 * PORTION + 1
    calls = [new_call(f"{at}", 1_000 + at // 3, "b" if at % 2 else "a", usage=Usage(at, 1, tags={"call": f"{at}"})) for at in range(count)]
    add(store, *calls[::-1])
    found = hashlib.sha256()
    for call in sorted(calls, key=lambda call: (call.started_at_ms, call.provider, call.call_id)):
        at = call.usage.input_tokens
        found.update(f'[{call.started_at_ms},"{call.provider}","{at}",null,"openai/gpt-4o","us-east-1",null,null,{at},1,{{"call":"{at}"}},"d1"]'.encode() + FIGURES)
    digest = row_digest(store, Filters())
    assert (digest.calls, digest.sha256) == (count, found.hexdigest())
