"""`eco session`."""

from ecocli.cli.summary import short_form

app = short_form("session", "session", "Totals by conversation, the heaviest first", "eco session --last 7d --columns calls,energy,carbon")
