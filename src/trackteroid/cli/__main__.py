"""``python -m trackteroid.cli`` is ``trackteroid``."""

from trackteroid.cli import main

main()
