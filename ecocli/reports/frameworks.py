"""Other frameworks that readers ask about, each in one line: what of it the report covers, and why not the rest."""

from ecocli.reports import texts
from ecocli.util.valueclass import value_class

IN_PART, NO, UNVERIFIED = COVERED = ("in part", "no", "not verified")


@value_class(frozen=True, slots=True)
class Framework:
    """A framework, and what the report has of it."""

    name: str
    covered: str
    """One of COVERED."""
    why: str
    text: str
    """Key of texts.TEXTS."""


FRAMEWORKS = (
    Framework(
        "ISO 14064-1:2018", IN_PART, "the lines of the inventory have its categories, by their names; what else it asks of an inventory is not looked at",
        texts.ISO_14064,
    ),
    Framework(
        "ITU-T L.1801", IN_PART,
        "it is about the life cycle of an AI system: the report has the electricity of its use and the making of hardware, not training, nor what its use changes elsewhere",
        texts.L_1801,
    ),
    Framework(
        "EU AI Act, Annex XI", NO,
        "it wants the known or estimated energy consumption of a general-purpose model from the model's provider, and binds nobody who calls one",
        texts.AI_ACT,
    ),
    Framework("AFNOR SPEC 2314", UNVERIFIED, "its text was not read, so nothing is claimed", texts.SPEC_2314),
    Framework("CDP", UNVERIFIED, "its questions were not read, so none is named; this report has figures by scope and category", texts.CDP),
)  # fmt: skip
