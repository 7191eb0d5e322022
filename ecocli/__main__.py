"""`python -m ecocli`."""

from ecocli.cli.main import main

main()
