"""What each folder may import, which libraries live where, and how little a hot command loads."""

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

ANY = ("*",)
FOLDERS: dict[str, tuple[str, ...]] = {
    "util": (),
    "errors": (),
    "core": ("util", "errors"),
    "config": ("util", "errors", "core"),
    "estimator": ("util", "core"),
    "catalog": ("util", "errors", "core", "config"),
    "tokens": ("util", "errors"),
    "ingest": ("util", "errors", "core"),
    "store": ("util", "errors", "core", "config"),
    "net": ("util", "errors"),
    "grid": ("util", "errors", "core", "net"),
    "suppliers": ("util", "errors", "core", "ingest"),
    "weights": ("util", "errors", "core", "estimator"),
    "measure": ("util", "errors", "core"),
    "pipeline": ("util", "errors", "core", "estimator", "catalog", "tokens", "ingest", "store"),
    "imports": ("util", "errors", "core", "ingest", "store", "pipeline"),
    "doctor": ("util", "errors", "core", "config", "catalog", "store", "pipeline", "imports", "estimator"),
    "analysis": ("util", "errors", "core", "estimator", "catalog", "store", "pipeline"),
    "reports": ("util", "errors", "core", "catalog", "store", "analysis"),
    "contract": ("util", "errors", "core", "config", "ingest", "store", "pipeline", "analysis", "reports", "imports", "doctor"),
    "exchange": ("util", "errors", "core", "ingest", "store", "pipeline", "analysis", "contract"),
    "render": ("util", "errors", "core", "config", "store", "doctor", "analysis", "reports", "contract"),
    "serve": ("util", "errors", "core", "config", "catalog", "ingest", "store", "pipeline", "analysis", "reports", "contract", "render"),
    "library": ("util", "core", "config", "catalog", "ingest", "pipeline", "contract"),
    "cli": ANY,
}
"""Each folder, and each module beside them, with what it may import of the others."""

LIBRARIES = {
    "typer": ("cli/",),
    "pydantic": ("catalog/compile", "catalog/schema"),
    "pydantic_core": ("catalog/compile", "catalog/schema", "imports/json_lines.py", "serve/"),
    "yaml": ("catalog/compile",),
    "sqlite3": ("store/", "catalog/", "imports/"),  # which reads databases of other tools
    "tiktoken": ("tokens/",),
    "rich": ("render/", "cli/progress.py"),
    "jinja2": ("render/report/html.py",),
    "openpyxl": ("render/report/xlsx.py",),
    "platformdirs": ("config/paths.py",),
    "genai_prices": ("analysis/prices.py",),
    "numpy": ("estimator/arrays.py", "estimator/table.py"),
    "jq": ("render/jq_filter.py",),
    "tomlkit": ("config/editing.py",),
    "pynvml": ("measure/nvml.py",),
    **dict.fromkeys(("uvicorn", "httptools", "uvloop", "opentelemetry", "google"), ("serve/",)),  # the extra `serve`
}
"""Each outside library, and SQLite, with the only places that may import it."""


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file that stands; of `from a import b` both a.b and a."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: an import that is not absolute"
            inside = node.module == "ecocli"
            yield from (f"ecocli.{alias.name}" if inside else str(node.module) for alias in node.names)


def folder_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def folders_used_by(file: Path) -> set[str]:
    inside = {name.split(".")[1] for name in imports(file) if name.startswith("ecocli.")}
    return inside - {folder_of(file), "__version__"}


IN_FOLDERS = [file for file in FILES if file.parent != PACKAGE or file.stem not in ("__init__", "__main__")]


@pytest.mark.parametrize("file", IN_FOLDERS, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_folder_imports_what_it_may(file):
    folder = folder_of(file)
    assert folder in FOLDERS, f"{folder} is new: say in FOLDERS what it may import"
    assert FOLDERS[folder] == ANY or folders_used_by(file) <= set(FOLDERS[folder])


def test_folders_go_one_way():
    """No two of them may import each other, not even by way of others."""
    list(TopologicalSorter({name: used for name, used in FOLDERS.items() if used != ANY}).static_order())


def test_few_modules_lie_beside_the_folders():
    beside = {file.stem for file in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert len(beside) <= 8
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} | beside == FOLDERS.keys()


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_a_folder_says_what_it_holds(folder):
    assert ast.get_docstring(ast.parse((PACKAGE / folder / "__init__.py").read_text("utf-8")))


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
            named |= {name if name in MODULES else str(node.module) for name in names if name != "ecocli.__version__"}
    return (named | imports_by_name(file, tree)) & MODULES.keys() - {module_of(file)}


def imports_by_name(file: Path, tree: ast.AST) -> set[str]:
    """Modules that a file names in strings: whole names, names behind a package with its dot, and those below its own where it imports by name."""
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    strings |= {f"{package}{text}" for package in strings if package.startswith("ecocli.") and package.endswith(".") for text in strings}
    if "import_module" in ast.unparse(tree):
        strings |= {f"{module_of(file)}.{text.replace('-', '_')}" for text in strings}
    return strings


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(file): file for file in FILES}


def test_no_module_needs_itself():
    """Within a folder, too, imports have one direction, those in functions and those by name as well."""
    needs = {name: run_time_imports(file) for name, file in MODULES.items()}
    assert {"ecocli.ingest.formats.gemini", "ecocli.ingest.formats.openai_batch"} <= needs["ecocli.ingest.formats"]
    assert "ecocli.imports.codex" in needs["ecocli.imports"]
    assert {"ecocli.cli.record", "ecocli.cli.import_"} <= needs["ecocli.cli.main"]
    assert "ecocli.core.quantity" in needs["ecocli"]
    list(TopologicalSorter(needs).static_order())


def test_a_library_stays_in_its_place():
    for file in FILES:
        for name in imports(file):
            top = name.partition(".")[0]
            if (top in sys.stdlib_module_names and top not in LIBRARIES) or top == "ecocli":
                continue
            assert top in LIBRARIES, f"{file} imports {top}"
            where = file.relative_to(PACKAGE).as_posix()
            assert where.startswith(LIBRARIES[top]), f"{where} imports {top}"


def test_nothing_imports_click():
    # Typer carries its own copy: an error of the real one would be a traceback
    assert not any(name.partition(".")[0] == "click" for file in FILES for name in imports(file))


HEAVY = {
    *("pydantic", "pydantic_core", "yaml", "sqlite_utils", "rich", "tiktoken", "regex", "platformdirs", "tomlkit", "click", "annotated_types"),
    *("tempfile", "asyncio", "http", "urllib.request", "email", "logging", "secrets", "random", "tomllib", "zoneinfo"),
    *("importlib.metadata", "genai_prices", "jq", "numpy", "csv", "unittest", "multiprocessing", "concurrent", "xml", "decimal", "fractions", "statistics"),
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
    unused = ("ecocli.ingest.formats", "ecocli.ingest.streams", "ecocli.tokens", "ecocli.analysis.explanation", "ecocli.estimator.eco1")
    assert not any(name.startswith(unused) for name in loaded)


SOMETIMES = {("history", "--limit", "20", "--format", "csv"): {"csv"}, ("history", "--format", "table"): {"rich"}}
"""What a way of calling a command is for."""


@pytest.mark.parametrize(
    "command",
    [
        *(("statusline",), ("history", "--limit", "20"), ("history", "--limit", "20", "--format", "csv"), ("--version",)),
        *(("estimate", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5"), ("budget", "check"), ("summary", "--json")),
        ("estimate", "--model", "gpt-4o", "--prompt-text", "Why is the sky blue?", "--completion-tokens", "5"),
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
