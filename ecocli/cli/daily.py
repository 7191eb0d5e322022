"""`eco daily`."""

from ecocli.cli.summary import short_form

app = short_form("daily", "day", "Totals by day", "eco daily --since 7d")
