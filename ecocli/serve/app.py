"""The ASGI application: who asks is looked at first, then a route answers, and what goes wrong becomes a problem."""

from collections.abc import MutableMapping
from itertools import count
from os import urandom
from typing import Any

from ecocli.serve.access_log import AccessLog
from ecocli.serve.answering import Answering
from ecocli.serve.bodies import Gone
from ecocli.serve.messages import Receive, Send
from ecocli.serve.origins import Origins
from ecocli.serve.rates import Rates
from ecocli.serve.routing import Routes
from ecocli.serve.sending import send
from ecocli.serve.services import Services


class App:
    """Answers one request after another."""

    def __init__(self, services: Services, routes: Routes, origins: Origins, rates: Rates, log: AccessLog | None) -> None:
        self.services, self.routes, self.origins, self.rates, self.access_log = services, routes, origins, rates, log
        self._prefix, self._numbers = urandom(4).hex(), count(1)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send_: Send) -> None:
        answering = Answering(self, scope, receive)
        try:
            response = await answering.response()
        except Gone:
            return
        await send(response, send_, answering.headers, is_head=scope["method"] == "HEAD")
        answering.log(response)

    def request_id(self, scope: MutableMapping[str, Any]) -> str:
        """A name for the request, in problems and in the access log."""
        found: str = scope.setdefault("eco.id", f"{self._prefix}-{next(self._numbers)}")
        return found
