"""The errors that send a circuit elsewhere."""


class NoStructureError(ValueError):
    """The circuit holds something that the sector engine cannot use; it is for lightning.qubit."""


class UnfollowedError(NoStructureError):
    """An operator's angles cannot be followed as symbols; written out as other gates, they may be.

    Args:
        message: Which operator, and why.
        kinds: The operator's types, see `dependence.kinds`.
    """

    def __init__(self, message: str, kinds: tuple[type, ...]) -> None:
        super().__init__(message)
        self.kinds = kinds
