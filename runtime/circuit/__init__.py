"""From a PennyLane circuit to actions on basis states: tracing, and what each operator does."""
