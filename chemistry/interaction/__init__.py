"""How strongly the parts of a molecule bind each other, with the counterpoise correction for their basis functions.

Import what is listed in `__all__`.
"""

from chemistry.interaction.boys_bernardi import InteractionEnergy, counterpoise
from chemistry.interaction.fragments import Fragment

__all__ = ["Fragment", "InteractionEnergy", "counterpoise"]
