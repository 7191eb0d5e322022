"""What the server itself refuses."""

from ecocli.errors import EcoError


class Refused(EcoError):
    """A request that the server itself refuses. `code` is one of `statuses.PROTOCOL`."""

    exit_code = 2  # of no command: a client is told a status

    def __init__(self, code: str, message: str, hint: str | None = None, **headers: str) -> None:
        super().__init__(message, hint, code=code)
        self.headers = headers
