"""Where there is one of a thing, its noun is in the singular: in whatever a command prints of a store with one call."""

import re

import pytest

MARCH_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
PLURAL = re.compile(r"(?<![\d.,:–-])1 (?:more |new )?([a-z]+s)\b")
NO_NOUNS = {"is", "was", "has", "holds", "changes", "stays", "differs", "lacks"}
LINES = (
    *("history", "history --all", "history --limit 1 --page 2", "summary", "summary --by day", "summary --by model", "summary --cost", "summary --chart", "daily", "blocks", "session"),
    *("report", "report --full", "report --format md", "report --format csv", "report --full --since 2025-02-28 --until 2025-03-02 --compare previous", "report --cost --full"),
    *("explain a", "statusline", "recompute", "recompute --apply", "budget list", "budget check", "doctor", "db check", "db backup copy.db", "keys list", "import list", "import claude-code ."),
    *("merge other.db", "report --lock 2025", "report --verify one.json --format text", "models list --search no-such-model", "forget --id a --dry-run", "undo --yes", "report --full --since 2025"),
    *("report --verify one.json --format text", "forget --before 2030 --yes"),
)  # fmt: skip
CALL = ("--provider", "ollama", "--model", "llama-3.1-8b", "--region", "DE", "--prompt-tokens", "1", "--completion-tokens", "1", "--start-time-ms", str(MARCH_MS))


def plurals(text: str) -> list[str]:
    return [text[found.start() : found.end() + 40] for found in PLURAL.finditer(text) if found[1] not in NO_NOUNS]


@pytest.fixture
def one(eco):
    eco("record", "--id", "a", *CALL)
    eco("record", "--id", "b", *CALL, "--db", "other.db")
    eco("budget", "set", "1 token", "--per", "day")
    eco("report", "--since", "2025", "--until", "2025", "--output", "one.json")
    return eco


def test_of_one_call(one):
    """The lines in their order: some change the store for those behind them."""
    found = {}
    for line in LINES:
        words = line.split()
        result = one(*words, *(() if "--format" in words else ("--format", "text")), exit_code=None)
        if "no format" in result.stderr or "--format" in result.stderr:
            result = one(*words, exit_code=None)
        assert result.exit_code in (0, 7, 8), (line, result.stderr)
        if seen := plurals(result.stdout + result.stderr):
            found[line] = seen
    assert found == {}


def test_of_one_skipped_row_among_two(eco):
    result = eco("record", "--skip-invalid", "--format", "text", input='{"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1}\n{"prompt_tokens": -1}\n', exit_code=None)
    assert plurals(result.stdout + result.stderr) == []


@pytest.mark.parametrize("text", ["1 calls", "1 tokens in", "0 of 1 calls", "1 more logs", "and 1 others"])
def test_a_plural_is_found(text):
    assert plurals(text)


@pytest.mark.parametrize("text", ["1 call", "11 calls", "2.1 tokens", "1,001 rows", "0.1 days", "set 1 holds", "1 of 2 calls"])
def test_what_is_none_is_not(text):
    assert plurals(text) == []
