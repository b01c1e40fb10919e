"""Run the ``planner`` command as ``python -m planner.console``."""

from planner.console import main

main(prog_name="planner")
