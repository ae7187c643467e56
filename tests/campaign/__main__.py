"""Run the random campaign.

python tests/campaign --circuits 20000 --seed 1 [--first 0] [--only NAME] [--shrink], or --alone.
"""

import argparse
import sys
import time
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "reference"), str(HERE.parents[1])]

EVERY = 250


def main():
    from campaign import Tally, run_circuit
    from campaign_report import report

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--circuits", type=int, default=1000, help="Number of circuits.")
    parser.add_argument("--seed", type=int, default=1, help="Seed of the campaign.")
    parser.add_argument("--first", type=int, default=0, help="Number of the first circuit.")
    parser.add_argument("--only", help="Name of an operation of the table that every circuit is to hold.")
    parser.add_argument("--shrink", action="store_true", help="Reduce each failure to few operations.")
    parser.add_argument(
        "--alone", action="store_true", help="Check each operation by itself instead, in each wrapping."
    )
    arguments = parser.parse_args()
    tally, begin = Tally(), time.process_time()
    if arguments.alone:
        from campaign_alone import every_case, run_alone

        jobs = [partial(run_alone, *case, tally) for case in every_case() if arguments.only in (None, case[0])]
    else:
        numbers = range(arguments.first, arguments.first + arguments.circuits)
        jobs = [partial(run_circuit, arguments.seed, i, tally, arguments.only) for i in numbers]
    for done, job in enumerate(jobs, start=1):
        job()
        if done % EVERY == 0:
            each = (time.process_time() - begin) / done
            print(f"{done} circuits, {len(tally.failures)} failures, {each:.3f} s of processor time each", flush=True)
    if arguments.shrink:
        from campaign_shrinking import one_of_each, shrunk

        tally.failures = [shrunk(f) for f in one_of_each(tally.failures)]
    print(report(tally))
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
