"""A time limit that starts when a solver starts."""

import math
import time


class Clock:
    """Counts the seconds of one solver's run against its limit."""

    def __init__(self, time_limit: float | None) -> None:
        if time_limit is not None and not (math.isfinite(time_limit) and time_limit > 0):
            raise ValueError(f"time_limit should be a positive number of seconds or None, got {time_limit}.")
        self._start = time.perf_counter()
        self._limit = math.inf if time_limit is None else float(time_limit)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float:
        """Seconds left, infinite without a limit, never negative."""
        return max(0.0, self._limit - self.seconds)

    @property
    def over(self) -> bool:
        """Whether the limit has passed."""
        return self.left <= 0.0
