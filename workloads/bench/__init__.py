"""`kaname bench`: the runtime beside its peers, in one run, as ratios.

Machines are noisy, so only ratios count: each round times every engine one after the other, and the table shows the
median of the rounds' ratios with the smallest and the largest. Peers get the fastest configuration that their
documentation offers, both sides run the same list of gates, and must agree on the value, and on the gradient where both
give it, before a time counts. Where a peer is faster, the table says so.

`catalogue` lists the cases, `peers` who is measured against, `session` runs it all.
"""
