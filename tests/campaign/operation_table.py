"""Every operation of PennyLane that carries numbers, and Kaname's own: how each is built, and which are left out."""

from gate_table import FIXED, ROTATIONS
from matrix_table import ARITHMETIC, MATRICES
from preparation_table import OWN, PREPARATIONS
from template_table import CHEMISTRY, EMBEDDINGS, EVOLUTIONS, LAYERS, SUBROUTINES

TABLE = {
    **ROTATIONS,
    **FIXED,
    **MATRICES,
    **ARITHMETIC,
    **EMBEDDINGS,
    **LAYERS,
    **CHEMISTRY,
    **EVOLUTIONS,
    **SUBROUTINES,
    **PREPARATIONS,
    **OWN,
}
