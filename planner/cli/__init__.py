"""The command line: ``merata``. A stage is imported when its command runs."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code (DESIGN §8)."""
    from planner.cli.app import app

    app(prog_name="merata")
