"""The layout for circuits of diagonal gates and layers of X rotations: all 2^n amplitudes, no tables.

Unconstrained QAOA reaches every basis state, so there is no sector to find; what such a circuit has instead is a form
that can be run in very few passes over memory. `lowering` takes circuits of this form and no others: there is no
general dense simulator here.
"""
