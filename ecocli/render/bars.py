"""The status line for bars of a desktop, in the words that each of them reads."""

from collections.abc import Iterator
from typing import Any

from ecocli.core.numbers import amount
from ecocli.render.statusline import SPANS, Values, line

ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
WARNING = 0.8
"""Used share of a budget from which its class is a warning."""
SHOWN = {"day": "today", "week": "this week", "month": "this month"}


def waybar(values: Values, text: str | None) -> dict[str, Any]:
    """
    One update of a `custom` module with `"return-type": "json"`; its texts are Pango markup, as waybar takes them.

    The class is that of the budget which is used most; without any there is no percentage.
    """
    state = _state(values)
    body = {"text": line(_Escaped(values), text), "alt": state, "tooltip": "\n".join(_tooltip(values)), "class": state}
    share = values.share
    return body if share is None else body | {"percentage": round(100 * share)}


def i3bar(values: Values, text: str | None) -> dict[str, Any]:
    """One block of i3bar's protocol, such as i3blocks reads with `format=json`."""
    shown = line(values, text)
    return {"name": "eco", "full_text": shown, "short_text": values["today_co2"], "urgent": _state(values) == "over", "markup": "none"}


def _state(values: Values) -> str:
    share = values.share
    if share is None:
        return "no-budget"
    return "over" if values.is_over else "warning" if share >= WARNING else "ok"


def _tooltip(values: Values) -> Iterator[str]:
    for span, period in SPANS.items():
        if period is not None:
            found = values.sum(span)
            figures = (amount(found["facility_energy_wh"].value, "Wh"), f"{amount(found['co2_g'].value, 'g')} CO2e", amount(found["water_ml"].value, "mL"))
            yield _escaped(f"{SHOWN[period]}: {found.calls:,} {'call' if found.calls == 1 else 'calls'} · {' · '.join(figures)}")
    if values["budget"]:
        yield _escaped(values["budget"])


class _Escaped(Values):
    """The same values, none of which is markup."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def __getitem__(self, field: str) -> str:
        return _escaped(self._values[field])

    def sum(self, span: str) -> Any:
        return self._values.sum(span)


def _escaped(text: str) -> str:
    return text.translate(ENTITIES)
