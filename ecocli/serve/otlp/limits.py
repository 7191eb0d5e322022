"""
How much one request of an exporter may hold.

An empty message of protobuf is two bytes long, so that some kilobytes of gzip hold millions of them, and each takes
its time and its memory. Exporters send some hundreds of records at a time.
"""

from collections.abc import Iterable

from ecocli.serve.refusals import Refused

MOST_RECORDS = 100_000
"""Resources, scopes and records: a span of a call has some hundred bytes, of which 20 MiB hold fewer."""
MOST_ATTRIBUTES = 1_000_000


def check_records(sizes: Iterable[int]) -> None:
    """Refused for more records than a request may hold; what comes after them is not looked at."""
    _check(sizes, MOST_RECORDS, "records")


def check_attributes(sizes: Iterable[int]) -> None:
    """Refused for more attributes than a request may hold."""
    _check(sizes, MOST_ATTRIBUTES, "attributes")


def _check(sizes: Iterable[int], most: int, what: str) -> None:
    found = 0
    for size in sizes:
        found += size
        if found > most:
            raise Refused("body-too-large", f"the request holds more than {most:,} {what}", "send it in parts")
