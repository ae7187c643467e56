"""What the Bethe ansatz says of infinitely long chains, for comparison with those that are computed."""

from __future__ import annotations

import numpy as np

HEISENBERG_CHAIN_ENERGY = 0.25 - float(
    np.log(2.0)
)  # per site, in units of J; Hulthén, Ark. Mat. Astron. Fys. 26A (1938)


def hubbard_chain_energy(u: float, *, t: float = 1.0) -> float:
    """The energy per site of the infinite half-filled Hubbard chain with repulsion.

        e(U) = -4 |t| int_0^inf J_0(x) J_1(x) / (x (1 + exp(x U / (2 |t|)))) dx

    Lieb and Wu, Phys. Rev. Lett. 20, 1445 (1968).

    Args:
        u: Repulsion, not negative, in the unit of t.
        t: Hopping amplitude.

    Raises:
        ValueError: If the repulsion is negative or there is no hopping.
    """
    from scipy.integrate import quad
    from scipy.special import expit, j0, j1

    u, t = _checked(u, t)
    if u == 0.0:
        return -4.0 * t / float(np.pi)
    # The exponential cuts off where the argument is some 40 t / U; small steps follow the oscillations up to there.
    end = min(80.0 * t / u, 2000.0)
    value, _ = quad(
        lambda x: (j0(x) * j1(x) / x if x else 0.5) * expit(-0.5 * x * u / t), 0.0, end, limit=2000, epsabs=1e-10
    )
    return -4.0 * t * float(value)


def hubbard_chain_gap(u: float, *, t: float = 1.0) -> float:
    """The charge gap of the infinite half-filled Hubbard chain: it insulates with any repulsion, however weak.

        gap(U) = 16 t^2 / U int_1^inf sqrt(y^2 - 1) / sinh(2 pi |t| y / U) dy

    Lieb and Wu, Phys. Rev. Lett. 20, 1445 (1968); in this form: Ovchinnikov, Sov. Phys. JETP 30, 1160 (1970).

    Args:
        u: Repulsion, not negative, in the unit of t.
        t: Hopping amplitude.

    Raises:
        ValueError: If the repulsion is negative or there is no hopping.
    """
    from scipy.integrate import quad

    u, t = _checked(u, t)
    if u < 0.05 * t:  # below 1e-50 t
        return 0.0
    rate = 2.0 * np.pi * t / u

    def integrand(over: float) -> float:
        """With y = 1 + over; the hyperbolic sine is written so that it does not overflow."""
        y = 1.0 + over
        return float(np.sqrt(over * (over + 2.0)) * 2.0 * np.exp(-rate * y) / -np.expm1(-2.0 * rate * y))

    value, _ = quad(integrand, 0.0, 60.0 / rate, limit=500, epsabs=0.0, epsrel=1e-10)
    return 16.0 * t * t / u * float(value)


def _checked(u: float, t: float) -> tuple[float, float]:
    if not (np.isfinite(u) and np.isfinite(t) and u >= 0 and t != 0):
        raise ValueError(f"The infinite chain is solved for u of at least 0 and hopping, but u={u!r} and t={t!r}.")
    return float(u), abs(float(t))
