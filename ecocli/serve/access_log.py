"""The access log: one JSON line for each request, without its query, its key, or anything else of its own."""

import json
from collections.abc import Callable
from typing import TextIO

from ecocli.core.dates import iso


class AccessLog:
    """Writes lines to a stream."""

    def __init__(self, out: TextIO, clock: Callable[[], int]) -> None:
        self._out, self._clock = out, clock

    def write(self, request_id: str, route: str, method: str, status: int, took_s: float) -> None:
        """`route` is the path as the server's table has it."""
        line = {"time": iso(self._clock()), "id": request_id, "method": method, "route": route, "status": status, "ms": round(took_s * 1000, 3)}
        print(json.dumps(line), file=self._out, flush=True)
