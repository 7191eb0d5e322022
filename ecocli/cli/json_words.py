"""`--json` and `-j`, alone or with names of fields: which word behind them is such names, and which is the command's own."""

from collections.abc import Iterable, Sequence
from typing import Any

NAMES = ("--json", "-j")
ALL = "*"
"""What stands for all fields."""


def attached(args: Sequence[str], params: Iterable[Any], *, takes_words: bool, mixed: bool) -> list[str]:
    """
    `args` with the names of fields behind `--json=`, and ALL there where none are named.

    Args:
        takes_words: The command has words of its own: one behind `--json` names fields only where it has a comma.
        mixed: Options may stand behind words; else the rest belongs to somebody else.
    """
    options = [param for param in params if param.param_type_name == "option" and not set(NAMES) & set(param.opts)]
    values = {name: 0 if param.is_flag else param.nargs for param in options for name in (*param.opts, *param.secondary_opts)}
    rest = list(args)
    done: list[str] = []
    while rest:
        word = rest.pop(0)
        if word == "--" or not (mixed or word.startswith("-")):
            return [*_once(done), word, *rest]
        letters = [f"-{letter}" for letter in word[1:]]
        if word in NAMES:
            done.append(f"--json={rest.pop(0) if rest and _are_fields(rest[0], takes_words) else ALL}")
        elif len(letters) > 1 and "-j" in letters and all(letter == "-j" or values.get(letter) == 0 for letter in letters):
            rest[:0] = letters  # flags of one letter, written together
        else:
            count = values.get(word, 0)
            done += [word, *rest[:count]]
            del rest[:count]
    return _once(done)


def _are_fields(word: str, needs_comma: bool) -> bool:
    names = word.split(",")
    return word == ALL or (all(name.isidentifier() or name.startswith("tag:") for name in names) and (len(names) > 1 or not needs_comma))


def _once(words: list[str]) -> list[str]:
    """Without the `--json=*` that say nothing new."""
    every = f"--json={ALL}"
    if every not in words:
        return words
    others = [word for word in words if word != every]
    return others if any(word.startswith("--json=") for word in others) else [*others, every]


def are_in(args: Iterable[str]) -> bool:
    """True where `args` ask for JSON, however they go on."""
    return any(word in NAMES or word.startswith("--json=") for word in args)
