"""The error that sends a circuit to the other engine."""


class NoStructureError(ValueError):
    """The circuit holds something that the sector engine cannot use; it is for lightning.qubit."""
