"""One minimizer for the suite: `runtime.minimize`.

A method is a frozen dataclass of its settings, in a file of its own; a name such as "L-BFGS" stands for its defaults.
Import what is listed in `__all__`.
"""

from runtime.minimization.adam import Adam
from runtime.minimization.continued import ContinuedSearch
from runtime.minimization.journal import Journal
from runtime.minimization.natural_gradient import NaturalGradient
from runtime.minimization.outcome import Minimum, Status
from runtime.minimization.quasi_newton import BFGS, LBFGS
from runtime.minimization.search import minimize
from runtime.minimization.spsa import SPSA

__all__ = [
    "BFGS",
    "LBFGS",
    "SPSA",
    "Adam",
    "ContinuedSearch",
    "Journal",
    "Minimum",
    "NaturalGradient",
    "Status",
    "minimize",
]
