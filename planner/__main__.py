"""``python -m planner`` is ``merata``."""

from planner.cli import main

if __name__ == "__main__":
    main()
