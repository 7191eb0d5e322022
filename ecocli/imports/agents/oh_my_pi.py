"""
Oh My Pi: sessions as pi writes them, in a folder of its own.

Format: can1357/oh-my-pi at adad196, packages/coding-agent/docs/session.md, src/core/session-manager.ts and src/config.ts,
packages/ai/src/types.ts (`Usage`). Long texts are cut when a session is written anew, which ids and counts do not depend on.
"""

from collections.abc import Mapping
from pathlib import Path

from ecocli.imports.agents import pi
from ecocli.imports.source import LogSource


def roots(env: Mapping[str, str]) -> list[Path]:
    return pi.sessions(env, "OMP_CODING_AGENT_DIR", ".omp")


class Reader(pi.Reader):
    """Reads pi's lines for another source."""

    source = "oh-my-pi"


SOURCE = LogSource("oh-my-pi", "Oh My Pi sessions (~/.omp/agent/sessions, OMP_CODING_AGENT_DIR)", roots, pi.files, Reader, lines_stand_alone=False)
