"""Saying no before memory runs out."""

from __future__ import annotations

BYTES_PER_STATE = 120  # while searching: keys with room to double, the hash table, ranks and two vectors
HEADROOM = 0.85  # of the memory that is free now; the rest is for whoever else is on the machine


class DoesNotFitError(ValueError):
    """A run needs more memory than there is."""


def available_bytes() -> int:
    """Bytes of main memory that can be taken without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def refuse_beyond_memory(needed: int, n_wires: int, dimension: int) -> None:
    """Refuse a sector whose tables would not fit.

    Raises:
        DoesNotFitError: with the bytes needed, the bytes there, and what would fit.
    """
    if needed < 1 << 28:
        return
    room = int(HEADROOM * available_bytes())
    if needed > room:
        raise DoesNotFitError(
            f"This circuit on {n_wires} wires needs at least {human(needed)} for the {_count(dimension)} basis states"
            f" that it reaches, and {human(room)} are free: about {_count(room // (needed // dimension))} would fit."
        )


def refuse_dense(n_wires: int) -> None:
    """Refuse a full state vector, with its adjoint copies, that would not fit.

    Raises:
        DoesNotFitError: with the bytes needed, the bytes there, and the number of wires that would fit.
    """
    needed = dense_bytes(n_wires)
    room = int(HEADROOM * available_bytes())
    if needed > room:
        fits = next(n for n in range(n_wires, 0, -1) if dense_bytes(n) <= room)
        raise DoesNotFitError(
            f"This circuit conserves nothing that the sector engine could use, and all amplitudes of {n_wires} wires"
            f" need {human(needed)} where {human(room)} are free: at most {fits} wires fit."
        )


def refuse_measured(n_wires: int) -> None:
    """Refuse a measurement that needs all amplitudes, where those would not fit.

    Raises:
        DoesNotFitError: with the bytes needed, the bytes there, and the number of wires that would fit.
    """
    needed, room = 16 * 2**n_wires, int(HEADROOM * available_bytes())
    if needed > room:
        raise DoesNotFitError(
            f"What is measured needs all amplitudes of {n_wires} wires, {human(needed)} where {human(room)} are free:"
            f" at most {(room // 16).bit_length() - 1} wires fit. Expectation values, variances and the probabilities"
            " of some wires need only what the circuit reaches."
        )


def refuse_all_amplitudes(n_wires: int, bytes_per_amplitude: int) -> None:
    """Refuse a circuit on all amplitudes whose state, adjoint and diagonal would not fit.

    Raises:
        DoesNotFitError: with the bytes needed, the bytes there, and the number of wires that would fit.
    """
    each = 2 * bytes_per_amplitude + 8
    needed = each * 2**n_wires
    if needed < 1 << 28:
        return
    room = int(HEADROOM * available_bytes())
    if needed > room:
        raise DoesNotFitError(
            f"This circuit reaches every basis state, and all amplitudes of {n_wires} wires need {human(needed)} where"
            f" {human(room)} are free: at most {(room // each).bit_length() - 1} wires fit"
            + (", and with precision='single' one more." if bytes_per_amplitude == 16 else ".")
        )


def dense_bytes(n_wires: int) -> int:
    """What lightning.qubit's adjoint takes: state, bra, and two vectors for each thread and observable."""
    import os

    return (5 + 2 * (os.cpu_count() or 1)) * 16 * 2**n_wires


def _count(number: int) -> str:
    """A count with separators, or its magnitude where nobody would read the digits."""
    return f"{number:,}" if number < 10**15 else f"{number:.1e}"


def human(n_bytes: float) -> str:
    """Bytes in the unit a person would use."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if unit == "TiB" and n_bytes >= 1e6:
            return f"{n_bytes:.1e} TiB"
        if n_bytes < 1024 or unit == "TiB":
            return f"{n_bytes:.0f} {unit}" if unit == "bytes" or n_bytes >= 100 else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1024
    raise AssertionError
