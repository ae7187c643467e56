"""Failures of the campaign reduced to as few operations as still fail in the same way."""

from dataclasses import replace

import numpy as np
from campaign import ENTRY_POINTS, MEASUREMENTS, Case, Tally


def _kind_of(failure):
    message = failure.message
    return failure.what, message.split(":")[0] if "expected" not in message else "differs"


def _again(failure, circuit, observables):
    """The same failure of a smaller circuit, or None."""
    tally = Tally()
    points = [p for p in ENTRY_POINTS if p == failure.what]
    measurement = next((m for m in MEASUREMENTS if failure.what == f"device: {m}"), None)
    case = Case(failure.seed, failure.i, circuit, observables, failure.params, np.random.default_rng(0), tally)
    case.run(points, measurement, len(observables) > 1)
    return next((f for f in tally.failures if _kind_of(f) == _kind_of(failure)), None)


def _smaller(failure):
    """Circuits a little simpler than the failing one."""
    circuit = failure.circuit
    for k in range(len(circuit.placed)):
        if circuit.placed[k].name != "Identity":
            fewer = circuit.placed[:k] + circuit.placed[k + 1 :]
            yield replace(circuit, placed=fewer), failure.observables
    for k, placed in enumerate(circuit.placed):
        for wrapping in ("plain", "adjoint", "ctrl"):
            if wrapping != placed.wrapping and (wrapping == "plain" or " of " in placed.wrapping):
                controls = placed.controls if "ctrl" in wrapping else ()
                values = placed.control_values if "ctrl" in wrapping else ()
                simpler = replace(placed, wrapping=wrapping, controls=controls, control_values=values)
                yield (
                    replace(circuit, placed=[*circuit.placed[:k], simpler, *circuit.placed[k + 1 :]]),
                    failure.observables,
                )
        for which, number in enumerate(placed.numbers):
            for form in ("fixed", "plain"):
                if number.form != form and number.form not in ("fixed",):
                    numbers = list(placed.numbers)
                    numbers[which] = replace(number, form=form)
                    simpler = replace(placed, numbers=tuple(numbers))
                    yield (
                        replace(circuit, placed=[*circuit.placed[:k], simpler, *circuit.placed[k + 1 :]]),
                        failure.observables,
                    )
    if len(failure.observables) > 1:
        for observable in failure.observables:
            yield circuit, [observable]


def one_of_each(failures):
    """The shortest failure of each kind, by what was checked and the beginning of the message."""
    shortest = {}
    for failure in sorted(failures, key=lambda f: len(f.operations)):
        shortest.setdefault((*_kind_of(failure), failure.layout, failure.message[:60].split(" at ")[0]), failure)
    return list(shortest.values())


def shrunk(failure):
    """The failure in its simplest form; itself if it cannot be made simpler."""
    if failure.what == "reference":
        return failure
    for _ in range(12):
        for circuit, observables in _smaller(failure):
            found = _again(failure, circuit, observables)
            if found is not None:
                failure = found
                break
        else:
            break
    return failure
