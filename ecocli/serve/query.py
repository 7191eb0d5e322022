"""Parameters of a request: each is known to its route, and given once."""

from collections.abc import Collection, Sequence
from typing import Self
from urllib.parse import parse_qsl

from ecocli.errors import did_you_mean
from ecocli.serve.refusals import Refused

TOKEN = "token"  # noqa: S105 - the name of a parameter
MOST_PARAMETERS = 100


class Query:
    """The parameters of one request."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    @classmethod
    def of(cls, query_string: bytes) -> Self:
        """Parse what stands behind the question mark. Refused where that is not UTF-8, or holds too many parameters."""
        try:
            pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
        except ValueError as error:
            raise Refused("bad-request", "the query cannot be read", "percent-encode what is not ASCII, as UTF-8") from error
        return cls(pairs)

    def check(self, known: Collection[str], repeatable: Collection[str] = ()) -> None:
        """Refused for a parameter that the route does not have, is empty, or is given twice."""
        seen: set[str] = set()
        for name, value in self._pairs:
            if name not in known and name != TOKEN:
                raise Refused("bad-parameter", "a parameter is not known", self._suggestion(name, known))
            if name in seen and name not in repeatable:
                raise Refused("bad-parameter", f"{name}: is given twice")
            if not value:
                raise Refused("bad-parameter", f"{name}: is empty", "leave it out")
            seen.add(name)

    def get(self, name: str) -> str | None:
        return next((value for given, value in self._pairs if given == name), None)

    def all(self, name: str) -> list[str]:
        return [value for given, value in self._pairs if given == name]

    def flag(self, name: str, default: bool) -> bool:
        """A parameter that is true or false."""
        value = self.get(name)
        if value is None:
            return default
        if value.lower() not in ("true", "false", "1", "0"):
            raise Refused("bad-parameter", f"{name}: must be true or false")
        return value.lower() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1."""
        value = self.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal() and len(value) <= len(str(most)) and 1 <= int(value) <= most):
            raise Refused("bad-parameter", f"{name}: must be a whole number from 1 to {most}")
        return int(value)

    def _suggestion(self, name: str, known: Collection[str]) -> str | None:
        from difflib import get_close_matches

        return did_you_mean(get_close_matches(name[:60], known, n=1), f"the parameters are {', '.join(known)}" if known else "this route has none")
