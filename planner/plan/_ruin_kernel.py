"""Compiled ruin and recreate: a few sites leave, the plan grows again, what is better or hardly worse stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.plan._dice_kernel import bell, draw, random
from planner.plan._grow_kernel import (
    JOIN,
    LEAVE,
    NONE,
    World,
    attach_site,
    grow_sites,
    mend_ways,
    regain,
    release_site,
    touch_options,
)
from planner.plan._reshare_kernel import Chains, reshare_around, take_back
from planner.radio._jit import jit, jit_maker, jit_part

__all__ = ["search_plans"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NOISE, _SLACK, _ALONG, _SCATTERED, _SIZE = 0, 1, 2, 3, 4
_NOTES = 8192
"""Steps of re-sharing that one round may take."""


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
def _along(centre: int, built: Ints, n_built: int, size: int, out: Ints, dice: Ints, world: World) -> int:
    """Built places whose path shares a random arc with the path of one of them."""
    stride, steps = world.tally[1], world.place[centre].steps
    if steps == 0:
        out[0] = centre
        return 1
    arc = world.path[centre * stride + draw(dice, steps)]
    n_out = 0
    for k in range(n_built):
        place = built[k]
        for j in range(place * stride, place * stride + world.place[place].steps):
            if world.path[j] == arc and n_out < size:
                out[n_out] = place
                n_out += 1
    return n_out


@jit_part
def _choose(
    fixed: Ints, knobs: Floats, spot: tuple[Floats, Floats], built: Ints, out: Ints, dice: Ints, world: World
) -> int:
    """Places to take out this time, in ``out``; how many."""
    n_built = NONE
    for place in range(len(fixed)):
        if world.place[place].choice >= 0 and fixed[place] == 0:
            built[n_built] = place
            n_built += 1
    if n_built == 0:
        return 0
    size = min(n_built, 2 + int(np.log(1.0 - random(dice)) / np.log(1.0 - 1.0 / knobs[_SIZE])))
    centre = built[draw(dice, n_built)]
    lot = random(dice)
    if lot < knobs[_ALONG]:
        return _along(centre, built, n_built, 2 * size, out, dice, world)
    if lot >= knobs[_ALONG] + knobs[_SCATTERED]:
        return _near(centre, built, n_built, size, out, spot)
    n_out = 0
    for _ in range(size):
        place = built[draw(dice, n_built)]
        if not _has(out, n_out, place):
            out[n_out] = place
            n_out += 1
    return n_out


@jit_part
def _take_out(places: Ints, n: int, world: World, kept: Floats) -> None:
    """Take sites out of the books; their shares go to ``kept``."""
    n_kept = NONE
    for j in range(n):
        n_kept = release_site(places[j], world, kept, n_kept)
        attach_site(LEAVE, places[j], world)
        site = world.place[places[j]]
        site.choice, site.steps, site.mbps = -1, 0, 0.0


@jit_part
def _put_back(places: Ints, n: int, old: tuple[Ints, Ints, Ints], mbps: Floats, kept: Floats, world: World) -> None:
    """Sites return as they were: choice, path, shares."""
    stride, at = world.tally[1], 0
    for j in range(n):
        place = places[j]
        site = world.place[place]
        site.choice, site.steps, site.mbps = old[0][j], old[1][j], mbps[j]
        for k in range(old[1][j]):
            world.path[place * stride + k] = old[2][j * stride + k]
        option = world.choice[old[0][j]].option
        for k in range(world.option[option].first, world.option[option + 1].first):
            share = kept[at]
            at += 1
            if share > 0.0:
                group = world.group[world.cover[k].group]
                world.cover[k].share = share
                group.rest = max(0.0, group.rest - share)
                world.sum[1] += group.weight * share
                touch_options(world.cover[k].group, world)
        attach_site(JOIN, place, world)


@jit_part
def _round(
    limits: tuple[float, float], taste: tuple[Floats, Floats], places: tuple[Ints, Ints, Ints, Ints],
    spot: tuple[Floats, Floats], spare: tuple[Ints, Ints, Ints, Ints],
    spare_f: tuple[Floats, Floats, Floats, Floats, Floats], chains: Chains, world: World,
) -> bool:  # fmt: skip
    """One ruin and growth (``limits``: ceiling and slack); whether the outcome stays (otherwise all is as before)."""
    ceiling, slack = limits
    lean, knobs = taste
    fixed, order, out, dice = places
    favour, fair, mbps, kept, idle = spare_f
    stride = world.tally[1]
    n_out = _choose(fixed, knobs, spot, spare[3], out, dice, world)
    before, power = world.sum[1], random(dice)
    for c in range(len(lean)):
        favour[c] = lean[c] ** power * np.exp(knobs[_NOISE] * bell(dice)) if lean[c] > 0.0 else 0.0
    for j in range(n_out):
        site = world.place[out[j]]
        spare[0][j], spare[1][j], mbps[j] = site.choice, site.steps, site.mbps
        for k in range(site.steps):
            spare[2][j * stride + k] = world.path[out[j] * stride + k]
    _take_out(out, n_out, world, kept)
    mend_ways(world)
    regain(world)
    n_new = grow_sites(ceiling, len(fixed), (favour, fair), order, mbps[:0], world)
    reshare_around(spare[0], n_out, order, n_new, world, chains)
    if world.sum[1] > before * (1.0 - slack * random(dice)):
        mend_ways(world)
        regain(world)
        return True
    take_back(world, chains)
    _take_out(order, n_new, world, idle)
    _put_back(out, n_out, (spare[0], spare[1], spare[2]), mbps, kept, world)
    mend_ways(world)
    regain(world)
    return False


@jit_part
def _keep_record(top_i: tuple[Ints, Ints, Ints], top_f: tuple[Floats, Floats], world: World) -> None:
    """Note the present plan as the best so far."""
    top_f[1][0] = world.sum[1]
    for k in range(len(world.cover)):
        top_f[0][k] = world.cover[k].share
    for place in range(len(world.place)):
        top_i[0][place], top_i[1][place] = world.place[place].choice, world.place[place].steps
    for k in range(len(world.path)):
        top_i[2][k] = world.path[k]


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
        Choices, steps and paths of the record; its shares and its value. Changed in place. Where there is no round, the
        first of ``top_f`` is told what the plan costs with each site added.
    world
        As in `planner.plan._grow_kernel`; changed in place.
    """
    rounds, first, total, seed, most = when
    lean, knobs, fair = taste
    fixed, order = places
    if rounds == 0:
        return int(grow_sites(ceiling, most, (lean, fair), order, top_f[0], world))
    dice = np.full(1, 0x2545F4914F6CDD1D ^ (seed + 1) * 0x9E3779B97F4A7, np.int64)
    n, size = len(fixed), 2 * len(world.cover) + 1
    out = np.zeros(n, np.int64)
    spare = (np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(len(world.path), np.int64), np.zeros(n, np.int64))
    spare_f = (np.zeros(len(lean)), fair, np.zeros(n), np.zeros(size), np.zeros(size))
    chains = Chains(
        np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64),
        np.zeros(n, np.int64), np.zeros(_NOTES, np.int64), np.zeros(_NOTES), np.zeros(_NOTES, np.int64), np.zeros(_NOTES),
        np.zeros(3, np.int64),
    )  # fmt: skip
    records = 0
    for number in range(rounds):
        slack = knobs[_SLACK] * (1.0 - (first + number) / total)
        stays = _round((ceiling, slack), (lean, knobs), (fixed, order, out, dice), spot, spare, spare_f, chains, world)
        if stays and world.sum[1] > top_f[1][0] * (1.0 + 1e-9):
            records += 1
            _keep_record(top_i, top_f, world)
    return records
