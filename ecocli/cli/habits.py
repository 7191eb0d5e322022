"""
What people type from habit, or in a hurry, with what does the same here: one table of commands, options and other words.

The habits are those of users of ccusage, gh, git, llm, sqlite-utils and the like.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from shlex import quote as shell_word

from ecocli.errors import did_you_mean, shorten

Hints = str | tuple[str, ...]
"""A hint, or several: then the first whose options the command has, or whose command the group has."""

_REMOVE = "eco undo takes the last run back, eco forget removes calls for good"
_LIST = "eco history lists calls; eco models list and eco regions list what can be named"
_SUMS = "eco summary adds up; with --cost at list prices"
_SQL = "eco db query 'SELECT …' asks the records in SQL; eco db views lists what it reads"
_LOGS = "eco import {0} reads its logs; then eco daily, and eco daily --source {0}"
_PAGE = "eco report --output report.html makes a page"
_LEAVE_OUT = "leave it out: {}"

ANY_COMMAND, ANY_GROUP = "", "a group"
HABITS: dict[str, dict[str, Hints]] = {
    "eco": {
        "help": "eco {rest} --help shows the options of one command, eco --help all commands",
        "version": "eco --version prints it",
        "-v -V": "eco --version prints it; -q prints errors only",
        "--verbose": "eco explain ID shows what a call's figures rest on",
        "log logs": "eco history lists calls, eco record adds one",
        "calls events requests": "eco history lists calls, eco record adds one",
        "add new track create insert": "eco record records a call, eco import what agents left here",
        "calc calculate compute": "eco estimate shows what a call costs, and stores nothing",
        "list ls": _LIST,
        "show view get info": "eco explain ID shows a call, eco history several",
        "rm delete remove": _REMOVE,
        "clear reset wipe purge delete-all": "eco forget --until today removes all calls for good; eco undo takes the last run back",
        "today status": "eco by itself shows today, this week and this month; eco statusline is one line",
        "yesterday": "eco summary --since yesterday --until yesterday",
        **{word: f"eco {word}ly, or eco summary --since 'last {word}' --until 'last {word}'" for word in ("week", "month")},
        "year yearly": "eco summary --by year",
        "hourly": "eco blocks shows five hours at a time, eco daily days",
        "stats usage cost costs total totals carbon co2 energy water trees footprint tokens": _SUMS,
        "projects providers tags": "eco summary --by project, or by provider or tag:NAME",
        "top": "eco history --sort carbon -L 10 lists the heaviest calls, eco session the heaviest conversations",
        "search find grep": "eco history --model 'gpt*' --tag key=value; eco models list --search TEXT",
        "chart graph plot": "eco summary --chart",
        "export": "eco history --format csv > history.csv; eco history --all --full --format ndjson loses nothing",
        "backup": "eco db backup",
        "restore": "eco db restore FILE",
        "sync": "eco merge OTHER.db unites another machine's calls with these",
        "diff": "eco compare sets models side by side, eco summary --compare previous two periods",
        "price prices pricing": "eco compare MODEL --cost, eco summary --cost",
        "watch tail": "watch -n 60 eco; eco statusline for a status bar",
        "query sql tables rows": _SQL,
        "claude": _LOGS.format("claude-code"),
        "gemini": _LOGS.format("gemini-cli"),
        **{name: _LOGS.format(name) for name in ("codex", "opencode", "copilot", "amp", "droid", "goose", "llm")},
        "init login auth": "there is nothing to set up: eco record records a call, eco import --all what agents left here",
        "who whoami users accounts": "eco keys list shows who may record; without a key it is the owner of the file",
        "optimize": "eco compare shows models and regions doing the same work, eco explain what one call's figures rest on",
        "completion completions install": "eco setup puts the completion of your shell where it is found",
        "uninstall": "eco setup --remove takes completion and man page away; eco is removed as it was installed",
        "settings preferences": "eco config list",
        "check test health": "eco doctor says whether all is well",
        "gpu machine machines": "eco hardware list",
        "clouds": "eco regions list",
        "man": "man eco, or eco --help",
        "api server start run": "eco serve answers over HTTP",
        "stop": "Ctrl-C ends eco serve",
        "dashboard ui gui web open": _PAGE,
        "plugins": "eco formats lists payload formats, those of plug-ins too",
        "update upgrade": "eco is upgraded as it was installed, such as with pipx, uv or pip",
    },
    "eco db": {
        "tables schema rows columns": "eco db views lists what eco db query reads, eco db views NAME its columns",
        "sql select": _SQL,
        "shell sqlite sqlite3": "eco db query 'SELECT …'; eco db path prints the file",
        "size stats": "eco doctor shows its size and its calls",
        "export dump": "eco history --all --full --format ndjson loses nothing; eco db backup copies the file",
    },
    "eco keys": {"set": "eco keys create NAME names who records; eco keeps no key of a provider"},
    "eco keys create": {"--read --history": "--scope history:read", "--write --record": "--scope record", "--ttl --days --expiry": "--expires"},
    "eco models": {"default": "eco config set gives defaults; a call names its model with --model"},
    "eco config": {"show ls": "eco config list", "edit open": "eco config path prints the file; eco config set changes one value", "rm delete remove": "eco config unset {rest}"},
    "eco config set": {"--global": _LEAVE_OUT.format("there is one configuration")},
    "eco compare": {"--model --models -m": _LEAVE_OUT.format("models stand behind eco compare without an option")},
    "eco explain": {"--last": "eco explain last"},
    "eco undo": {"last": _LEAVE_OUT.format("the last run is what it takes back"), "-n --last 2 3 4 5": "it takes back one run; the next time the one before"},
    "eco forget": {"-f": "--yes", "all --all": "--until today", "--older-than --older": "--before"},
    "eco recompute": {
        "--yes -y --force --write --keep now": "--apply",
        "--dry-run": _LEAVE_OUT.format("nothing changes without --apply"),
        "all --all": _LEAVE_OUT.format("without filters it looks at every call"),
    },
    "eco serve": {"-d --daemon --detach": "eco serve & keeps it in the background", "--bind --address": "--host", "--token --auth": "--require-key"},
    "eco setup": {**{shell: f"--shell {shell}" for shell in ("bash", "zsh", "fish")}, "--completion --completions": _LEAVE_OUT.format("completion is part of what it sets up")},
    "eco doctor": {"--fix": "each finding names the command that mends it"},
    "eco blocks": {"--live": "watch -n 60 eco blocks --active", "--token-limit": "eco budget set 2M tokens/day"},
    "eco report": {"--pdf": f"{_PAGE}, which a browser prints to PDF"},
    ANY_GROUP: {
        "search find": "{path} list --search {rest}", "ls": "{path} list", "info get describe": "{path} show {rest}", "show": "{path} list",
        "rm delete": ("{path} revoke {rest}", "{path} remove {rest}"), "remove": "{path} revoke {rest}",
        "new": ("{path} create {rest}", "{path} add {rest}"), "add": "{path} create {rest}", "create": "{path} add {rest}",
    },
    ANY_COMMAND: {
        # of a call
        "--tokens --total-tokens --usage": "--prompt-tokens and --completion-tokens",
        "--input-tokens --in --tokens-in --in-tokens": "--prompt-tokens",
        "--output-tokens --out --tokens-out --out-tokens": "--completion-tokens",
        "--output -o": ("--completion-tokens, or > FILE to keep what is printed", "> FILE keeps what is printed"),
        "--cache-read-tokens --cache-read --cached": "--cached-tokens",
        "--thinking-tokens --thinking --reasoning": "--reasoning-tokens",
        "--prompt --text": "--prompt-text or --prompt-file",
        "--completion --answer --response": "--completion-text or --completion-file",
        "--file --path --json-file --stdin": "--input",
        "--country --location --zone --place --cloud": ("--region", "--search"),
        "--regions": "--region, once for each",
        # when
        "--date --time --when --timestamp --on": ("--at", "--since"),
        "--from --after --start --begin": ("--at", "--since"),
        "--to --before --end --till": "--until",
        **{f"--{span}": f"--since {span} --until {span}" for span in ("today", "yesterday")},
        **{f"--{which}-{span}": f"--since '{which} {span}' --until '{which} {span}'" for which in ("this", "last") for span in ("week", "month", "year")},
        "--day": ("--at", "--by day, or --last 1d", "--last 1d"), "--days": "--last 7d",
        "--week": ("--by week, or --last 1w", "--last 1w"), "--weeks": "--last 7w",
        "--month": ("--by month, or --last 1mo", "--last 1mo"), "--months": "--last 7mo",
        "--year": ("--by year, or --since YEAR --until YEAR", "--since YEAR --until YEAR"), "--years": "--last 7y",
        "--daily": ("--by day", "--per day"), "--weekly": ("--by week", "--per week"), "--monthly": ("--by month", "--per month"),
        "--quarter --q1 --q2 --q3 --q4 q1 q2 q3 q4": "a quarter has its year: --since 2026-Q3 --until 2026-Q3",
        "--period": "--since and --until",
        "--recent": "--last 3d",
        "ago": _LEAVE_OUT.format("a span such as 3d counts back from now"),
        "--start-of-week": "weeks begin on Monday, as in ISO 8601",
        # which, how many, and in which order
        "--project --team --user --session --customer --env --environment --app --feature --label": "--tag {word}=NAME",
        "--id": "--tag session=ID",
        "--search": "--model 'gpt*' or --tag key=value",
        "--grep --filter --find": ("--search", "--model 'gpt*' or --tag key=value"),
        "-i": "--tag",
        "--breakdown --per-model": "--by model",
        "--instances": "--by project",
        "--group-by --groupby --group -b": "--by",
        "--top": ("--sort carbon --limit 10", "--sort carbon"),
        "--order --reverse --desc --asc --descending --ascending": "the order is that of --sort: by a figure the largest first, by a name its letters",
        "--limit -L": "| head cuts it short; eco history has --limit",
        "-n -1 -2 -3 -4 -5 -6 -7 -8 -9": "--limit",
        "-r": "--last",
        "last": "eco explain last shows it, eco history -L 1 lists it",
        "list": _LEAVE_OUT.format("it lists by itself"),
        "view show get": "eco explain ID shows a call, eco history several",
        # how it is shown
        "-f": "--format",
        "-t": "--tag",
        "--template": "--jq",
        "--tsv --yaml --arrays": "--csv or --nl or -t",
        "--fmt": "-t",
        "--compact --short --locale --mode": _LEAVE_OUT.format("a table fits its terminal, and numbers are the same everywhere"),
        "--no-color --no-colour": "NO_COLOR=1 before the command",
        "--color --colour": _LEAVE_OUT.format("colour is for terminals"),
        "--live --watch --follow": "watch -n 60 {path}",
        "--web": _PAGE,
        "--debug --verbose -v": "eco explain ID shows what a call's figures rest on",
        "--offline --no-offline": _LEAVE_OUT.format("eco asks no network"),
        "help": "see {path} --help",
    },
}  # fmt: skip
"""By the command that it was typed behind, then by what was typed: words and options with a hint in common stand together."""

FIGURES = {
    "when": "date time day newest", "carbon": "co2 co2e co2grams emissions", "energy": "wh kwh power energywh", "water": "ml waterml",
    "in": "input prompt tokens total", "out": "output completion tokens total", "calls": "count requests number",
}  # fmt: skip
"""Figures and columns of tables, with other words for them."""
FORMATS = {"json": "yaml yml js", "csv": "xlsx xls excel tsv", "html": "pdf web page", "ndjson": "jsonl", "table": "text txt", "md": "markdown"}
"""Formats, with others that serve the same end."""

ENOUGH, SLIP = 0.6, 0.9
"""How alike names have to be, as difflib measures it, and from where on there is no doubt; the dashes do not count."""
SHOWN = 5
"""Words behind the one in question."""
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
OTHER_COMMAND = re.compile(r"\beco \S|^watch ")


def command(word: str, path: str, commands: Collection[str], rest: Sequence[str] = ()) -> str:
    """The hint for a word that is none of the `commands` of the group `path`, with the `rest` of the words behind it."""
    groups = (path,) if path == "eco" else (path, ANY_GROUP)
    if hint := _found(word, groups, commands, path, rest) or _special(word, path, rest):
        return hint
    if f"{word}s" in commands:
        return f"{path} {word}s"
    help = f"{path} --help shows the commands"
    otherwise = f"{path} show {_written(word)}, if that is a name; {help}" if "show" in commands else help
    return str(did_you_mean(get_close_matches(word, sorted(commands)), otherwise))


def option(name: str, path: str, options: Collection[str]) -> str | None:
    """The hint for an option that the command `path`, which has these `options`, has not; None where nothing comes to mind."""
    key = name.lower().replace("_", "-") if name.startswith("--") else name
    if hint := _found(key, (path, ANY_COMMAND), options, path):
        return hint
    long = {each.lstrip("-"): each for each in options if each.startswith("--")}
    if not name.startswith("--"):
        return did_you_mean(each for each in long.values() if each.startswith(f"-{name}"))
    word = key.lstrip("-")
    close = get_close_matches(word, long, n=1, cutoff=SLIP) or get_close_matches(word, long, cutoff=ENOUGH)
    return did_you_mean(long[each] for each in close)


def surplus(word: str, path: str, options: Collection[str]) -> str | None:
    """The hint for a word that the command `path` does not take; None where the table has none."""
    return _found(word, (path, ANY_COMMAND), options, path)


def figure(word: str, names: Collection[str], otherwise: str | None = None) -> str | None:
    """The hint for a word that is none of the `names` of figures or columns."""
    typed = word.lower().replace("_", "")
    return did_you_mean([name for name in names if typed in FIGURES.get(name, "").split()] or get_close_matches(word.lower(), names, n=1), otherwise)


def output_format(word: str, formats: Collection[str]) -> str | None:
    """The hint for a format that is none of the `formats` of a command."""
    return did_you_mean(name for name in formats if word.lower() in FORMATS.get(name, "").split() or word.lower() == name)


def _found(key: str, places: Iterable[str], there: Collection[str], path: str, rest: Sequence[str] = ()) -> str | None:
    """The first hint of the table that fits."""
    for hint in (hint for place in places for hint in _hints(HABITS.get(place, {}), key)):
        if _fits(hint, there):
            text = hint.format(path=path, rest=" ".join(map(_written, rest[:SHOWN])) or "…", word=key.lstrip("-"))
            return f"did you mean {text}?" if hint.startswith(("-", "{path} ")) else text
    return None


def _hints(table: Mapping[str, Hints], key: str) -> tuple[str, ...]:
    found = next((hints for typed, hints in table.items() if key in typed.split()), ())
    return (found,) if isinstance(found, str) else found


def _fits(hint: str, there: Collection[str]) -> bool:
    """False where it names an option of the command, or a command of the group, that is not there."""
    if hint.startswith("{path} "):
        return hint.split()[1] in there
    return bool(OTHER_COMMAND.search(hint)) or set(OPTION.findall(hint)) <= set(there)


def _special(word: str, path: str, rest: Sequence[str]) -> str | None:
    """`eco 'SELECT …'`, `eco budget 500g`, `eco config region us-east-1`."""
    if word.partition(" ")[0].lower() in ("select", "with") and " " in word:
        return _SQL
    if path == "eco budget" and word[:1] in "$0123456789":
        return " ".join(map(_written, ("eco", "budget", "set", word, *rest[:SHOWN])))
    if path == "eco config":
        from ecocli.config.settings import ALIASES, NAMES

        if word in (*NAMES, *ALIASES):
            return " ".join(map(_written, ("eco", "config", "set" if rest else "get", word, *rest[:SHOWN])))
    return None


def _written(word: str) -> str:
    return shell_word(shorten(word))
