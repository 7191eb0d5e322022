"""Answers to one or many calls, held back until they may be printed."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, Self, TextIO

from ecocli.cli.session import Session
from ecocli.contract.answer import add_price, answer, given_id
from ecocli.core.totals import Totals
from ecocli.errors import quoted, shorten
from ecocli.pipeline.recording import Recorded
from ecocli.store.rows import read_counted

if TYPE_CHECKING:
    from ecocli.analysis.prices import Cost, Price, PriceList
    from ecocli.cli.json_filter import JsonFilter
    from ecocli.pipeline.run import RecordedBatch

HELD_IN_MEMORY = 1000
MAX_WARNINGS = 10
"""Further ones are dropped: a long log full of unknown names would fill the screen and the memory."""


def _nothing() -> "Cost":
    from ecocli.analysis.prices import Cost

    return Cost()


class Answers:
    """Collect answers in input order. Beyond HELD_IN_MEMORY they are kept in a temporary file."""

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
        self._first: Recorded | None = None
        self._warnings: dict[str, None] = {}
        self._unknown: str | None = None
        self.totals = Totals()
        self.cost = _nothing() if prices else None
        self.calls = 0
        self._again = self._kept_away = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._spool is not None:
            self._spool.close()

    def add(self, recorded: Recorded) -> None:
        """Add one call."""
        if recorded.forgotten:
            self.warn([_kept_away(recorded.call_id, recorded.voided)])
        self.warn(recorded.warnings)
        self.calls += 1
        self._unknown = recorded.usage.model if recorded.basis["model_match"] in ("family", "class") else None
        self._again += recorded.duplicate
        self._kept_away += recorded.forgotten
        if self._session.quiet:
            return
        price = self._price(recorded)
        if self._format == "text":
            self.totals.add(recorded.usage, recorded.footprint)
            self._first = self._first or recorded
        else:
            self._hold([self._line(recorded, price)])

    def add_batch(self, batch: "RecordedBatch") -> None:
        """Add a batch of calls, with the lines that `encoder` made."""
        lines = batch.answers
        if batch.forgotten:
            self.warn(_kept_away(call_id, batch.voided) for call_id in batch.rows.column("call_id"))
            lines = [self._encode(json.loads(line) | {_mark(batch.voided): True}) for line in lines]
        self.warn(batch.warnings)
        self.calls += len(batch)
        self._kept_away += len(batch) * batch.forgotten
        if self._session.quiet:
            return
        if self._format == "text":
            for row in batch.rows:
                self.totals.add(*read_counted(row))
        else:
            self._hold(lines)

    def warn(self, warnings: Iterable[str]) -> None:
        """Add warnings. Equal ones are shown once, before the answers."""
        for warning in warnings:
            if len(self._warnings) < MAX_WARNINGS:
                self._warnings[warning] = None

    @property
    def are_priced(self) -> bool:
        """True when each answer needs its price, which is looked up one by one."""
        return self._prices is not None

    def encoder(self) -> "Callable[[Recorded], str] | None":
        """A function that makes the line of an answer; None when lines are not needed."""
        return None if self._session.quiet or self._format == "text" else self._line

    def print(self) -> None:
        """Print warnings and answers; call it after the commit."""
        for warning in self._warnings:
            self._session.say(f"eco: warning: {shorten(warning, 200)}")
        if self._unknown and self.calls == 1 and not self._session.quiet:
            self._say_who_was_meant(self._unknown)
        if self._session.quiet:
            return
        if self._format == "text":
            from ecocli.render.fold import CARD, folded

            print(folded(self._card(), self._out, CARD), file=self._out)
        elif self._session.filter and self.calls:
            self._print_filtered(self._session.filter)
        else:
            self._print_json()

    def _say_who_was_meant(self, name: str) -> None:
        """The hint at a slip in the one model's name."""
        from ecocli.catalog.models import misspelt  # few calls have one

        if close := misspelt(self._session.catalog, name):
            self._session.say(f"hint: did you mean {close}? --strict refuses a name that is not known")

    def _line(self, recorded: Recorded, price: "Price | None" = None) -> str:
        call_id = recorded.call_id if self._stored else given_id(recorded.usage)
        body = answer(call_id, recorded.usage, recorded.footprint, recorded.basis, recorded.assumptions, recorded.duplicate)
        if price:
            add_price(body, price)
        if recorded.forgotten:
            body[_mark(recorded.voided)] = True
        if self._explain:
            body["audit"] |= _explanation(recorded, self._session)
        return self._encode(body)

    def _price(self, recorded: Recorded) -> "Price | None":
        """The price of a call, which is also added to the total; None when not asked for or not known."""
        if self._prices is None or self.cost is None:
            return None
        has_inferred = recorded.footprint.inferred_reasoning_tokens is not None
        price = self._prices.price(recorded.usage, recorded.provider_id, recorded.basis, recorded.started_at_ms, has_inferred)
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
        many = self._format == "json" and self.calls > 1
        separator = ",\n" if many else "\n"
        self._out.write("[\n" if many else "")
        for number, line in enumerate(self._all()):
            self._out.write(separator * (number > 0) + line)
        self._out.write("\n]\n" if many else "\n" * (self.calls > 0))

    def _print_filtered(self, filter: "JsonFilter") -> None:
        rows = map(json.loads, self._all())
        if self.calls == 1 or filter.needs_all:
            filter.print(next(rows) if self.calls == 1 else list(rows), self._out)
        else:
            from ecocli.render.history import write_list

            write_list(filter.each(rows), self._out)

    def _all(self) -> Any:
        if self._spool is not None:
            self._spool.seek(0)
            for line in self._spool:
                yield line.removesuffix("\n")
        yield from self._lines

    def _short_id(self, recorded: Recorded) -> str | None:
        """The end of a stored call's id by which eco explain finds it; the store is open no longer."""
        if not self._stored or recorded.forgotten:
            return None
        with self._session.open_store(create=False) as store:
            return store.short_ids([recorded.call_id])[recorded.call_id]

    def _card(self) -> str:
        from ecocli.render import card

        colour = self._session.colour(self._out)
        if self.totals.calls != 1 or self._first is None:
            return card.totals_card(self.totals, self._stored, colour, self.cost, self._again, self._kept_away)
        first = self._first
        text = card.call_card(first.usage, first.footprint, first.basis, self._stored, colour, first.duplicate, self.cost, self._short_id(first))
        if self._explain:
            from ecocli.render.steps import steps_text

            text += "\n\n" + steps_text(_explanation(first, self._session))
        return text


def _explanation(recorded: Recorded, session: Session) -> dict[str, Any]:
    from functools import partial

    from ecocli.analysis.explanation import explanation
    from ecocli.analysis.means import mean

    return explanation(recorded.usage, recorded.footprint, recorded.basis, recorded.started_at_ms, mean_of=partial(mean, session.catalog))


def _mark(voided: bool) -> str:
    """The field of an answer whose call is not stored again."""
    return "voided" if voided else "forgotten"


def _kept_away(call_id: str, voided: bool) -> str:
    return f"call {quoted(call_id)} was {'undone' if voided else 'forgotten'}, and is not stored again"
