"""How methods solve a case and become outcomes: what workloads share, and what is too long for a workload's own file.

These modules translate a domain's results into `Outcome`s. They compute records, so a record's hash covers them.
"""
