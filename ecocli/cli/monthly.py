"""`eco monthly`."""

from ecocli.cli.summary import short_form

app = short_form("monthly", "month", "Totals by month", "eco monthly --by model --since 2026")
