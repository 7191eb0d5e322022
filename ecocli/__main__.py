"""The `eco` command, and `python -m ecocli`: Ctrl-C ends it without a traceback at any time."""

import os
import sys
from _signal import SIG_IGN, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]  # faster to load than `signal`
from types import TracebackType

INTERRUPTED = 130


def main() -> None:
    """Entry point of the `eco` command."""
    if getsignal(SIGINT) is not default_int_handler:  # a shell started it in the background, where Ctrl-C is ignored
        from ecocli.cli.main import main

        main()
    else:
        _run()


def _run() -> None:
    """Run the command so that Ctrl-C is handled from start to end."""
    # during imports there is nothing to undo, and a KeyboardInterrupt may be swallowed
    signal(SIGINT, _end)
    sys.excepthook, sys.unraisablehook = _uncaught, _unraisable
    from ecocli.cli.main import main

    try:
        signal(SIGINT, default_int_handler)  # KeyboardInterrupt lets a command undo its work
        main()
    finally:
        signal(SIGINT, SIG_IGN)  # the output is complete


def _end(*_: object) -> None:
    os._exit(INTERRUPTED)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Exception hook for a Ctrl-C between the lines of `_run`."""
    if kind is KeyboardInterrupt:
        _end()
    sys.__excepthook__(kind, error, trace)


def _unraisable(problem: "sys.UnraisableHookArgs") -> None:
    """Hook for a Ctrl-C inside a finalizer, where Python would report it and go on."""
    if problem.exc_type is KeyboardInterrupt:
        _end()
    sys.__unraisablehook__(problem)


if __name__ == "__main__":
    main()
