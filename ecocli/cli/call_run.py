"""From the options of a call to its printed answer: the straight line behind `eco record` and `eco estimate`."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO

from ecocli.cli import progress
from ecocli.cli.call_files import passed_through
from ecocli.cli.call_input import fill, flag_error, open_stream
from ecocli.cli.call_output import Answers
from ecocli.cli.call_rejects import Rejects
from ecocli.cli.session import Session
from ecocli.errors import BadField, UnknownRegion
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Recorded

if TYPE_CHECKING:
    from ecocli.cli.call_source import Calls
    from ecocli.pipeline.builder import Prepared
    from ecocli.store import Outcomes, Store
    from ecocli.util.workers import Work


def run(meta: dict[str, Any], options: Mapping[str, Any], keep: bool) -> None:
    """
    Read, assess, keep or not, answer.

    With `keep`, answers are printed only after the commit: what was printed is on the disk.
    """
    with passed_through() if options["tee"] else nullcontext() as tee:
        _run(Session(meta), options, keep, tee)


def _run(session: Session, options: Mapping[str, Any], keep: bool, tee: BinaryIO | None) -> None:
    """The same, once what was to be passed on has passed."""
    key_id = session.authorize("record")
    said = fill(options, session.settings)
    out = sys.stderr if tee else sys.stdout
    with (
        open_stream(options, said, tee) or nullcontext() as stream,
        Rejects(options["rejects"], skip=options["skip_invalid"]) as rejects,
        Answers(session, stored=keep, explain=options["explain"], prices=session.prices(options["cost"]), out=out) as answers,
    ):
        desk = _Desk(session, options, said, key_id, answers, rejects)
        try:
            with desk.calls(stream) as calls:
                desk.record(calls) if keep else desk.estimate(calls)
        except BadField as error:
            if stream:
                raise
            raise flag_error(error) from error
        except UnknownRegion as error:
            session.say_where_from(error, options["region"])
            raise
        answers.print()
        rejects.report(answers.calls)


class _Desk:
    """Where the calls of one run pass, with what they share."""

    def __init__(
        self, session: Session, options: Mapping[str, Any], said: Fill, key_id: int | None, answers: Answers, rejects: Rejects
    ) -> None:
        self._session, self._options, self._said, self._key_id = session, options, said, key_id
        self._answers, self._rejects = answers, rejects

    @cached_property
    def _now_ms(self) -> int:
        """One moment for all calls, whoever looks at them; asked for once the first of them are there. [ms since 1970, UTC]"""
        return self._session.now_ms()

    def calls(self, stream: BinaryIO | None) -> "AbstractContextManager[Calls]":
        """What the stream holds; without one, the flags are the call."""
        if stream is None:
            return nullcontext(lambda general: general(iter([Reading({})])))
        from ecocli.cli.call_source import opened

        share = None if self._answers.are_priced else self._work  # prices are added up in one place
        return opened(stream, self._options["from_format"], self._options["id"] is not None, share)

    def record(self, calls: "Calls") -> None:
        with self._session.open_store() as store, store.loading():
            general = partial(self._general(recording.record), store=store, key_id=self._key_id)
            self._collect(calls(general), store)

    def estimate(self, calls: "Calls") -> None:
        self._collect(calls(self._general(recording.assess)), None)

    def _general(self, use: Callable[..., Iterator[Recorded | Rejected]]) -> Callable[..., Iterator[Recorded | Rejected]]:
        return partial(use, assessor=self._assessor(), fill=self._said, now_ms=self._now_ms)

    def _work(self) -> "Callable[[], Work]":
        """What makes a worker's own: nobody has opened the catalogue yet, and no two processes may share a connection."""
        from ecocli.pipeline.builder import Preparer

        now_ms, answer, format = self._now_ms, self._answers.encoder(), self._options["from_format"]
        return lambda: partial(Preparer(self._assessor(), self._said, now_ms, self._key_id, answer).portion, format=format)

    def _assessor(self) -> Assessor:
        options, settings = self._options, self._session.settings
        return Assessor(
            self._session.catalog,
            model_fallback=options["model_fallback"] or settings.model_fallback,
            region_fallback=options["region_fallback"] or settings.region_fallback,
        )

    def _collect(self, outcomes: "Iterable[Recorded | Rejected | Prepared]", store: "Store | None") -> None:
        for outcome in progress.counted(outcomes, "calls", self._session.quiet, _size):
            if isinstance(outcome, Recorded):
                self._answer(outcome, store)
            elif isinstance(outcome, Rejected):
                self._rejects.add(outcome)
            else:
                self._store_prepared(outcome, store)

    def _answer(self, recorded: Recorded, store: "Store | None") -> None:
        if store and recorded.duplicate and recorded.row_id is not None:
            self._answer_again(recorded.row_id, store)
        else:
            self._answers.add(recorded)

    def _answer_again(self, row_id: int, store: "Store") -> None:
        stored = store.call(row_id)
        self._answers.add_stored(stored, store.basis(stored.basis_id).content)

    def _store_prepared(self, prepared: "Prepared", store: "Store | None") -> None:
        if store:
            store.keep_bases(prepared.bases)
        outcomes = store.add_rows(prepared.rows) if store else None
        if prepared.warnings:
            self._answers.warn(_warnings(prepared, outcomes))
        if not (outcomes and outcomes.met):
            self._answers.add_prepared(prepared.rows, prepared.answers)
            return
        for at, outcome in enumerate(outcomes):
            one = slice(at, at + 1)
            if store and outcome.duplicate and outcome.row_id is not None:
                self._answer_again(outcome.row_id, store)
            elif outcome.forgotten:
                self._answers.add_forgotten(prepared.rows[one], prepared.answers[one])
            else:
                self._answers.add_prepared(prepared.rows[one], prepared.answers[one])


def _warnings(prepared: "Prepared", outcomes: "Outcomes | None") -> Iterator[str]:
    """What is to be said of calls; those that are delivered again were warned of before."""
    digests = prepared.rows.column("basis_id")
    again = {at for at, outcome in outcomes.met.items() if outcome.duplicate} if outcomes else ()
    for digest in dict.fromkeys(digest for at, digest in enumerate(digests) if at not in again):
        yield from prepared.warnings.get(digest, ())


def _size(outcome: "Recorded | Rejected | Prepared") -> int:
    """How many calls it is."""
    return 1 if isinstance(outcome, Recorded | Rejected) else len(outcome.rows)
