"""Options that people know from other programs, and those of eco that were meant."""

from collections.abc import Collection
from difflib import get_close_matches

TOKENS = "--prompt-tokens and --completion-tokens"
MEANT = {
    "tokens": TOKENS, "total-tokens": TOKENS, "usage": TOKENS,
    **dict.fromkeys(("input-tokens", "in", "tokens-in", "in-tokens"), "--prompt-tokens"),
    **dict.fromkeys(("output-tokens", "out", "tokens-out", "out-tokens"), "--completion-tokens"),
    **dict.fromkeys(("cache-read-tokens", "cache-read", "cached"), "--cached-tokens"),
    **dict.fromkeys(("thinking-tokens", "thinking", "reasoning"), "--reasoning-tokens"),
    **dict.fromkeys(("prompt", "text"), "--prompt-text or --prompt-file"),
    **dict.fromkeys(("completion", "answer", "response"), "--completion-text or --completion-file"),
    **dict.fromkeys(("file", "path", "json-file", "stdin"), "--input"),
    **dict.fromkeys(("country", "location", "zone", "place", "cloud"), "--region"),
    **dict.fromkeys(("yes", "force", "y", "write", "keep"), "--apply"),
    "regions": "--region, once for each",
}  # fmt: skip
WHEN = ("date", "time", "when", "day", "timestamp", "on")
BEGIN, END = ("from", "after", "start", "begin"), ("to", "before", "end", "till")
TAGS = ("project", "team", "user", "session", "customer", "env", "environment", "app", "feature", "label")
PERIODS = ("day", "week", "month", "year")
SPANS = ("today", "yesterday")
FIGURES = {
    **dict.fromkeys(("date", "time", "day", "newest"), ("when",)),
    **dict.fromkeys(("co2", "co2e", "co2grams", "emissions"), ("carbon",)),
    **dict.fromkeys(("wh", "kwh", "power", "energywh"), ("energy",)),
    **dict.fromkeys(("ml", "waterml"), ("water",)),
    **dict.fromkeys(("input", "prompt"), ("in",)),
    **dict.fromkeys(("output", "completion"), ("out",)),
    **dict.fromkeys(("tokens", "total"), ("in", "out")),
    **dict.fromkeys(("count", "requests", "number"), ("calls",)),
}
"""Other words for the figures and columns of tables."""
ENOUGH, SLIP = 0.6, 0.9
"""How alike names have to be, as difflib measures it, and from where on there is no doubt; the dashes do not count."""


def meant(name: str, options: Collection[str]) -> str | None:
    """The option of a command with these `options` that somebody meant by another one; None where none comes to mind."""
    word = name.lstrip("-").lower().replace("_", "-")
    if hint := _known(word, options):
        return hint
    long = {option.lstrip("-"): option for option in options if option.startswith("--")}
    slip = get_close_matches(word, long, n=1, cutoff=SLIP)
    found = [long[match] for match in slip or get_close_matches(word, long, cutoff=ENOUGH)]
    return f"did you mean {' or '.join(found)}?" if found else None


def figure(word: str, names: Collection[str], otherwise: str) -> str:
    """The hint for a word that is none of the `names` of figures."""
    found = [name for name in FIGURES.get(word.lower().replace("_", ""), ()) if name in names] or get_close_matches(word.lower(), names, n=1)
    return f"did you mean {' or '.join(found)}?" if found else otherwise


def _known(word: str, options: Collection[str]) -> str | None:
    if (known := MEANT.get(word)) and known.split()[0].rstrip(",") in options:
        return f"did you mean {known}?"
    if word in TAGS and "--tag" in options:
        return f"a tag has any name: --tag {word}=NAME"
    if "--at" in options and word in (*WHEN, *BEGIN):
        return "when it began is given with --at"
    return _time(word, options) if "--since" in options else None


def _time(word: str, options: Collection[str]) -> str | None:
    if word in SPANS:
        return f"--since {word} --until {word}"
    if (period := word.removesuffix("s")) in PERIODS:
        last = f"--last {1 if period == word else 7}{'mo' if period == 'month' else period[0]}"
        return f"--by {word} makes a row of each; {last} is the time up to now" if period == word and "--by" in options else last
    if word in (*BEGIN, *WHEN):
        return "did you mean --since?"
    return "did you mean --until?" if word in END else None
