"""Many pieces of work on several processes, none of which can take the others with it."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from types import TracebackType
from typing import Self

from chemistry.scan.journal import Entry
from chemistry.scan.tasks import Task, perform

_SHARED_TRIALS = 2  # after the first, a worker may have died by accident
_DIED = "The worker process ended whenever it computed this: too little memory, perhaps."


class Workers:
    """Processes that work side by side, for as long as the `with` block lasts.

    Args:
        n: How many; 1: the work is done in this process.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What is under way is not in the journal and will be done again: nobody waits for it.
        self._end(at_once=kind is not None)

    def perform_all(self, tasks: Sequence[Task], finished: Callable[[int, Entry], None]) -> None:
        """Perform tasks, and hand over each answer as soon as it is there.

        Args:
            tasks: In any order.
            finished: Called in this process with the place of a task and its answer.
        """
        left = list(range(len(tasks)))
        if self._n == 1:
            for place in left:
                finished(place, perform(tasks[place]))
            return
        for _ in range(_SHARED_TRIALS):
            left = self._side_by_side(tasks, left, finished)
        # Whatever ends its worker again and again takes the others with it no longer.
        for place in left:
            if self._side_by_side(tasks, [place], finished):
                finished(place, {"failed": _DIED})

    def _side_by_side(
        self, tasks: Sequence[Task], places: Sequence[int], finished: Callable[[int, Entry], None]
    ) -> list[int]:
        """Perform some of the tasks; what is left because a worker died."""
        left = list(places)
        if not left:
            return left
        try:
            pool = self._started()
            futures: dict[Future[Entry], int] = {pool.submit(perform, tasks[place]): place for place in left}
        except BrokenProcessPool:
            self._end(at_once=True)
            return left
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=futures.__getitem__):
                with suppress(BrokenProcessPool):
                    answer = future.result()
                    left.remove(futures[future])
                    finished(futures[future], answer)
        if left:
            self._end(at_once=True)
        return left

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Forked processes inherit the locks of threads that they do not have.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._n, mp_context=context, initializer=_begin)
        return self._pool

    def _end(self, *, at_once: bool) -> None:
        if self._pool is None:
            return
        processes = list((getattr(self._pool, "_processes", None) or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        if at_once:
            for process in processes:
                process.terminate()
        self._pool = None


def _begin() -> None:
    """One thread for each worker, and an interrupt is the parent's to handle."""
    import numba
    from pyscf import lib
    from threadpoolctl import threadpool_limits

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(1)
    lib.num_threads(1)
    threadpool_limits(limits=1)
