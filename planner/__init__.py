"""Merata plans Indonesia's next last-mile sites. Import the room you need: `planner.radio`, `planner.plan`, …"""

__version__ = "0.1.0"
