"""Method eco-2: its constants, its equations, and the plans that they are worked out with. It knows how many sequences decode at once."""

from ecocli.estimator.eco2.constants import CONSTANTS
from ecocli.estimator.eco2.fleet import Fleet, vintage
from ecocli.estimator.eco2.plan import Plan, aged, make, placed
from ecocli.estimator.eco2.stated import constants_for

__all__ = ["CONSTANTS", "Fleet", "Plan", "aged", "constants_for", "make", "placed", "vintage"]
