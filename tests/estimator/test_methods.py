"""Methods stand beside each other, and a single call needs no array."""

import subprocess
import sys

from ecocli.estimator import eco1, methods
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.pipeline import assessment
from tests.estimator_helpers import every_model, make

USED = ("CONSTANTS", "make", "aged", "vintage")


def test_every_method_has_what_is_used_of_it() -> None:
    for method in methods.PACKAGES:
        assert all(hasattr(methods.package(method), name) for name in USED)
        assert callable(methods.package(method, ".steps").steps)


def test_the_current_method_is_one_of_them() -> None:
    assert methods.METHOD in methods.PACKAGES
    assert methods.package() is methods.package(methods.METHOD) is eco1


def test_new_calls_are_estimated_by_the_current_method() -> None:
    current = methods.package()
    assert assessment.plans is current
    assert all(getattr(assessment, name) is getattr(current, name) for name in ("CONSTANTS", "vintage"))


def test_a_foreign_method_is_tried_with_the_current_one() -> None:
    assert methods.package("eco-0") is methods.package()


def test_a_method_keeps_its_constants() -> None:
    assert methods.package("eco-1").CONSTANTS is CONSTANTS
    assert make(every_model()[0].spec).constants is CONSTANTS


def test_a_single_call_does_without_numpy() -> None:
    code = "import sys, ecocli.pipeline.assessment, ecocli.analysis.explanation, ecocli.estimator.eco1.steps; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
