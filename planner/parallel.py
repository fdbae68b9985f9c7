"""Map a function over parts: one after another, in threads (kernels release the GIL), or on Dask."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["map_parts", "worker_count"]

Part = TypeVar("Part")
Result = TypeVar("Result")


def worker_count() -> int:
    """Processors this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def map_parts(
    function: Callable[[Part], Result], parts: Iterable[Part], *, mode: str = "threads", workers: int = 0
) -> Iterator[Result]:
    """Results of ``function`` over ``parts``, in the order of the parts whatever the mode.

    Parameters
    ----------
    function
        A pure function of one part.
    parts
        The parts; at most twice the workers are in flight, so memory stays bounded by the part.
    mode
        ``serial``, ``threads`` or ``dask`` (the extra ``merata[dask]``).
    workers
        0 takes all processors of this machine (ignored by Dask).
    """
    if mode == "serial" or (mode == "threads" and (workers or worker_count()) == 1):
        yield from map(function, parts)
    elif mode == "threads":
        yield from _threads(function, parts, workers or worker_count())
    elif mode == "dask":
        from distributed import get_client

        client = get_client()
        yield from client.gather(client.map(function, list(parts), pure=False))
    else:
        message = f"unknown parallel mode '{mode}' (known: serial, threads, dask)"
        raise ValueError(message)


def _threads(function: Callable[[Part], Result], parts: Iterable[Part], workers: int) -> Iterator[Result]:
    waiting = iter(parts)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        flying = []
        for part in waiting:
            flying.append(pool.submit(function, part))
            if len(flying) >= 2 * workers:
                yield flying.pop(0).result()
        while flying:
            yield flying.pop(0).result()
