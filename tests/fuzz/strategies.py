"""Input that is nearly right: real payloads, logs and files with a few things in them changed."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ecocli.ingest import native
from tests.fuzz import agent_logs
from tests.import_helpers import USER_LINE, claude_line, codex_count, codex_meta, codex_turn

PAYLOADS = Path(__file__).parents[1] / "ingest" / "payloads"

RAW = {
    "@10^400": "1" + "0" * 400,
    "@digits": "9" * 5000,
    "@1e400": "1e400",
    "@-1e400": "-1e400",
    "@-0": "-0",
    "@-0.0": "-0.0",
    "@5e-324": "5e-324",
    "@NaN": "NaN",
    "@Infinity": "Infinity",
    "@deep": "[" * 1500 + "]" * 1500,
    "@twice": '{"a": 1, "a": 2}',
}
"""Stand for JSON that no Python value writes."""

TEXTS = st.text(st.characters(codec=None), max_size=8) | st.sampled_from(
    ["", " ", "\x00", "\ud800", "\udfff\ud800", "\u202e", "\x1b[2J", "\ufeff", "a" * 300, "\U0001f600" * 200, "0", "-1", "1e400", "NaN"]
    + ["2025-13-45", "0000-00-00", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+23:59", "٣", "²", "=1+1", "../../etc/passwd"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([0, 1, 10**12, 10**12 + 1, 253402300799999, 253402300800000, 2**53, 2**63])
    | st.floats(allow_nan=False)
    | st.sampled_from(sorted(RAW))
    | TEXTS
)
JUNK = SCALARS | st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=5)


def encode(body: Any) -> str:
    """JSON with what no Python value writes put in."""
    text = json.dumps(body)
    for mark, raw in RAW.items():
        text = text.replace(f'"{mark}"', raw)
    return text


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a document."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


@st.composite
def changed(draw: st.DrawFn, bodies: st.SearchStrategy[Any], junk: st.SearchStrategy[Any] = JUNK) -> Any:
    """A document with one to three values replaced, taken away, moved elsewhere or wrapped."""
    body = copy.deepcopy(draw(bodies))
    for _ in range(draw(st.integers(1, 3))):
        paths = list(places(body))
        if not paths:
            return draw(junk)
        *above, last = draw(st.sampled_from(paths))
        holder = body
        for key in above:
            holder = holder[key]
        how = draw(st.sampled_from(("replace", "replace", "remove", "wrap", "move")))
        if how == "remove":
            del holder[last]
        elif how == "wrap":
            holder[last] = draw(st.sampled_from(([holder[last]], {"value": holder[last]}, json.dumps(holder[last])[:500])))
        elif how == "move" and isinstance(holder, dict):
            holder[draw(st.sampled_from([path[-1] for path in paths if isinstance(path[-1], str)]))] = holder[last]
        else:
            holder[last] = draw(junk)
    return body


@st.composite
def spliced(draw: st.DrawFn, contents: st.SearchStrategy[bytes], pieces: list[bytes] | None = None) -> bytes:
    """Bytes of which some are replaced, and perhaps the end cut off."""
    data = draw(contents)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.just(start) | st.integers(start, min(len(data), start + 20)) | st.just(len(data)))
        data = data[:start] + draw(st.binary(max_size=6) | st.sampled_from(PIECES + (pieces or []))) + data[end:]
    return data


PIECES = [b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"\r", b"\n\n", b"\xed\xa0\x80", b"\\ud800", b"[" * 1500, b"{", b"}", b'"', b"1e400"]
PIECES += [b"NaN", b"-", b"9" * 5000, b"\xe2\x80\xa8", b"data: ", b"data: [DONE]\n\n", b": ", b'{"a":' * 1500, b"\x1e", b"null", b"[]", b"{}"]


def documents(name: str) -> list[Any]:
    """The JSON documents of a sample, wherever they stand in it."""
    text = (PAYLOADS / name).read_text("utf-8")
    try:
        return [json.loads(text)]
    except ValueError:
        lines = [line.removeprefix("data:").strip() for line in text.splitlines()]
        return [json.loads(line) for line in lines if line.startswith("{")]


SAMPLES = {path.name: documents(path.name) for path in sorted(PAYLOADS.iterdir())}
CONTENTS = [path.read_bytes() for path in sorted(PAYLOADS.iterdir())]


@st.composite
def printed(draw: st.DrawFn, bodies: st.SearchStrategy[list[Any]]) -> bytes:
    """Documents as they may stand in a pipe."""
    texts = [encode(body) for body in draw(bodies)]
    how = draw(st.sampled_from(("lines", "lines", "array", "events", "together", "utf-16", "mark")))
    if how == "array":
        return f"[{','.join(texts)}]".encode()
    if how == "events":
        return "".join(f"data: {text}\n\n" for text in texts).encode()
    if how in ("utf-16", "mark"):
        return "\r\n".join(texts).encode("utf-16" if how == "utf-16" else "utf-8-sig")
    return ("\n" if how == "lines" else "").join(texts).encode()


@st.composite
def of_sample(draw: st.DrawFn) -> list[Any]:
    """The documents of one sample, one of them changed."""
    bodies = list(draw(st.sampled_from(sorted(SAMPLES.values(), key=str))))
    at = draw(st.integers(0, len(bodies) - 1))
    return bodies[:at] + [draw(changed(st.just(bodies[at])))] + bodies[at + 1 :]


PAYLOAD_BYTES = printed(of_sample()) | spliced(st.sampled_from(CONTENTS))

RIGHT = {
    "provider": st.sampled_from(["Google", "OpenAI", "AWS", "my own box", "中文"]),
    "model": st.sampled_from(["gemini-3-pro", "gpt-4o", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "llama3.1:8b", "nope"]),
    "detected_region": st.sampled_from(["us-east-1", "FR", "US-CA", "nowhere"]),
    "tags": st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")),
    "is_estimated": st.booleans(),
    "concurrency": st.integers(1, 10**6) | st.floats(1, 1e6),
    "accelerator": st.sampled_from(["H100", "RTX 4090"]),
    "weight_precision": st.sampled_from(["fp8", "q4_K_M"]),
} | {name: st.integers(0, 1000) for name in native.FIELDS if name.endswith(("_tokens", "TimeMs"))}


@st.composite
def native_event(draw: st.DrawFn) -> dict[str, Any]:
    """An event whose fields are mostly right, under any of their spellings."""
    spellings = draw(st.lists(st.sampled_from(sorted(native.SPELLINGS)), max_size=8))
    names = ["model", "prompt_tokens", "completion_tokens", *spellings]
    event = {name: draw(RIGHT.get(native.SPELLINGS[name], TEXTS)) for name in names}
    if draw(st.booleans()):
        event[draw(st.sampled_from(names) | TEXTS)] = draw(JUNK)
    return event


NATIVE_BYTES = printed(st.lists(native_event(), min_size=1, max_size=3))

CLAUDE = [USER_LINE, claude_line("m1"), claude_line("m1", 120), claude_line("m2", request=None), claude_line(None, usage={"iterations": [{"type": "message", "input_tokens": 1, "output_tokens": 2}]})]
CODEX = [codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(2, 1, "2026-04-01T10:00:06.000Z"), codex_meta("s2", forked_from_id="s1"), codex_count(3, 1)]
GEMINI_MESSAGE = {"id": "g1", "timestamp": "2026-05-01T10:00:00Z", "type": "gemini", "model": "gemini-2.5-pro"}
GEMINI_MESSAGE |= {"tokens": {"input": 100, "output": 20, "cached": 60, "thoughts": 30, "tool": 5, "total": 155}}
GEMINI = [{"sessionId": "s-1", "projectHash": "ab12"}, GEMINI_MESSAGE, {"$set": {"messages": [GEMINI_MESSAGE]}}]
OPENCODE = {"id": "m1", "role": "assistant", "sessionID": "ses_1", "providerID": "anthropic", "modelID": "claude-sonnet-4-5"}
OPENCODE |= {"tokens": {"input": 10, "output": 50, "reasoning": 20, "cache": {"read": 100, "write": 5}, "total": 185}}
OPENCODE |= {"time": {"created": 1_780_000_000_000, "completed": 1_780_000_004_000}, "path": {"cwd": "/home/ann/garden"}}
LOGS = {
    "claude-code": CLAUDE,
    "codex": CODEX,
    "gemini-cli": GEMINI,
    "litellm": SAMPLES["litellm_log.json"] + SAMPLES["litellm_spend.ndjson"],
    "otel": SAMPLES["otlp_spans.json"] + SAMPLES["otlp_logs.json"],
} | agent_logs.LINES
"""Lines of the tools that write lines."""
WHOLE = {"gemini-cli": GEMINI[0] | {"messages": [GEMINI_MESSAGE]}, "opencode": OPENCODE} | agent_logs.WHOLE
"""Documents of the tools that write one per file."""


@st.composite
def log(draw: st.DrawFn, source: str) -> list[bytes]:
    """A log as it is, and as it is found the next time: grown, cut, or another one under its name."""
    lines = [draw(changed(st.just(line))) if draw(st.booleans()) else line for line in LOGS[source]]
    first = b"".join(encode(line).encode() + draw(st.sampled_from((b"\n", b"\n", b"\r\n", b""))) for line in lines)
    if draw(st.booleans()):
        first = draw(spliced(st.just(first)))
    return [first, draw(st.sampled_from((first + first, first[: len(first) // 2], first[len(first) // 3 :])))]


@st.composite
def whole_log(draw: st.DrawFn, source: str) -> list[bytes]:
    """The same for a file that is one document."""
    content = encode(draw(changed(st.just(WHOLE[source])))).encode()
    return [draw(spliced(st.just(content))) if draw(st.booleans()) else content]


CELLS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.binary(max_size=8) | TEXTS.filter(str.isprintable)
LLM_ROW = {"id": "r1", "model": "gpt-4o-mini", "resolved_model": None, "input_tokens": 100, "output_tokens": 40, "duration_ms": 900}
LLM_ROW |= {"token_details": '{"cache_read_input_tokens": 5}', "datetime_utc": "2026-06-01T10:00:00", "prompt": "a", "response": "b", "conversation_id": "c"}
OPENCODE_ROW = {"id": "m1", "session_id": "ses_1", "time_created": 1, "time_updated": 2, "data": json.dumps(OPENCODE)}
TABLES = {"llm": ("responses", LLM_ROW), "opencode": ("message", OPENCODE_ROW)} | agent_logs.TABLES
"""The table of each tool whose log is a database, with a row."""


@st.composite
def database(draw: st.DrawFn, source: str) -> tuple[str, list[dict[str, Any]]]:
    """A table with rows in which some cells hold what they should not: SQLite takes anything anywhere."""
    table, row = TABLES[source]
    rows = [dict(row) for _ in range(draw(st.integers(1, 3)))]
    for one in rows:
        for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
            one[name] = draw(CELLS | changed(st.just(OPENCODE)).map(encode))
    return table, rows


FACTOR = {"value": 100.0, "low": 90.0, "high": 120.0, "unit": "gCO2e/kWh", "source": "invoice-2026", "year": 2026}
SOURCES = {"invoice-2026": {"title": "Electricity contract", "publisher": "House", "year": 2026, "checked": True}}
OWN = {
    "models.yaml": {
        "sources": SOURCES,
        "models": [{"id": "house/tuned-8b", "base": "llama-3-8b", "developer": "house", "aliases": ["tuned"], "context_tokens": 8192, "reasoning": "no"}],
    },
    "regions.yaml": {
        "sources": SOURCES,
        "zones": {"US-MIDA-PJM": {"name": "PJM by contract", "country": "USA", "intensity": FACTOR}},
        "regions": {"aws": {"us-east-1": {"name": "N. Virginia", "zone": "US-MIDA-PJM"}}},
    },
}
YAML_PIECES = [b"&a ", b"*a", b"<<: *a", b"!!binary ", b"!!python/object:os.system ", b"? ", b"- ", b"---\n", b"\t", b"2001-01-01", b"0x1F", b"1_000", b".nan", b"~", b"no", b"!!set {a}"]


def own_catalogue(name: str) -> st.SearchStrategy[bytes]:
    """A user's own file: JSON is YAML too."""
    text = json.dumps(OWN[name], indent=1).encode()
    return changed(st.just(OWN[name])).map(lambda body: encode(body).encode()) | spliced(st.just(text), YAML_PIECES)


CONFIG = b'db = "~/eco.db"\nregion = "FR"\nconcurrency = 16\naccelerator = "H100"\nweight_precision = "fp8"\ntags = {project = "x"}\ntz = "Europe/Berlin"\nformat = "json"\nbusy_timeout_s = 5\nmodel_fallback = true\n'
TOML_PIECES = [b"[[a]]\n", b"[db]\n", b'"""', b"nan", b"-inf", b"1979-05-27T07:32:00Z", b"0x1F", b"a.b.c = 1\n", b"\\ud800", b"\\U0010FFFF"]
SETTINGS_BYTES = spliced(st.just(CONFIG), TOML_PIECES)


def histories(row: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """What another eco may have printed, given one row of it."""
    fresh = st.text("abc", min_size=1).map(lambda name: row | {"id": name})
    content = (json.dumps(row) + "\n").encode()
    return printed(st.lists(changed(fresh) | fresh, min_size=1, max_size=2)) | spliced(st.just(content))
