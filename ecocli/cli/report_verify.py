"""`eco report --verify FILE`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecocli.cli.session import Session
from ecocli.errors import BadData, MissingFile, ReportDiffers, UsageError, quoted, shorten

if TYPE_CHECKING:
    from ecocli.contract.report_check import Difference, Written

MOST_SHOWN = 20
RANGE = "range."
LATER = "since then: {} of suppliers, which the report does not have and which are in no total"


def verify(session: Session, file: str, asked: Mapping[str, Any]) -> None:
    """
    Make the report of a file anew, and print what differs.

    Args:
        asked: The options of the command.

    Raises:
        UsageError: Another one is given, that says what a report is of.
        ReportDiffers: Something differs.
    """
    from ecocli import reports
    from ecocli.contract import report_check
    from ecocli.contract.report import body

    if other := next((name for name, value in asked.items() if value and name != "verify"), None):
        raise UsageError(f"--verify takes what a report is of from its file, and there is --{other.replace('_', '-')}", "leave that out")
    format = session.format("text", "json")
    session.authorize("history:read")
    written = report_check.read(_bytes(file), file)
    with session.open_store(create=False) as store:
        made = reports.report(
            store, session.catalog, written.filters, written.tz, written.made_at_ms, written.organisation, written.instruments,
            suppliers_as_of_ms=written.made_at_ms,
        )  # fmt: skip
    found = report_check.differences(written.body, body(made))
    if format == "json":
        session.show_json(_answer(written, made, found))
    else:
        session.show("\n".join(_lines(written, made, found)))
    if found:
        rows = "its rows are the same" if _has_same_rows(written, made) else "its rows are others"
        hint = "eco report of the same period shows a restatement where it was locked" if format == "text" else None
        raise ReportDiffers(f"{shorten(file, 200)}: {'1 figure differs' if len(found) == 1 else f'{len(found):,} figures differ'}, {rows}", hint)


def _bytes(file: str) -> bytes:
    from ecocli.ingest.documents import read_all

    try:
        with Path(file).open("rb") as stream:
            return read_all(stream)
    except FileNotFoundError as error:
        raise MissingFile(f"no file {quoted(file, 200)}") from error
    except OSError as error:
        raise BadData(f"{shorten(file, 200)}: {(error.strerror or 'cannot be read').lower()}") from error


def _has_same_rows(written: "Written", made: Any) -> bool:
    return bool(written.body["evidence"].get("sha256") == made.evidence.sha256)


def _answer(written: "Written", made: Any, found: "list[Difference]") -> dict[str, Any]:
    from ecocli import __version__

    said = written.body["evidence"]
    return {
        "status": "success",
        "same": not found,
        "rows": {"then": said.get("rows"), "now": made.evidence.calls, "same": _has_same_rows(written, made)},
        "ecoVersion": {"then": said.get("ecoVersion"), "now": __version__},
        "later": {"supplierFigures": made.suppliers.later},
        "differences": [{"figure": each.where, "then": each.then, "now": each.now} for each in found],
    }


def _lines(written: "Written", made: Any, found: "list[Difference]") -> list[str]:
    from ecocli import __version__
    from ecocli.core.numbers import counted

    rows = f"{counted(made.evidence.calls, 'row')}, SHA-256 {made.evidence.sha256}"
    later = [LATER.format(counted(made.suppliers.later, "figure"))] if made.suppliers.later else []
    if not found:
        return [f"the same: {rows}", *later]
    said = written.body["evidence"]
    lines = [f"written  eco {shorten(said.get('ecoVersion'))}, {shorten(said.get('rows'))} rows, SHA-256 {shorten(said.get('sha256'), 64)}", f"now      eco {__version__}, {rows}", ""]
    # the hash stands above; bounds follow the figures that they belong to
    shown = sorted((each for each in found if not each.where.startswith("evidence.")), key=lambda each: RANGE in each.where)
    lines += [f"{shorten(each.where, 200)}: {_value(each.then)} → {_value(each.now)}" for each in shown[:MOST_SHOWN]]
    return [*lines, *([f"and {len(shown) - MOST_SHOWN:,} more: --json lists them all"] if len(shown) > MOST_SHOWN else []), *later]


def _value(value: float | str | None) -> str:
    return "nothing" if value is None else shorten(value)
