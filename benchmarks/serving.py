"""
What `eco serve` costs beside a bare framework, by `wrk` with 64 clients, in pairs, the median of several.

    pip install starlette; apt-get install wrk hey
    python -m benchmarks.serving [ROUNDS] [SECONDS]
    python -m benchmarks.serving memory [SECONDS]
    python -m benchmarks.serving start [ROUNDS]

Beside it stand, on uvicorn and Starlette: a constant answer of the same length, and a route with one commit for each request.
"""

import io
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from statistics import linear_regression, median

EVENT = json.dumps({"provider": "Google", "model": "gemini-3-pro", "prompt_tokens": 788, "completion_tokens": 312, "reasoning_tokens": 0, "cached_tokens": 0})
CLIENTS = 64
BARE = """
import json, os, sqlite3
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

answer = open("answer.json", "rb").read()
store = sqlite3.connect("bare.db", isolation_level=None)
for setting in ("page_size = 16384", "journal_mode = WAL", "synchronous = FULL"):
    store.execute(f"PRAGMA {setting}")
store.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY, model TEXT, input INTEGER, output INTEGER)")

async def constant(request):
    await request.body()
    return Response(answer, media_type="application/json")

async def commit(request):
    event = json.loads(await request.body())
    store.execute("BEGIN IMMEDIATE")
    store.execute("INSERT INTO calls (model, input, output) VALUES (?, ?, ?)", (event["model"], event["prompt_tokens"], event["completion_tokens"]))
    store.execute("COMMIT")
    return Response(answer, media_type="application/json")

app = Starlette(routes=[Route("/constant", constant, methods=["POST"]), Route("/commit", commit, methods=["POST"])])
"""
SCRIPT = f"""wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{EVENT}'
"""
RESULTS = Path(__file__).with_name("SERVING.md")
ECO, FRAME = 7501, 7502
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As installed: packages have been compiled, and eco in a checkout is by its first start."""


def main(rounds: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _eco(folder) as eco:
            sent = urllib.request.Request(f"http://127.0.0.1:{ECO}/v1/calculate", EVENT.encode(), {"content-type": "application/json"})
            (folder / "answer.json").write_bytes(urllib.request.urlopen(sent).read())  # noqa: S310 - of this machine
            (folder / "bare.py").write_text(BARE)
            (folder / "post.lua").write_text(SCRIPT)
            with _bare(folder) as bare:
                rate = _compare(folder, {"constant": (FRAME, "/constant", bare), "eco": (ECO, "/v1/calculate", eco), "commit": (FRAME, "/commit", bare)}, rounds, seconds)
                _half(rate / 2, rounds, seconds)


def start(rounds: int) -> None:
    """From the start of each server to its first answer, in pairs; the first pair fills the caches."""
    pairs = []
    for _ in range(rounds + 1):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "answer.json").write_bytes(b"{}")
            (folder / "bare.py").write_text(BARE)
            with _eco(folder) as pid:
                eco_s = _processor_s(pid)
            with _bare(folder) as pid:
                pairs.append((eco_s, _processor_s(pid)))
    del pairs[0]
    ratios = [eco / bare for eco, bare in pairs]
    print(f"processor time to the first answer: eco {median(pair[0] for pair in pairs):.2f} s, bare {median(pair[1] for pair in pairs):.2f} s")
    print(f"eco ÷ bare, at most 2: {median(ratios):.2f} (pairs {', '.join(f'{ratio:.2f}' for ratio in ratios)})")


def memory(seconds: int) -> None:
    """The memory of the server each ten seconds, while 16 clients send twenty events a second each."""
    with tempfile.TemporaryDirectory() as name, _eco(Path(name)) as eco:
        command = ["hey", "-z", f"{seconds + 5}s", "-c", "16", "-q", "20", "-m", "POST", "-T", "application/json", "-d", EVENT, f"http://127.0.0.1:{ECO}/v1/calculate"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as clients:
            found = []
            for _ in range(seconds // 10):
                time.sleep(10)
                found.append(_resident_mib(eco))
            clients.wait()
    later = found[len(found) // 5 :]
    slope = linear_regression(range(len(later)), later).slope * 6
    calls = seconds * 16 * 20
    print(f"resident memory over {seconds} s and some {calls:,} events: {found[0]:.1f} MiB at 10 s, {later[0]:.1f} at a fifth of the time, {found[-1]:.1f} at the end")
    print(f"slope of the last four fifths: {slope:+.3f} MiB a minute")


def _resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _half(rate: float, rounds: int, seconds: int) -> None:
    """The slowest hundredth at half of what eco takes, of both sides."""
    found: dict[str, list[float]] = {"constant": [], "eco": []}
    for _ in range(rounds):
        for name, url in (("constant", f"http://127.0.0.1:{FRAME}/constant"), ("eco", f"http://127.0.0.1:{ECO}/v1/calculate")):
            command = ["hey", "-z", f"{seconds}s", "-c", str(CLIENTS), "-q", f"{rate / CLIENTS:.0f}", "-m", "POST", "-T", "application/json", "-d", EVENT, url]
            found[name].append(1000 * float(_number(r"99%+ in ([\d.]+) secs", subprocess.run(command, capture_output=True, text=True, check=True).stdout)))
    print(f"99 % at {rate:.0f} requests/s: constant {median(found['constant']):.1f} ms, eco {median(found['eco']):.1f} ms")
    pairs = [one / other for one, other in zip(found["eco"], found["constant"], strict=True)]
    print(f"eco ÷ constant, at most 3: {median(pairs):.2f} (pairs {', '.join(f'{pair:.2f}' for pair in pairs)})")


def _compare(folder: Path, sides: dict[str, tuple[int, str, int]], rounds: int, seconds: int) -> float:
    """Print what each side takes; the requests per second of eco."""
    found: dict[str, list[tuple[float, float, str]]] = {name: [] for name in sides}
    before = _counts(folder)
    for _ in range(rounds):
        for name, (port, path, pid) in sides.items():
            found[name].append(_loaded(folder, f"http://127.0.0.1:{port}{path}", pid, seconds))
    for name, runs in found.items():
        cpu_us, rate, late = median(run[0] for run in runs), median(run[1] for run in runs), sorted(run[2] for run in runs)
        print(f"{name:<10} {cpu_us:6.0f} µs of processor a request  {rate:7.0f} requests/s  99 % within {', '.join(late)}")
    _ratio(found, "processor of eco ÷ constant, at most 2", "eco", "constant", 0)
    _ratio(found, "requests/s of eco ÷ one commit each, at least 3", "eco", "commit", 1)
    calls, commits = (now - then for now, then in zip(_counts(folder), before, strict=True))
    print(f"requests for each commit of eco, which is one fsync: {calls / commits:.1f} (one commit each: 1)")
    return median(run[1] for run in found["eco"])


def _counts(folder: Path) -> tuple[int, int]:
    """(calls, transactions that stored some) in eco's store: each is a run of its own"""
    with closing(sqlite3.connect(next(folder.rglob("eco.db")))) as store:
        calls, commits = (store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("calls", "runs"))
    return calls, commits


