"""Hints at the command line: those of the library's errors, with the options and commands that help."""

from collections.abc import Callable
from typing import Any

from ecocli.errors import BadCatalog, EcoError, ForeignLog

Hint = Callable[[Any], str | None]


def hint(error: EcoError) -> str | None:
    """The line below the message; None where there is nothing to add."""
    return HINTS[error.code](error) if error.code in HINTS else error.hint


def message(error: EcoError) -> str:
    """The message, with the option in front whose value it is about."""
    return f"{OPTIONS[error.code]}: {error}" if error.code in OPTIONS else str(error)


def _or(text: str) -> Hint:
    """`text` where the library has no hint of its own."""
    return lambda error: error.hint or text


def _then(text: str) -> Hint:
    return lambda error: f"{error.hint}{text}"


def _before(text: str) -> Hint:
    return lambda error: f"{text}{error.hint}"


def _no_store(error: EcoError) -> str:
    return f"{ELSEWHERE}, or {error.hint}" if error.hint else ELSEWHERE


def _bad_catalogue(error: BadCatalog) -> str | None:
    return error.hint or (f"eco schema {error.schema} prints what is allowed" if error.schema else None)


def _foreign_log(error: ForeignLog) -> str:
    return f"eco import {error.source} PATH reads it" if error.source else "eco statusline reads it"


ELSEWHERE = "point --db or ECO_DB at another file"

HINTS: dict[str, Hint] = {
    "bad-catalogue": _bad_catalogue,
    "bad-history-row": _or("eco history --all --format ndjson --full prints rows that can be read back"),
    "disk-failed": _then(", then run eco db check"),
    "expired-key": _or('eco keys rotate "NAME" makes a new secret'),
    "file-exists": _then("; --force takes its place"),
    "foreign-log": _foreign_log,
    "missing-count": _then("; text can be counted with --prompt-text"),
    "missing-scope": lambda error: f'eco keys create "NAME" --scope {error.scope} makes one that has it',
    "newer-store": _then(f", or {ELSEWHERE}"),
    "no-access": _then(f", or {ELSEWHERE}"),
    "no-database": _or("eco record makes it; --db or ECO_DB name another file"),
    "no-home": _then(", or name the file with --db or ECO_DB"),
    "no-input": _or("pipe an event in, or name the call with --provider, --model and token counts"),
    "no-locks": _then(f": {ELSEWHERE}"),
    "no-other-store": _then("; eco import eco FILE reads a history"),
    "no-store": _no_store,
    "not-permitted": _or("check ECO_API_KEY or --key; eco keys list"),
    "not-yet-erased": _or("eco db vacuum removes them"),
    "odd-store": _then(": eco db check says what is odd about it"),
    "other-store-damaged": _or("eco db check names what is wrong with a store"),
    "revoked-key": _or('eco keys create "NAME" makes a new one'),
    "store-damaged": _before("eco db check says where; "),
    "store-in-use": _or("run eco db vacuum when it is done"),
    "store-is-a-folder": _then(" with --db or ECO_DB"),
    "store-is-no-file": _or(ELSEWHERE),
    "store-locked": _then(", or wait longer with ECO_BUSY_TIMEOUT"),
    "unknown-budget": _or("eco budget list shows them all"),
    "unknown-format": _or("eco formats lists them all"),
    "unknown-key": _or("eco keys list shows them all"),
    "unknown-model": _or("eco models list --search TEXT shows the names that there are"),
    "unknown-payload": _before("eco formats lists what can be read, --from FORMAT forces one; "),
    "unknown-record": _or("eco history lists the ids"),
    "unknown-setting": _or("eco config list shows them all"),
    "unsupported-modality": _or("eco models list shows what is estimated; --skip-invalid keeps the other events"),
    "unknown-region": _or("eco regions list --search TEXT; --region-fallback accepts the provider's average"),
}
"""By the code of an error."""

OPTIONS = {"bad-grouping": "--by"}
"""By the code of an error: where its value comes from."""
