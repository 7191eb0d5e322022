"""`eco weekly`."""

from ecocli.cli.summary import short_form

app = short_form("weekly", "week", "Totals by week", "eco weekly --last 8w --chart")
