"""No text from outside becomes code: no shell, no eval, no pickle, no SQL put together from values. Read from the syntax tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ecocli

PACKAGE = Path(ecocli.__file__).parent
TREES = {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text("utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}

RUNS_CODE = {"eval", "exec", "__import__", "breakpoint", "input"}
"""Builtins."""
RUNS_PROGRAMS = {"system", "popen", "execv", "execve", "execvp", "execl", "execlp", "spawnv", "spawnl", "spawnlp", "startfile", "fork", "posix_spawn"}
UNSAFE = {"unsafe_load", "full_load", "mktemp", "load_extension", "enable_load_extension", "executescript", "md5", "sha1"}
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "subprocess", "pty", "ctypes", "code", "runpy", "multiprocessing", "random", "xml", "requests", "urllib.request", "http"}
"""Modules that run something, that read unsafe formats, that speak to the network, or whose chance can be guessed."""
MAKES_CONSTRUCTORS = "util/valueclass.py"
"""Constructors of value classes, from the names of their fields, as dataclasses make them."""
SPEAKS = "net/fetch.py"
"""`eco grid fetch` and `eco models update URL`: one question to the host that the user names, only when it is asked for."""
LISTENS = (("serve/sockets.py", "socket"), ("serve/statuses.py", "http"))
"""`eco serve`: where it listens, and the names of statuses. Nothing of it asks anybody."""
KEEPS = "util/spool.py"
"""A file without a name, which this process alone has open: what is read from it is what it wrote."""
SHARES_WORK = "util/workers.py"
"""Copies of the process itself, with pipes between them into which nobody else can write: `fork` starts no other program, and pickle reads what a copy wrote."""
STARTS_PROGRAMS = ("measure/command.py", "measure/powermetrics.py", "cli/pager.py")
"""`eco measure`: the command that it is given, without a shell, and a fixed one of macOS. The pager that the user chose, without a shell."""
MAY_IMPORT_BY_NAME = {"cli/group.py": "from the fixed table of commands", "imports/__init__.py": "from the fixed tuple of sources", "ingest/formats/__init__.py": "from the fixed tuple of formats", "__init__.py": "from a fixed table", "util/digests.py": "three literals", "estimator/methods.py": "from the fixed table of methods", "imports/zstd.py": "two literals", "cli/complete.py": "literals of the options that complete"}  # fmt: skip


def calls() -> Iterator[tuple[str, ast.Call, str, str]]:
    """Every call with its file, what it is called on ("" for a bare name) and its name."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield file, node, "", node.func.id
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield file, node, ast.unparse(node.func.value), node.func.attr


def test_nothing_runs_text_as_code_or_another_program():
    for file, node, owner, name in calls():
        where = f"{file}:{node.lineno}"
        assert owner or name not in RUNS_CODE or (file, name) == (MAKES_CONSTRUCTORS, "exec"), where
        assert owner or name != "compile" or len(node.args) < 3, where  # the builtin takes three, and ours one
        assert owner != "os" or name not in RUNS_PROGRAMS or (file, name) == (SHARES_WORK, "fork"), where
        assert name not in UNSAFE, where
        assert not any(keyword.arg == "shell" for keyword in node.keywords), where


def test_no_module_that_could():
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                if (file, name) in LISTENS or (file, name) in ((SHARES_WORK, "pickle"), (KEEPS, "pickle"), (SPEAKS, "urllib.request"), (SPEAKS, "http.client")) or (file in STARTS_PROGRAMS and name == "subprocess"):
                    continue
                assert name not in FORBIDDEN and name.partition(".")[0] not in FORBIDDEN, f"{file}: {name}"


def test_modules_are_imported_by_name_only_from_fixed_lists():
    by_name = {file for file, _, _, name in calls() if name == "import_module"}
    assert by_name <= MAY_IMPORT_BY_NAME.keys()


