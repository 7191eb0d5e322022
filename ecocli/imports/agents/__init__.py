"""Logs of further coding agents: one file for each, which cites where its format was read, and what several of them share."""

NAMES: tuple[str, ...] = ("cline", "roo-code", "kilo-code", "kilo", "goose", "aider", "zed", "cursor", "grok-build")
"""Sources whose module here has the same name, with _ for -."""
