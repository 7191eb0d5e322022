"""Formats and log sources of other packages: real distributions in a folder of their own, as Python's own metadata sees them."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from ecocli.ingest import formats
from tests.cli_helpers import Result

ROOT = Path(__file__).parents[2]
ANSWER = {"acme_version": 2, "call": "one", "engine": {"name": "gpt-4o"}, "spent": {"in": 120, "out": 30}}
GOOD = """
from ecocli.ingest import fields
from ecocli.ingest.format import Format

def matches(document):
    return "good" in document

def read(document):
    yield fields.reading("good", model="gpt-4o", prompt_tokens=fields.count(document, "good"), completion_tokens=1)

FORMAT = Format("good", "a good one", matches, read)
"""


def install(folder: Path, distribution: str, entry_points: str, **modules: str) -> None:
    """Write the files that `pip install` leaves in a folder."""
    metadata = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(dedent(entry_points))
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(dedent(code))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def with_site(eco_process: Callable[..., Result], site: Path) -> Callable[..., Result]:
    """eco in an environment where what lies in `site` is installed."""

    def run(*arguments: str, **options: object) -> Result:
        return eco_process(*arguments, PYTHONPATH=str(site), **options)

    return run


def recorded(with_site: Callable[..., Result]) -> list[tuple[int, int]]:
    """Input and output tokens of all calls, sorted."""
    rows = with_site("history", "--all", "--format", "ndjson").stdout.splitlines()
    return sorted((row["inputTokens"], row["outputTokens"]) for row in map(json.loads, rows))


def install_example(folder: Path) -> None:
    """The package that the README shows."""
    section = (ROOT / "README.md").read_text("utf-8").partition("### Formats of your own\n")[2].partition("\n### ")[0]
    (toml,), (code,) = (re.findall(rf"^```{kind}\n(.*?)^```", section, re.MULTILINE | re.DOTALL) for kind in ("toml", "python"))
    ((name, value),) = tomllib.loads(toml)["project"]["entry-points"]["ecocli.formats"].items()
    install(folder, "eco-acme", f"[ecocli.formats]\n{name} = {value}", eco_acme=code)


class TestTheExampleOfTheReadme:
    @pytest.fixture(autouse=True)
    def installed(self, site):
        install_example(site)

    def test_is_listed(self, with_site, eco):
        names = [one["name"] for one in json.loads(with_site("formats", "--json").stdout)]
        assert names == [*(one["name"] for one in json.loads(eco("formats", "--json").stdout)), "acme"]
        assert "ACME's gateway" in with_site("formats", "--format", "table").stdout

    @pytest.mark.parametrize("asked", [(), ("--from", "acme")])
    def test_reads(self, with_site, asked):
        assert json.loads(with_site("record", *asked, input=json.dumps(ANSWER)).stdout)["id"] == "one"
        assert recorded(with_site) == [(120, 30)]

    def test_reads_among_payloads_that_are_built_in(self, with_site):
        native = {"model": "gpt-4o", "prompt_tokens": 7, "completion_tokens": 8}
        ollama = {"model": "llama3", "created_at": "2026-01-01T00:00:00Z", "done": True, "prompt_eval_count": 5, "eval_count": 6}
        with_site("record", "--model", "gpt-4o", input="\n".join(map(json.dumps, (native, ANSWER, ollama))))
        assert recorded(with_site) == [(5, 6), (7, 8), (120, 30)]

    def test_refuses_a_counter_as_every_format_does(self, with_site):
        bad = with_site("record", input=json.dumps(ANSWER | {"spent": {"in": -1, "out": 3}}), exit_code=4)
        assert bad.stderr.startswith("eco: line 1: spent.in: must be an integer from 0 to 10^12, not -1\n")

    def test_is_suggested_and_completed(self, with_site):
        assert "hint: did you mean acme or " in with_site("record", "--from", "acne", input="{}", exit_code=2).stderr
        typed = {"_ECO_COMPLETE": "complete_bash", "COMP_WORDS": "eco record --from ac", "COMP_CWORD": "3"}
        assert with_site(**typed).stdout.split() == ["acme"]

    def test_is_unknown_where_it_is_not_installed(self, eco):
        assert "no payload format named 'acme'" in eco("record", "--from", "acme", input="{}", exit_code=2).stderr


class TestABrokenOne:
    FORMAT = "from ecocli.ingest.format import Format\nfrom ecocli.ingest.reading import Reading\n"
    UNUSABLE = {
        "no module": (None, "ModuleNotFoundError: No module named 'eco_bad'"),
        "a fault in its imports": ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        "no Python": ("def", "SyntaxError: "),
        "no such object": ("X = 1", "AttributeError: "),
        "ends the process": ("raise SystemExit(0)", "SystemExit: 0"),
        "no format": ("FORMAT = 5", "TypeError: a Format is needed, not a int"),
        "a part is missing": (f"{FORMAT}FORMAT = Format('bad', 'x', bool)", "TypeError: "),
        "a stream that is none": (f"{FORMAT}FORMAT = Format('bad', 'x', bool, list, (5,))", "AttributeError: "),
        "another name": (f"{FORMAT}FORMAT = Format('worse', 'x', bool, list)", "ValueError: the Format is named 'worse'"),
    }

    def break_it(self, site: Path, code: str | None) -> None:
        install(site, "eco-bad", "[ecocli.formats]\nbad = eco_bad:FORMAT", **({} if code is None else {"eco_bad": code}))

    @pytest.mark.parametrize("kind", UNUSABLE)
    def test_is_one_error_that_names_it(self, with_site, site, kind):
        code, reason = self.UNUSABLE[kind]
        self.break_it(site, code)
        asked = with_site("record", "--from", "bad", input="{}", exit_code=4)
        first, second = asked.stderr.splitlines()
        assert first.startswith(f"eco: plug-in 'eco-bad' (ecocli.formats: bad = eco_bad:FORMAT) cannot be used: {reason}")
        assert (asked.stdout, second) == ("", "hint: upgrade or uninstall it")

    @pytest.mark.parametrize("kind", UNUSABLE)
    def test_leaves_the_others_alone(self, with_site, eco, site, kind):
        self.break_it(site, self.UNUSABLE[kind][0])
        install(site, "eco-good", "[ecocli.formats]\ngood = eco_good:FORMAT", eco_good=GOOD)
        listed = with_site("formats", "--json")
        assert {one["name"] for one in json.loads(listed.stdout)} == {*formats.TAKEN, "good"}
        assert listed.stderr.startswith("eco: warning: plug-in 'eco-bad' ")
        assert len(listed.stderr.splitlines()) == 1
        with_site("record", input='{"good": 4}\n{"model": "gpt-4o", "prompt_tokens": 2, "completion_tokens": 3}')
        with_site("record", "--prompt-tokens", "5", "--completion-tokens", "6", input='{"model": "gpt-4o"}')
        assert recorded(with_site) == [(2, 3), (4, 1), (5, 6)]

    @pytest.mark.parametrize("document", [{"fruit": "pear"}, {"model": "gpt-4o", "prompt_tokens": 1, "fruits": 2}])
    def test_is_named_where_it_might_have_known_a_document(self, with_site, site, document):
        self.break_it(site, "import nowhere")
        refused = with_site("record", input=json.dumps(document), exit_code=4)
        assert refused.stderr.startswith("eco: line 1: plug-in 'eco-bad' (ecocli.formats: bad = eco_bad:FORMAT) cannot be used: ModuleNotFoundError")

    def test_says_so_as_json(self, with_site, site):
        self.break_it(site, "import nowhere")
        assert json.loads(with_site("record", "--json", "--from", "bad", input="{}", exit_code=4).stderr)["error"]["code"] == "bad-plug-in"

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("FORMAT = Format('bad', 'x', lambda document: document['bad'] > 0 and 1 / 0, list)", "ZeroDivisionError: division by zero"),
            ("FORMAT = Format('bad', 'x', None, list)", "TypeError: 'NoneType' object is not callable"),
            ("FORMAT = Format('bad', 'x', bool, lambda document: document['counts'])", "KeyError: 'counts'"),
            ("FORMAT = Format('bad', 'x', bool, lambda document: 5)", "TypeError: 'int' object is not iterable"),
            ("FORMAT = Format('bad', 'x', bool, lambda document: [{}])", "TypeError: read gave a dict, not a Reading"),
            ("FORMAT = Format('bad', 'x', bool, lambda document: [Reading({'tokens': 1})])", "ValueError: a Reading has no field 'tokens'"),
            ("FORMAT = Format('bad', 'x', bool, lambda document: [Reading({'id': 5})])", "TypeError: a Reading has a text that is not a string"),
            ("FORMAT = Format('bad', 'x', bool, lambda document: [Reading({}, completion_text=5)])", "TypeError: a Reading has a text that is not a string"),
        ],
    )
    def test_fails_at_its_work(self, with_site, site, code, reason):
        self.break_it(site, self.FORMAT + code)
        event = '{"model": "gpt-4o", "prompt_tokens": 2, "completion_tokens": 3}'
        refused = with_site("record", input=f'{event}\n{{"bad": 1}}', exit_code=4)
        assert refused.stderr.splitlines()[0] == f"eco: line 2: plug-in 'eco-bad' (ecocli.formats: bad = eco_bad:FORMAT) cannot be used: {reason}"
        skipped = with_site("record", "--skip-invalid", input=f'{{"bad": 1}}\n{event}', exit_code=4)
        assert "eco-bad" in json.loads(skipped.stderr.splitlines()[0])["error"]
        assert recorded(with_site) == [(2, 3)]


def test_names_of_built_in_formats_stay_theirs(with_site, site):
    install(site, "eco-greedy", "[ecocli.formats]\nollama = eco_greedy:FORMAT\nnative = eco_greedy:FORMAT", eco_greedy="raise SystemExit")
    listed = with_site("formats", "--json")
    assert [one["name"] for one in json.loads(listed.stdout)] == list(formats.TAKEN)
    assert listed.stderr == ""
    with_site("record", "--from", "ollama", "--model", "gpt-4o", input='{"prompt_eval_count": 5, "eval_count": 6}')
    with_site("record", "--from", "native", input='{"model": "gpt-4o", "prompt_tokens": 2, "completion_tokens": 3}')
    assert recorded(with_site) == [(2, 3), (5, 6)]


def test_of_two_packages_the_first_on_the_path_has_the_name(eco_process, tmp_path):
    install(tmp_path / "later", "eco-later", "[ecocli.formats]\ngood = eco_later:FORMAT", eco_later="raise SystemExit")
    install(tmp_path / "first", "eco-good", "[ecocli.formats]\ngood = eco_good:FORMAT", eco_good=GOOD)
    eco_process("record", input='{"good": 4}', PYTHONPATH=os.pathsep.join([str(tmp_path / "first"), str(tmp_path / "later")]))
    assert recorded(eco_process) == [(4, 1)]


@pytest.mark.parametrize("text", [b"rubbish\n", b"[ecocli.formats]\nrubbish\n", b"[ecocli.formats]\n\xff = x\n"])
def test_entry_points_that_no_installer_wrote_are_passed_over(with_site, site, text):
    install(site, "eco-odd", "")
    (site / "eco_odd-1.0.dist-info" / "entry_points.txt").write_bytes(text)
    assert [one["name"] for one in json.loads(with_site("formats", "--json").stdout)] == list(formats.TAKEN)


STREAMED = """
from ecocli.ingest import fields
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format

