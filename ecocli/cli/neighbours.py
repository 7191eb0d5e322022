"""Words and options of other programs (ccusage, gh, llm, sqlite-utils, git, …), each with what does the same here."""

from collections.abc import Iterable, Sequence
from shlex import quote as shell_word

from ecocli.errors import shorten

_REMOVE = "eco undo takes the last run back, eco forget removes calls for good"
_SHOW = "eco explain ID shows a call, eco history several"
_LIST = "eco history lists calls; eco models list and eco regions list what can be named"
_SUMS = "eco summary adds up; with --cost at list prices"
_LOGS = "eco import {} reads its logs; then eco daily, and eco daily --source {}"
_SQL = "eco db query 'SELECT …' asks the records in SQL; eco db views lists what it reads"
_SETUP = "there is nothing to set up: eco record records a call, eco import --all what agents left here"
_KEY = "eco keys create NAME names who records; eco keeps no key of a provider"

COMMANDS: dict[str, dict[str, str]] = {
    "eco": {
        "help": "eco --help shows the commands, eco COMMAND --help one of them",
        "version": "eco --version prints it",
        **dict.fromkeys(("log", "logs"), "eco history lists calls, eco record adds one"),
        **dict.fromkeys(("list", "ls"), _LIST),
        **dict.fromkeys(("show", "view", "get", "info"), _SHOW),
        **dict.fromkeys(("rm", "delete", "remove"), _REMOVE),
        **dict.fromkeys(("today", "status"), "eco by itself shows today, this week and this month; eco statusline is one line"),
        "yesterday": "eco summary --since yesterday --until yesterday",
        **{word: f"eco {word}ly, or eco summary --since 'last {word}' --until 'last {word}'" for word in ("week", "month")},
        "yearly": "eco summary --by year",
        "hourly": "eco blocks shows five hours at a time, eco daily days",
        **dict.fromkeys(("stats", "usage", "cost", "costs", "total", "totals"), _SUMS),
        "top": "eco history --sort carbon -L 10 lists the heaviest calls, eco session the heaviest conversations",
        "search": "eco history --model 'gpt*' --tag key=value; eco models list --search TEXT",
        "export": "eco history --format csv > history.csv; eco history --all --full --format ndjson loses nothing",
        "diff": "eco compare sets models side by side, eco summary --compare previous two periods",
        **dict.fromkeys(("watch", "tail"), "watch -n 60 eco; eco statusline for a status bar"),
        **dict.fromkeys(("query", "sql", "tables", "rows"), _SQL),
        **{word: _LOGS.format(name, name) for word, name in {"claude": "claude-code", **{name: name for name in ("codex", "opencode", "copilot", "amp", "droid", "goose", "llm")}}.items()},
        "gemini": _LOGS.format("gemini-cli", "gemini-cli"),
        **dict.fromkeys(("init", "login", "auth"), _SETUP),
        "optimize": "eco compare shows models and regions doing the same work, eco explain what one call's figures rest on",
        **dict.fromkeys(("completion", "completions"), "eco setup puts the completion of your shell where it is found"),
        "man": "man eco, or eco --help",
        **dict.fromkeys(("api", "server"), "eco serve answers over HTTP"),
        "plugins": "eco formats lists payload formats, those of plug-ins too",
        **dict.fromkeys(("update", "upgrade"), "eco is upgraded as it was installed, such as with pipx, uv or pip"),
    },
    "eco db": {
        **dict.fromkeys(("tables", "schema", "rows", "columns"), "eco db views lists what eco db query reads, eco db views NAME its columns"),
        **dict.fromkeys(("sql", "select"), _SQL),
    },
    "eco keys": {**dict.fromkeys(("set", "add", "new"), _KEY), **dict.fromkeys(("delete", "remove", "rm"), "eco keys revoke NAME ends one")},
    "eco models": {"default": "eco config set gives defaults; a call names its model with --model"},
    "eco budget": {**dict.fromkeys(("delete", "rm"), "eco budget remove ID removes one"), "show": "eco budget list shows them"},
}
"""By the command that the word was given to."""

OPTIONS: dict[str, str] = {
    **dict.fromkeys(("-v", "-V"), "eco --version prints it; -q prints errors only"),
    **dict.fromkeys(("--breakdown", "--per-model"), "--by model"),
    "--group-by": "--by",
    "--instances": "--by project",
    "--id": "--tag session=ID",
    **dict.fromkeys(("--from", "--after"), "--since"),
    **dict.fromkeys(("--to", "--before"), "--until"),
    **dict.fromkeys(("--order", "--reverse"), "the order is that of --sort: by a figure the largest first, by a name its letters"),
    "--top": "--sort carbon",
    **dict.fromkeys(("--limit", "-L"), "| head cuts it short; eco history has --limit"),
    "--recent": "--last 3d",
    "--live": "watch -n 60 eco blocks --active",
    "--token-limit": "eco budget set 2M tokens/day",
    "--template": "--jq",
    "--search": "--model 'gpt*' or --tag key=value",
    "--web": "eco report --output report.html makes a page",
    **dict.fromkeys(("--tsv", "--yaml", "--arrays"), "--csv or --nl or -t"),
    "--fmt": "-t",
    **dict.fromkeys(("--offline", "--no-offline"), "leave it away: eco asks no network"),
    **dict.fromkeys(("--compact", "--locale", "--mode"), "leave it away: a table fits its terminal, and numbers are the same everywhere"),
    **dict.fromkeys(("--no-color", "--no-colour"), "NO_COLOR=1 before the command"),
    "--color": "leave it away: colour is for terminals",
    "--debug": "eco explain ID shows what a call's figures rest on",
    "--start-of-week": "weeks begin on Monday, as in ISO 8601",
}
"""Tried where the command has no such option."""
SHORT = {"-n": "--limit", "-L": "--limit", "-b": "--by", "-r": "--last", "-o": "--sort", "-i": "--tag", "-f": "--format", "-t": "--tag"}
"""Letters that mean an option with another initial, where the command has it."""


LEFT = {"last": "eco explain last shows it, eco history -L 1 lists it", "list": "leave the word away", **dict.fromkeys(("view", "show", "get"), _SHOW)}
"""Words behind a command that takes none."""


def left(words: Sequence[str]) -> str | None:
    """What is meant by words that a command does not take."""
    if len(words) == 3 and all(word.isascii() and word.isdigit() for word in words[1:]):
        return f"--model {shell_word(shorten(words[0]))} --prompt-tokens {shorten(words[1])} --completion-tokens {shorten(words[2])}"
    return LEFT.get(words[0]) if len(words) == 1 else None


def command(word: str, path: str, commands: Iterable[str]) -> str | None:
    """What is meant by a word that is none of the commands below `path`."""
    if word in COMMANDS.get(path, {}):
        return COMMANDS[path][word]
    if word.partition(" ")[0].lower() in ("select", "with") and " " in word:
        return _SQL
    if path == "eco budget" and word[:1] in "$0123456789":
        return f"eco budget set {shell_word(shorten(word))}"
    return f"{path} {word}s" if f"{word}s" in commands else None
