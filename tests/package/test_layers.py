"""Imports point down, libraries stay in their rooms, and recording a call imports next to nothing."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import ecocli

PACKAGE = Path(ecocli.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "values", "digests", "quantity", "keys", "ids", "ready", "workers"),
    ("factors", "constants", "usage", "specs", "matches", "footprint", "totals", "paths", "settings", "dates", "durations", "periods"),
    ("estimator", "catalog", "tokens", "ingest", "store"),
    (
        *("assessment", "signals", "counting", "explanation", "snapshots", "recording", "preparing", "recomputing", "stretches", "logged", "division", "importing"),
        *("histories", "merging", "reports", "prices", "costs", "comparing", "summaries", "budgets", "equivalences"),
    ),
    ("render",),
    ("library",),
    ("cli",),
)
"""Each room, by layer: a room may import what is below it, and in its own layer what stands before it."""

NOT_ONE_ANOTHER = LAYERS[2]
"""Rooms of one layer that know nothing of each other: they meet in the use cases above."""

ROOMS = [room for layer in LAYERS for room in layer]

LIBRARIES = {
    "typer": ("cli/",),
    "pydantic": ("catalog/compile", "catalog/schema"),
    "pydantic_core": ("catalog/compile", "catalog/schema", "ingest/logs/lines.py"),
    "yaml": ("catalog/compile",),
    "sqlite_utils": ("store/migrations.py",),
    "tiktoken": ("tokens/",),
    "rich": ("render/", "cli/progress.py"),
    "jinja2": ("render/report_html.py",),
    "platformdirs": ("paths.py",),
    "genai_prices": ("prices.py",),
}
"""Each outside library and the only places that may import it."""


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file that stands; of `from a import b` both a.b and a."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: an import that is not absolute"
            inside = node.module == "ecocli"
            yield from (f"ecocli.{alias.name}" if inside else str(node.module) for alias in node.names)


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_used_by(file: Path) -> set[str]:
    inside = {name.split(".")[1] for name in imports(file) if name.startswith("ecocli.")}
    return inside - {room_of(file), "__version__"}


def allowed(room: str) -> set[str]:
    below = set(ROOMS[: ROOMS.index(room)])
    return below - set(NOT_ONE_ANOTHER) if room in NOT_ONE_ANOTHER else below


IN_ROOMS = [file for file in FILES if file.parent != PACKAGE or file.stem not in ("__init__", "__main__")]


@pytest.mark.parametrize("file", IN_ROOMS, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file):
    room = room_of(file)
    assert room in ROOMS, f"{room} has no layer yet: give it one in LAYERS"
    assert rooms_used_by(file) <= allowed(room)


def run_time_imports(file: Path) -> set[str]:
    """The modules of ours that a file imports when it runs, at the top or in a function; not what only types need."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    named = {name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in (alias.name for alias in node.names)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in MODULES else str(node.module) for name in names}
    return named & MODULES.keys() - {module_of(file)}


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(file): file for file in FILES}


def test_no_module_needs_itself():
    """Within a room, too, imports have one direction."""
    list(TopologicalSorter({name: run_time_imports(file) for name, file in MODULES.items()}).static_order())


def test_a_library_stays_in_its_place():
    for file in FILES:
        for name in imports(file):
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top == "ecocli":
                continue
            assert top in LIBRARIES, f"{file} imports {top}"
            where = file.relative_to(PACKAGE).as_posix()
            assert where.startswith(LIBRARIES[top]), f"{where} imports {top}"


def test_nothing_imports_click():
    # Typer carries its own copy: an error of the real one would be a traceback
    assert not any(name.partition(".")[0] == "click" for file in FILES for name in imports(file))


HEAVY = {
    *("pydantic", "pydantic_core", "yaml", "sqlite_utils", "rich", "tiktoken", "platformdirs", "click", "annotated_types"),
    *("tempfile", "asyncio", "http", "urllib.request", "email", "logging", "secrets", "random", "tomllib", "zoneinfo"),
    *("genai_prices", "csv", "unittest", "multiprocessing", "concurrent", "xml", "decimal", "fractions", "statistics"),
}
"""Not difflib and uuid, which typer itself imports."""

PROBE = """
import json, os, sys
from ecocli.cli.main import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("way", ["flags", "a pipe"])
def test_recording_a_call_imports_next_to_nothing(eco, env, tmp_path, way):
    event = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "id": "a", "tags": {"p": "x"}}
    eco("record", input=json.dumps(event))  # migrates the store and compiles the catalogue
    flags = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5") if way == "flags" else ()
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "record", *flags], input=json.dumps(event).encode(), capture_output=True, env=env, cwd=tmp_path, check=True
    )
    loaded = set(json.loads(done.stderr))
    assert "ecocli.store" in loaded
    assert loaded & HEAVY == set()
    assert not any(name.startswith(("ecocli.ingest.formats", "ecocli.ingest.streams", "ecocli.tokens", "ecocli.analysis.explanation")) for name in loaded)


SOMETIMES = {("history", "--limit", "20", "--format", "csv"): {"csv"}, ("history", "--format", "table"): {"rich"}}
"""What a way of calling a command is for."""


@pytest.mark.parametrize(
    "command",
    [
        *(("statusline",), ("history", "--limit", "20"), ("history", "--limit", "20", "--format", "csv"), ("--version",)),
        *(("estimate", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5"), ("budget", "check"), ("summary", "--json")),
    ],
    ids=" ".join,
)
def test_what_runs_often_imports_next_to_nothing(eco, env, tmp_path, command):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
    done = subprocess.run([sys.executable, "-c", PROBE, *command], input=b"", capture_output=True, env=env, cwd=tmp_path, check=True)
    assert set(json.loads(done.stderr.splitlines()[-1])) & HEAVY <= SOMETIMES.get(command, set())


@pytest.mark.parametrize("words", ["eco record --mod", "eco record --region eu-w", "eco his"])
def test_completing_imports_next_to_nothing(eco, env, tmp_path, words):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
    asked = env | {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_ECO_COMPLETE": "complete_bash"}
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, env=asked, cwd=tmp_path)
    assert done.stdout
    assert set(json.loads(done.stderr.splitlines()[-1])) & HEAVY == set()


def test_help_imports_no_command(env, tmp_path):
    done = subprocess.run([sys.executable, "-c", PROBE, "--version"], capture_output=True, env=env, cwd=tmp_path, check=True)
    loaded = set(json.loads(done.stderr))
    assert not any(name.startswith(("ecocli.store", "ecocli.catalog", "ecocli.ingest", "sqlite3")) for name in loaded)


def test_a_process_that_ends_looks_for_no_cycles(env, tmp_path):
    """What it holds is frozen: given back as a whole, with nothing of it looked at."""
    ending = "import atexit, gc; atexit.register(lambda: print(len(gc.get_objects()) < gc.get_freeze_count() / 100))"
    done = subprocess.run([sys.executable, "-c", ending + PROBE, "--version"], capture_output=True, env=env, cwd=tmp_path, check=True)
    assert done.stdout.endswith(b"True\n")
