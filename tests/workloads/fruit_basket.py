"""A small workload for the tests: which fruits to pack. It also runs by itself, as every workload does."""

import itertools
import time

import numpy as np
from pydantic import model_validator

from workloads.command_line import main
from workloads.workload import (
    GapScale,
    InputFile,
    Options,
    Outcome,
    Plot,
    Seconds,
    Settings,
    Size,
    Table,
    Task,
    Workload,
    setting,
)

WEIGHTS = np.array([3, 5, 7, 9, 11, 13])
VALUES = np.array([4.0, 5.0, 9.0, 11.0, 12.0, 17.0])


class FruitSettings(Settings):
    capacity: int = setting(20, description="what the basket carries", unit="kg", gt=0)
    baskets: tuple[int, ...] = setting((20,), description="baskets to pack", unit="kg")
    pause: float = setting(0.0, description="how long a method dawdles", unit="s", ge=0)
    label: str = setting("plain", description="any text")
    stops: InputFile | None = setting(None, description="own fruits, a CSV file")
    trouble: str = setting("none", description="what goes wrong")

    @model_validator(mode="after")
    def _no_giant(self):
        if self.capacity > 10**6:
            raise ValueError(f"No basket carries {self.capacity} kg; the largest carries 1,000,000 kg")
        return self


def value_of(bits, capacity):
    bits = np.asarray(bits)
    return float(VALUES @ bits) if WEIGHTS @ bits <= capacity else None


def feasible(capacity):
    return [bits for bits in itertools.product((0, 1), repeat=len(WEIGHTS)) if WEIGHTS @ np.array(bits) <= capacity]


def tasks(settings: FruitSettings, options: Options) -> list[Task]:
    found = []
    for capacity in settings.baskets:
        case = f"{capacity} kg {settings.label}"
        asked = {"capacity": capacity, "trouble": settings.trouble, "label": settings.label}
        if settings.stops is not None:
            asked["stops"] = settings.stops

        def exact(context, capacity=capacity):
            if settings.trouble == "reference":
                raise ValueError("The reference is on strike.")
            best = max(value_of(bits, capacity) for bits in feasible(capacity))
            return Outcome(
                objective=best, status="all baskets tried", seconds=Seconds(optimize=0.5), reference_kind="certified"
            )

        def greedy(context, capacity=capacity):
            if settings.trouble == "greedy":
                raise RuntimeError("the scales broke")
            bits = np.zeros(len(WEIGHTS), dtype=int)
            for i in np.argsort(-VALUES / WEIGHTS):
                if WEIGHTS @ bits + WEIGHTS[i] <= capacity:
                    bits[i] = 1
            better = 100.0 if settings.trouble == "too good" else 0.0
            return Outcome(objective=float(VALUES @ bits) + better, status="packed", seconds=Seconds(optimize=0.01))

        def sampled(context, capacity=capacity, draws=20):
            rng = np.random.default_rng(context.seed)
            time.sleep(settings.pause)
            context.progress(0.5, "half way")
            allowed = feasible(capacity)
            values = [value_of(allowed[i], capacity) for i in rng.integers(len(allowed), size=draws)]
            if settings.trouble == "interrupt":
                raise KeyboardInterrupt
            if settings.trouble == "bug":
                values.append(1e3)
            best = context.reference.value if context.reference else max(values)
            return Outcome(
                objective=np.float64(max(values)),
                status="sampled",
                seconds=Seconds(compile=0.1, sample=1.0),
                shots=np.int64(draws),
                qubits=len(WEIGHTS),
                sector_dimension=len(allowed),
                depth=3,
                two_qubit_gates=5,
                feasible_rate=1.0,
                success_probability=np.mean(np.array(values) == best),
                detail={"values": np.array(values)},
            )

        found.append(Task(case=case, method="Greedy", role="classical", solve=greedy, asked=asked))
        for seed in options.seeds:
            common = {"case": case, "asked": asked, "seed": seed, "machine": options.machine, "shots": options.shots}
            found.append(Task(method="Dice", role="quantum", solve=sampled, **common))
            found.append(Task(method="Uniform", role="control", solve=lambda c, s=sampled: s(c, draws=5), **common))
        found.append(
            Task(case=case, method="Enumeration", role="classical", solve=exact, asked=asked, is_reference=True)
        )
    return found


def size(settings: FruitSettings) -> Size:
    huge = settings.trouble == "huge"
    return Size(
        qubits=60 if huge else len(WEIGHTS),
        sector_dimension=2**60 if huge else 2 ** len(WEIGHTS),
        memory_bytes=16 * 2**60 if huge else 1024,
        seconds=1.0,
        would_fit="A basket of 20 kg would fit: --set capacity=20.",
    )


def answer(records) -> str:
    best = max(r.objective for r in records if r.objective is not None)
    return f"Pack fruit worth {best:g} yen."


def worth(frame):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    for role, colour in (("quantum", "C0"), ("classical", "C1"), ("control", "C2")):
        rows = frame[frame.role == role]
        axes.scatter(rows.method, rows.objective, color=colour)
    axes.set(title="What is the basket worth?", ylabel="worth (yen)")
    return figure


def gap(objective, reference):
    return (reference.value - objective) / reference.value


FRUIT_BASKET = Workload(
    name="fruit_basket",
    title="Packing the fruit basket",
    industry="Groceries",
    question="Which fruits should the basket hold to be worth the most?",
    unit="yen",
    sense="maximize",
    typical_size="6 qubits",
    typical_seconds=(1.0, 2.0),
    own_data="kaname run fruit_basket --set stops=mine.csv",
    settings=FruitSettings,
    quick={"baskets": (15,)},
    n_seeds=3,
    quick_seeds=2,
    shots=20,
    packages=("reports",),
    size=size,
    notes=lambda settings: (f"Weights are in kg; the label is {settings.label}.",),
    instance=lambda _: (
        Table(
            title="Fruits",
            columns=("fruit", "weight (kg)", "value (yen)"),
            rows=[[f"fruit {i}", int(w), float(v)] for i, (w, v) in enumerate(zip(WEIGHTS, VALUES, strict=True))],
        ),
    ),
    tasks=tasks,
    gap=gap,
    gap_scale=GapScale(factor=100, unit="%"),
    tolerance=1e-3,
    controls={"Dice": ("Uniform",)},
    answer=answer,
    files=lambda _: {"basket.csv": "fruit\n"},
    plots=(Plot(name="worth", draw=worth, caption="Every run is a point.", alt="Points by method."),),
    methods={"Dice": "Rolls dice.", "Greedy": "Takes the best value per kilogram first."},
    glossary={"Basket": "What carries the fruit."},
)

if __name__ == "__main__":
    raise SystemExit(main(FRUIT_BASKET))