class Stream(Assembler):
    @staticmethod
    def is_chunk(document):
        return "piece" in document

    def add(self, chunk):
        self.write(chunk["piece"])
        if "spent" in chunk:
            self.body, self.complete = {"id": "all", "spent": chunk["spent"] / 1}, True

def read(document):
    spent = fields.count(document, "spent")
    return [fields.reading("acme", id=fields.text(document, "id"), model="gpt-4o", prompt_tokens=9, completion_tokens=spent)]

FORMAT = Format("acme", "chunks", lambda document: "spent" in document, read, streams=(Stream,))
"""


class TestStreams:
    @pytest.fixture(autouse=True)
    def installed(self, site):
        install(site, "eco-acme", "[ecocli.formats]\nacme = eco_acme:FORMAT", eco_acme=STREAMED)

    @pytest.mark.parametrize("asked", [(), ("--from", "acme")])
    @pytest.mark.parametrize("form", ["{}\n{}\n{}", "data: {}\n\ndata: {}\n\ndata: {}\n\n", "[{}, {}, {}]"])
    def test_chunks_make_one_call(self, with_site, asked, form):
        chunks = ('{"piece": "Hel"}', '{"piece": "lo"}', '{"piece": "", "spent": 2}')
        with_site("record", *asked, input=form.format(*chunks))
        assert recorded(with_site) == [(9, 2)]

    def test_a_fault_in_a_chunk_names_the_plug_in(self, with_site):
        refused = with_site("record", input='{"piece": "Hel"}\n{"piece": "lo", "spent": "two"}', exit_code=4)
        assert "plug-in 'eco-acme' (ecocli.formats: acme = eco_acme:FORMAT) cannot be used: TypeError" in refused.stderr


PROBE = """
import json, sys
from ecocli.cli.main import main
try:
    main()
