"""Logs of further coding agents: one file for each, which cites where its format was read."""

NAMES: tuple[str, ...] = ()
"""Sources whose module here has the same name, with _ for -."""
