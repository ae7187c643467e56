"""Checkpoints: the progress of a search as plain arrays, and whose progress it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from runtime.minimization.evaluations import Best
from runtime.minimization.journal import Plain
from runtime.minimization.method import State
from runtime.minimization.outcome import Minimum, Status

FORMAT = "minimization 1"


@dataclass(frozen=True)
class Searched:
    """The start that is being searched from, after its last complete iteration."""

    state: State
    n_iterations: int
    trace: list[float]
    best: Best


@dataclass(frozen=True)
class Progress:
    """The starts that have ended, and the one that has not."""

    ended: tuple[Minimum, ...] = ()
    current: Searched | None = None

    @property
    def first_value(self) -> float | None:
        """The first evaluation of all."""
        traces = [minimum.trace for minimum in self.ended]
        if self.current is not None:
            traces.append(tuple(self.current.trace[:1]))
        return traces[0][0] if traces else None


@dataclass(frozen=True)
class Question:
    """What is searched: a checkpoint answers no other."""

    method: str
    seed: int
    starts: np.ndarray  # shape: (n_starts, n_params)

    def pack(self, progress: Progress) -> dict[str, np.ndarray]:
        """Everything as arrays, copied."""
        data: dict[str, Any] = {"format": FORMAT, "method": self.method, "seed": self.seed, "starts": self.starts}
        data["n_ended"] = len(progress.ended)
        for i, minimum in enumerate(progress.ended):
            data |= {
                f"ended {i} parameters": minimum.parameters,
                f"ended {i} numbers": [minimum.value, minimum.gradient_norm],
                f"ended {i} status": minimum.status.name,
                f"ended {i} n_iterations": minimum.n_iterations,
                f"ended {i} trace": minimum.trace,
            }
        current = progress.current
        if current is not None:
            data |= {"n_iterations": current.n_iterations, "trace": current.trace}
            data |= {f"state {name}": value for name, value in current.state.items()}
            data["best parameters"] = current.best.parameters
            data["best numbers"] = [current.best.value, current.best.gradient_norm]
        return {name: np.array(value) for name, value in data.items()}

    def unpack(self, data: Plain) -> Progress:
        """The progress in arrays that `pack` gave, copied.

        Raises:
            ValueError: if they are no checkpoint, or one of another question.
        """
        if str(data.get("format")) != FORMAT:
            raise ValueError("The checkpoint was not written by this version of runtime.minimize: give another one.")
        self._refuse_another(data)
        ended = tuple(_ended(data, i) for i in range(int(data["n_ended"])))
        if "trace" not in data:
            return Progress(ended)
        best = Best(np.array(data["best parameters"]), *(float(number) for number in data["best numbers"]))
        state = {name.removeprefix("state "): np.array(data[name]) for name in data if name.startswith("state ")}
        return Progress(ended, Searched(state, int(data["n_iterations"]), data["trace"].tolist(), best))

    def _refuse_another(self, data: Plain) -> None:
        shape = tuple(data["starts"].shape)
        if shape != self.starts.shape:
            found, wanted = f"{shape[0]} starts of {shape[1]} parameters", "{} starts of {}".format(*self.starts.shape)
        elif str(data["method"]) != self.method:
            found, wanted = str(data["method"]), self.method
        elif int(data["seed"]) != self.seed:
            found, wanted = f"the seed {int(data['seed'])}", str(self.seed)
        elif not np.array_equal(data["starts"], self.starts):
            found, wanted = "another start", "the one given"
        else:
            return
        raise ValueError(f"The checkpoint belongs to another search, with {found}, not {wanted}: give another one.")


def _ended(data: Plain, i: int) -> Minimum:
    value, gradient_norm = (float(number) for number in data[f"ended {i} numbers"])
    trace = tuple(data[f"ended {i} trace"].tolist())
    return Minimum(
        parameters=np.array(data[f"ended {i} parameters"]),
        value=value,
        status=Status[str(data[f"ended {i} status"])],
        n_evaluations=len(trace),
        n_iterations=int(data[f"ended {i} n_iterations"]),
        gradient_norm=gradient_norm,
        trace=trace,
    )
