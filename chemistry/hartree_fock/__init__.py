"""Self-consistent fields: converged, stable, the same on every run, and the one that circuits begin from."""
