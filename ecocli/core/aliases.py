"""A user's own names for models: deployments, inference profiles, model groups."""

from ecocli.util.valueclass import value_class

ANY = "*"
"""In a name: any characters, also none."""


@value_class(frozen=True, slots=True)
class Alias:
    """A name, or a pattern of names, and the model that it stands for, both as the user wrote them."""

    name: str
    model: str

    @property
    def precision(self) -> tuple[bool, int]:
        """How closely it describes a name: an outright name before a pattern, then by the characters besides `*`."""
        return ANY not in self.name, len(self.name.replace(ANY, ""))


def fits(pattern: str, name: str) -> bool:
    """
    True for a name that a pattern describes, in upper or lower case. Only `*` is special: names have brackets and question marks.

    >>> fits("team-*", "Team-blue"), fits("claude-4[1m]", "claude-4[1m]"), fits("a*a", "a")
    (True, True, False)
    """
    # no regular expression: one with many stars may take for ever
    first, *rest = pattern.lower().split(ANY)
    name = name.lower()
    if not rest:
        return name == first
    if not name.startswith(first):
        return False
    place = len(first)
    for part in rest[:-1]:
        place = name.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return name.endswith(rest[-1]) and len(name) - len(rest[-1]) >= place
