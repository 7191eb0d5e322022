"""A fault of the server's own is said by its place; its words may be those of a request."""

import logging
from pathlib import Path

import ecocli
from ecocli.serve.bugs import report

WORDS = "Zwiebelkuchen"


def fail() -> None:
    raise ValueError(WORDS)


def test_the_place_is_said_and_the_words_are_not(caplog):
    with caplog.at_level(logging.ERROR, "ecocli.serve"):
        try:
            fail()
        except ValueError as error:
            report(error)
    assert "ValueError" in caplog.text and "test_bugs.py" in caplog.text
    assert WORDS not in caplog.text


def test_no_other_place_logs_an_error_with_its_words():
    sources = (Path(ecocli.__file__).parent / "serve").rglob("*.py")
    assert [source.name for source in sources if ".exception(" in source.read_text("utf-8") or "exc_info" in source.read_text("utf-8")] == []
