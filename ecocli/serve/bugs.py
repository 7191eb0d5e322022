"""What the server says of a fault of its own."""

import logging
import traceback


def report(error: Exception) -> None:
    """Where a bug is, without the words of the error, which may be those of a request."""
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    logging.getLogger("ecocli.serve").error("a bug in eco: %s\n%s", type(error).__name__, frames)
