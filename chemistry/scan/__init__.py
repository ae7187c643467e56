"""Potential curves and surfaces: a family of geometries, each solved by circuits and classical methods.

`potential_scan` solves a `Family`; the result gives energies on the grid, followed states, and what changed between
neighbouring geometries. `spectroscopic_constants`, `minimum`, `dissociation_energy` and `curve_errors` read numbers
from it, `surface_picture` and `state_picture` draw it. A scan goes on where it was interrupted from a `journal`.
"""

from chemistry.scan.errors import CurveErrors, curve_errors
from chemistry.scan.family import Axis, Family
from chemistry.scan.journal import JsonLines, ScanJournal
from chemistry.scan.pictures import state_picture, surface_picture
from chemistry.scan.point import CircuitEnergy, Continuation, FollowedState, Reference, ScanPoint
from chemistry.scan.result import PotentialScan, ScanRow
from chemistry.scan.scanning import potential_scan
from chemistry.scan.spectroscopy import (
    DissociationEnergy,
    SpectroscopicConstants,
    constants_of,
    dissociation_energy,
    spectroscopic_constants,
)
from chemistry.scan.stationary_point import StationaryPoint, minimum

__all__ = [
    "Axis",
    "CircuitEnergy",
    "Continuation",
    "CurveErrors",
    "DissociationEnergy",
    "Family",
    "FollowedState",
    "JsonLines",
    "PotentialScan",
    "Reference",
    "ScanJournal",
    "ScanPoint",
    "ScanRow",
    "SpectroscopicConstants",
    "StationaryPoint",
    "constants_of",
    "curve_errors",
    "dissociation_energy",
    "minimum",
    "potential_scan",
    "spectroscopic_constants",
    "state_picture",
    "surface_picture",
]
