"""A server from its start to its end: sockets, signals, threads."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from ecocli.errors import BadData, EcoError, MissingFile
from ecocli.serve.access import Access, Policy
from ecocli.serve.access_log import AccessLog
from ecocli.serve.app import App
from ecocli.serve.options import MOST_CONNECTIONS, MOST_CONNECTIONS_OF_ONE, Options
from ecocli.serve.origins import Origins
from ecocli.serve.protocol import Connections, protocol_for
from ecocli.serve.rates import Rates
from ecocli.serve.routes import ROUTES
from ecocli.serve.services import Configured, Services
from ecocli.serve.sockets import listen, url
from ecocli.serve.stores import OpenStore

KEEP_ALIVE_S = 30
ENDING_S = 20
"""For requests that were accepted to be answered, once the server is asked to end."""
KEYS_PATIENCE_S = 0.05
"""Keys are looked up where all requests pass."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Started:
    """A server that listens."""

    urls: tuple[str, ...]
    token: str


def run(options: Options, path: Path, token: str, clock: Callable[[], int], say: Say, started: Callable[[Started], None]) -> None:
    """
    Serve the store at `path` until a signal asks to end; what was accepted until then is stored and answered.

    Args:
        started: Called once it listens.
        say: For what happens later, a line each.

    Raises:
        UsageError: The options do not go together.
        CannotListen: The port is in use.
        BadCatalog, BadConfig, StoreError: What it works with cannot be used.
    """
    options.check()
    origins = Origins.of(options.host, options.allow_host, options.allow_origin)
    configured = Configured.read()
    stores = OpenStore(path, create=False, busy_timeout_s=KEYS_PATIENCE_S)
    stores.get()  # whoever starts it hears now that the store is damaged, or newer
    access = Access(Policy(options.require_key, options.open), token, stores)
    listening = listen(options.host, options.port)
    try:
        _keep_quiet(say)
        scheme = "https" if options.tls_cert else "http"

        async def serve() -> None:
            loop = asyncio.get_running_loop()
            services = Services(configured, path, access, clock, loop)
            log = AccessLog(sys.stdout, clock) if options.access_log else None
            app = App(services, ROUTES, origins, Rates(options.rate_per_s), log)
            server = _Server(config_for(app, options))
            _react(loop, server, services, say)
            services.writer.start()
            try:
                started(Started(tuple(url(scheme, each) for each in listening), token))
                await server.serve(sockets=listening)
            finally:
                await loop.run_in_executor(None, services.close)

        uvicorn_loop = config_for(None, options).get_loop_factory()
        with asyncio.Runner(loop_factory=uvicorn_loop) as runner:
            runner.run(serve())
    finally:
        for each in listening:
            each.close()
        stores.close()


class _Server(uvicorn.Server):
    """Signals are handled by `_react`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if sys.platform == "win32":
            with super().capture_signals():
                yield
        else:
            yield


def config_for(app: Any, options: Options) -> uvicorn.Config:
    """What uvicorn is told. Without an application only for its event loop."""
    connections = Connections(MOST_CONNECTIONS_OF_ONE, MOST_CONNECTIONS)
    config = uvicorn.Config(
        app, http=protocol_for(app, connections), ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False, server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S, timeout_graceful_shutdown=ENDING_S, ssl_certfile=options.tls_cert, ssl_keyfile=options.tls_key,
    )  # fmt: skip
    if app is not None:
        _load(config, options)
    return config


def _load(config: uvicorn.Config, options: Options) -> None:
    try:
        config.load()
    except FileNotFoundError as error:
        raise MissingFile(f"no file {str(options.tls_cert)!r} or {str(options.tls_key)!r}", "give the paths of a certificate and its key, in PEM") from error
    except OSError as error:  # an SSLError is one
        raise BadData(f"the certificate cannot be used: {error.strerror or error}", "give the paths of a certificate and its key, in PEM", code="bad-certificate") from error


def _react(loop: asyncio.AbstractEventLoop, server: uvicorn.Server, services: Services, say: Say) -> None:
    """To signals: end, or read catalogue and configuration anew."""

    def end() -> None:
        server.force_exit = server.should_exit  # asked twice
        server.should_exit = True

    def read_anew() -> None:
        loop.run_in_executor(None, _read_anew, services, say)

    with suppress(NotImplementedError):  # Windows has no such handlers: Ctrl-C ends the process there, and nothing acknowledged is lost
        loop.add_signal_handler(signal.SIGTERM, end)
        loop.add_signal_handler(signal.SIGINT, end)
        loop.add_signal_handler(signal.SIGHUP, read_anew)


def _read_anew(services: Services, say: Say) -> None:
    try:
        services.configured = Configured.read()
    except EcoError as error:
        say(f"eco: the configuration stays as it was: {error}")
    else:
        say("eco: catalogue and configuration were read anew")


def _keep_quiet(say: Say) -> None:
    """uvicorn's own lines name clients and addresses; what eco itself reports is passed on."""
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    logging.getLogger("uvicorn").propagate = False
    logging.getLogger("asyncio").addHandler(logging.NullHandler())
    logging.getLogger("asyncio").propagate = False
    logger = logging.getLogger("ecocli.serve")
    logger.propagate = False
    logger.handlers = [_Saying(say)]


class _Saying(logging.Handler):
    """Passes lines on."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        for line in record.getMessage().splitlines():
            self._say(line)
