"""What `eco serve` is started with, and which of it goes together."""

from dataclasses import dataclass
from pathlib import Path

from ecocli.errors import UsageError
from ecocli.serve.sockets import is_loopback

PORT = 7411
RATE_PER_S = 500.0
MOST_CONNECTIONS_OF_ONE, MOST_CONNECTIONS = 256, 900


@dataclass(frozen=True, slots=True)
class Options:
    """By the names of the command line."""

    host: str = "127.0.0.1"
    port: int = PORT
    require_key: bool = False
    open: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    insecure_http: bool = False
    allow_host: tuple[str, ...] = ()
    allow_origin: tuple[str, ...] = ()
    rate_per_s: float | None = RATE_PER_S
    """Requests of one key a second; None for any."""
    access_log: bool = False

    def check(self) -> None:
        """UsageError for what would let strangers in, or let them listen."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise UsageError("--tls-cert and --tls-key go together", "give both, or neither")
        if self.open and self.require_key:
            raise UsageError("--open lets anybody read, and --require-key nobody", "leave one of them out")
        if is_loopback(self.host):
            return
        if not self.require_key:
            raise UsageError(f"others can reach {self.host}: it needs --require-key", "eco keys create NAME makes a key; 127.0.0.1 is for this machine alone")
        if self.tls_cert is None and not self.insecure_http:
            raise UsageError(
                f"keys would cross the network to {self.host} in the clear", "give --tls-cert and --tls-key, or --insecure-http behind a proxy that has them"
            )
