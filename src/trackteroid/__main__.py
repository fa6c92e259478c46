"""``python -m trackteroid`` is the command ``trackteroid``."""

from trackteroid.cli import main

main(prog_name="trackteroid")
