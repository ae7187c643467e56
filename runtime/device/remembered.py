"""Small memories of a device: bounded, and safe to use from several threads."""

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
        self._lock = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not there."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
                if len(self._values) > self._most:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]

    def __len__(self) -> int:
        return len(self._values)


class RememberedByIdentity(Generic[Value]):
    """The values of the latest objects, which are compared by identity and not kept alive.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[int, tuple[weakref.ref[Any], Value]] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, item: Any, make: Callable[[], Value]) -> Value:
        """The value of an object, made if it is not there."""
        with self._lock:
            known = self._values.get(id(item))
            if known is None or known[0]() is not item:
                known = (weakref.ref(item), make())
                self._values[id(item)] = known
                if len(self._values) > self._most:
                    self._values.popitem(last=False)
            return known[1]
