"""`eco import`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, new_app

HELP = """Read what other tools left on disk. Safe to repeat: only what is new is read, and nothing counts twice.

Example: eco import claude-code
"""

app = new_app()
