"""An error as the contract's JSON."""

from typing import Any


def body(code: str, message: str, hint: str | None) -> dict[str, Any]:
    """
    Args:
        code: What kind of error it is, for programs.
        hint: What to do about it; None where nothing is to be suggested.
    """
    return {"error": {"code": code, "message": message, "hint": hint}}
