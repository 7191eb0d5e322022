"""
What ships is what is tested: wheel and sdist, built and installed as a user installs them.

    python -m tools.package_check

Each wheel goes into an empty environment, away from the source tree: with the oldest and the newest supported
Python that this machine has, and once more with the lowest versions of all dependencies. In each the commands,
the library, the schemas, the man page and the completions are tried, and one call by the file of tools/zipapp.py. Needs pip and a package index.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import zipapp

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOWER_BOUND = re.compile(r"^([\w-]+)>=([\w.]+)")
IN_SDIST = ("README.md", "METHODOLOGY.md", "CHANGELOG.md", "LICENSE", "models.yaml", "man/eco.1", "completions/eco.bash", "tests/oracle.py")
NEVER_SHIPPED = re.compile(r"(^|/)(\.venv|\.git|__pycache__|.*\.db-wal|tests/.*\.db)(/|$)")
SHARED = (
    "share/man/man1/eco.1",
    "share/bash-completion/completions/eco",
    "share/zsh/site-functions/_eco",
    "share/fish/vendor_completions.d/eco.fish",
)
EVENT = '{"provider":"Google","model":"gemini-3-pro","prompt_tokens":788,"completion_tokens":312,"startTimeMs":1763800000000,"id":"a"}'
LIBRARY = """
from ecocli import Usage, estimate
usage = Usage(provider="Google", model="gemini-3-pro", input_tokens=788, output_tokens=312, started_at_ms=1763800000000, id="a")
print(__import__("json").dumps(estimate(usage).body))
"""
OWN_MODELS = "edition: mine\n"


def main() -> None:
    """Builds once, then tries every environment; the first thing that is wrong ends it."""
    with TemporaryDirectory() as folder:
        wheel = build(Path(folder) / "dist")
        pythons = found_pythons()
        figures = {}
        for label, python, constraints in environments(pythons):
            started = time.monotonic()
            figures[label] = try_wheel(Path(folder) / label, python, wheel, constraints)
            print(f"package check: {label}: good, {time.monotonic() - started:.0f} s", flush=True)
        figures["zipapp"] = try_zipapp(Path(folder) / "zipapp", wheel)
    if len(set(figures.values())) != 1:
        raise SystemExit(f"package check: the figures differ: {figures}")


def environments(pythons: dict[str, str]) -> Iterator[tuple[str, str, list[str]]]:
    """Name, interpreter and constraints of each environment to try."""
    oldest, newest = next(iter(pythons)), list(pythons)[-1]
    for version in dict.fromkeys((oldest, newest)):
        yield f"python-{version}", pythons[version], []
    yield f"python-{oldest}-lowest-dependencies", pythons[oldest], lowest_versions()


def lowest_versions() -> list[str]:
    """The lower bound of every dependency as a constraint, such as rich==13.7."""
    bounds = [LOWER_BOUND.match(dependency) for dependency in PROJECT["dependencies"]]
    return [f"{bound[1]}=={bound[2]}" for bound in bounds if bound]


def found_pythons() -> dict[str, str]:
    """Supported versions that are on this machine, oldest first, with an interpreter of each."""
    supported = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    found = {version: python for version in supported if (python := find_python(version))}
    missing = ", ".join(version for version in supported if version not in found)
    print(f"package check: Python {', '.join(found)}" + (f"; not here: {missing}" if missing else ""), flush=True)
    return found or {"this": sys.executable}


def find_python(version: str) -> str | None:
    """An interpreter of a version: this one, one on the path, or one that pyenv keeps."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (sys.executable, f"python{version}", *map(str, kept)):
        if _version(candidate) == version:
            return candidate
    return None


def _version(python: str) -> str | None:
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def build(folder: Path) -> Path:
    """The sdist, and the wheel that is made from it."""
    run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], folder.parent)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    check_names(sdist, names, IN_SDIST)
    with zipfile.ZipFile(wheel) as archive:
        check_names(wheel, archive.namelist(), ("ecocli/data/catalog.db", "ecocli/data/models.yaml", "ecocli/py.typed"))
    return wheel


def check_names(archive: Path, names: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in names]
    unwanted = [name for name in names if NEVER_SHIPPED.search(name)]
    if missing or unwanted:
        raise SystemExit(f"package check: {archive.name} lacks {missing}, and should not have {unwanted}")


def try_wheel(folder: Path, python: str, wheel: Path, constraints: Sequence[str]) -> str:
    """Install into an empty environment and use it; the answer of one call, which is the same everywhere."""
    run([python, "-m", "venv", str(folder / "venv")], folder.parent)
    (folder / "constraints.txt").write_text("\n".join(constraints), "utf-8")
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--constraint", str(folder / "constraints.txt"), str(wheel)], folder)
    run([*pip, "check"], folder)
    missing = [name for name in SHARED if not (folder / "venv" / name).is_file()]
    if missing:
        raise SystemExit(f"package check: not installed: {missing}")
    return use(folder)


def try_zipapp(folder: Path, wheel: Path) -> str:
    """The same answer from the one file that holds everything."""
    folder.mkdir()
    zipapp.build(folder / "eco.pyz", wheel)
    answer = run([sys.executable, str(folder / "eco.pyz"), "record"], folder, EVENT)
    print(f"package check: zipapp: good, {(folder / 'eco.pyz').stat().st_size / 1e6:.1f} MB", flush=True)
    return answer


def use(folder: Path) -> str:
    """One of everything that a dependency, a data file or an entry point can break."""
    python, eco = (str(folder / "venv" / "bin" / name) for name in ("python", "eco"))
    run([eco, "--version"], folder)
    answer = run([eco, "record"], folder, EVENT)
    again = json.loads(run([eco, "record"], folder, EVENT))
    assert again.pop("duplicate") and again == json.loads(answer), "the same event twice"
    assert json.loads(run([python, "-c", LIBRARY], folder)) == json.loads(answer), "the library's answer"
    run([eco, "estimate", "--model", "gpt-4o", "--prompt-text", "Why is the sky blue?", "--completion-tokens", "5"], folder)  # tiktoken
    run([eco, "history", "--format", "table"], folder)  # rich
    run([eco, "summary", "--by", "model", "--format", "table"], folder)
    run([eco, "report", "--start-date", "2025-01-01", "--end-date", "2025-12-31", "--format", "html"], folder)  # jinja2
    for name in ("event", "answer", "history", "models", "regions"):
        json.loads(run([eco, "schema", name], folder))
    run([eco, "doctor"], folder)
    run([eco, "setup", "--shell", "fish"], folder)  # the files that come with the wheel
    run([eco, "config", "set", "timezone", "UTC"], folder)  # tomlkit
    own = folder / "config" / "eco"
    (own / "models.yaml").write_text(OWN_MODELS, "utf-8")
    run([python, "-m", "ecocli", "models", "show", "gpt-4o"], folder)  # pydantic and PyYAML
    return answer


def run(command: Sequence[str], folder: Path, stdin: str = "") -> str:
    """What a command prints, in a folder and with settings of its own; ends the check when it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECO_", "PYTHON", "VIRTUAL_ENV"))}
    own = {f"XDG_{kind.upper()}_HOME": str(folder / kind) for kind in ("data", "config", "cache")}
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=folder, env=kept | own, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"package check: {' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
