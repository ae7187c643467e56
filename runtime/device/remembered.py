"""Small memories of a device: bounded, and safe to use from several threads.

They are caches: a copy of one, in another process or not, begins empty.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """The values of the latest keys.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not there; several threads may make it at the same time."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def forget(self, key: Hashable) -> None:
        """Drop a key's value, if there is one."""
        with self._lock:
            self._values.pop(key, None)

    def __len__(self) -> int:
        return len(self._values)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._most,)


class RememberedByIdentity(Generic[Value]):
    """The values of the latest objects, which are compared by identity and not kept alive.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._memory: Remembered[tuple[weakref.ref[Any], Value]] = Remembered(most)

    def get(self, item: Any, make: Callable[[], Value]) -> Value:
        """The value of an object, made if it is not there."""
        known = self._memory.get(id(item), lambda: (weakref.ref(item), make()))
        if known[0]() is not item:  # another object had the same address before
            self._memory.forget(id(item))
            known = self._memory.get(id(item), lambda: (weakref.ref(item), make()))
        return known[1]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._most,)
