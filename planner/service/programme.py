"""Programmes that enterprises fall under, by their level of service and whether they are online."""

from __future__ import annotations

__all__ = ["PROGRAMME_OF_LEVEL"]

PROGRAMME_OF_LEVEL = {"limited": "upgrade", "unserved": "build", "unknown": "survey"}
"""Programme of everybody who is not served; served enterprises fall under ``accompany`` (offline) or ``stimulus``
(online)."""
