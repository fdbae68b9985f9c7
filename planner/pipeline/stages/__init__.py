"""Stages: each reads artifacts, calls one room, writes its artifact; nothing is decided here."""
