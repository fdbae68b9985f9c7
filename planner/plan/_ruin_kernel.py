# ruff: noqa: NPY002 (compiled code knows the old generator alone; it is seeded here and touches no other)
"""Compiled ruin and recreate: a few sites leave, the plan grows again, what is better or hardly worse stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._grow_kernel import World, attach_site, grow_sites, mend_ways, regain, release_site, touch_options
from planner.radio._jit import jit, jit_maker

__all__ = ["search_plans"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_VALUE = 1
_NOISE, _SLACK, _ALONG, _SCATTERED, _SIZE = 0, 1, 2, 3, 4


@jit
def _has(values: Ints, n: int, value: int) -> bool:
    for k in range(n):  # noqa: SIM110 (compiled code knows no generators)
        if values[k] == value:
            return True
    return False


@jit
def _near(centre: int, built: Ints, n_built: int, size: int, out: Ints, spot: tuple[Floats, Floats]) -> int:
    """The ``size`` built places nearest to one of them, itself included."""
    n_out = 0
    for _ in range(size):
        best, near = -1, np.inf
        for k in range(n_built):
            place = built[k]
            far = (spot[0][place] - spot[0][centre]) ** 2 + (spot[1][place] - spot[1][centre]) ** 2
            if far < near and not _has(out, n_out, place):
                best, near = place, far
        if best < 0:
            break
        out[n_out] = best
        n_out += 1
    return n_out


@jit
def _along(centre: int, built: Ints, n_built: int, size: int, out: Ints, site_i: tuple[Ints, ...]) -> int:
    """Built places whose path shares a random arc with the path of one of them."""
    stride, steps = site_i[4][0], site_i[1][centre]
    if steps == 0:
        out[0] = centre
        return 1
    arc = site_i[2][centre * stride + np.random.randint(0, steps)]
    n_out = 0
    for k in range(n_built):
        place = built[k]
        for j in range(place * stride, place * stride + site_i[1][place]):
            if site_i[2][j] == arc and n_out < size:
                out[n_out] = place
                n_out += 1
    return n_out


@jit_maker
def _choose(
    fixed: Ints, knobs: Floats, spot: tuple[Floats, Floats], site_i: tuple[Ints, ...], built: Ints, out: Ints
) -> int:
    """Places to take out this time, in ``out``; how many."""
    n_built = 0
    for place in range(len(fixed)):
        if site_i[0][place] >= 0 and fixed[place] == 0:
            built[n_built] = place
            n_built += 1
    if n_built == 0:
        return 0
    size = min(n_built, 1 + np.random.geometric(1.0 / knobs[_SIZE]))
    centre = built[np.random.randint(0, n_built)]
    lot = np.random.random()
    if lot < knobs[_ALONG]:
        return _along(centre, built, n_built, 2 * size, out, site_i)
    if lot >= knobs[_ALONG] + knobs[_SCATTERED]:
        return _near(centre, built, n_built, size, out, spot)
    n_out = 0
    for _ in range(size):
        place = built[np.random.randint(0, n_built)]
        if not _has(out, n_out, place):
            out[n_out] = place
            n_out += 1
    return n_out


@jit_maker
def _take_out(places: Ints, n: int, world: World, kept: Floats) -> None:
    """Take sites out of the books; their shares go to ``kept``."""
    site_i, use_f = world[8], world[3]
    n_kept = 0
    for j in range(n):
        n_kept = release_site(places[j], world, kept, n_kept)
        attach_site(-1, places[j], world)
        site_i[0][places[j]] = -1
        site_i[1][places[j]] = 0
        use_f[2][places[j]] = 0.0


@jit_maker
def _put_back(places: Ints, n: int, old: tuple[Ints, Ints, Ints], mbps: Floats, kept: Floats, world: World) -> None:
    """Sites return as they were: choice, path, shares."""
    use_f, offer_i, offer_f, site_i, site_f = world[3], world[6], world[7], world[8], world[9]
    stride, at = site_i[4][0], 0
    for j in range(n):
        place = places[j]
        site_i[0][place], site_i[1][place], use_f[2][place] = old[0][j], old[1][j], mbps[j]
        site_i[2][place * stride : place * stride + old[1][j]] = old[2][j * stride : j * stride + old[1][j]]
        option = offer_i[0][old[0][j]]
        for k in range(offer_i[6][option], offer_i[6][option + 1]):
            share = kept[at]
            at += 1
            if share > 0.0:
                group = offer_i[7][k]
                site_f[0][k] = share
                site_f[1][group] = max(0.0, site_f[1][group] - share)
                use_f[3][_VALUE] += offer_f[3][group] * share
                touch_options(group, offer_i, site_i)
        attach_site(1, place, world)


@jit_maker
def _round(
    ceiling: float, taste: tuple[Floats, Floats], places: tuple[Ints, Ints, Ints], spot: tuple[Floats, Floats],
    spare: tuple[Ints, Ints, Ints, Ints], spare_f: tuple[Floats, Floats, Floats, Floats, Floats], slack: float, world: World,
) -> bool:  # fmt: skip
    """One ruin and growth; whether the outcome stays (otherwise all is as before)."""
    lean, knobs = taste
    fixed, order, out = places
    favour, fair, mbps, kept, idle = spare_f
    site_i, use_f = world[8], world[3]
    stride = site_i[4][0]
    n_out = _choose(fixed, knobs, spot, site_i, spare[3], out)
    before, power = use_f[3][_VALUE], np.random.random()
    for c in range(len(lean)):
        favour[c] = lean[c] ** power * np.exp(knobs[_NOISE] * np.random.standard_normal()) if lean[c] > 0.0 else 0.0
    for j in range(n_out):
        place = out[j]
        spare[0][j], spare[1][j], mbps[j] = site_i[0][place], site_i[1][place], use_f[2][place]
        spare[2][j * stride : j * stride + spare[1][j]] = site_i[2][place * stride : place * stride + spare[1][j]]
    _take_out(out, n_out, world, kept)
    mend_ways(world)
    regain(world)
    n_new = grow_sites(ceiling, len(fixed), favour, fair, order, world)
    if use_f[3][_VALUE] > before * (1.0 - slack * np.random.random()):
        return True
    _take_out(order, n_new, world, idle)
    _put_back(out, n_out, (spare[0], spare[1], spare[2]), mbps, kept, world)
    mend_ways(world)
    regain(world)
    return False


@jit_maker
def search_plans(
    when: tuple[int, int, int, int, int], ceiling: float, taste: tuple[Floats, Floats, Floats], places: tuple[Ints, Ints],
    spot: tuple[Floats, Floats], top_i: tuple[Ints, Ints, Ints], top_f: tuple[Floats, Floats], world: World,
) -> int:  # fmt: skip
    """Growth alone (sites added are returned), or rounds of ruin and growth (records set are returned).

    Parameters
    ----------
    when
        Rounds now, rounds done before, rounds in all (the slack shrinks to nothing at the end), seed of all lots, and
        most sites to add where there is no round.
    ceiling
        On the whole plan, IDR.
    taste
        By choice: factor on merits (in rounds raised to a random power), 0 shuts the choice. Then the knobs: noise on
        merits, slack, chance of ruins along the network, chance of scattered ruins, mean size of a ruin. By choice: its
        price counts for no more than this in merits.
    places
        By place: 1 where the site stays; places added, in order (changed in place).
    spot
        Where the places are, degrees of the same length.
    top_i, top_f
        Choices, steps and paths of the record; its shares and its value. Changed in place.
    world
        As in `planner.plan._grow_kernel`; changed in place.
    """
    rounds, first, total, seed, most = when
    lean, knobs, fair = taste
    fixed, order = places
    if rounds == 0:
        return int(grow_sites(ceiling, most, lean, fair, order, world))
    np.random.seed(seed)
    use_f, site_i, site_f = world[3], world[8], world[9]
    n, size = len(fixed), 2 * len(site_f[0]) + 1
    out = np.zeros(n, np.int64)
    spare = (np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(len(site_i[2]), np.int64), np.zeros(n, np.int64))
    spare_f = (np.zeros(len(lean)), fair, np.zeros(n), np.zeros(size), np.zeros(size))
    records = 0
    for number in range(rounds):
        slack = knobs[_SLACK] * (1.0 - (first + number) / total)
        stays = _round(ceiling, (lean, knobs), (fixed, order, out), spot, spare, spare_f, slack, world)
        if stays and use_f[3][_VALUE] > top_f[1][0] * (1.0 + 1e-9):
            records += 1
            top_f[1][0] = use_f[3][_VALUE]
            top_f[0][:] = site_f[0]
            top_i[0][:], top_i[1][:], top_i[2][:] = site_i[0], site_i[1], site_i[2]
    return records
