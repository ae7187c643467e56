"""The circuits of the bench, by family."""
