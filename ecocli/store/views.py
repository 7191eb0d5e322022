"""The views that `eco db query` reads: their names and columns stay, however the tables behind them change."""

from collections.abc import Iterable
from typing import NamedTuple

STORE = "the_store"
"""Stands in the views for the name under which the file is attached."""
QUOTE = '"'


class Column(NamedTuple):
    """One column of a view."""

    name: str
    sql: str
    unit: str
    meaning: str


class View(NamedTuple):
    """One view."""

    meaning: str
    source: str
    columns: tuple[Column, ...]


def _time(name: str, column: str, meaning: str) -> tuple[Column, Column]:
    """A time as text, and as the number that the table has."""
    return (
        Column(name, f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')", "text, UTC", meaning),
        Column(f"{name}_ms", column, "ms since 1970", f"`{name}` as a number"),
    )


def _figure(name: str, column: str, unit: str, meaning: str) -> tuple[Column, ...]:
    """An estimate with its bounds."""
    return (
        Column(name, column, unit, meaning),
        Column(f"{name}_low", f"{column}_low", unit, f"5th percentile of `{name}`"),
        Column(f"{name}_high", f"{column}_high", unit, f"95th percentile of `{name}`"),
    )


def _figures(table: str) -> tuple[Column, ...]:
    return (
        *_figure("energy_wh", f"{table}.facility_energy_wh", "Wh", "electricity at the data centre's meter"),
        *_figure("co2_g", f"{table}.co2_g", "g CO2e", "operational carbon, location-based"),
        *_figure("embodied_co2_g", f"{table}.embodied_co2_g", "g CO2e", "the hardware's share of its making, not in `co2_g`"),
        *_figure("water_ml", f"{table}.water_ml", "mL", "water consumed, on site and off site"),
        *_figure("water_onsite_ml", f"{table}.water_onsite_ml", "mL", "cooling at the data centre"),
        *_figure("water_offsite_ml", f"{table}.water_offsite_ml", "mL", "making the electricity"),
        *_figure("tree_days", f"{table}.tree_days", "days", "a tree's uptake of `co2_g`"),
    )


def _call(table: str) -> tuple[Column, ...]:
    return (
        Column("id", f"{table}.call_id", "text", "unique within a provider"),
        Column("provider", f"{table}.provider_name", "text", "who served it, for people"),
        Column("provider_id", f"{table}.provider", "text", "the same as an id; with `id` the key of a call"),
        Column("model", f"coalesce({table}.model, {table}.model_id)", "text", "as reported, or the catalogue's id"),
        Column("model_id", f"{table}.model_id", "text", "the catalogue's id; NULL where none stands for it"),
        Column("region", f"{table}.final_region", "text", "the place that was counted with"),
        *_time("started_at", f"{table}.started_at_ms", "when the call began"),
        *_time("recorded_at", f"{table}.recorded_at_ms", "when it was recorded"),
        Column("input_tokens", f"{table}.input_tokens", "tokens", "all input, cached reads and cache writes included"),
        Column("output_tokens", f"{table}.output_tokens", "tokens", "all output, reasoning included"),
        Column("reasoning_tokens", f"{table}.reasoning_tokens", "tokens", "part of the output; NULL is unknown"),
        Column("cached_tokens", f"{table}.cached_tokens", "tokens", "part of the input; NULL is unknown"),
        Column("cache_write_tokens", f"{table}.cache_write_tokens", "tokens", "part of the input; NULL is unknown"),
        Column("is_estimated", f"{table}.is_estimated", "0 or 1", "1 where tokens were counted from text"),
        Column("source", f"{table}.source", "text", "where the counts come from"),
        Column("key_name", f"coalesce((SELECT k.name FROM {STORE}.keys AS k WHERE k.id = {table}.key_id), 'local')", "text", "who recorded it"),
        Column("calculation_method", f"{table}.calculation_method", "text", "how the region was found"),
        Column("tags", f"{table}.tags", "JSON", "an object of texts"),
    )


VIEWS = {
    "calls": View(
        "Every call that counts, with its current result.",
        f"{STORE}.calls AS c",
        (
            *_call("c"),
            *_figures("c"),
            Column("market_co2_g", "c.market_co2_g", "g CO2e", "market-based, by the provider's claim; NULL without one"),
            Column("method", f"(SELECT json_extract(b.content, '$.method') FROM {STORE}.bases AS b WHERE b.id = c.basis_id)", "text", "method of the estimate"),
            Column("dominant_factor", "c.dominant_factor", "text", "what widens the range most"),
            Column("reported_region", "c.region", "text", "the region as the caller or provider wrote it"),
            *_time("first_token_at", "c.first_token_at_ms", "when the first token came; NULL is unknown"),
            *_time("ended_at", "c.ended_at_ms", "when the call ended; NULL is unknown"),
            Column("hosting", "c.hosting", "text", "own, rented or cloud; NULL for an API"),
            Column("host", "c.host", "text", "host that answered"),
            Column("hardware", "c.hardware", "text", "hardware profile"),
            Column("accelerator", "c.accelerator", "text", "as stated"),
            Column("weight_precision", "c.weight_precision", "text", "as stated"),
            Column("concurrency", "c.concurrency", "requests", "in flight per copy of the weights, as stated"),
            Column("service_tier", "c.service_tier", "text", "as reported"),
            Column("server_tool_calls", "c.server_tool_calls", "JSON", "calls of the provider's own tools, by name"),
            Column("load_ms", "c.load_ms", "ms", "loading the model, on an own machine"),
            Column("prompt_ms", "c.prompt_ms", "ms", "reading the prompt, on an own machine"),
            Column("generation_ms", "c.generation_ms", "ms", "writing the answer, on an own machine"),
            Column("measured_wh", "c.measured_wh", "Wh", "measured energy, before anything is added to it"),
            Column("measured_boundary", "c.measured_boundary", "text", "gpu, soc or wall"),
            Column("measured_by", "c.measured_by", "text", "the instrument"),
            Column("grid_g_per_kwh", "c.grid_g_per_kwh", "g/kWh", "the grid's intensity in the call's own hour; NULL where the year's was taken"),
        ),
    ),
    "tags": View(
        "Every tag of every call that counts.",
        f"{STORE}.calls AS c, json_each(c.tags) AS t",
        (
            Column("id", "c.call_id", "text", "the call"),
            Column("provider_id", "c.provider", "text", "its provider"),
            Column("key", "t.key", "text", "such as project"),
            Column("value", "t.value", "text", "such as website"),
        ),
    ),
    "past_results": View(
        "Results that `eco recompute` put newer ones in the place of.",
        f"{STORE}.past_results AS p JOIN {STORE}.calls AS c ON c.id = p.call",
        (
            Column("id", "c.call_id", "text", "the call"),
            Column("provider_id", "c.provider", "text", "its provider"),
            *_time("computed_at", "p.computed_at_ms", "when it was computed"),
            Column("model_id", "p.model_id", "text", "the catalogue's id"),
            Column("region", "p.final_region", "text", "the place that was counted with"),
            Column("method", f"(SELECT json_extract(b.content, '$.method') FROM {STORE}.bases AS b WHERE b.id = p.basis_id)", "text", "method of the estimate"),
            *_figures("p"),
        ),
    ),
    "withdrawn_calls": View(
        "Calls that were undone or replaced, and count nowhere.",
        f"{STORE}.withdrawn_calls AS w",
        (
            Column("kind", "w.kind", "text", "why"),
            *_time("withdrawn_at", "w.withdrawn_at_ms", "since when"),
            *_call("w"),
            *_figures("w"),
        ),
    ),
    "keys": View(
        "Who may record: names of keys, and never a secret or its hash.",
        f"{STORE}.keys AS k",
        (
            Column("name", "k.name", "text", "unique among keys that are not revoked"),
            Column("last4", "k.last4", "text", "the last characters of the secret"),
            Column("scopes", "k.scopes", "text", "what it allows, with spaces between"),
            *_time("created_at", "k.created_at_ms", "when it was made"),
            *_time("expires_at", "k.expires_at_ms", "when it ends; NULL is never"),
            *_time("revoked_at", "k.revoked_at_ms", "when it was revoked; NULL where it is not"),
        ),
    ),
    "budgets": View(
        "Limits per period.",
        f"{STORE}.budgets AS g",
        (
            Column("id", "g.id", "number", "as in `eco budget list`"),
            Column("figure", "g.figure", "text", "what is limited, such as co2_g"),
            Column("period", "g.period", "text", "day, week, month or year"),
            Column("most", "g.most", "that of `figure`", "how much there may be"),
            Column("tags", "g.tags", "JSON", "the tags that its calls carry"),
        ),
    ),
    "grid_hours": View(
        "Carbon intensity of grids by the hour, of files that were imported.",
        f"{STORE}.grid_hours AS h",
        (
            Column("zone", "h.zone", "text", "such as DE"),
            *_time("started_at", "h.hour * 3600000", "when the hour began"),
            Column("g_per_kwh", "h.g_per_kwh", "g CO2e/kWh", "intensity"),
        ),
    ),
    "supplier_figures": View(
        "What suppliers say of their own AI services, of files that were imported.",
        f"{STORE}.supplier_figures AS f",
        (
            Column("supplier", "f.supplier", "text", "google-cloud, aws or azure"),
            Column("account", "f.account", "text", "who pays, and whose project or account used it"),
            Column("service", "f.service", "text", "as the supplier writes it"),
            Column("place", "f.place", "text", "likewise; NULL where it has none"),
            Column("month", "f.month", "text", "such as 2026-01"),
            Column("scope", "f.scope", "text", "total, or one of the supplier's own scopes: 1, 2 or 3"),
            Column("basis", "f.basis", "text", "how electricity counts: location or market; NULL where it makes no difference or is not said"),
            Column("kg", "f.kg", "kg CO2e", "the figure; totals and scopes are not to be added"),
            Column("model_version", "f.model_version", "text", "edition of the supplier's method"),
            Column("file", "f.file", "text", "name of the file"),
            *_time("imported_at", "f.imported_at_ms", "when it was imported"),
            *_time("replaced_at", "f.replaced_at_ms", "since when a later edition holds; NULL of the one that holds"),
        ),
    ),
}
"""By name. A table of the same name is hidden behind it."""


def definitions(store: str, tables: Iterable[str]) -> list[str]:
    """SQL that makes all of them, for one connection alone, on which the store is attached by this name; its other tables are hidden behind empty ones."""
    closed = (f'CREATE TEMP VIEW "{table.replace(QUOTE, 2 * QUOTE)}" AS SELECT NULL AS closed WHERE 0' for table in tables if table not in VIEWS)
    return [*(_definition(name, view).replace(STORE, store) for name, view in VIEWS.items()), *closed]


def _definition(name: str, view: View) -> str:
    columns = ", ".join(f"{column.sql} AS {column.name}" for column in view.columns)
    return f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM {view.source}"
