"""The name of a project: one for all of its worktrees, and for both Unicode spellings of its folder."""

import re
from unicodedata import normalize

WORKTREE = re.compile(r"(?<=[^/\\])[/\\]\.(?:claude[/\\])?worktrees[/\\][^/\\]+")
"""Where agents and people keep a repository's worktrees: inside of it."""
ENCODED_WORKTREE = re.compile(r"(?<=.)--(?:claude-)?worktrees-.+")
"""In the name that Claude Code gives to the logs of a folder, whose `/` and `.` are `-`."""


def project_of(folder: str) -> str:
    """
    The project that a folder belongs to.

    >>> project_of("/home/ann/garden/.claude/worktrees/roses/src")
    '/home/ann/garden/src'
    >>> project_of("-home-ann-garden--worktrees-roses")
    '-home-ann-garden'
    """
    pattern = ENCODED_WORKTREE if folder.startswith("-") else WORKTREE
    return normalize("NFC", pattern.sub("", folder, count=1))
