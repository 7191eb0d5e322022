"""Text that no spreadsheet runs as a formula, and back."""

import re

STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""Characters that begin a formula in spreadsheets; some accept the wide forms too."""
INSIDE = re.compile(r"""([;,\t]["'\s]*)([=+\-@＝＋－＠])""")
"""Where text would begin a cell in a program that splits rows at another separator, as spreadsheets do in most of Europe."""
MARKED = re.compile(r"""([;,\t]["'\s]*)'([=+\-@＝＋－＠])""")


def harmless(text: str) -> str:
    """
    Text with an apostrophe before what would be a formula, also where there is one already: `restored` takes one away.

    >>> harmless("=1+1"), harmless("'=1+1"), harmless("it's")
    ("'=1+1", "''=1+1", "it's")
    """
    marked = INSIDE.sub(r"\1'\2", text)
    return f"'{marked}" if marked.lstrip("'")[:1] in STARTS else marked


def restored(text: str) -> str:
    """
    The text that `harmless` was given.

    >>> [restored(harmless(text)) for text in ("=1+1", "'=1+1", "it's", "a,'=b", "'")]
    ['=1+1', "'=1+1", "it's", "a,'=b", "'"]
    """
    is_marked = text.startswith("'") and text.lstrip("'")[:1] in STARTS
    return MARKED.sub(r"\1\2", text[1:] if is_marked else text)
