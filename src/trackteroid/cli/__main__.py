"""``python -m trackteroid.cli`` is ``trackteroid``."""

from . import main

main()
