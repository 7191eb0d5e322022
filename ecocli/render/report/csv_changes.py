"""The rows of the CSV on evidence, on another period, and on what a locked report said."""

from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]


def rows(report: dict[str, Any]) -> Iterator[Row]:
    """From the report's JSON."""
    for name, value in report["evidence"].items():
        yield {"section": "evidence", "item": name, **({"value": value, "unit": "1"} if name == "rows" else {"note": value})}
    if found := report["comparison"]:
        yield {"section": "comparison", "item": "period", "note": f"{found['period']['start']} to {found['period']['end']}"}
        yield from _lines("comparison", found["lines"])
        yield from ({"section": "comparison, why", "item": cause["name"], "figure": "difference", "value": cause["co2Grams"], "unit": "gCO2e"} for cause in found["causes"])
        yield from ({"section": "comparison", "note": note} for note in found["notes"])
    if found := report["restatement"]:
        yield from _restatement(found)


def _restatement(found: dict[str, Any]) -> Iterator[Row]:
    for lock in (found["locked"], *found["earlier"]):
        lifted = f"; lifted {lock['liftedAt']} by {lock['liftedBy']}: {lock['liftedWhy']}" if lock["liftedAt"] else ""
        yield {"section": "locked report", "item": lock["at"], "figure": "rows", "value": lock["rows"], "unit": "1", "note": f"by {lock['by']}; SHA-256 {lock['sha256']}{lifted}"}
    for each in found["since"]:
        when = f"; {each['first']} to {each['last']}" if each["first"] else ""
        yield {"section": "since it was locked", "item": each["what"], "figure": "calls", "value": each["calls"], "unit": "1", "note": f"by {each['by'] or 'unknown'}{when}"}
    yield from _lines("restatement", found["lines"])
    if found["baseYearMustBeRecalculated"] is not None:
        yield {"section": "restatement", "item": "base year", "note": "must be recalculated" if found["baseYearMustBeRecalculated"] else "need not be recalculated"}


def _lines(section: str, lines: list[dict[str, Any]]) -> Iterator[Row]:
    for line in lines:
        for figure in ("then", "now", "difference"):
            row = {"section": f"{section}, {line['section']}", "item": line["name"], "figure": figure, "value": line[figure], "unit": line["unit"]}
            yield row | ({"share": line["share"]} if figure == "difference" else {})
