"""Known models under names with prefixes and suffixes, and under other spellings of sizes and versions."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_affixes import NOT_REASONING, REASONING, SPEEDS
from ecocli.catalog.model_names import normalised
from ecocli.catalog.model_parts import Part, key_of, parts, states_size, words_of
from ecocli.catalog.model_phrases import Words

MOST_REMEMBERED = 4096
SIZE_TOLERANCE = 1.1
"""x/÷ by which a stated size may differ from the model's: names round. [1]"""
STATES_ACTIVE = "llama-4-"
"""Meta states the active parameters of Llama 4, and the number of experts, in place of the total."""
SERVED_FASTER = {"flashx": "flash", "airx": "air"}
"""Zhipu's names of models that are served faster."""
CLAUDE_TIERS = ("opus", "sonnet", "haiku")

_suggested: "WeakKeyDictionary[Entries, dict[str, list[str]]]" = WeakKeyDictionary()
_remembered: "WeakKeyDictionary[Entries, dict[tuple[str, str | None], Spelling | None]]" = WeakKeyDictionary()


class Spelling(NamedTuple):
    """The model that a name stands for."""

    model_id: str
    match: str
    """alias, or suffix where something behind the model's own name was left out."""
    name: str
    """The part of the name that is the model's own, with hyphens."""


def find(entries: Entries, name: str, provider_id: str | None) -> Spelling | None:
    """The model that a name stands for without the words around it; None for an unknown name. Results are remembered."""
    found = _remembered.setdefault(entries, {})
    key = (name, provider_id)
    if key in found:
        return found[key]
    if len(found) >= MOST_REMEMBERED:  # names of chance must not fill the memory
        found.clear()
    spelling = found[key] = _find(entries, name, provider_id)
    return spelling


def suggestions(entries: Entries, name: str) -> list[str]:
    """Up to three ids with names similar to `name`, the closest first. Results are remembered: a search takes milliseconds."""
    found = _suggested.setdefault(entries, {})
    if name in found:
        return list(found[name])
    if len(found) >= MOST_REMEMBERED:
        found.clear()
    close = found[name] = _suggestions(entries, name)
    return list(close)


def _suggestions(entries: Entries, name: str) -> list[str]:
    import difflib

    wanted = normalised(name.rpartition("/")[2])
    names = [name for name in entries.keys("model-name") if "/" not in name]
    close = difflib.get_close_matches(wanted, names, n=8, cutoff=0.6)
    targets = (entries.get("model-name", name) for name in close)
    return list(dict.fromkeys(target["id"] for target in targets if target))[:3]


def _find(entries: Entries, name: str, provider_id: str | None) -> Spelling | None:
    host = key_of(words_of(provider_id or ""))
    cut = parts(name)
    for part in cut:
        model_id = _look_up(entries, host, part.words)
        if model_id and _keeps_the_model(entries, part, model_id):
            return Spelling(model_id, "suffix" if part.after else "alias", "-".join(part.words))
    for part in (part for part in cut if not part.has_path):
        for words in _respelt(part.words):
            model_id = _look_up(entries, host, words)
            if model_id and _keeps_the_model(entries, part, model_id) and _agrees(entries, part.words, words, model_id):
                return Spelling(model_id, "suffix" if part.after or words == _without_x(part.words) else "alias", "-".join(words))
    return None


def _look_up(entries: Entries, host: str, words: Words) -> str | None:
    """The id of a key; a deployment at the host comes first, since the same name at another host is another deployment."""
    own = key_of(words)
    for key in (f"{host}-{own}", own) if host else (own,):
        model_id: str | None = entries.get("model-key", key)
        if model_id:
            return model_id
    return None


