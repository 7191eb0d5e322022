"""
One digest over the calls that a report rests on, from a form of them that anybody can write again.

By time, provider and id, each call is a JSON array without blanks and its figures as doubles, big end first. Text would take
three times as long; docs/report.md has the form, and a dozen lines of Python that write it.
"""

import json
from functools import lru_cache
from hashlib import sha256  # OpenSSL's: of many calls it takes a fifth of the time of util/digests.py
from struct import Struct
from typing import TYPE_CHECKING

from ecocli.store.breakdown import SUMMED
from ecocli.store.columns import bounds, read_tags
from ecocli.store.history import Filters, where
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
FORM = "eco-rows-1"
"""Name of the form: another one would have other digests."""
FIGURES = ", ".join(f"c.{column}" for name in SUMMED for column in bounds(name))
pack = Struct(f">{3 * len(SUMMED)}d").pack
WRITTEN = f"""
SELECT c.started_at_ms, c.provider, c.call_id, c.model, c.model_id, c.final_region, c.hosting, c.control,
c.input_tokens, c.output_tokens, c.tags, b.digest, {FIGURES} FROM calls AS c JOIN bases AS b ON b.id = c.basis_id
"""
IN_ORDER = "ORDER BY c.started_at_ms, c.provider, c.call_id"
PORTION = 1000


@value_class(frozen=True, slots=True)
class RowDigest:
    """The calls of a report."""

    calls: int
    sha256: str
    last_call: int
    """The highest row id in the store, whether or not the report has that call."""


def row_digest(store: "Store", filters: Filters) -> RowDigest:
    """Of the calls that `filters` choose, in flat memory."""
    found, calls = sha256(), 0
    with store.reading(filters):
        condition, values = where(store.connection, filters)
        rows = store.connection.execute(f"{WRITTEN} {condition} {IN_ORDER}", values)
        while portion := rows.fetchmany(PORTION):
            calls += len(portion)
            found.update(b"".join([_form(*row) for row in portion]))
        (last_call,) = store.connection.execute("SELECT coalesce(max(id), 0) FROM calls").fetchone()
    return RowDigest(calls, found.hexdigest(), last_call)


def _form(
    start_ms: int, provider: str, call_id: str, model: str | None, model_id: str, region: str, hosting: str | None, control: int | None,
    input_tokens: int, output_tokens: int, tags: str, digest: str, *figures: float,
) -> bytes:  # fmt: skip
    """A call as it is hashed. What many calls share is made into JSON once: an encoder takes longer than all else."""
    words = f"[{start_ms},{_provider(provider)},{_encode(call_id)},{_origin(model, model_id, region, hosting, control)}"
    return f"{words},{input_tokens},{output_tokens},{_rest(tags, digest)}".encode() + pack(*figures)


_provider = lru_cache(maxsize=1000)(_encode)


@lru_cache(maxsize=1000)
def _origin(model: str | None, model_id: str, region: str, hosting: str | None, control: int | None) -> str:
    """As the full history has the values: JSON tells a flag from a number."""
    return _encode([model, model_id, region, hosting, None if control is None else bool(control)])[1:-1]


@lru_cache(maxsize=1000)
def _rest(tags: str, digest: str) -> str:
    """The last words, and the end of the array; JSON's objects have no order."""
    return _encode([read_tags(tags), digest])[1:]
