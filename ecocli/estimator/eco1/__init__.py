"""Method eco-1: its constants, its equations, and the plans and tables that they are worked out with."""

from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.eco1.laws import vintage
from ecocli.estimator.eco1.plan import Plan, aged, make

__all__ = ["CONSTANTS", "Plan", "aged", "make", "vintage"]
