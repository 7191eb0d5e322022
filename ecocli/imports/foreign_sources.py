"""Log sources of other packages: whatever their code raises is an error that names the package."""

from collections.abc import Iterable
from dataclasses import replace

from ecocli.imports.calls import LogCall
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LineReader, LogSource, Memory
from ecocli.ingest import plugins
from ecocli.ingest.plugins import LOGS
from ecocli.ingest.reading import Rejected


def load(name: str) -> LogSource | None:
    """
    The source of a name; None where no package offers one.

    Raises:
        BadPlugin: It cannot be imported, or is no LogSource.
    """
    source = plugins.load(LOGS, name, LogSource)
    if source is None:
        return None

    def reader(file: LogFile, memory: Memory) -> LineReader:
        return _Guarded(name, source.open_reader(file, memory))

    guarded: LogSource = replace(
        source,
        roots=plugins.guard(LOGS, name, source.roots),
        files=plugins.guard(LOGS, name, source.files),
        reader=source.reader and plugins.guard(LOGS, name, reader),
        read_whole=source.read_whole and plugins.guard(LOGS, name, source.read_whole),
        has_lines=source.has_lines and plugins.guard(LOGS, name, source.has_lines),
    )
    return guarded


class _Guarded:
    def __init__(self, name: str, reader: LineReader) -> None:
        self._name, self._reader = name, reader

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        with plugins.blamed(LOGS, self._name):
            return list(self._reader.feed(number, line))
