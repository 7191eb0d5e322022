"""`GET /v1/history`: a page as JSON; every call, or a page, as CSV or one object per line."""

import io
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from ecocli.serve import accept, filters, operations
from ecocli.serve.access import READ
from ecocli.serve.messages import CSV, JSON, NDJSON, Request, Response, json_bytes
from ecocli.serve.routing import GET, Route
from ecocli.store import Store
from ecocli.store.history import Filters, Place

if TYPE_CHECKING:
    from ecocli.store.history_rows import HistoryRow

PAGE, MOST_ON_PAGE, MOST_PAGES = 100, 100_000, 10**9
ROWS_AT_ONCE = 500
"""Rows of one look at the store, and of one part of a streamed answer."""
CSV_TYPE = f"{CSV}; charset=utf-8; header=present"

Text = Callable[[Iterable["HistoryRow"], bool], bytes]
"""Makes a part of the answer; True for the first."""


async def history(request: Request) -> Response:
    """Answer with a page, or stream everything in short looks at the store: a slow client never holds the write-ahead log."""
    query = request.query
    query.check((*filters.NAMES, "page", "limit"), filters.REPEATABLE)
    chosen, _ = filters.of(request)
    number, limit = query.number("page", 1, MOST_PAGES), query.number("limit", PAGE, MOST_ON_PAGE)
    form = accept.chosen(request.header(b"accept"), (JSON, NDJSON, CSV))
    if form == JSON:
        return Response(await request.services.readers.read(partial(_page, filters=chosen, number=number, limit=limit)))
    text, media_type = (_csv, CSV_TYPE) if form == CSV else (_lines, NDJSON)
    if query.get("page") or query.get("limit"):
        rows = await request.services.readers.read(lambda store: store.history_page(chosen, number, limit))
        return Response(text(rows, True), media_type)
    first = await request.services.readers.read(partial(_next, filters=chosen, after=None))  # what is wrong is said before anything is sent
    return Response(_all(request, chosen, first, text), media_type)


def _page(store: Store, filters: Filters, number: int, limit: int) -> bytes:
    from ecocli.contract import history as contract

    with store.snapshot():
        total = store.count(filters)
        rows = list(map(contract.row, store.history_page(filters, number, limit, total)))
    return json_bytes(contract.page(rows, total, number, limit))


def _next(store: Store, filters: Filters, after: Place | None) -> "list[tuple[Place, HistoryRow]]":
    return store.history_after(filters, after, ROWS_AT_ONCE)


async def _all(request: Request, chosen: Filters, found: "list[tuple[Place, HistoryRow]]", text: Text) -> AsyncIterator[bytes]:
    """Every call. A key that is revoked meanwhile ends it."""
    services = request.services
    yield text([row for _, row in found], True)
    while len(found) == ROWS_AT_ONCE:
        services.access.check_still(request.visitor, services.clock())
        found = await services.readers.read(partial(_next, filters=chosen, after=found[-1][0]))
        yield text([row for _, row in found], False)


def _csv(rows: "Iterable[HistoryRow]", is_first: bool) -> bytes:
    from ecocli.render import history as render

    out = io.StringIO(newline="")
    render.write_csv(rows, out, header=is_first)
    return out.getvalue().encode("utf-8", "surrogatepass")


def _lines(rows: "Iterable[HistoryRow]", _: bool) -> bytes:
    from ecocli.contract import history as contract

    return b"".join(json_bytes(contract.row(row)) + b"\n" for row in rows)


ROUTES = (
    Route(
        GET, "/v1/history", history, "Recorded calls, newest first", READ, (JSON, NDJSON, CSV), also=("/api/v1/history",),
        operation=operations.reading("history", *operations.FILTERS, operations.number("page", MOST_PAGES), operations.number("limit", MOST_ON_PAGE), others=(NDJSON, CSV)),
    ),
)  # fmt: skip
