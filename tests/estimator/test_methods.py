"""Methods stand beside each other, and a single call needs no array."""

import subprocess
import sys

import pytest

from ecocli.estimator import eco1, eco2, methods
from ecocli.pipeline import assessment
from tests.estimator_helpers import Method, every_model
from tests.estimator_helpers import methods as every_method

USED = ("CONSTANTS", "make", "aged", "vintage")


def test_every_method_has_what_is_used_of_it() -> None:
    for method in methods.PACKAGES:
        assert all(hasattr(methods.package(method), name) for name in USED)
        assert callable(methods.package(method, ".steps").steps)


def test_the_current_method_is_the_newest_of_them() -> None:
    assert list(methods.PACKAGES)[-1] == methods.METHOD
    assert methods.package() is methods.package("eco-2") is eco2
    assert methods.package("eco-1") is eco1


def test_only_known_methods_are_provisional() -> None:
    assert set(methods.PROVISIONAL) <= set(methods.PACKAGES)


def test_new_calls_are_estimated_by_the_current_method() -> None:
    current = methods.package()
    assert assessment.plans is current
    assert all(getattr(assessment, name) is getattr(current, name) for name in ("CONSTANTS", "vintage"))


def test_a_foreign_method_has_no_package() -> None:
    with pytest.raises(KeyError):
        methods.package("eco-0")


@every_method
def test_a_method_keeps_its_constants(method: Method) -> None:
    assert methods.package(method.id) is method.package
    assert method.constants.items() >= method.package.CONSTANTS.items()
    assert method.make(every_model()[0].spec).constants is method.constants


def test_the_methods_share_what_neither_changed() -> None:
    one, two = eco1.CONSTANTS, eco2.CONSTANTS
    alike = {name for name in one.keys() & two.keys() if one[name] is two[name]}
    assert {"embodied_per_it_wh", "tree_uptake", "queue_s", "software_middle"} <= alike


def test_a_single_call_does_without_numpy() -> None:
    code = "import sys, ecocli.pipeline.assessment, ecocli.analysis.explanation, ecocli.estimator.eco1.steps, ecocli.estimator.eco2.steps; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
