"""
The table of codes and statuses in docs/server.md, made of the one that the server uses.

    python -m tools.statuses       writes it there
"""

from pathlib import Path

from ecocli.serve.statuses import IN_PATH, STATUSES

PAGE = Path(__file__).parent.parent / "docs" / "server.md"
BEGIN, END = "<!-- statuses: python -m tools.statuses -->\n", "<!-- end of statuses -->"


def table() -> str:
    """Codes by status."""
    rows = sorted((int(status), code, status.phrase) for code, status in STATUSES.items())
    lines = [f"| `{code}` | {status} | {'404 where the name is in the path' if code in IN_PATH else ''} |" for status, code, _ in rows]
    return "\n".join(["| code | status | |", "|---|---|---|", *lines]) + "\n"


def page(text: str) -> str:
    """A page with the table of today in it."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
