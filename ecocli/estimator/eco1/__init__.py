"""Method eco-1: its constants, its equations, and the plans and tables that they are worked out with."""

from ecocli.estimator.eco1.calls import split
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.eco1.footprint import footprint, infer_reasoning, spent
from ecocli.estimator.eco1.laws import vintage
from ecocli.estimator.eco1.plan import Plan, aged, make

__all__ = ["CONSTANTS", "Plan", "aged", "footprint", "infer_reasoning", "make", "spent", "split", "vintage"]
