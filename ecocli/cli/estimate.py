"""`eco estimate`."""

from ecocli.cli.calls import app_for

HELP = """Print what a call costs, and store nothing.

Example: eco estimate --model gpt-4o --prompt-tokens 1000 --completion-tokens 500 --region us-east-1
"""

app = app_for("estimate", HELP, store=False)
