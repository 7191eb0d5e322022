"""The `eco` command, and `python -m ecocli`: Ctrl-C ends it quietly, however early or late it comes."""

import os
import sys
from _signal import SIG_IGN, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]  # `signal` itself takes longer to load
from types import TracebackType

INTERRUPTED = 130


def main() -> None:
    """Entry point of the `eco` command."""
    if getsignal(SIGINT) is not default_int_handler:  # a shell started it in the background, safe from Ctrl-C
        from ecocli.cli.main import main

        main()
    else:
        _run()


def _run() -> None:
    """The same, where Ctrl-C may come at any moment."""
    # modules are loaded: nothing to undo yet, and an exception inside an import may be swallowed
    signal(SIGINT, _end)
    sys.excepthook, sys.unraisablehook = _uncaught, _unraisable
    from ecocli.cli.main import main

    try:
        signal(SIGINT, default_int_handler)  # a command undoes what it began
        main()
    finally:
        signal(SIGINT, SIG_IGN)  # the answer is out, or its place is taken by a message


def _end(*_: object) -> None:
    os._exit(INTERRUPTED)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Between two of the lines above."""
    if kind is KeyboardInterrupt:
        _end()
    sys.__excepthook__(kind, error, trace)


def _unraisable(problem: "sys.UnraisableHookArgs") -> None:
    """Inside a finalizer, whose errors Python reports and otherwise passes over."""
    if problem.exc_type is KeyboardInterrupt:
        _end()
    sys.__unraisablehook__(problem)


if __name__ == "__main__":
    main()
