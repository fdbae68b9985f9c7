"""Frozen values made from `models/`: what is assumed, each number with its source.

One module a room: `radio`, `sites`, `backhaul`, `cost`, `service`, `demand`, `score`.
"""
