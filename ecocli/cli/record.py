"""`eco record`."""

from ecocli.cli.calls import app_for

HELP = """Record a call and print what it cost.

Example: eco record --provider Google --model gemini-3-pro --prompt-tokens 788 --completion-tokens 312
"""

app = app_for("record", HELP, store=True)
