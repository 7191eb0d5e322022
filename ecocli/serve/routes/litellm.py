"""`POST /litellm`: what LiteLLM's callback `generic_api` sends, stored while it arrives."""

from collections.abc import Iterator, Sequence
from functools import partial

from ecocli.errors import BadData, EcoError, NoInput
from ecocli.ingest import documents
from ecocli.ingest.reading import Document, Reading, Rejected
from ecocli.ingest.recognition import Recogniser
from ecocli.pipeline.recording import Recorded
from ecocli.pipeline.writing import Outcome
from ecocli.serve import bodies, calls, operations, problems
from ecocli.serve.access import RECORD
from ecocli.serve.messages import Request, Response, json_bytes
from ecocli.serve.refusals import Refused
from ecocli.serve.routing import POST, Route
from ecocli.serve.rows import Rows

MOST_BYTES = 64 * 1024 * 1024
"""A batch has 512 calls, each with its prompt and its answer."""
MOST_AT_ONCE, MOST_AT_ONCE_BYTES = 512, 1024 * 1024
"""Rows that are stored together."""
MOST_ROWS = 20_000
"""Forty times a batch of LiteLLM; rows of two bytes, of which they hold millions, keep everybody else waiting."""
MOST_ERRORS = 10


async def take(request: Request) -> Response:
    """
    Keep the good rows, whatever the others are, and tell how many there were.

    LiteLLM deletes what it has sent whatever the answer is, so every row that can be used is stored.
    """
    request.query.check(())
    bodies.require_type(request)
    taking, rows = Taking(request), Rows()
    async for part in bodies.parts(request, MOST_BYTES):
        await taking.add(rows.feed(part))
    await taking.add(rows.end())
    await taking.store()
    return Response(json_bytes(taking.told()))


class Taking:
    """The rows of one request on their way into the store."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._rows = self._stored = self._duplicates = self._rejected = 0
        self._errors: list[EcoError] = []

    async def add(self, rows: list[bytes]) -> None:
        """Take some rows, and store those that wait once they are many."""
        for row in rows:
            self._waiting.append(row)
            self._waiting_bytes += len(row)
            if len(self._waiting) == MOST_AT_ONCE or self._waiting_bytes >= MOST_AT_ONCE_BYTES:
                await self.store()

    async def store(self) -> None:
        """Store the rows that wait."""
        rows, size_bytes = self._waiting, self._waiting_bytes
        self._waiting, self._waiting_bytes = [], 0
        if not rows:
            return
        if self._rows + len(rows) > MOST_ROWS:
            raise Refused("body-too-large", f"the request holds more than {MOST_ROWS:,} rows, and what can be used of those before is stored", "send it in parts", connection="close")
        services, visitor = self._request.services, self._request.visitor
        prepared = await calls.assessed(services, size_bytes, visitor.key_id, partial(_readings, rows, self._rows + 1))
        self._rows += len(rows)
        if prepared:
            self._count(await services.writer.store(prepared, visitor.secret))

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Rejected):
                self._reject(outcome)
            elif isinstance(outcome, Recorded):
                self._duplicates += outcome.duplicate
                self._stored += not (outcome.duplicate or outcome.forgotten)

    def _reject(self, rejected: Rejected) -> None:
        """Count a row that is at fault; one of a model for something else than text is left out, as a failure is."""
        self._rejected += rejected.is_fault
        if rejected.is_fault and len(self._errors) < MOST_ERRORS:
            self._errors.append(rejected.error)

    def told(self) -> dict[str, object]:
        """How many rows became what. Raises what is wrong with the first where none could be used."""
        if not self._rows:
            raise NoInput("the request holds no row")
        if self._rejected == self._rows:
            raise self._errors[0]
        skipped = self._rows - self._stored - self._duplicates - self._rejected
        counts = {"rows": self._rows, "stored": self._stored, "duplicates": self._duplicates, "skipped": skipped, "rejected": self._rejected}
        return {**counts, "errors": list(map(problems.members, self._errors))}


def _readings(rows: Sequence[bytes], first: int) -> list[Reading | Rejected]:
    from ecocli.ingest.formats import litellm

    recogniser = Recogniser(litellm.NAME)
    return [*recogniser.read(_documents(rows, first)), *recogniser.flush()]


def _documents(rows: Sequence[bytes], first: int) -> Iterator[Document | Rejected]:
    for number, row in enumerate(rows, first):
        where = f"row {number}"
        try:
            yield Document(documents.parse(row, where), where)
        except BadData as error:
            yield Rejected(error, where, b"")


ROUTES = (Route(POST, "/litellm", take, "Record the calls that LiteLLM's callback generic_api tells of", RECORD, operation=operations.BATCH),)
