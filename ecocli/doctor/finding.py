"""Something that is not as it should be, or worth knowing."""

from collections.abc import Sequence

from ecocli.errors import BadData, EcoError, StoreError
from ecocli.util.valueclass import value_class

STORE, DATA, WELL = 5, 4, 0
"""Exit codes of findings: the store cannot be used as it should; something else cannot; nothing is wrong."""


@value_class(frozen=True, slots=True)
class Finding:
    """One thing that was found."""

    code: str
    """For programs."""
    message: str
    mend: str | None
    """A command that mends it, or what else to do."""
    exit_code: int
    """STORE or DATA; WELL for what is only worth knowing."""

    @classmethod
    def of(cls, error: EcoError, mend: str | None) -> "Finding":
        """An error that some command stops at."""
        return cls(error.code, str(error), mend, STORE if error.exit_code == STORE else DATA)


def error(problems: Sequence[Finding]) -> EcoError:
    """The error that a command ends with for these, the worst first."""
    kind = StoreError if problems[0].exit_code == STORE else BadData
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    return kind(f"not well: {problems[0].message}{more}", problems[0].mend, code="not-well")
