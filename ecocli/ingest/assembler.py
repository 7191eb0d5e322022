"""Streamed answers: what a format needs to put the chunks of one together again."""

from collections.abc import Iterable
from typing import Any


class Assembler:
    """
    One streamed answer, chunk by chunk; a subclass knows one family of streams.

    `body` grows into the document that the format's `read` understands. `text` is what the model wrote,
    kept until it is known whether it has to be counted; chunks themselves are never counted.
    """

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}
        self.text: list[str] = []
        self.complete = False
        """The provider said that the answer is finished."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        """True when the keys are those of a chunk, not of a whole answer."""
        raise NotImplementedError

    def belongs(self, chunk: dict[str, Any]) -> bool:
        """False when the chunk opens the next answer."""
        return not self.complete

    def add(self, chunk: dict[str, Any]) -> None:
        raise NotImplementedError

    def end(self) -> None:
        """The wire said that nothing follows (`[DONE]`); most families have an end of their own instead."""

    def is_complete(self) -> bool:
        """True when nothing is missing at the end."""
        return self.complete

    def write(self, *parts: Any) -> None:
        """Collect what the model wrote; anything but text is passed over."""
        self.text.extend(part for part in parts if isinstance(part, str) and part)

    def written(self) -> str:
        """All that the model wrote."""
        return "".join(self.text)

    def bodies(self) -> Iterable[dict[str, Any]]:
        """The documents that the chunks make, each of which the format's `read` understands."""
        return (self.body,)
