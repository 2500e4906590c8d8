"""`python -m sisim`: the command line."""

from sisim.cli import main

main()
