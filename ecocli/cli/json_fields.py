"""The fields that `--json` can pick after each command: for TAB, and for answers without an element."""

from typing import Any

RANGES = ("energyWh", "co2Grams", "waterMl", "treeDays")
SUMS = ("calls", "inputTokens", "outputTokens", *RANGES[:3], "waterOnsiteMl", "waterOffsiteMl", "treeDays", "energyWhPerMillionTokens", "co2GramsPerMillionTokens", "range")
COST = ("pricedCalls", "costUsd")
SUMMARY = ("day", "week", "month", "year", "model", "reported-model", "provider", "region", "key", "source", "period", "start", "end", *SUMS, *COST)
ANSWER = (
    *("id", "energy_wh", "co2_grams", "water_ml", "tree_days", "embodied_co2_grams", "range", "audit", "message"),
    *("cost_usd", "duplicate", "forgotten", "voided"),
)
KEY = ("name", "maskedKey", "scopes", "created", "expires", "status")
FIELDS: dict[str, tuple[str, ...]] = {
    "eco history": (
        *("id", "logDate", "keyName", "maskedKey", "provider", "model", "inputTokens", "outputTokens", "reasoningTokens", "cachedTokens"),
        *(*RANGES, "region", "calculationMethod", "source", "isEstimated", "tags"),
    ),
    "eco summary": SUMMARY,
    **dict.fromkeys(("eco daily", "eco weekly", "eco monthly"), SUMMARY),
    "eco session": ("tag:session", *SUMMARY),
    "eco blocks": ("start", "end", "firstCall", "lastCall", "isActive", "models", "tokens", *SUMS, *COST, "burnRate", "projection"),
    "eco record": ANSWER,
    "eco estimate": ANSWER,
    "eco compare": ("model", "modelMatch", "provider", "region", "calculationMethod", *RANGES, "energyRatio", "energyWhPerMillionTokens", "co2GramsPerMillionTokens", "costUsd", "price", "range"),
    "eco formats": ("name", "title"),
    "eco keys list": KEY,
    "eco keys create": (*KEY, "key"),
    "eco keys rotate": (*KEY, "key"),
    "eco statusline": ("text", "timeZone"),
    "eco models list": ("id", "provider", "developer", "family", "architecture", "totalParamsB", "activeParamsB", "sizeBasis", "reasoning", "contextTokens"),
    "eco budget list": ("id", "figure", "budget", "per", "tags", "start", "end", "spent", "range", "over", "forecast", "timeZone", "calls", "pricedCalls"),
    "eco import list": ("source", "title", "places", "found", "files", "logsRead", "lastImport", "calls"),
    "eco db views": ("view", "columns", "meaning", "column", "unit"),
}
"""By command; other commands have those of the answer that they print."""
CLOSED = ("eco record", "eco estimate", "eco keys create", "eco keys rotate")
"""Commands whose fields are known before they run: a slip changes nothing."""
READING = ("history", "summary", "daily", "weekly", "monthly", "session", "blocks", "report", "explain", "compare", "models", "regions", "formats", "schema", "db", "estimate", "statusline", "doctor", "about")
"""Commands, and groups, that can be run once more; of any other the whole answer is printed where a slip would lose it."""


def known(command: str) -> tuple[str, ...]:
    """Fields of the answer of a command, such as "eco history"."""
    return FIELDS.get(command, ())


def is_closed(command: str) -> bool:
    return command in CLOSED


def can_be_repeated(command: str) -> bool:
    """True for a command that changes nothing, such as "eco history"."""
    return command.split()[1:2] == [] or command.split()[1] in READING or command.endswith(" list")


def offered(ctx: Any, incomplete: str) -> list[str]:
    """For TAB behind `--json`: fields, and what else the word may be."""
    command = ctx.command
    if hasattr(command, "list_commands"):
        return list(command.list_commands(ctx))
    before, comma, last = incomplete.rpartition(",")
    names = [f"{before}{comma}{name}" for name in known(ctx.command_path) if name.startswith(last)]
    own = next((param for param in command.params if param.param_type_name == "argument"), None)
    return names + ([item.value for item in own.shell_complete(ctx, incomplete)] if own and not comma else [])
