"""Input taken all the way in. Each target raises for what must never be: anything but an answer or an EcoError."""

import copy
import io
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ecocli import imports as logs
from ecocli import ingest
from ecocli.analysis.explanation import explanation
from ecocli.catalog import compile
from ecocli.catalog.compile_models import merge_models, model_entries
from ecocli.catalog.compile_regions import merge_regions, region_entries
from ecocli.catalog.compiled import data_path, shipped_files
from ecocli.catalog.entries import Entries
from ecocli.config import settings
from ecocli.contract.answer import answer
from ecocli.contract.history import full_row
from ecocli.core import durations, when, zones
from ecocli.errors import EcoError
from ecocli.exchange.merging import import_history
from ecocli.imports.importer import Importer
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Recorded
from ecocli.store import Store

NOW_MS = 1_767_225_600_000
FILL = Fill(defaults={"tags": {"machine": "laptop"}})
LONGEST_MESSAGE = 1000
COMPILERS = {"models.yaml": (merge_models, model_entries), "regions.yaml": (merge_regions, region_entries)}
SUFFIXES = {"gemini-cli": ".json", "opencode": ".json", "droid": ".settings.json", "amp": ".json"}


class _Undone(Exception):
    """Ends a transaction whose rows are not to stay."""


@dataclass(frozen=True)
class Machine:
    """What input may reach: a catalogue, a store, and a folder for files."""

    catalog: Entries
    store: Store
    folder: Path

    @property
    def assessor(self) -> Assessor:
        return Assessor(self.catalog)

    def _lenient(self) -> Assessor:
        return Assessor(self.catalog, region_fallback=True)

    def payload(self, data: bytes, format: str | None = None) -> int:
        """How many calls `eco record` finds in some bytes, stored and taken back."""
        found: list[Recorded | Rejected] = []
        with suppress(_Undone), suppress_told(), self.store.transaction():
            readings = ingest.read(io.BytesIO(data), format)
            found += recording.record(readings, self.assessor, FILL, NOW_MS, self.store, None)
            raise _Undone
        return sum(_is_sound(one) for one in found)

    def log(self, source: str, *versions: bytes) -> None:
        """A log that eco imports, then finds changed, each time from scratch or from where it stopped."""
        path = self.folder / f"{source}{SUFFIXES.get(source, '.jsonl')}"
        for content in versions:
            path.write_bytes(content)
            self.import_file(source, path)

    def database(self, source: str, table: str, rows: list[dict[str, Any]]) -> None:
        """The same for a log that is a database."""
        path = self.folder / f"{source}.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"CREATE TABLE {table} ({', '.join(rows[0])})")
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row.values()))
        self.import_file(source, path)

    def import_file(self, source: str, path: Path) -> None:
        importer = Importer(logs.by_name(source), self.store, self._lenient, FILL, None, NOW_MS, "host")
        self._refused(importer.run([path]))

    def history(self, data: bytes) -> None:
        """What another eco may have printed; whatever is taken over can be shown and explained."""
        before = self._last_row()
        self._refused(import_history(io.BytesIO(data), "history", self.store, NOW_MS))
        for row_id in range(before + 1, self._last_row() + 1):
            call = self.store.call(row_id)
            basis = dict(self.store.basis(call.basis_id).content)
            steps = explanation(call.usage, call.footprint, basis, call.started_at_ms)
            shown = answer(call.call_id, call.usage, call.footprint, basis, call.assumptions, False)
            json.dumps([full_row(call, basis), steps, shown], allow_nan=False)

    def _last_row(self) -> int:
        with self.store.snapshot():
            return int(self.store.connection.execute("SELECT coalesce(max(id), 0) FROM calls").fetchone()[0])

    def row(self) -> dict[str, Any]:
        """One call as `eco history --all --full` prints it; the same ever after, whatever is made of it in the store meanwhile."""
        return copy.deepcopy(self._row)

    @cached_property
    def _row(self) -> dict[str, Any]:
        event = {"id": "known", "model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "startTimeMs": NOW_MS}
        with self.store.transaction():
            list(recording.record([Reading(event)], self.assessor, FILL, NOW_MS, self.store, None))
        [call] = self.store.find("known")
        return full_row(call, dict(self.store.basis(call.basis_id).content))

    def catalogue(self, name: str, data: bytes) -> None:
        """A user's own models.yaml or regions.yaml."""
        own = self.folder / name
        own.write_bytes(data)
        merge, entries = COMPILERS[name]
        with suppress_told():
            list(entries(merge(_shipped(name), compile.load(own))))

    def settings(self, data: bytes) -> None:
        """A user's config.toml."""
        file = self.folder / "eco" / "config.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        with suppress_told():
            found = settings.load({"XDG_CONFIG_HOME": str(self.folder)})
            zones.zone(found.tz)

    def _refused(self, outcomes: Iterable[Any]) -> None:
        with suppress_told():
            for outcome in outcomes:
                assert not isinstance(outcome, Rejected) or _is_told(outcome.error)


@cache
def _shipped(name: str) -> dict[str, Any]:
    return compile.regions_of(shipped_files()) if name == "regions.yaml" else compile.load(data_path(name))


@contextmanager
def suppress_told() -> Iterator[None]:
    """What eco says in its own words is how bad input is meant to end."""
    try:
        yield
    except EcoError as error:
        assert _is_told(error)


def words(text: str, machine: Machine) -> None:
    """Text as a date, a span, a zone, a key, a key's name, a model and a region."""
    for take in (
        lambda: when.span(text, UTC, NOW_MS),
        lambda: when.rolling(text, zones.Local(), NOW_MS),
        lambda: when.moment(text, zones.Local(), NOW_MS),
        lambda: zones.zone(text),
        lambda: durations.span_ms(text),
        lambda: settings.load({"HOME": "/nowhere", "ECO_TAGS": text, "ECO_BUSY_TIMEOUT": text}),
        lambda: machine.store.keys.verify(text, NOW_MS),
        lambda: machine.store.keys.create(text, ["record"], NOW_MS),
        lambda: machine.assessor.model_named(text, None),
        lambda: machine.assessor.model_named(text, text),
    ):
        with suppress_told():
            take()


def _is_sound(outcome: Recorded | Rejected) -> bool:
    """Whether it is a call; raises when its figures are not figures, or its refusal says nothing."""
    if isinstance(outcome, Rejected):
        assert _is_told(outcome.error)
        return False
    body = answer(outcome.call_id, outcome.usage, outcome.footprint, outcome.basis, outcome.assumptions, outcome.duplicate)
    json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    for name, (low, high) in body["range"].items():
        assert 0 <= low <= high < math.inf, (name, body)
        assert low <= body[name] <= high, (name, body)
    return True


def _is_told(error: EcoError) -> bool:
    """A message on one line, which any terminal can show, and a code of the contract."""
    text = f"{error} {error.hint or ''}"
    assert error.exit_code in (2, 3, 4, 5, 6), error.exit_code
    assert text.isprintable() and len(text) < LONGEST_MESSAGE, text
    assert text.encode()
    return True
