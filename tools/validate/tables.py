"""docs/validation.md's tables, as markdown."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.pipeline.assessment import Assessor
from tools.validate import summary as s
from tools.validate.estimates import Compared, of
from tools.validate.figures import Figure, Published

Rows = Iterable[Sequence[str]]


def table(head: Sequence[str], rows: Rows) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


def n(value: float | None) -> str:
    """Three digits: what figures of this kind deserve."""
    return "" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}".replace(",", " ")


def span(estimate: Estimate) -> str:
    return f"{n(estimate.low)} to {n(estimate.high)}"


def percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def figures_table(rows: Sequence[Compared], by_eco1: Sequence[Compared]) -> str:
    """Every comparison: tokens, published, estimated, ratio, inside; beside it the ratio by eco-1."""
    head = ("figure", "fresh + cached / out", "taken as", "boundary", "published Wh", "estimated Wh", "range", "estimate ÷ published", "inside", "eco-1 ÷ published")
    return table(head, ((*_figure_row(row), f"{other.ratio:.2f}") for row, other in zip(rows, by_eco1, strict=True)))


def _figure_row(row: Compared) -> Sequence[str]:
    f = row.figure
    prompt = f"{f.fresh} + {f.cached}" if f.cached else f"{f.fresh}"
    tokens = f"{prompt} / {f.output}" + (", assumed" if f.tokens == "assumed" else "")
    theirs = n(f.energy_wh) + (f" ({n(f.low)} to {n(f.high)})" if f.low else "")
    inside = "yes" if row.inside else "no"
    return f.what, tokens, f"`{f.taken_as}`", f.boundary, theirs, n(row.estimate.value), span(row.estimate), f"{row.ratio:.2f}", inside


def requirements(eco: Assessor, published: Published, rows: Sequence[Compared], batch8: Sequence[s.Batch8]) -> str:
    """What was asked of the estimator, what came out, and whether it holds."""
    seven, total = s.frontier(rows), s.summary(s.production(rows))
    fleet = next(row for row in rows if row.figure.kind == "fleet")
    below = median(s.times_below(s.visible(batch8)))
    couch, hausfather = (s.per_million(eco, published, size) for size in s.requests(published))
    near = sum(row.error <= 1.6 for row in seven)
    checks = (
        ("Frontier figures within 2.5x", f"{sum(r.error <= 2.5 for r in seven)} of {len(seven)}", all(r.error <= 2.5 for r in seven)),
        ("Most of them within 1.6x", f"{near} of {len(seven)}", near > len(seven) / 2),
        ("At least 85 % of the production figures inside the range", percent(total.coverage), total.coverage >= 0.85),
        ("Median half-width of the range at most x/÷4", f"x/÷{total.half_width:.2f}", total.half_width <= 4),
        ("DeepSeek's fleet at most 4x below the estimate", f"{fleet.ratio:.1f}x", fleet.ratio <= 4),
        ("Jegham (batch 8) 2 to 5x above, in the median", f"{below:.1f}x", 2 <= below <= 5),
        ("Coding agents 20 to 70 Wh per million tokens, short requests (Couch)", f"{n(couch[0])} to {n(couch[-1])}", _within(couch)),
        ("The same, long requests (Hausfather)", f"{n(hausfather[0])} to {n(hausfather[-1])}", _within(hausfather)),
    )  # fmt: skip
    return table(("requirement", "result", "holds"), ((what, result, "yes" if held else "**no**") for what, result, held in checks))


def _within(values: Sequence[float]) -> bool:
    return min(values) >= 20 and max(values) <= 70


def summary_table(rows: Sequence[Compared], by_eco1: Sequence[Compared]) -> str:
    sets = [
        (f"{name}{by}", chosen(found))
        for found, by in ((rows, ""), (by_eco1, ", by eco-1"))
        for name, chosen in (("all production figures", s.production), ("the seven of frontier models", s.frontier))
    ]
    head = ("figures", "count", "median error", "within 2x", "inside the range", "median half-width")
    return table(head, (_summary_row(name, s.summary(found)) for name, found in sets))


def _summary_row(name: str, found: s.Summary) -> Sequence[str]:
    return name, str(found.count), f"{found.median_error:.2f}x", percent(found.within_2), percent(found.coverage), f"x/÷{found.half_width:.2f}"


def batch8_table(rows: Sequence[s.Batch8]) -> str:
    """Published over estimated energy by model and length."""
    lengths = ("short", "medium", "long")
    head = ("model", *(f"{length}: theirs Wh" for length in lengths), *(f"{length}: theirs ÷ ours" for length in lengths))
    return table(head, ((_batch8_name(row), *_batch8_cells(row, lengths)) for row in rows))


def _batch8_name(row: s.Batch8) -> str:
    return row.model + (" (hidden tokens)" if row.hidden else "")


def _batch8_cells(row: s.Batch8, lengths: Sequence[str]) -> list[str]:
    return [n(row.published_wh.get(x)) for x in lengths] + [n(row.ratios.get(x)) for x in lengths]


def batch8_summary(rows: Sequence[s.Batch8]) -> str:
    """One line per set of models."""
    sets = (("all tokens counted", s.visible(rows)), ("with those that reason", rows))
    head = ("models", "figures", "theirs ÷ ours, median", "2 to 5x", "rank correlation short · medium · long")
    return table(head, (_batch8_line(name, found) for name, found in sets))


def _batch8_line(name: str, rows: Sequence[s.Batch8]) -> Sequence[str]:
    below = s.times_below(rows)
    ranks = " · ".join(f"{s.rank_correlation(rows, length):.2f}" for length in ("short", "medium", "long"))
    return name, str(len(below)), f"{median(below):.1f}", percent(s.share(2 <= x <= 5 for x in below)), ranks


def agents_table(eco: Assessor, published: Published) -> str:
    """Sessions of coding agents, in Wh per million tokens; ours from the smaller to the larger model."""
    head = ("figure", "source", "published Wh", "Wh per million tokens", "tokens in a request", "estimated Wh per million")
    return table(head, (_agent_row(eco, published, row) for row in published.agents["figures"]))


def _agent_row(eco: Assessor, published: Published, row: dict[str, Any]) -> Sequence[str]:
    ours = s.per_million(eco, published, row["request"]) if "request" in row else []
    million = " to ".join(n(wh / row["tokens_m"]) for wh in _published(row)) if "tokens_m" in row else ""
    wh = " to ".join(map(n, _published(row)))
    return row["what"], _link(published, row["source"]), wh, million, n(row.get("request")), " to ".join(map(n, ours))


def _published(row: dict[str, Any]) -> list[float]:
    """The low, the central and the high figure, as far as there are any. [Wh]"""
    return [row[name] for name in ("low", "energy_wh", "high") if name in row]


def water_and_carbon(eco: Assessor, figures: Iterable[Figure]) -> str:
    """The few published figures that are not energy."""
    head = ("figure", "quantity", "published", "estimated", "range")
    return table(head, (row for figure in figures if figure.output for row in _impact_rows(eco, figure)))


def _impact_rows(eco: Assessor, f: Figure) -> Iterable[Sequence[str]]:
    pairs = (("water on site, mL", f.water_onsite_ml), ("carbon, g", f.lca_co2_g), ("water, mL", f.lca_water_ml))
    for name, theirs in pairs:
        if theirs is not None:
            found = of(eco, f)
            ours = {"water on site, mL": found.water_onsite_ml, "carbon, g": found.co2_g + found.embodied_co2_g, "water, mL": found.water_ml}[name]
            yield f.what, name, n(theirs), n(ours.value), span(ours)


def without_tokens(figures: Iterable[Figure]) -> str:
    """Figures that nothing can be set beside."""
    rows = ((f.what, f.model, n(f.energy_wh), f.boundary, f.why) for f in figures if f.output is None)
    return table(("figure", "model", "published Wh", "boundary", "why not compared"), rows)


def choices(published: Published) -> str:
    """What stands for what, why, and where it was published."""
    rows = ((f.what, _link(published, f.source), f.date.isoformat(), f.kind, f.model, f.why) for f in published.figures)
    return table(("figure", "source", "date", "kind", "model", "what was taken, and why"), rows)


def _link(published: Published, source: str) -> str:
    found = published.sources[source]
    return f"[{found['publisher']}, {found['year']}]({found['url']})"