def _keeps_the_model(entries: Entries, part: Part, model_id: str) -> bool:
    """False when the words that were cut off name another model: a mode that the model lacks, or a tier of its family."""
    if not part.after:
        return True
    after = "-".join(part.after)
    words = set(after.replace("high-speed", "highspeed").replace("high-throughput", "").split("-"))
    if not any(mode in after for mode in NOT_REASONING) and not words.isdisjoint(REASONING):
        body = entries.get("model", model_id)
        if body is None or body["spec"]["reasoning"] == "no":
            return False
    speeds = words.intersection(SPEEDS)
    return not speeds or states_size(part.words) or not _is_tier(entries, part.words, speeds)


def _is_tier(entries: Entries, words: Words, speeds: set[str]) -> bool:
    """True when a family of the catalogue that a name belongs to has models of such a word."""
    name = "-".join(words)
    families = entries.get("model-family", "all") or ()
    return any(speeds.intersection(family["words"]) and name.startswith(tuple(family["start"])) for family in families)


def _respelt(words: Words) -> Iterator[Words]:
    """
    Other spellings of the same model.

    >>> list(_respelt(("gpt", "52", "codex")))
    [('gpt', '5', '2', 'codex')]
    >>> list(_respelt(("claude", "opus", "9", "1")))
    [('claude', '9', '1', 'opus')]
    >>> list(_respelt(("mistral", "nemo", "12b")))
    [('mistral', 'nemo')]
    """
    others = (_without_size(words), _with_dot(words), _of_claude(words), tuple(map(_without_v, words)), _without_x(words))
    yield from (other for other in others if other and other != words)


def _without_size(words: Words) -> Words:
    return tuple(word for word in words if not _is_size(word))


def _is_size(word: str) -> bool:
    """`12b`, `a3b`, `1t`, and `128e` for a number of experts."""
    digits = word[:-1].removeprefix("a")
    return word[-1] in "bte" and digits.replace("x", "", 1).isdecimal() and word[0] != "e"


def _with_dot(words: Words) -> Words | None:
    """A version without its dot, as in the names of deployments, where Azure allows none: `gpt-41`, `qwen25`."""
    for i, word in enumerate(words):
        letters, digits = word[:-2], word[-2:]
        if len(digits) == 2 and digits.isdecimal() and digits[1] != "0" and (letters.isalpha() or (i and not letters)):
            return (*words[:i], letters + digits[0], digits[1], *words[i + 1 :])
    return None


def _without_v(word: str) -> str:
    """Fireworks' `llama-v3p1` is Llama 3.1."""
    return word[1:] if word[0] == "v" and word[1:2].isdecimal() else word


def _without_x(words: Words) -> Words:
    return tuple(SERVED_FASTER.get(word, word) for word in words)


def _of_claude(words: Words) -> Words | None:
    """Claude with its tier and its version the other way round, or with the tier alone: Anthropic changed the order with Claude 4."""
    if words[0] in CLAUDE_TIERS and len(words) > 1:
        return ("claude", *words)
    if (tier := words[0].rstrip("0123456789")) in CLAUDE_TIERS and tier != words[0]:  # `sonnet4.5`
        return ("claude", tier, words[0][len(tier) :], *words[1:])
    if words[0] != "claude" or len(words) < 3:
        return None
    if words[1] in CLAUDE_TIERS:
        return ("claude", *words[2:], words[1])
    return ("claude", words[-1], *words[1:-1]) if words[-1] in CLAUDE_TIERS else None


def _agrees(entries: Entries, stated: Words, words: Words, model_id: str) -> bool:
    """True unless a size that was left out is another than the model's."""
    if words != _without_size(stated):
        return True
    from ecocli.catalog.model_sizes import stated_size

    size, body = stated_size("-".join(stated)), entries.get("model", model_id)
    if body is None or size is None:
        return False
    spec = body["spec"]
    states_active = key_of(words).startswith(STATES_ACTIVE)
    own_b = spec["active_params_b" if states_active else "total_params_b"]["value"]
    stated_b = size.active_b if states_active else size.total_b
    return bool(max(own_b / stated_b, stated_b / own_b) <= SIZE_TOLERANCE)
