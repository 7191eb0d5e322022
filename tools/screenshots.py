"""
The pictures in README.md, made by eco itself from the calls of tools/example_use.py.

    python -m tools.screenshots        writes docs/screens/

What a terminal shows is drawn by rich, from the very characters and colours that eco sends to it.
The report is photographed by a Chromium without a window; where there is none its old picture stays.
"""

import io
import json
import os
import pty
import shlex
import shutil
import subprocess
import sys
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from ecocli import reports
from ecocli.catalog.compiled import open_entries
from ecocli.core.when import span
from ecocli.render.report.html import html
from ecocli.store import Store
from ecocli.store.history import Filters
from tools import example_use

ROOT = Path(__file__).parent.parent
SCREENS = ROOT / "docs" / "screens"
COLUMNS = 88
TYPED = {
    "record": "eco record < answer.json",
    "summary": f"eco summary --by day --start-date {example_use.FIRST_DAY} --end-date {example_use.LAST_DAY} --chart",
}
"""Name of a picture to what is typed for it."""

REPORT = "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTH, HEIGHT = 1100, 1300
"""Of the part of the report that is shown. [px]"""

# rich's own template loads a font from the network, and cuts off what other fonts draw below the line
TEMPLATE = """\
<svg viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 20.5px; }}
.{unique_id}-matrix text {{ clip-path: none; }}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def terminal_pictures(folder: Path) -> dict[str, str]:
    """What a terminal shows, as SVG, by the name of the picture; made in an empty folder."""
    (folder / "answer.json").write_text(json.dumps(example_use.ANSWER), "utf-8")
    (folder / "events.ndjson").write_text(example_use.events(), "utf-8")
    _at_a_terminal("eco record --quiet < events.ndjson", folder)
    # the card's call is none of the two weeks' that the report and the summary are on
    shown = {name: _at_a_terminal(typed, folder, db="card.db" if name == "record" else "eco.db") for name, typed in TYPED.items()}
    return {name: _svg(name, f"$ {TYPED[name]}\n{text}") for name, text in shown.items()}


def report_page(folder: Path) -> str:
    """The report on the same calls, as HTML."""
    catalog = open_entries(None, None)
    with Store.open(folder / "eco.db", busy_timeout_s=5, create=False) as store:
        (first_ms, _), (_, after_ms) = (span(day, UTC, example_use.NOW_MS) for day in (example_use.FIRST_DAY, example_use.LAST_DAY))
        filters = Filters(first_ms, after_ms)
        return html(reports.report(store, catalog, filters, UTC, example_use.NOW_MS))


def photograph(page: str, picture: Path, folder: Path) -> bool:
    """Whether there was a browser to take the picture."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    (folder / "report.html").write_text(page, "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}"]
    command = [browser, *flags, f"--user-data-dir={folder / 'browser'}", f"--screenshot={picture}", (folder / "report.html").as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return True


def _at_a_terminal(typed: str, folder: Path, db: str = "eco.db") -> str:
    """What eco writes when its output is a terminal."""
    command, _, file = typed.partition(" < ")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": cache, "ECO_DB": str(folder / db), "ECO_TZ": "UTC"}
    env |= {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    inside, outside = pty.openpty()
    with (folder / file if file else Path(os.devnull)).open("rb") as stdin:
        process = subprocess.Popen([sys.executable, "-m", "ecocli", *shlex.split(command)[1:]], stdin=stdin, stdout=outside, env=env)
    os.close(outside)
    text = b"".join(iter(lambda: _read(inside), b"")).decode()
    os.close(inside)
    if process.wait():
        raise SystemExit(f"{typed}: exit {process.returncode}")
    return text.replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux reports the end of a terminal as an error
        return b""


def _svg(name: str, text: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
    console.print(Text.from_ansi(text.rstrip()), soft_wrap=False)
    return console.export_svg(title="eco", code_format=TEMPLATE, unique_id=f"eco-{name}")


def main() -> int:
    SCREENS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, svg in terminal_pictures(folder).items():
            (SCREENS / f"{name}.svg").write_text(svg, "utf-8")
        if photograph(report_page(folder), SCREENS / REPORT, folder):
            return 0
    print(f"no Chromium found ({', '.join(BROWSERS)}): {REPORT} stays as it was", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
