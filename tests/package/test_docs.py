"""What README.md and METHODOLOGY.md say of the code is made from the code."""

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from math import exp, hypot, log
from pathlib import Path
from time import sleep

import pytest
import typer

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import resolve_model
from ecocli.catalog.regions import resolve_site
from ecocli.cli.main import COMMANDS, app
from ecocli.core.specs import SiteSpec
from ecocli.estimator.eco2 import constants_for
from ecocli.estimator.methods import METHOD
from tests import oracle_eco2
from tests.calculator import calculated
from tests.cli_helpers import Result
from tools import licences, man

ROOT = Path(__file__).parents[2]


def test_generated_parts_are_current(cache_folder: Path) -> None:
    arguments = [sys.executable, "-m", "cogapp", "--check", "README.md", "METHODOLOGY.md", "docs/views.md", "docs/report.md"]
    env = os.environ | {"XDG_CACHE_HOME": str(cache_folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_of_sources_is_current() -> None:
    assert licences.PAGE.read_text("utf-8") == licences.page() + "\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_line_in_the_readme(command: str) -> None:
    assert f"`eco {command}" in (ROOT / "README.md").read_text("utf-8")


def examples() -> list[str]:
    """Every line that a reader may copy: of the README's shell blocks, and of each command's help."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("eco ")]
    helps = (" ".join(str(command.help).split()) for _, command in man.commands(typer.main.get_command(app)))
    return lines + [text.partition("Example: ")[2] for text in helps]


@pytest.fixture
def taken_port() -> Iterator[None]:
    """The port of eco serve is in use: by this test, or by a program that keeps it. A server that was understood ends at once."""
    with closing(socket.socket()) as listening:
        for _ in range(200):  # another process may be at this test, and would give the port back in the middle of it
            try:
                listening.bind(("127.0.0.1", 7411))
            except OSError:
                sleep(0.1)
            else:
                listening.listen()
                break
        yield


@pytest.mark.parametrize("example", dict.fromkeys(examples()))
def test_every_example_is_understood(example: str, eco: Callable[..., Result], request: pytest.FixtureRequest) -> None:
    command = re.split(r" +(?:[#|<>]|&&)", example)[0]
    if " serve" in command:
        request.getfixturevalue("taken_port")
    done = eco(*shlex.split(command)[1:], exit_code=None)
    assert done.exit_code not in (1, 2), done.stderr


@pytest.mark.parametrize("document", ["README.md", "METHODOLOGY.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_file_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    named = re.findall(r"`((?:ecocli|tests|tools|docs|benchmarks|completions|man|\.ci)/[\w./]*)`", text)
    assert [name for name in links + named if not (ROOT / name).exists()] == []


def test_every_release_tells_of_its_numbers() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert releases and all("\n### Numbers\n" in release for release in releases)
    assert METHOD in text


def test_every_equation_is_numbered_once() -> None:
    text = (ROOT / "METHODOLOGY.md").read_text("utf-8")
    numbers = re.findall(r"^- \*\*E(\d+[ab]?)\*\*", text, re.MULTILINE)
    assert len(numbers) == len(set(numbers))
    assert list(dict.fromkeys(int(number.rstrip("ab")) for number in numbers)) == list(range(19))


def test_every_proof_of_the_security_page_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / "SECURITY.md").read_text("utf-8")))
    assert named
    assert all((ROOT / name).is_file() for name in named)


# --- the call worked by hand in METHODOLOGY.md

STEP = re.compile(r"^\| (E\d+[ab]?) \| [^|]+ \| `([^`]+)` \| (\S+) \| (\S+) \| (\S+) \| \S+ \|$", re.MULTILINE)
WORKED = STEP.findall((ROOT / "METHODOLOGY.md").read_text("utf-8"))
FIGURES = {
    "E5": "accelerator_energy_wh", "E6": "it_energy_wh", "E7": "facility_energy_wh", "E8": "co2_g", "E9": "embodied_co2_g",
    "E10": "water_onsite_ml", "E11": "water_offsite_ml", "E12": "water_ml", "E13": "tree_days",
}  # fmt: skip


def test_a_calculator_gets_what_stands_there() -> None:
    assert {number for number, *_ in WORKED} == set(FIGURES) | {"E0", "E1", "E2", "E2a", "E3", "E4", "E4a", "E4b", "E6a", "E6b"}
    for number, numbers, value, *_ in WORKED:
        assert calculated(numbers) == pytest.approx(float(value), rel=1e-4), number


def at_some_hour(site: SiteSpec, hour: dict[str, float]) -> SiteSpec:
    """With a range of the intensity that holds an hour: log-widths add in squares."""
    year = site.intensity_g_per_kwh
    down, up = hypot(log(year.value / year.low), log(1 / hour["low"])), hypot(log(year.high / year.value), log(hour["high"]))
    return replace(site, intensity_g_per_kwh=replace(year, low=year.value * exp(-down), high=year.value * exp(up)))


def test_the_worked_call_is_what_the_equations_give_on_their_own(catalog: Entries) -> None:
    model, site = resolve_model(catalog, "openai/gpt-4o", None, fallback=False), resolve_site(catalog, "aws", "us-east-1", fallback=False)
    day_ms = datetime(2025, 11, 22, tzinfo=UTC).timestamp() * 1000
    spec = at_some_hour(site.spec, catalog.get("hours", "US-MIDA-PJM")["hour"])
    expected = oracle_eco2.footprint(model.spec, spec, constants_for("frontier"), input=6000, cached=4000, output=500, at_ms=day_ms)
    last = {number: figures for number, _, *figures in WORKED}  # of several with one number the last is the figure itself
    for number, (value, low, high) in last.items():
        if number in FIGURES:
            assert (float(low), float(value), float(high)) == pytest.approx(expected[FIGURES[number]], rel=1e-3), number