def test_yaml_makes_only_plain_values():
    assert [file for file, _, owner, name in calls() if (owner, name) == ("", "LOADER")] == ["catalog/compile.py"]
    assert not [file for file, _, owner, _ in calls() if owner == "yaml"]  # whose load() takes any loader
    from ecocli.catalog.compile import LOADER

    with pytest.raises(Exception, match="could not determine a constructor"):
        LOADER("!!python/object/apply:os.getcwd []").get_single_data()


def test_templates_escape_by_themselves():
    made = [node for _, node, _, name in calls() if name == "Environment"]
    assert made
    assert all("autoescape=True" in ast.unparse(node) for node in made)
    assert not list(PACKAGE.rglob("*.html")) or all("| safe" not in text and "|safe" not in text for text in (p.read_text("utf-8") for p in PACKAGE.rglob("*.html")))


# SQL

SQL = re.compile(r"\b(SELECT|INSERT(?: OR \w+)? INTO|VALUES|UPDATE|DELETE FROM|WHERE|PRAGMA|VACUUM|ATTACH|EXISTS|ORDER BY|FROM|GROUP BY|CASE WHEN)\b")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
JOINED = re.compile(r"'[^']*'\.join\(.*\)")

REVIEWED = {
    "store/history.py": {
        "condition": "of where(): its text is CONDITIONS, its values are parameters",
        "order": "one of two constants",
        "_order(filters)": "one of SORTS, whose texts are constants",
        "column": "names of columns, in SORTS",
        "ids": "put together here from the two above",
        "wanted.columns": "names of columns, of columns.py and history_rows.py",
        "number": "a counter",
        "' AND '.join(conditions)": "of CONDITIONS",
    },
    "store/calls.py": {
        "assignments(_REPLACED)": "names of columns", "assignments(RESULT_COLUMNS)": "names of columns",
        "marks(1 + len(RESULT_COLUMNS))": "question marks", "marks(1 + len(names))": "question marks", "marks(len(own) + 2)": "question marks",
        "', '.join(CALL_COLUMNS)": "names of columns", "', '.join(names)": "names of columns: of CALL_COLUMNS those that are not each call's own",
        "', '.join(shared)": "names of columns: of CALL_COLUMNS those that are not", "_numbered(len(own) + 2)": "question marks with numbers",
        "columns": "names of columns", "source": "one of two literals, put together of the above",
    },
    "store/checks.py": {"table": "a literal of this file", "', '.join((f'sum({condition})' for condition in odd.values()))": "literals of this file with names of columns", "name": "in LOCKED_JSON", "kind": "in LOCKED_JSON"},
    "store/joining.py": {"calls.assignments(_NAMES)": "names of columns, of CALL_COLUMNS, and question marks", "', '.join(CALL_COLUMNS)": "names of columns"},
    "store/coverage.py": {"counts": "a literal", "condition": "of history.where()"},
    "store/charges.py": {"', '.join([*groups, *COLUMNS])": "expressions of this file", "condition": "of history.where()"},
    "store/files.py": {"busy_timeout_s * 1000": "a number"},
    "store/forgotten.py": {
        "condition": "of history.where()", "chosen": "the condition, or a literal", "table": "one of two literals", "results": "one of two literals",
        "' UNION '.join((f'SELECT basis_id FROM {table}' for table in WITH_BASES))": "names of tables",
    },
    "store/trail.py": {
        "condition": "of history.where()", "chosen": "the condition, or a literal", "', '.join(CALL_COLUMNS)": "names of columns", "marks(3 + len(CALL_COLUMNS))": "question marks",
        "', '.join((f'p.{name}' for name in RESULTS.split(', ')))": "names of columns", "marks(1 + len(RESULTS.split(', ')))": "question marks",
    },
    "store/keys.py": {"condition": "two literals of this file, each with a parameter"},
    "store/queries.py": {"name": "made here, of hexadecimal digits"},
    "store/views.py": {
        "table": "a letter in VIEWS", "name": "a key of VIEWS", "columns": "expressions of VIEWS", "view.source": "in VIEWS",
        "table.replace(QUOTE, 2 * QUOTE)": "a table of the store, quoted",
    },
    "store/windows.py": {"condition + ' AND' if condition else 'WHERE'": "of history.where()", "chosen": "put together here"},
    "store/migrations.py": {"len(MIGRATIONS)": "a number", "name": "literals of this file"},
    "store/merge.py": {
        "', '.join(KEY_COLUMNS)": "names of columns", "', '.join(CIRCUMSTANCES)": "names of columns", "calls.assignments(CIRCUMSTANCES)": "names of columns",
    },
    "store/restoring.py": {"int(page_bytes)": "a number"},
    "store/totals.py": {
        "index": "one of two constants", "condition + ' AND' if condition else 'WHERE'": "of history.where()", "block": "a literal with parameters",
        "int(starts[middle])": "a number", "_period(starts[:middle])": "made of numbers", "_period(starts[middle:])": "made of numbers",
        "', '.join((str(at + 1) for at in range(len(by))))": "numbers",
        "', '.join([*groups, *columns(scale, figures), *counts])": "expressions of this file", "chosen": "put together here", "grouped": "put together here", "at": "a counter", "group": "one of GROUPS",
    },
    "store/breakdown.py": {
        "index": "one of two constants", "condition + ' AND' if condition else 'WHERE'": "of history.where()", "block": "a literal with parameters",
        "', '.join([*found, *columns(scale, SUMMED), *CLAIMS])": "expressions of this file", "grouped": "numbers", "number": "a number", "at": "a number", "chosen": "put together here", "', '.join((str(at + 1) for at in range(len(groups))))": "numbers",
    },
    "imports/llm.py": {
        "table": "a key of TABLES", "name": "in TEXTS", "uncounted": "a literal", "', '.join((*wanted, *texts))": "names in COLUMNS, TABLES and TEXTS",
    },
    "imports/opencode.py": {"session": "one of two literals", "kind": "one of two literals", "changed": "one of two literals", "table": "one of four literals"},
    "imports/opencode_steps.py": {"changed": "one of two literals of imports/opencode.py", "inner": "put together of the above"},
    "imports/agents/goose.py": {
        "', '.join(parts)": "put together of the below", "name": "in COUNTERS", "last": "in COUNTERS, or NULL", "total": "in COUNTERS with a literal before it, or NULL",
        "_columns(NAMES, known)": "in NAMES, or NULL",
    },
    "imports/agents/zed.py": {"optional": "in OPTIONAL, or NULL"},
}  # fmt: skip
"""Every expression inside SQL that is no constant by its name, with what it can be. A new one is looked at before it is added."""


def pieces() -> Iterator[tuple[str, int, str]]:
    """Each expression inside an f-string that is SQL."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and SQL.search("".join(part.value for part in node.values if isinstance(part, ast.Constant))):
                yield from ((file, node.lineno, ast.unparse(part.value)) for part in node.values if isinstance(part, ast.FormattedValue))


def test_sql_is_made_of_constants_and_parameters():
    for file, line, expression in pieces():
        known = CONSTANT.fullmatch(expression.rpartition(".")[2]) or expression in REVIEWED.get(file, {})
        assert known, f"{file}:{line}: is {expression!r} free of values from outside? If so, it belongs into REVIEWED"


def test_every_review_is_of_something():
    found = {(file, expression) for file, _, expression in pieces()}
    assert {(file, expression) for file, reasons in REVIEWED.items() for expression in reasons} <= found


def test_sql_stands_in_its_places_and_is_never_formatted():
    for file, node, _, name in calls():
        if name in ("execute", "executemany"):
            assert file.startswith(("store/", "imports/")) or file == "catalog/entries.py", file
            text = ast.unparse(node.args[0])
            assert "%" not in text and ".format(" not in text, f"{file}:{node.lineno}"
