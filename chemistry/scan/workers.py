"""Many pieces of work on several processes, none of which can take the others with it."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from chemistry.scan.journal import Entry
from chemistry.scan.tasks import Task, perform

_POOLS = 2  # after the first, a worker may have died by accident
_DIED = "The worker process ended whenever it computed this: too little memory, perhaps."


def perform_all(tasks: Sequence[Task], *, workers: int, finished: Callable[[int, Entry], None]) -> None:
    """Perform tasks, and hand over each answer as soon as it is there.

    Args:
        tasks: In any order.
        workers: Processes; 1: this one.
        finished: Called in this process with the place of a task and its answer.
    """
    if workers == 1 or len(tasks) < 2:
        for place, task in enumerate(tasks):
            finished(place, perform(task))
        return
    left: Sequence[int] = range(len(tasks))
    for _ in range(_POOLS):
        left = _on_pool(tasks, left, workers, finished) if left else left
    # Whatever ends its worker again and again takes the others with it no longer.
    for place in left:
        if _on_pool(tasks, [place], 1, finished):
            finished(place, {"failed": _DIED})


def _on_pool(
    tasks: Sequence[Task], places: Sequence[int], workers: int, finished: Callable[[int, Entry], None]
) -> list[int]:
    """Perform some of the tasks on a pool; what is left because a worker died."""
    left = list(places)
    # Forked processes inherit the locks of threads that they do not have.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(left)), mp_context=context, initializer=_begin)
    futures: dict[Future[Entry], int] = {}
    try:
        futures = {pool.submit(perform, tasks[place]): place for place in left}
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=futures.__getitem__):
                with suppress(BrokenProcessPool):
                    finished(futures[future], future.result())
                    left.remove(futures[future])
    except BrokenProcessPool:
        return left
    except BaseException:
        _end(pool)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return left


def _begin() -> None:
    """One thread for each worker, and an interrupt is the parent's to handle."""
    import numba
    from threadpoolctl import threadpool_limits

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(1)
    threadpool_limits(limits=1)


def _end(pool: Any) -> None:
    """Do not wait for what is under way: it is not in the journal, and will be done again."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