finally:
    print(json.dumps([name for name in ("importlib.metadata", "eco_acme") if name in sys.modules]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "data", "searches"),
    [
        (("--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "2"), b"", False),
        ((), b'{"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 2}', False),
        (("--prompt-tokens", "1", "--completion-tokens", "2"), b'{"model": "gpt-4o"}', False),
        *(((), name, False) for name in ("openai_chat.json", "anthropic.sse", "otlp_spans.json", "openai_batch.ndjson")),
        (("--from", "ollama", "--model", "gpt-4o"), "ollama.ndjson", False),
        ((), json.dumps(ANSWER).encode(), True),
    ],
)
def test_packages_are_looked_for_only_when_nothing_built_in_will_do(eco, env, site, tmp_path, arguments, data, searches):
    install_example(site)
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "2")  # compiles the catalogue
    given = data if isinstance(data, bytes) else (Path(__file__).with_name("payloads") / data).read_bytes()
    command = [sys.executable, "-c", PROBE, "record", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, env=env | {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}, cwd=tmp_path, check=True)
    assert json.loads(done.stderr.splitlines()[-1]) == (["importlib.metadata", "eco_acme"] if searches else [])


LOGS = """
from dataclasses import dataclass
from ecocli.errors import BadData, BadPlugin
from ecocli.ingest import plugins

@dataclass
class Source:
    name: str
    roots: object
    files: object

def outcome(*, of):
    try:
        return of()
    except BadPlugin as error:
        return str(error)
    except BadData as error:
        return f"bad data: {error}"

print(plugins.names(plugins.LOGS))
print(plugins.load(plugins.LOGS, "unheard-of", Source))
import eco_logs
eco_logs.SOURCE = Source("theirs", lambda env: ["/logs", env["HOME"]], eco_logs.files)
theirs = plugins.load(plugins.LOGS, "theirs", Source)
roots, files = (plugins.guard(plugins.LOGS, "theirs", function) for function in (theirs.roots, theirs.files))
print(outcome(of=lambda: roots({"HOME": "/home"})))
print(outcome(of=lambda: roots({})))
print(outcome(of=lambda: list(files("whole"))))
print(outcome(of=lambda: list(files("torn"))))
print(outcome(of=lambda: list(files("bad"))))
print(outcome(of=lambda: plugins.load(plugins.LOGS, "wrong", Source)))
"""


def test_log_sources_come_by_the_same_loader(env, site):
    files = """
    from ecocli.errors import BadData

    def files(root):
        yield root
        if root == "torn":
            raise RuntimeError("torn")
        if root == "bad":
            raise BadData("not a log")

    WRONG = files
    """
    install(site, "eco-theirs", "[ecocli.logs]\ntheirs = eco_logs:SOURCE\nwrong = eco_logs:WRONG", eco_logs=files)
    command = [sys.executable, "-c", LOGS]
    done = subprocess.run(command, capture_output=True, text=True, env=env | {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}, check=True)
    assert done.stdout.splitlines() == [
        "('theirs', 'wrong')",
        "None",
        "['/logs', '/home']",
        "plug-in 'eco-theirs' (ecocli.logs: theirs = eco_logs:SOURCE) cannot be used: KeyError: 'HOME'",
        "['whole']",
        "plug-in 'eco-theirs' (ecocli.logs: theirs = eco_logs:SOURCE) cannot be used: RuntimeError: torn",
        "bad data: not a log",
        "plug-in 'eco-theirs' (ecocli.logs: wrong = eco_logs:WRONG) cannot be used: TypeError: a Source is needed, not a function",
    ]
