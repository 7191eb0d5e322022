"""What the routes work with: settings and catalogue as they were last read, the writer, the readers, and a thread for what takes long."""

import os
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ecocli.catalog.compiled import open_for
from ecocli.catalog.entries import Entries
from ecocli.config import settings
from ecocli.config.settings import Settings
from ecocli.ingest.reading import Fill
from ecocli.pipeline.assessment import Assessor
from ecocli.serve.access import Access
from ecocli.serve.gathering import Gathering
from ecocli.serve.readers import Readers
from ecocli.serve.writer import Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Configured:
    """What a person can change while the server runs; read as a whole, and exchanged as a whole."""

    settings: Settings
    catalog: Entries
    fill: Fill
    assessor: Assessor
    """For the event loop alone: an assessor is not for several threads."""
    assessor_aside: Assessor
    """For the thread that does what takes long."""

    @classmethod
    def read(cls) -> "Configured":
        """Read catalogue and configuration. BadCatalog or BadConfig for files that are not valid."""
        found, catalog = settings.load(os.environ), open_for(os.environ)

        def assessor() -> Assessor:
            return Assessor(open_for(os.environ), strict=found.strict, region_fallback=found.region_fallback, preferences=found.preferences)

        return cls(found, catalog, Fill(defaults=found.event_defaults), assessor(), assessor())


class Services:
    """Everything that a route may use."""

    def __init__(self, configured: Configured, path: Path, access: Access, clock: Callable[[], int], loop: AbstractEventLoop) -> None:
        self.configured, self.path, self.access, self.clock = configured, path, access, clock
        self.readers = Readers(path)
        self.writer = Writer(path, loop, clock)
        self.gathering = Gathering(lambda: self.configured, self.writer, clock, loop)
        self._aside = ThreadPoolExecutor(1, "eco-aside")

    async def aside(self, work: Callable[[], T]) -> T:
        """Do what takes long in a thread, one thing after another."""
        return await get_running_loop().run_in_executor(self._aside, work)

    def close(self) -> None:
        """End the threads, once everything that was accepted is stored."""
        self.writer.close()
        self.readers.close()
        self._aside.shutdown(cancel_futures=True)
