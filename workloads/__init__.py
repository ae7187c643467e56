"""What a partner runs: one file per question, the registry, the command line and execution."""
