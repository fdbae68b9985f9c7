"""Criteria of the priority score, one file each.

A file holds ``META`` (`Criterion`), ``raw(inputs) -> array`` (one value an area, NaN = unknown) and,
where part of an area may be unknown, ``bounds(inputs) -> (low, high)``. Its weight and anchors stand in
the profiles of `models/score/`.
"""
