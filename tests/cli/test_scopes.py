"""Which command asks a key for which scope: every command is in the table, and each does what the table says."""

import ast
import sys
from pathlib import Path

import pytest
import typer

import ecocli
from ecocli.cli.main import app

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
NONE = ""
NEEDS = {
    "record": "record", "estimate": "record", "import": "record", "merge": "record", "undo": "record", "measure": "record",
    "history": "history:read", "summary": "history:read", "report": "history:read", "explain": "history:read", "statusline": "history:read",
    "budget check": "history:read", "budget list": "history:read",
    **dict.fromkeys(("daily", "weekly", "monthly", "session", "blocks"), "history:read"),
    **dict.fromkeys(("keys create", "keys list", "keys rename", "keys rotate", "keys revoke"), NONE),
    **dict.fromkeys(("models list", "models show", "models resolve", "models alias", "models add", "models remove", "models update", "regions list", "regions show", "regions resolve", "formats", "schema", "about"), NONE),
    "grid import": "record", "grid fetch": "record", "grid list": "history:read",
    **dict.fromkeys(("hardware list", "hardware show", "hardware check", "hardware add", "hardware remove"), NONE),
    "doctor": NONE, "setup": NONE, **dict.fromkeys(("config list", "config get", "config set", "config unset", "config path"), NONE),
    **dict.fromkeys(("compare", "recompute", "forget", "budget set", "budget add", "budget remove"), NONE),
    **dict.fromkeys(("db query", "db views", "db path", "db check", "db backup", "db restore", "db vacuum"), NONE),
    "serve": NONE,  # the owner's; its visitors are asked one by one
}  # fmt: skip
"""By the contract: what is the file owner's own needs none and ignores a key."""

ARGUMENTS = {
    "record": CALL, "estimate": CALL, "import": ("claude-code", "."), "merge": ("other.db",), "explain": ("a",), "compare": ("gpt-4o",),
    "keys create": ("new",), "keys rename": ("spare", "kept"), "keys rotate": ("spare",), "keys revoke": ("spare",),
    "schema": ("event",), "models show": ("gpt-4o",), "models resolve": ("gpt-4o",), "models alias": ("mine", "gpt-4o"), "models add": ("my/new", "--total", "7"), "models remove": ("my/own",), "models update": ("--remove",), "regions show": ("DE",), "regions resolve": ("DE",),
    "budget set": ("1kg",), "budget add": ("2kg",), "budget remove": ("1",), "forget": ("--before", "1971-01-01", "--yes"), "undo": ("--yes",), "db query": ("SELECT 1",), "db backup": ("copy.db",), "db restore": ("other.db",),
    "grid import": ("hours.csv",), "grid fetch": ("--zone", "DE"), "hardware show": ("desk",), "hardware add": ("attic", "--gpu", "RTX 3060"), "hardware remove": ("desk",),
    "serve": ("--port", "0", "--host", "192.0.2.1", "--require-key", "--insecure-http"),  # an address that no machine has
    "setup": ("--shell", "fish"), "config get": ("region",), "config set": ("region", "DE"), "config unset": ("region",),
    "measure": ("--idle-s", "0", sys.executable, "--version"),
}  # fmt: skip

ASKS = {"serve": 5, "grid fetch": 4, "doctor": 4}
HOURS = "Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO₂eq/kWh (direct),Carbon Intensity gCO₂eq/kWh (LCA)\n2025-06-01 01:00:00,Germany,Germany,DE,300,350\n"


def commands() -> list[str]:
    root = typer.main.get_command(app)
    context = typer.Context(root)
    found = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        inner = command.list_commands(context) if hasattr(command, "list_commands") else []
        found += [f"{name} {each}" for each in inner] or [name]
    return found


@pytest.fixture
def secrets(eco, tmp_path):
    """A secret for each scope alone, in a store that has a call, a budget and a spare key."""
    eco("record", *CALL, "--id", "a")
    eco("record", *CALL, "--db", "other.db")
    eco("budget", "set", "1kg")
    eco("keys", "create", "spare")
    eco("hardware", "add", "desk", "--gpu", "RTX 4090")
    eco("models", "add", "my/own", "--total", "7")
    (tmp_path / "hours.csv").write_text(HOURS, "utf-8")
    return {scope: eco("keys", "create", scope, "--scope", scope).stdout.strip() for scope in ("record", "history:read")}


@pytest.mark.parametrize("command", commands())
def test_each_command_asks_for_its_scope_and_no_other(eco, secrets, command):
    assert command in NEEDS, "which scope does it need? The contract's table says; put it into NEEDS"
    needs = NEEDS[command]
    line = (*command.split(), *ARGUMENTS.get(command, ()))
    refused = [secret for scope, secret in secrets.items() if needs and scope != needs]
    for secret in [*refused, *(["wrong"] if needs else [])]:
        result = eco(*line, exit_code=6, ECO_API_KEY=secret)
        assert result.stdout == ""
    # what asks another host ends without the user's key of that host, once eco's own has let it in; the doctor says that "wrong" is no key
    eco(*line, ECO_API_KEY=secrets[needs] if needs else "wrong", exit_code=ASKS.get(command, 0))


def test_a_secret_is_looked_at_in_one_place():
    """Whoever verifies one elsewhere could forget its scope, its end or its revocation."""
    package = Path(ecocli.__file__).parent
    used = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(node.func, "attr", getattr(node.func, "id", None)) if isinstance(node, ast.Call) else None
            if name in ("verify", "require", "require_valid", "hash_key", "compare_digest"):
                used.add((name, file.relative_to(package).as_posix()))
    at_the_edge, in_the_store = "pipeline/authorization.py", "store/keys.py"
    assert used == {
        ("verify", at_the_edge), ("require", at_the_edge),
        ("compare_digest", "core/keys.py"),  # the start-up token of a server, which is no key
        ("require_valid", in_the_store), ("hash_key", in_the_store), ("compare_digest", in_the_store),
    }  # fmt: skip
