"""Operator classes of PennyLane that the random campaign leaves out, each with the reason."""

_REASONS = {
    "continuous variables": """
        Beamsplitter CatState CoherentState ControlledAddition ControlledPhase CrossKerr CubicPhase
        DisplacedSqueezedState Displacement FockDensityMatrix FockState FockStateProjector FockStateVector
        GaussianState InterferometerUnitary Kerr NumberOperator PolyXP QuadOperator QuadP QuadX QuadraticPhase
        Rotation SqueezedState Squeezing TensorN ThermalState TwoModeSqueezing CVObservable CVOperation
        DisplacementEmbedding SqueezingEmbedding CVNeuralNetLayers Interferometer""",
    "a channel": """
        AmplitudeDamping BitFlip DepolarizingChannel GeneralizedAmplitudeDamping PauliError PhaseDamping PhaseFlip
        QubitChannel ResetError ThermalRelaxationError Channel QubitDensityMatrix""",
    "on qutrits": """
        QutritBasisState QutritBasisStatePreparation QutritUnitary ControlledQutritUnitary TAdd TClock THadamard TSWAP
        TShift TRX TRY TRZ THermitian GellMann QutritDensityMatrix QutritDepolarizingChannel QutritAmplitudeDamping
        TritFlip QutritChannel""",
    "a measurement, or conditional on one": "MidMeasure PauliMeasure Conditional",
    "an abstract base": """
        Operation Operator CompositeOp ScalarSymbolicOp SymbolicOp StatePrepBase SubroutineOp Controlled Pow""",
    "holds no numbers": """
        Barrier Snapshot WireCut ModExp Multiplier OutAdder OutMultiplier OutPoly SemiAdder SQISW""",
    "an observable": "SparseHamiltonian Projector",
    "wraps another program's circuit": "FromBloq",
    "random: another circuit at each call": "QuantumMonteCarlo",
    "measures a cost with a circuit of its own": "HilbertSchmidt LocalHilbertSchmidt",
    "fixed data, and many wires": "BBQRAM HybridQRAM SelectOnlyQRAM",
    "decomposes in PennyLane's graph only, which default.qubit does not use": "SumOfSlatersPrep",
}
EXCLUDED = {name: reason for reason, names in _REASONS.items() for name in names.split()}
