"""`python -m warta` is `warta`."""

from warta.cli import main

main()
