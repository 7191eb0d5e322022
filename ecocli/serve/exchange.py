"""A request that came in one piece, and its answer: without the cycle and the task that uvicorn makes for each request."""

from asyncio import Event, Future
from collections.abc import MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ecocli.serve.answering import Answering
from ecocli.serve.messages import Response
from ecocli.serve.sending import whole

if TYPE_CHECKING:
    from ecocli.serve.protocol import Protocol


class Exchange:
    """
    In the place of a `RequestResponseCycle`, of which it has what a connection looks at.

    The request passes the checks of any other, and the answer is worded as any other. Where its route cannot answer at once,
    it goes on as a task.
    """

    message_event = Event()
    """Nobody waits for it."""
    more_body = False

    def __init__(self, connection: "Protocol", body: bytes) -> None:
        self.connection, self._body = connection, body
        self.keep_alive: bool = connection.parser.get_http_version() != "1.0" and connection.parser.should_keep_alive()
        self.disconnected = self.response_started = self.response_complete = False
        receive = partial(_all_of, body)  # no method of this object: that would be a cycle, and each request work for the garbage collector
        self._answering = Answering(connection.application, cast("MutableMapping[str, Any]", connection.scope), receive)

    def begin(self) -> None:
        """Let the sender in, and begin with the answer."""
        try:
            answer = self._answering.at_once(self._body)
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            self._finish(self._answering.failure(error))
            return
        if answer is None:
            self._go_on()
        else:
            answer.add_done_callback(self._end)

    def _end(self, answer: Future[bytes | None]) -> None:
        try:
            found = answer.result()
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            self._finish(self._answering.failure(error))
            return
        if found is None:
            self._go_on()
        else:
            self._finish(Response(found))

    def _go_on(self) -> None:
        """Leave the answer to the route, as for any other request."""
        task = self.connection.loop.create_task(self._routed())
        task.add_done_callback(self.connection.tasks.discard)
        self.connection.tasks.add(task)

    async def _routed(self) -> None:
        self._finish(await self._answering.routed())

    def _finish(self, response: Response) -> None:
        if not (self.disconnected or self.connection.transport.is_closing()):
            self._send(response)
        self._answering.log(response)

    def _send(self, response: Response) -> None:
        connection = self.connection
        self.keep_alive = self.keep_alive and response.headers.get("connection") != "close"
        connection.transport.write(whole(response, connection.server_state.default_headers, self._answering.headers, keep_alive=self.keep_alive))
        self.response_started = self.response_complete = True
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


async def _all_of(body: bytes) -> MutableMapping[str, Any]:
    """The message with a whole body, for who asks for it in parts."""
    return {"type": "http.request", "body": body}
