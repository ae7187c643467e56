"""What the records of each workload say: its answer, what training added, tables, files, pictures and a glossary.

One module per workload, beside what several of them share (`energies`, `wording`). An answer is made from records
alone. So these modules import neither a workload nor a domain nor the runtime, and compute no record: a record's hash
leaves them out (`workloads.identity`), and a sentence can be mended without anything being computed again. What a
record holds is therefore computed elsewhere; the methods' names, which stand here because sentences are told by them,
are part of the hash by themselves.

The one exception is `water_geometry`, which asks `chemistry.structure` for bond lengths and angles from the positions
that a record holds.
"""
