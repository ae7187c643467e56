"""Compare the mean fields of random molecules with the lowest that PySCF finds by itself.

python tests/molecule_scan --molecules 200 --seed 1
"""

import argparse
import warnings

from lowest_field import lowest_field
from random_molecules import molecule_of, specimen_number

HIGHER = 1e-4  # hartree


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--molecules", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    n_higher = n_lower = 0
    for i in range(options.first, options.first + options.molecules):
        specimen = specimen_number(options.seed, i)
        excess = excess_of(specimen)
        n_higher += excess > HIGHER
        n_lower += excess < -HIGHER
        mark = "higher" if excess > HIGHER else "lower" if excess < -HIGHER else "same"
        print(f"{i:4d} {mark:6s} {1e3 * excess:10.3f} mHa  {specimen}", flush=True)
    print(f"{options.molecules} molecules: {n_higher} higher than the reference by 0.1 mHa, {n_lower} lower")


def excess_of(specimen):
    """How far the suite's field lies above the reference, in hartree."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference, _ = lowest_field(specimen)
        return molecule_of(specimen).mean_field.energy - reference


if __name__ == "__main__":
    main()
