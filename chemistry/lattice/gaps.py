"""What it costs to add and take an electron, or to turn a spin: whether a lattice conducts."""

from __future__ import annotations

from collections.abc import Callable

from chemistry.lattice.hubbard_model import Hubbard


def charge_gap(model: Hubbard, energy: Callable[[Hubbard], float]) -> float:
    """E(N + 1) + E(N - 1) - 2 E(N): zero in a metal of many sites, and what a current costs in an insulator.

    Where particles and holes are alike (uniform repulsion, two sublattices) at half filling, E(N + 1) = E(N - 1) + U,
    and only two energies are asked for.

    Lieb and Wu, Phys. Rev. Lett. 20, 1445 (1968).

    Args:
        model: With at least two electrons and at least one empty place for one.
        energy: Of a model, by any method; called with other numbers of electrons as well.

    Raises:
        ValueError: If no electron can be added, or none be taken without the last being gone.
    """
    n = model.n_electrons
    if not 2 <= n < 2 * model.n_sites:
        raise ValueError(
            f"A charge gap needs at least two electrons and an empty place, but {n} electrons are on "
            f"{model.n_sites} sites."
        )
    here, less = energy(model), energy(_lowest_spin(model, n - 1))
    if n == model.n_sites and model.is_particle_hole_symmetric:
        return 2.0 * less + float(model.repulsion[0]) - 2.0 * here
    return energy(_lowest_spin(model, n + 1)) + less - 2.0 * here


def spin_gap(model: Hubbard, energy: Callable[[Hubbard], float]) -> float:
    """The energy of the lowest state with one spin turned, above the lowest with the model's own electrons.

    Args:
        model: With an electron of spin down and an empty place for one of spin up.
        energy: Of a model, by any method.

    Raises:
        ValueError: If no spin can be turned.
    """
    if model.n_beta < 1 or model.n_alpha >= model.n_sites:
        raise ValueError(
            f"A spin gap needs an electron of spin down and a place for it with spin up, but {model.n_alpha} are up "
            f"and {model.n_beta} down on {model.n_sites} sites."
        )
    return energy(model.with_electrons(model.n_alpha + 1, model.n_beta - 1)) - energy(model)


def _lowest_spin(model: Hubbard, n_electrons: int) -> Hubbard:
    return model.with_electrons(n_electrons - n_electrons // 2, n_electrons // 2)
