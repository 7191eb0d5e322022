"""Rows of the CSV report on disclosure standards: datapoints, categories of scope 3, other frameworks, and how each text was read."""

from collections.abc import Iterator
from typing import Any

DISCLOSURES = {"esrs": "ESRS E1", "vsme": "VSME B3"}


def standards(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, section in DISCLOSURES.items():
        if report[key]:
            yield from _datapoints(section, report[key])
    for each in report["scope3Categories"]:
        yield {"section": "scope 3 category", "item": f"{each['number']} {each['name']}", "figure": "included" if each["included"] else "left out", "note": each["why"]}
    for each in report["frameworks"]:
        yield {"section": "framework", "item": each["name"], "figure": each["covered"], "note": each["why"]}
    for each in report["texts"]:
        source = f"{each['title']} <{each['url']}>"
        yield {"section": "text of a standard", "item": each["id"], "figure": each["readOn"] or "not read", "source": source, "note": each["read"]}


def _datapoints(section: str, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for point in found["datapoints"]:
        low, high = point["range"] or (None, None)
        ids = "; ".join(f"{each['id']} ({each['version']}, {each['paragraph']})" for each in point["ids"])
        is_text = point["unit"] == "text"
        elements = " ".join(filter(None, (point["element"], point["member"])))
        row = {"section": section, "item": ids, "figure": point["name"], "low": low, "high": high, "unit": point["unit"], "source": elements}
        yield row | {"value": None if is_text else point["value"], "note": point["value"] if is_text else None}
    yield from ({"section": section, "note": note} for note in (found["applies"], *found["notes"]))
