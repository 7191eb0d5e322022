"""Log sources of other packages: found by their entry points, and named when they fail."""

import json

import pytest

from tests.ingest.test_plugins import install

ACME = """
import json

from ecocli.imports.calls import call
from ecocli.imports.files import below
from ecocli.imports.source import LogSource


class Reader:
    def __init__(self, file, memory):
        self._file, self._memory = file, memory

    def feed(self, number, line):
        body = json.loads(line)
        self._memory["model"] = body.get("engine") or self._memory.get("model")
        if "in" in body:
            fields = {"id": body["call"], "model": self._memory["model"], "prompt_tokens": body["in"], "completion_tokens": body["out"], "source": "acme"}
            yield call(self._file, number, "acme", fields)


def torn(file, memory):
    raise RuntimeError("torn")


def files(root):
    return below(root, r".*\\.log")


def roots(env):
    return []


SOURCE = LogSource("acme", "ACME's log", roots, files, Reader)
TORN = LogSource("torn", "a log that cannot be read", roots, files, torn)
"""
ENTRIES = "[ecocli.logs]\nacme = eco_acme:SOURCE\ntorn = eco_acme:TORN\ngone = eco_acme:GONE"
LINES = [{"engine": "gpt-4o"}, {"call": "a", "in": 10, "out": 5}, {"call": "b", "in": 7, "out": 9}, {"call": "a", "in": 10, "out": 5}]


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    install(folder, "eco-acme", ENTRIES, eco_acme=ACME)
    return str(folder)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "calls.log"
    path.write_text("".join(json.dumps(body) + "\n" for body in LINES))
    return str(path)


def test_its_logs_are_imported_each_call_once(eco_process, site, log):
    first, again = (eco_process("import", "acme", log, PYTHONPATH=site).json["sources"][0] for _ in range(2))
    assert (first["new"], first["duplicates"], again["new"], again["unchanged"]) == (2, 1, 0, 1)
    calls = eco_process("history").json["data"]
    assert {(call["id"], call["model"], call["inputTokens"], call["outputTokens"]) for call in calls} == {("a", "gpt-4o", 10, 5), ("b", "gpt-4o", 7, 9)}


def test_one_that_raises_is_named(eco_process, site, log):
    failed = eco_process("import", "torn", log, PYTHONPATH=site, exit_code=4)
    assert "plug-in 'eco-acme' (ecocli.logs: torn = eco_acme:TORN) cannot be used: RuntimeError: torn" in failed.stderr


def test_one_that_cannot_be_loaded_is_named(eco_process, site, log):
    failed = eco_process("import", "gone", log, PYTHONPATH=site, exit_code=4)
    assert "plug-in 'eco-acme' (ecocli.logs: gone = eco_acme:GONE) cannot be used: AttributeError" in failed.stderr


def test_an_unknown_name_is_no_plug_in(eco_process, site, log):
    failed = eco_process("import", "acmee", log, PYTHONPATH=site, exit_code=2)
    assert failed.stderr.startswith("eco: no log source named 'acmee'\nhint: did you mean acme")