def _ratio(found: dict[str, list[tuple[float, float, str]]], title: str, one: str, other: str, at: int) -> None:
    pairs = [a[at] / b[at] for a, b in zip(found[one], found[other], strict=True)]
    print(f"{title}: {median(pairs):.2f} (pairs {', '.join(f'{pair:.2f}' for pair in pairs)})")


def _loaded(folder: Path, url: str, pid: int, seconds: int) -> tuple[float, float, str]:
    """(processor time of the server per request [µs], requests per second, 99th percentile)"""
    before_s = _processor_s(pid)
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--latency", "-s", str(folder / "post.lua"), url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in text, text
    count = int(_number(r"(\d+) requests in", text))
    return (_processor_s(pid) - before_s) / count * 1e6, float(_number(r"Requests/sec:\s+([\d.]+)", text)), _number(r"\n\s+99%\s+(\S+)", text)


def _number(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _eco(folder: Path) -> Iterator[int]:
    env = COMPILED | {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    with _process([sys.executable, "-m", "ecocli", "serve", "--port", str(ECO), "--rate", "0", "-q"], ECO, folder, env) as pid:
        yield pid


@contextmanager
def _bare(folder: Path) -> Iterator[int]:
    with _process([sys.executable, "-m", "uvicorn", "bare:app", "--port", str(FRAME), "--no-access-log", "--log-level", "error"], FRAME, folder, COMPILED) as pid:
        yield pid


@contextmanager
def _process(command: list[str], port: int, folder: Path, env: dict[str, str]) -> Iterator[int]:
    begin_s = time.monotonic()
    with subprocess.Popen(command, cwd=folder, env=env) as process:
        try:
            while time.monotonic() - begin_s < 60:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/nothing", timeout=1)
                except urllib.error.HTTPError:
                    break  # it answers
                except OSError:
                    time.sleep(0.01)
            print(f"{command[2]:<10} first answer after {time.monotonic() - begin_s:.2f} s")
            yield process.pid
        finally:
            process.terminate()


def _written(title: str, measure: Callable[[], object]) -> None:
    """Print what is measured, and keep it under its title in SERVING.md, with how busy the machine was."""
    out, before = io.StringIO(), os.getloadavg()[0]
    with redirect_stdout(out):
        measure()
    busy = f"Load average {before:.1f} before and {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} processors; Python {platform.python_version()}."
    print(out.getvalue(), busy, sep="")
    text = RESULTS.read_text("utf-8")
    section = f"## {title}\n\n{busy}\n\n```\n{out.getvalue()}```\n"
    begin = text.find(f"## {title}\n")
    if begin < 0:
        RESULTS.write_text(f"{text}\n{section}", "utf-8")
        return
    end = text.find("\n## ", begin)
    RESULTS.write_text(text[:begin] + section + (text[end:] if end >= 0 else ""), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        _written("Memory", partial(memory, int([*sys.argv[2:], "600"][0])))
    elif sys.argv[1:2] == ["start"]:
        _written("Start", partial(start, int([*sys.argv[2:], "9"][0])))
    else:
        _written("Load", partial(main, *map(int, [*sys.argv[1:], "5", "5"][:2])))
