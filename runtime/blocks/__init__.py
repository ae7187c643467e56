"""Large sectors as products of two halves of the wires, joined by the charges that a circuit conserves.

A gate then acts through small tables over the strings of each half, which stay in cache where a table of all pairs
would be many times the state.
"""
