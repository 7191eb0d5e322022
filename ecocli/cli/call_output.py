"""Answers to one or many calls, held back until they may be printed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Self, TextIO

from ecocli.cli.session import Session
from ecocli.contract.answer import add_price, answer
from ecocli.core.footprint import Footprint
from ecocli.core.totals import Totals
from ecocli.core.usage import Usage
from ecocli.errors import quoted, shorten
from ecocli.pipeline.recording import Recorded
from ecocli.store.rows import StoredCall, read_counted

if TYPE_CHECKING:
    from ecocli.analysis.prices import Cost, Price, PriceList
    from ecocli.store.bulk import Rows

HELD_IN_MEMORY = 1000
KEPT_WARNINGS = 10
"""Each is shown once; a long log full of unknown names would fill the screen, and the memory."""


def _nothing() -> "Cost":
    from ecocli.analysis.prices import Cost

    return Cost()


class Answers:
    """Collects answers in input order. Beyond a thousand they wait in a temporary file, so memory stays flat."""

    def __init__(self, session: Session, *, stored: bool, explain: bool, prices: "PriceList | None", out: TextIO) -> None:
        self._format = session.format("text", "json", "ndjson", pipe="ndjson", out=out)
        self._session = session
        self._stored = stored
        self._explain = explain
        self._prices = prices
        self._out = out
        self._encode = json.JSONEncoder(ensure_ascii=out.isatty(), separators=(",", ":")).encode
        self._lines: list[str] = []
        self._spool: IO[str] | None = None
        self._first: tuple[Any, ...] | None = None
        self._warnings: dict[str, None] = {}
        self.totals = Totals()
        self.cost = _nothing() if prices else None
        self.calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._spool is not None:
            self._spool.close()

    def add(self, recorded: Recorded) -> None:
        """A call that was just assessed."""
        if recorded.forgotten:
            self.warn([_forgotten(recorded.call_id)])
        self.warn(recorded.assessed.warnings)
        self._add(recorded.assessed.site.provider_id, *_told(recorded), forgotten=recorded.forgotten)

    def add_stored(self, call: StoredCall, basis: Mapping[str, Any]) -> None:
        """A call that was there before: its first result."""
        told = (call.call_id, call.usage, call.footprint, basis, call.assumptions, call.started_at_ms)
        self._add(call.provider, *told, duplicate=True)

    def add_prepared(self, rows: "Rows", lines: Sequence[str]) -> None:
        """Calls of which a worker made rows, and lines with what `encoder` gives."""
        self.calls += len(rows)
        if self._session.quiet:
            return
        if self._format == "text":
            for row in rows:
                self.totals.add(*read_counted(row))
        else:
            self._hold(lines)

    def add_forgotten(self, rows: "Rows", lines: Sequence[str]) -> None:
        """The same for calls that stay away."""
        self.warn(map(_forgotten, rows.column("call_id")))
        self.add_prepared(rows, [self._encode(json.loads(line) | {"forgotten": True}) for line in lines])

    def warn(self, warnings: Iterable[str]) -> None:
        """Each is shown once, before the answers."""
        for warning in warnings:
            if len(self._warnings) < KEPT_WARNINGS:
                self._warnings[warning] = None

    @property
    def are_priced(self) -> bool:
        return self._prices is not None

    def encoder(self) -> "Callable[[Recorded], str] | None":
        """What makes an answer's line; None where the answers are no lines."""
        if self._session.quiet or self._format == "text":
            return None
        return lambda recorded: self._line(*_told(recorded))

    def print(self) -> None:
        """Everything, in one go, after the commit."""
        for warning in self._warnings:
            self._session.say(f"eco: warning: {shorten(warning, 200)}")
        if self._session.quiet:
            return
        if self._format == "text":
            from ecocli.render.fold import CARD, folded

            print(folded(self._card(), self._out, CARD), file=self._out)
        else:
            self._print_json()

    def _add(self, provider: str, *told: Any, duplicate: bool = False, forgotten: bool = False) -> None:
        self.calls += 1
        if self._session.quiet:
            return
        _, usage, footprint, basis, _, started_at_ms = told
        price = self._price(usage, provider, footprint, basis, started_at_ms)
        if self._format == "text":
            self.totals.add(usage, footprint)
            self._first = self._first or (usage, footprint, basis, started_at_ms, duplicate)
        else:
            self._hold([self._line(*told, price=price, duplicate=duplicate, forgotten=forgotten)])

    def _line(
        self, call_id: str, usage: Usage, footprint: Footprint, basis: Mapping[str, Any], assumptions: tuple[str, ...],
        started_at_ms: int, *, price: "Price | None" = None, duplicate: bool = False, forgotten: bool = False,
    ) -> str:  # fmt: skip
        body = answer(call_id, usage, footprint, basis, assumptions, duplicate)
        if price:
            add_price(body, price)
        if forgotten:
            body["forgotten"] = True
        if self._explain:
            from ecocli.analysis.explanation import explanation

            body["audit"] |= explanation(usage, footprint, basis, started_at_ms)
        return self._encode(body)

    def _price(
        self, usage: Usage, provider: str, footprint: Footprint, basis: Mapping[str, Any], started_at_ms: int
    ) -> "Price | None":
        """What the call cost, where that was asked for and is known; counted in."""
        if self._prices is None or self.cost is None:
            return None
        price = self._prices.price(usage, provider, basis, started_at_ms, footprint.inferred_reasoning_tokens is not None)
        self.cost.add(price)
        return price

    def _hold(self, lines: Sequence[str]) -> None:
        self._lines += lines
        if len(self._lines) >= HELD_IN_MEMORY:
            if self._spool is None:
                from tempfile import TemporaryFile

                self._spool = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass")  # noqa: SIM115 - closed by __exit__
            self._spool.writelines(f"{line}\n" for line in self._lines)
            self._lines.clear()

    def _print_json(self) -> None:
        many = self._format == "json" and self.calls != 1
        separator = ",\n" if many else "\n"
        self._out.write("[" if many else "")
        for number, line in enumerate(self._all()):
            self._out.write(separator * (number > 0) + line)
        self._out.write("]\n" if many else "\n" * (self.calls > 0))

    def _all(self) -> Any:
        if self._spool is not None:
            self._spool.seek(0)
            for line in self._spool:
                yield line.removesuffix("\n")
        yield from self._lines

    def _card(self) -> str:
        from ecocli.render import card

        colour = self._session.colour(self._out)
        if self.totals.calls != 1 or self._first is None:
            return card.totals_card(self.totals, self._stored, colour, self.cost)
        usage, footprint, basis, started_at_ms, duplicate = self._first
        text = card.call_card(usage, footprint, basis, self._stored, colour, duplicate, self.cost)
        if self._explain:
            from ecocli.analysis.explanation import explanation
            from ecocli.render.steps import steps_text

            text += "\n\n" + steps_text(explanation(usage, footprint, basis, started_at_ms))
        return text


def _told(recorded: Recorded) -> tuple[Any, ...]:
    """What an answer tells of a call that was just assessed."""
    assessed = recorded.assessed
    found = assessed.assessment
    return recorded.call_id, assessed.usage, found.footprint, found.basis.content, found.assumptions, assessed.started_at_ms


def _forgotten(call_id: str) -> str:
    return f"call {quoted(call_id)} was forgotten, and is not stored again"
