"""The README's table of log sources, from the sources themselves and from `FACTS`, which has an entry for each."""

import re
from typing import NamedTuple

from ecocli import imports as logs
from ecocli.imports.source import LogSource

SPLIT = re.compile(r"(.*?) \((.*)\)")
"""A source's title: its name for people, and the places."""


class Facts(NamedTuple):
    """Facts about a source that it cannot state itself."""

    verified: str
    """The figures that its counts were compared with."""
    forks: str
    """How a session that copies another one's history is counted."""


FACTS = {
    "claude-code": Facts("ccusage 20", "counted once, by the ids of message and request"),
    "codex": Facts("the totals of six real rollouts, and ccusage 20", "copied history counts in the session that it is from, by its totals where nothing else distinguishes it"),
    "gemini-cli": Facts("the totals that it writes", "sub-agents are sessions of their own"),
    "opencode": Facts("the totals that it writes", "counted once, by time, model and counts, in sessions that may be forks"),
    "copilot": Facts("its SDK's schema, and figures in public reports: cache inside", "counted once, by the id of the run's last event"),
    "qwen-code": Facts("the totals that it writes", "counted once, by the id of the record"),
    "kimi-cli": Facts("its source: cache apart, reasoning inside", "counted once, by the id of the answer, else time and counts"),
    "kimi-code": Facts("its source: cache apart, reasoning inside", "counted once, by agent, time and counts"),
    "pi": Facts("its source: cache apart, reasoning inside", "counted once, by the id and time of the entry"),
    "oh-my-pi": Facts("its source, which is pi's", "counted once, by the id and time of the entry"),
    "openclaw": Facts("tokscale's reader: cache apart, reasoning inside", "counted once, by the id and time of the event"),
    "droid": Facts("ccusage's and tokscale's readers: cache apart, thinking beside", "not known"),
    "amp": Facts("a sum in ccusage's sample: cache apart", "not known; a thread counts by its own id"),
    "llm": Facts("its own database schema", "none"),
    "litellm": Facts("payloads of its proxy", "none"),
    "otel": Facts("exporters of the clients that it names", "none"),
    "cline": Facts("its source", "messages keep their ids; a task that goes on as a session counts on"),
    "roo-code": Facts("its source", "none"),
    "kilo-code": Facts("its source", "none"),
    "kilo": Facts("its source, and the schema of its database", "counted once, by time, model and counts"),
    "goose": Facts("its source, and the schema of its database", "a copy counts its own calls only"),
    "aider": Facts("its source", "equal lines count as often as they are there"),
    "zed": Facts("its source", "shared threads count nothing"),
    "cursor": Facts("its account page's columns, as tokscale reads them", "exports may overlap"),
    "grok-build": Facts("its source", "lines keep their event ids"),
}


def table() -> str:
    """Every source: where it is found, what its counts were verified against, how far it is read anew, and forks."""
    lines = ["| source | found in | counts verified against | read anew | forks |", "|---|---|---|---|---|"]
    for name in logs.NAMES:
        source, facts = logs.by_name(name), FACTS[name]
        found = SPLIT.fullmatch(source.title)
        places = found[2] if found else "wherever PATH says"
        lines.append(f"| `{name}` | {places} | {facts.verified} | {_read_anew(source)} | {facts.forks} |")
    return "\n".join(lines) + "\n"


def _read_anew(source: LogSource) -> str:
    """The part of a log that a further import reads."""
    if source.reader and source.read_whole:
        return "new lines; other files when they changed"
    return "new lines" if source.reader else "files that changed"
