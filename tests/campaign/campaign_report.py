"""What a campaign has seen, as text."""

from collections import Counter

MOST_SHOWN = 60


def report(tally):
    """Counts of layouts, checks, operations and refusals, and the failures, grouped by what they say."""
    lines = [f"{tally.n_circuits} circuits"]
    for title, counter in (
        ("layouts through compile", tally.compiled),
        ("layouts through the device", tally.on_device),
        ("checks", tally.checks),
        ("observables", tally.observables),
    ):
        lines.append(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counter.most_common()))
    lines.append("operations by wrapping:")
    wrappings = ("plain", "adjoint", "ctrl", "adjoint of ctrl", "ctrl of adjoint")
    for name in sorted({name for name, _ in tally.operations}):
        counts = [f"{w} {tally.operations[name, w]}" for w in wrappings if tally.operations[name, w]]
        lines.append(f"  {name}: " + ", ".join(counts))
    lines.append(f"refusals that are expected: {tally.refusals.total()}")
    lines += [f"  {count} x {name}: {why}" for (name, why), count in tally.refusals.most_common()]
    lines.append(f"failures: {len(tally.failures)}")
    classes = Counter((f.what, f.layout, f.message[:70]) for f in tally.failures)
    lines += [f"  {count} x {what} ({layout}): {message}" for (what, layout, message), count in classes.most_common(40)]
    lines += [f"  {failure}" for failure in tally.failures[:MOST_SHOWN]]
    return "\n".join(lines)
