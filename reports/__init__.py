"""Records, the run store, verdicts and pages. Knows nothing of molecules, portfolios or routes."""
