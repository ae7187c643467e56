"""What the campaign expects to be refused, by the engine or by PennyLane, and which derivatives PennyLane loses."""

OWN = "runs on the sector engine only"
SUM = "Coefficients that depend on the parameters"
# An operation, a part of the engine's message (a ValueError), and why it may refuse.
REFUSED_BY_THE_ENGINE = (
    ("DiagonalCost", OWN, "controlled, it has no form in a sector and no decomposition"),
    ("RegisterSwap", OWN, "controlled, it has no form in a sector and no decomposition"),
    ("QubitUnitary of a number", "depends on the parameters", "a matrix of trainable numbers is not an angle"),
    ("QubitUnitary of a complex number", "depends on the parameters", "a matrix of trainable numbers is not an angle"),
    ("QubitUnitary in trainable blocks", "depends on the parameters", "a matrix of trainable numbers is not an angle"),
    ("ControlledQubitUnitary of a number", "depends on the parameters", "a matrix of trainable numbers is no angle"),
    ("BlockEncode of a number", "depends on the parameters", "a matrix of trainable numbers is not an angle"),
    ("QSVT of a trainable matrix", "depends on the parameters", "a matrix of trainable numbers is not an angle"),
    (
        "SpecialUnitary",
        "depends on the parameters",
        "its derivative is no angle's, and it has no decomposition into such",
    ),
    ("sum of operators", "depends on the parameters", "a sum is a gate only if it happens to be unitary"),
    ("exp of a sum", SUM, "lightning.qubit cannot differentiate it"),
    ("evolve a sum", SUM, "lightning.qubit cannot differentiate it"),
    ("evolve a hop", SUM, "lightning.qubit cannot differentiate it"),
    ("evolve a Hermitian", SUM, "lightning.qubit cannot differentiate it"),
    ("evolve coefficients and time", SUM, "lightning.qubit cannot differentiate it"),
    ("DiagonalCost", "has no decomposition into such gates", "the same, controlled, on the device"),
    ("RegisterSwap", "has no decomposition into such gates", "the same, controlled, on the device"),
    ("BasisRotation of a number", "depends on the parameters", "PennyLane's decomposition loses it"),
    ("BasisRotation of a number", "automatic differentiation cannot follow", "PennyLane's decomposition loses it"),
)
# An operation, and a part of the message of whatever PennyLane or autograd raise, with default.qubit as well.
REFUSED_BY_PENNYLANE = (
    ("QubitUnitary of a number", "Base must be a matrix", "it takes no controlled matrix of autograd's boxes"),
    ("QubitUnitary of a complex number", "Base must be a matrix", "it takes no controlled matrix of autograd's boxes"),
    ("QubitUnitary in trainable blocks", "Base must be a matrix", "it takes no controlled matrix of autograd's boxes"),
    ("QubitUnitary in trainable blocks", "two-qubit decomposition may not be differentiable", "it warns, and is right"),
    ("ControlledQubitUnitary of a number", "Base must be a matrix", "it takes no matrix of autograd's boxes"),
    ("SpecialUnitary", "expm is not differentiable", "autograd has no derivative of a matrix exponential"),
    ("DiagonalCost", "does not provide a decomposition", "what PennyLane says of any operation that a device lacks"),
    ("RegisterSwap", "does not provide a decomposition", "what PennyLane says of any operation that a device lacks"),
    ("SpecialUnitary", "setting an array element with a sequence", "autograd has no matrix exponential"),
)
# What default.qubit gives other derivatives of, by backpropagation, than its own values have.
WRONG_BY_BACKPROPAGATION = (
    *("exp of a sum", "evolve a sum", "evolve a commuting sum", "evolve a hop", "evolve a Hermitian", "cost layer"),
    *("evolve a coefficient", "evolve a coefficient of Z", "evolve coefficients and time"),
    *("evolve a scalar product", "exp of a scaled word"),
)
# PennyLane does not see that autograd follows these numbers, so a QNode has to be told its interface; default.qubit
# fails on them.
UNNOTICED = (
    "IQP",
    "evolve a coefficient",
    "evolve a coefficient of Z",
    "evolve coefficients and time",
    "evolve a scalar product",
    "exp of a scaled word",
)
# Trainable numbers whose derivatives PennyLane's own decomposition drops, so that default.qubit is wrong as well.
DERIVATIVES_LOST_BY_PENNYLANE = {
    "BasisRotation of a number": "the Givens angles are computed outside of automatic differentiation",
}


def refusal(names, error):
    """The operation of a circuit, of those named, that an error was expected of, and why; None if of none."""
    message = str(error)
    for name, part, why in REFUSED_BY_PENNYLANE:
        if name in names and part in message:
            return name, f"PennyLane refuses: {why}"
    for name, part, why in REFUSED_BY_THE_ENGINE:
        if name in names and part in message and isinstance(error, ValueError):
            return name, why
    return None
