"""The values of `--format` after each command, for TAB; a command itself refuses the others."""

ROWS = ("table", "json", "csv", "ndjson")
OUTPUTS = {
    "eco": ("table", "json"),
    "eco record": ("text", "json", "ndjson"),
    "eco estimate": ("text", "json", "ndjson"),
    "eco history": ROWS,
    "eco summary": ROWS,
    **dict.fromkeys(("eco daily", "eco weekly", "eco monthly", "eco session", "eco blocks"), ROWS),
    "eco compare": ROWS,
    "eco statusline": ("text", "json", "waybar", "i3bar"),
    "eco db query": ROWS,
    "eco report": ("md", "html", "text", "csv", "json", "xlsx"),
    "eco models list": ("table", "json", "ndjson"),
    "eco regions list": ("table", "json", "ndjson"),
}
"""Formats of the commands that have more than text and JSON."""


def offered(command: str, incomplete: str) -> list[str]:
    """Formats of a command, such as "eco summary", that begin as typed."""
    return [name for name in OUTPUTS.get(command, ("text", "json")) if name.startswith(incomplete)]
