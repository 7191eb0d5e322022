"""Calls of a request: read, estimated, stored, and answered."""

import io
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ecocli.contract.answer import answer
from ecocli.errors import BadData, EcoError, NoInput
from ecocli.ingest import documents
from ecocli.ingest.reading import Document, Fill, Reading, Rejected
from ecocli.ingest.recognition import Recogniser
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Recorded
from ecocli.pipeline.run import Outcome, Run
from ecocli.pipeline.writing import RecordedBatch
from ecocli.serve import problems
from ecocli.serve.messages import json_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from ecocli.pipeline.together import Prepared
    from ecocli.pipeline.writing import Some
    from ecocli.serve.services import Services

QUICK_BYTES = 16 * 1024
"""A body up to this size is estimated where it arrives; a larger one in a thread, so that others need not wait for it."""
QUICK_MARKS = 400
"""Commas and line ends in it: there is at most one more event than that, and what is no event takes its time too."""
MOST_FAULTS = 10_000
"""Events of a request that cannot be used, where the others are kept. One of three bytes takes as long as a good one, and millions fit into a body."""


async def prepared(
    services: "Services", body: bytes, key_id: int | None, fill: Fill | None = None, format: str | None = None, most_faults: int = MOST_FAULTS
) -> "Prepared":
    """
    The calls of a body with their footprints, ready for `Writer.store`.

    Args:
        key_id: The key that they are recorded under.
        fill: Fields that the route gives to each call; those of the settings by default.
        format: Name of a payload format; recognised by its keys when None.
        most_faults: A long body is read no further than so many calls that cannot be used, and some.
    """
    now = services.configured
    if len(body) <= QUICK_BYTES and body.count(b",") + body.count(b"\n") <= QUICK_MARKS:
        readings = read_small(body, format)
        if not any(map(_takes_long, readings)):
            return Run(lambda: now.assessor, fill or now.fill, services.clock, key_id=key_id).prepared(readings)
    return await services.aside(partial(_prepared_aside, services, now.assessor_aside, body, key_id, fill or now.fill, format, most_faults))


async def assessed(services: "Services", size_bytes: int, key_id: int | None, read: Callable[[], list[Reading | Rejected]]) -> "Prepared":
    """
    Calls with their footprints, ready for `Writer.store`.

    Args:
        size_bytes: Of what is read: much of it is read in the thread.
        read: The readings.
    """
    now = services.configured

    def work(assessor: Assessor) -> "Prepared":
        return Run(lambda: assessor, now.fill, services.clock, key_id=key_id).prepared(read())

    return work(now.assessor) if size_bytes <= QUICK_BYTES else await services.aside(lambda: work(now.assessor_aside))


def _prepared_aside(services: "Services", assessor: Assessor, body: bytes, key_id: int | None, fill: Fill, format: str | None, most_faults: int) -> "Prepared":
    from dataclasses import replace

    from ecocli.ingest.input import Input

    fill = replace(fill, earlier=partial(_earlier, services.path))
    calls: Input | list[Reading | Rejected] = read_small(body, format) if len(body) <= QUICK_BYTES else Input(io.BytesIO(body), format)
    return Run(lambda: assessor, fill, services.clock, key_id=key_id, answer=line, processes=0).prepared(calls, most_faults)


def _earlier(path: "Path", thread: str) -> list[dict[str, int]]:
    from ecocli.pipeline.threads import earlier
    from ecocli.store import Store

    with Store.open(path, create=False) as store:
        return earlier(store, thread)


def _takes_long(reading: Reading | Rejected) -> bool:
    """True where there is text to count, or the store to ask."""
    if isinstance(reading, Rejected):
        return False
    return reading.prompt_text is not None or reading.completion_text is not None or reading.messages is not None or reading.running is not None


def read_small(body: bytes, format: str | None) -> list[Reading | Rejected]:
    """The calls of a body that is one event, an array of them, or anything else that `eco record` takes."""
    try:
        found = documents.parse(body)
    except BadData:
        from ecocli import ingest  # lines, or a fault that it has words for

        try:
            return list(ingest.read(io.BytesIO(body), format))
        except EcoError as error:
            return [Rejected(error, None, b"")]
    many = isinstance(found, list)
    if many and not found:
        return [Rejected(NoInput("the array is empty"), None, b"")]
    some = [Document(one, f"item {number}") for number, one in enumerate(found, 1)] if many else [Document(found)]
    recogniser = Recogniser(format)
    readings = [*recogniser.read(some), *recogniser.flush()]
    return readings or [Rejected(NoInput("the request holds no call"), None, b"")]


def fault(calls: Iterable[Any]) -> EcoError | None:
    """The first error among calls, or among parts of them."""
    for one in calls:
        if isinstance(one, list):
            if error := fault(one):
                return error
        elif isinstance(one, Rejected):
            return one.error
    return None


def count_faults(parts: "Iterable[Some]") -> int:
    """How many of the calls cannot be used."""
    return sum(isinstance(one, Rejected) for some in parts if isinstance(some, list) for one in some)


def lines(outcomes: Iterable[Outcome]) -> list[bytes]:
    """One JSON object for each call, in their order: an answer, or what is wrong with it."""
    found: list[bytes] = []
    for outcome in outcomes:
        if isinstance(outcome, Recorded):
            found.append(json_bytes(body(outcome)))
        elif isinstance(outcome, RecordedBatch):
            found += [json_bytes(text) for text in _batch(outcome)] if outcome.forgotten else [text.encode("utf-8", "surrogatepass") for text in outcome.answers]
        else:
            found.append(json_bytes({"error": problems.members(outcome.error)}))
    return found


def body(recorded: Recorded) -> dict[str, Any]:
    """The answer to one call."""
    found = answer(recorded.call_id, recorded.usage, recorded.footprint, recorded.basis, recorded.assumptions, recorded.duplicate)
    if recorded.forgotten:
        found["voided" if recorded.voided else "forgotten"] = True
    if recorded.warnings:
        found["warnings"] = list(recorded.warnings)
    return found


def line(recorded: Recorded) -> str:
    """The answer to one call, as text."""
    return json_bytes(body(recorded)).decode()


def _batch(batch: RecordedBatch) -> Iterable[Mapping[str, Any]]:
    import json

    mark = "voided" if batch.voided else "forgotten"
    return (json.loads(text) | {mark: True} for text in batch.answers)


def estimated(prepared: "Prepared") -> list[Outcome]:
    """The outcomes of calls that are not stored."""
    from ecocli.pipeline import writing

    return [outcome for some in prepared.parts for outcome in writing.estimated(some, prepared.now_ms)]


