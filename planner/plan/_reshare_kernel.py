"""Compiled re-sharing: a site with room serves whom a full neighbour serves, and the neighbour serves others.

Growth lets each site serve what is left when it is built. The best sharing also moves groups along chains of sites: the
first one takes a group from the second, which takes one from the third, until the last serves somebody new; a full site
may begin by leaving out who weighs least for his demand. Every step is noted, so that a trial can be undone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan._grow_kernel import NONE, World, note_edge, touch_options
from planner.radio._jit import jit, jit_part

__all__ = ["Chains", "reshare_around", "take_back"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_SHARE = 1e-9
_LEAST_MBPS = 1e-6
_BETTER = 1.0 + 1e-6
_MOST_SITES = 12
"""Sites that the chains from one site may pass."""
_MOST_CHAINS = 40
"""Chains from one site in one turn."""


class Chains(NamedTuple):
    """Room for the search of chains, and the notes.

    Parameters
    ----------
    seen
        By place: the number of the last search that met it.
    before, take, give
        By place: the place before it in the chain, and the entries of the covers by which a group moves to that one.
    queue
        Places met.
    near
        Places to look at.
    entry, share
        Notes: entries changed and their shares before.
    place, mbps
        Notes: places that carry more than before, and how many Mbps.
    tally
        Number of the last search; notes of entries and of places.
    """

    seen: Ints
    before: Ints
    take: Ints
    give: Ints
    queue: Ints
    near: Ints
    entry: Ints
    share: Floats
    place: Ints
    mbps: Floats
    tally: Ints


@jit
def _room(place: int, world: World) -> float:
    """Mbps a site could carry more."""
    site = world.place[place]
    room: float = world.choice[site.choice].mbps - site.mbps
    start = place * world.tally[1]
    for k in range(start, start + site.steps):
        e = world.arc[world.path[k]].edge
        if e >= 0:
            room = min(room, world.edge[e].mbps - world.edge[e].load)
    return room


@jit
def _load(place: int, mbps: float, world: World) -> None:
    """Let a site carry more (or less)."""
    site = world.place[place]
    site.mbps += mbps
    start = place * world.tally[1]
    for k in range(start, start + site.steps):
        e = world.arc[world.path[k]].edge
        if e >= 0:
            world.edge[e].load = max(0.0, world.edge[e].load + mbps)
            note_edge(e, world)


@jit
def _change(k: int, by: float, world: World, chains: Chains) -> None:
    """Change the share of an entry, with a note."""
    n = chains.tally[1]
    chains.entry[n], chains.share[n] = k, world.cover[k].share
    chains.tally[1] = n + 1
    world.cover[k].share = max(0.0, world.cover[k].share + by)


@jit
def _leave_or_serve(k: int, share: float, world: World, chains: Chains) -> None:
    """Serve more of a group that nobody serves yet, or (below 0) leave some of it to nobody."""
    g = world.cover[k].group
    group = world.group[g]
    _change(k, share, world, chains)
    group.rest = min(1.0, max(0.0, group.rest - share))
    world.sum[1] += group.weight * share
    touch_options(g, world)


@jit
def _ratio(k: int, world: World) -> float:
    group = world.group[world.cover[k].group]
    ratio: float = group.weight / max(group.mbps, 1e-12)
    return ratio


@jit_part
def _search(place: int, world: World, chains: Chains) -> tuple[int, int]:
    """The entry by which the best chain from a site serves somebody new (−1: none), and the site it belongs to."""
    chains.tally[0] += 1
    now, n, at, best, best_k, best_place = chains.tally[0], 1, NONE, 0.0, -1, -1
    chains.queue[0] = place
    chains.seen[place] = now
    while at < n:
        here = chains.queue[at]
        at += 1
        option = world.choice[world.place[here].choice].option
        for k in range(world.option[option].first, world.option[option + 1].first):
            g = world.cover[k].group
            if world.group[g].rest > _SHARE:
                ratio = _ratio(k, world)
                if ratio > best * _BETTER:
                    best, best_k, best_place = ratio, k, here
            if n >= _MOST_SITES or world.group[g].mbps <= _LEAST_MBPS:
                continue
            for t in range(world.group[g].first, world.group[g + 1].first):
                entry = world.cover[t].entry
                if world.cover[entry].share <= _SHARE:
                    continue
                other = world.option[world.cover[t].option].place
                if chains.seen[other] != now and n < _MOST_SITES:
                    chains.seen[other] = now
                    chains.before[other], chains.take[other], chains.give[other] = here, k, entry
                    chains.queue[n] = other
                    n += 1
    return best_k, best_place


@jit
def _poorest(place: int, world: World) -> int:
    """The entry of a site that weighs least for its demand among those it serves; −1 where it serves none."""
    option = world.choice[world.place[place].choice].option
    least, found = np.inf, -1
    for k in range(world.option[option].first, world.option[option + 1].first):
        if world.cover[k].share > _SHARE and world.group[world.cover[k].group].mbps > _LEAST_MBPS:
            ratio = _ratio(k, world)
            if ratio < least:
                least, found = ratio, k
    return found


@jit_part
def _chain(place: int, world: World, chains: Chains) -> bool:
    """Move groups along the best chain from a site; whether there was one."""
    end, last = _search(place, world, chains)
    if end < 0:
        return False
    room, out = _room(place, world), -1
    if room <= _LEAST_MBPS:
        out = _poorest(place, world)
        if out < 0 or _ratio(end, world) <= _ratio(out, world) * _BETTER:
            return False
        room = world.cover[out].share * world.group[world.cover[out].group].mbps
    group = world.group[world.cover[end].group]
    mbps = min(room, group.rest * group.mbps)
    at = last
    while at != place:
        k = chains.give[at]
        mbps = min(mbps, world.cover[k].share * world.group[world.cover[k].group].mbps)
        at = chains.before[at]
    if group.mbps > _LEAST_MBPS and mbps <= _LEAST_MBPS:
        return False
    if out >= 0:
        _leave_or_serve(out, -mbps / world.group[world.cover[out].group].mbps, world, chains)
    else:
        n = chains.tally[2]
        chains.place[n], chains.mbps[n] = place, mbps
        chains.tally[2] = n + 1
        _load(place, mbps, world)
    _leave_or_serve(end, group.rest if group.mbps <= _LEAST_MBPS else mbps / group.mbps, world, chains)
    at = last
    while at != place:
        part = mbps / world.group[world.cover[chains.give[at]].group].mbps
        _change(chains.give[at], -part, world, chains)
        _change(chains.take[at], part, world, chains)
        at = chains.before[at]
    return True


@jit_part
def reshare_around(old: Ints, n_out: int, new: Ints, n_new: int, world: World, chains: Chains) -> None:
    """Share out anew around the choices ``old`` that left and the sites that joined; notes begin afresh."""
    chains.tally[0] += 1
    now, n = chains.tally[0], NONE
    chains.tally[1], chains.tally[2] = 0, 0
    for j in range(n_new):
        chains.near[n] = new[j]
        chains.seen[new[j]] = now
        n += 1
    for j in range(n_out):
        option = world.choice[old[j]].option
        for k in range(world.option[option].first, world.option[option + 1].first):
            g = world.cover[k].group
            for t in range(world.group[g].first, world.group[g + 1].first):
                other = world.option[world.cover[t].option].place
                c = world.place[other].choice
                if c >= 0 and chains.seen[other] != now and world.choice[c].option == world.cover[t].option:
                    chains.near[n] = other
                    chains.seen[other] = now
                    n += 1
    spare = 2 * _MOST_SITES + 4
    for j in range(n):
        for _ in range(_MOST_CHAINS):
            if chains.tally[1] + spare > len(chains.entry) or chains.tally[2] + 1 > len(chains.place):
                return
            if not _chain(chains.near[j], world, chains):
                break


@jit_part
def take_back(world: World, chains: Chains) -> None:
    """Undo what the notes say."""
    for j in range(chains.tally[1] - 1, -1, -1):
        k = chains.entry[j]
        group = world.group[world.cover[k].group]
        by = world.cover[k].share - chains.share[j]
        world.cover[k].share = chains.share[j]
        group.rest = min(1.0, max(0.0, group.rest + by))
        world.sum[1] -= group.weight * by
        touch_options(world.cover[k].group, world)
    for j in range(chains.tally[2] - 1, -1, -1):
        _load(chains.place[j], -chains.mbps[j], world)
