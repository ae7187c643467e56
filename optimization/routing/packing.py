"""Loading vehicles: can these loads be carried by so many vehicles, and how?"""

from collections.abc import Sequence

_MOST_STEPS = 200_000


def pack(loads: Sequence[float], rooms: Sequence[float]) -> list[int] | None:
    """Assign loads to vehicles with the room they have left: best fit decreasing, then depth-first search.

    Args:
        loads: what is to be carried; none is split.
        rooms: the room left in each vehicle.

    Returns:
        The vehicle of each load, or None if none was found (there is none, or the search was cut short).
    """
    order = sorted(range(len(loads)), key=lambda i: -loads[i])
    slack = 1e-9 * max(rooms, default=0.0)
    return _best_fit(loads, order, list(rooms), slack) or _search(loads, order, list(rooms), slack)


def _best_fit(loads: Sequence[float], order: list[int], rooms: list[float], slack: float) -> list[int] | None:
    assignment = [-1] * len(loads)
    for i in order:
        fitting = [v for v, room in enumerate(rooms) if loads[i] <= room + slack]
        if not fitting:
            return None
        assignment[i] = min(fitting, key=lambda v: rooms[v])
        rooms[assignment[i]] -= loads[i]
    return assignment


def _search(loads: Sequence[float], order: list[int], rooms: list[float], slack: float) -> list[int] | None:
    if sum(loads) > sum(rooms) + slack:
        return None
    assignment = [-1] * len(loads)
    spare = sum(rooms) - sum(loads) + slack  # room that may be left unused in all
    smallest = loads[order[-1]] if order else 0.0
    steps = 0

    def place(depth: int) -> bool:
        nonlocal steps
        if depth == len(order):
            return True
        steps += 1
        if steps > _MOST_STEPS:
            return False
        if sum(room for room in rooms if room + slack < smallest) > spare:
            return False  # too much room lies in vehicles that nothing fits any more
        load = loads[order[depth]]
        tried: set[float] = set()
        for vehicle in sorted(range(len(rooms)), key=lambda v: rooms[v]):
            room = rooms[vehicle]
            if load > room + slack or room in tried:
                continue
            tried.add(room)
            rooms[vehicle] = room - load
            assignment[order[depth]] = vehicle
            if place(depth + 1):
                return True
            rooms[vehicle] = room
        return False

    return assignment if place(0) else None
