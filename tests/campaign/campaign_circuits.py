"""The circuits of the random campaign: number i of a seed is always the same one."""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pennylane as qml
from operation_entries import Entry
from operation_table import PREPARATIONS, TABLE
from preparation_table import guarded

KINDS = {"explicit": 0.18, "blocks": 0.12, "permutations": 0.1, "hypercube": 0.17, "any": 0.25, "fallback": 0.18}
N_WIRES = {2: 0.18, 3: 0.26, 4: 0.28, 5: 0.14, 6: 0.07, 7: 0.04, 8: 0.02, 9: 0.01}
WRAPPINGS = {"plain": 0.5, "adjoint": 0.15, "ctrl": 0.2, "adjoint of ctrl": 0.075, "ctrl of adjoint": 0.075}
SHARE_WITH_PRODUCTS = 0.25  # of the circuits, in which numbers may be sines and products of parameters


@dataclass(frozen=True)
class Number:
    """One number of an operation, as a function of the parameters."""

    form: str  # "plain", "affine", "shared", "sine", "product", "fixed"
    scale: float
    shift: float
    i: int
    j: int

    def of(self, params):
        p, q = params[self.i], params[self.j]
        return {
            "plain": lambda: p,
            "affine": lambda: self.scale * p + self.shift,
            "shared": lambda: self.scale * p - 0.5 * q + self.shift,
            "sine": lambda: self.scale * qml.math.sin(p) + self.shift,
            "product": lambda: self.scale * p * q + self.shift,
            "fixed": lambda: self.shift,
        }[self.form]()

    def depends_on(self, k):
        if self.form == "fixed":
            return False
        return k == self.i or (k == self.j and self.form in ("shared", "product"))


@dataclass(frozen=True)
class Placed:
    """An operation of the table on wires of a circuit."""

    name: str
    entry: Entry
    wires: tuple[int, ...]
    numbers: tuple[Number, ...] = ()
    seed: int = 0
    wrapping: str = "plain"
    controls: tuple[int, ...] = ()
    control_values: tuple[int, ...] = ()

    def operator(self, params, *, twin=False):
        """The operator at some parameters; `twin` for default.qubit."""
        build = self.entry.reference if twin and self.entry.reference is not None else self.entry.build
        return self.wrapped(build([n.of(params) for n in self.numbers], list(self.wires), self.seed))

    def wrapped(self, operator):
        for step in reversed(self.wrapping.split(" of ")):
            if step == "adjoint":
                operator = qml.adjoint(operator)
            elif step == "ctrl":
                operator = qml.ctrl(operator, list(self.controls), control_values=list(self.control_values))
        return operator

    def __str__(self):
        numbers = [n.form if n.form == "fixed" else f"{n.form} p{n.i}" for n in self.numbers]
        controls = f" controls {list(self.controls)}={list(self.control_values)}" if self.controls else ""
        return f"{self.name}({', '.join(numbers)}) {self.wrapping} wires {list(self.wires)}{controls} seed {self.seed}"


@dataclass
class Circuit:
    """A list of operations, and where it is meant to run."""

    kind: str
    n_wires: int
    n_params: int
    placed: list[Placed] = field(default_factory=list)
    reached: str | None = None  # the start whose states are all that the circuit reaches

    def __call__(self, params):
        for placed in self.placed:
            with qml.QueuingManager.stop_recording():
                operator = placed.operator(params)
            qml.apply(operator)

    def depends(self):
        """Which parameters occur."""
        return [k for k in range(self.n_params) if any(n.depends_on(k) for o in self.placed for n in o.numbers)]


class Draw:
    """Draws one circuit."""

    def __init__(self, rng, *, only=None):
        self.rng = rng
        self.only = only
        self.products = rng.random() < SHARE_WITH_PRODUCTS
        self.n_params = int(rng.choice([1, 2, 3], p=[0.25, 0.6, 0.15]))

    def choice(self, weights):
        names = list(weights)
        shares = np.array(list(weights.values()), dtype=float)
        return names[int(self.rng.choice(len(names), p=shares / shares.sum()))]

    def circuit(self):
        kind = self.choice(KINDS) if self.only is None else str(self.rng.choice(["any", "fallback", "explicit"]))
        n_wires = {"permutations": lambda: 4 if self.rng.random() < 0.85 else 9}.get(kind, self._wires)()
        drawn = Circuit(kind, n_wires, self.n_params)
        {
            "explicit": self._conserving,
            "blocks": self._conserving,
            "permutations": self._permutations,
            "hypercube": self._hypercube,
            "any": self._anything,
            "fallback": self._anything,
        }[kind](drawn)
        return drawn

    def _wires(self):
        return int(self.choice(N_WIRES))

    def number(self):
        forms = {"plain": 0.3, "affine": 0.35, "shared": 0.1, "fixed": 0.2}
        if self.products:
            forms |= {"sine": 0.15, "product": 0.15}
        scale = float(self.rng.choice([1.0, -1.0, 0.5, self.rng.normal() / 2]))
        i, j = self.rng.integers(self.n_params, size=2)
        shift = float(self.rng.choice([0.0, np.pi / 4, self.rng.normal()], p=[0.3, 0.1, 0.6]))
        return Number(self.choice(forms), scale, shift, int(i), int(j))

    def place(self, name, n_wires, *, wrapping=None, wires=None, among=None):
        """The operation on random wires, wrapped; None if there are too few wires."""
        entry = TABLE[name] if among is None else among[name]
        fewest, most = entry.wires
        wrapping = wrapping or (self.choice(WRAPPINGS) if entry.wrap and not entry.first else "plain")
        if wrapping != "plain" and n_wires <= fewest and "ctrl" in wrapping:
            wrapping = "adjoint"
        n_controls = 0
        if "ctrl" in wrapping:
            n_controls = int(self.rng.integers(1, min(2, n_wires - fewest) + 1))
        if fewest > n_wires - n_controls:
            return None
        count = int(self.rng.integers(fewest, min(most, n_wires - n_controls) + 1)) if wires is None else len(wires)
        if name == "RegisterSwap":
            count -= count % 2
        order = [int(w) for w in self.rng.permutation(n_wires)]
        chosen = order[:count] if wires is None else list(wires)
        if name.startswith("Fermionic"):
            chosen = sorted(chosen)
        if name == "IQP":
            chosen = list(range(count))
        controls = [w for w in order if w not in chosen][:n_controls]
        values = self.rng.integers(2, size=n_controls)
        numbers = tuple(self.number() for _ in range(entry.count(count)))
        return Placed(
            name,
            entry,
            tuple(chosen),
            numbers,
            int(self.rng.integers(1000)),
            wrapping,
            tuple(controls),
            tuple(int(v) for v in values),
        )

    def _fill(self, drawn, names, count):
        """Operations by name until there are `count`."""
        made = 0
        shares = _shares(tuple(names))
        for _ in range(20 * count):
            name = self.only if self.only and made == 0 else str(self.rng.choice(names, p=shares))
            placed = self.place(name, drawn.n_wires)
            if placed is not None:
                drawn.placed.append(placed)
                made += 1
            elif name == self.only:
                drawn.n_wires += 1
            if made >= count:
                break

    def _count(self):
        return int(self.rng.choice([1, 2, 3, 4, 5, 6, 7, 8], p=[0.1, 0.22, 0.23, 0.18, 0.12, 0.07, 0.05, 0.03]))

    def _on(self, drawn, name, wires, seed=None):
        placed = self.place(name, drawn.n_wires, wrapping="plain", wires=wires)
        drawn.placed.append(placed if seed is None else Placed(name, placed.entry, placed.wires, (), seed))

    def _conserving(self, drawn):
        drawn.n_wires = max(drawn.n_wires, 3)
        everywhere = list(range(drawn.n_wires))
        self._on(drawn, str(self.rng.choice(["BasisState", "DickeState"], p=[0.6, 0.4])), everywhere)
        self._fill(drawn, BLOCKS if drawn.kind == "blocks" else CONSERVING, self._count())

    def _permutations(self, drawn):
        n = math.isqrt(drawn.n_wires)
        everywhere = list(range(drawn.n_wires))
        self._on(drawn, "PermutationState", everywhere)
        among = TABLE | guarded("PermutationState", 0)
        for _ in range(self._count()):
            kind = self.choice({"swap": 0.5, "cost": 0.2, "phase": 0.2, "grover": 0.1})
            if kind == "swap":
                p, q = self.rng.permutation(n)[:2]
                order = self.rng.permutation(n)
                wires = [int(r * n + c) for r in (p, q) for c in order]
                placed = self.place("RegisterSwap", drawn.n_wires, wires=wires, wrapping=self._plain_or_adjoint())
            elif kind == "cost":
                placed = self.place("DiagonalCost", drawn.n_wires, wrapping=self._plain_or_adjoint())
            elif kind == "grover":
                placed = self.place(
                    "GroverMixer", drawn.n_wires, wires=everywhere, among=among, wrapping=self._plain_or_adjoint()
                )
            else:
                placed = self.place(str(self.rng.choice(DIAGONAL)), drawn.n_wires)
            if placed is not None:
                drawn.placed.append(placed)

    def _plain_or_adjoint(self):
        return str(self.rng.choice(["plain", "adjoint"], p=[0.8, 0.2]))

    def _hypercube(self, drawn):
        """Superpositions, diagonal gates, and mixers: of X, of Grover, or guarded."""
        n, everywhere = drawn.n_wires, list(range(drawn.n_wires))
        start = self.choice({"H": 0.4, "some H": 0.1, "StatePrep": 0.2, "UniformSuperposition": 0.2, "DickeState": 0.1})
        seed = int(self.rng.integers(1000))
        if start in ("H", "some H"):
            for w in everywhere[: n if start == "H" else int(self.rng.integers(1, n + 1))]:
                self._on(drawn, "Hadamard", [w])
        elif start == "StatePrep":
            self._on(drawn, "StatePrep", everywhere, seed)
        else:
            if start == "UniformSuperposition":
                drawn.n_wires = n = min(n, 7)
                everywhere = list(range(n))
            self._on(drawn, start, everywhere, seed)
        reached = {"H": "all", "UniformSuperposition": start, "DickeState": start}.get(start)
        among = guarded(reached, seed) if reached else {}
        mixers = {"none": 0.35, "X": 0.0 if reached not in (None, "all") else 0.45}
        if reached:
            mixers["GroverMixer"] = 0.2
        if reached not in (None, "all"):
            mixers["GuardedHop"] = 0.3
        mixer = self.choice(mixers)
        for _ in range(self._count()):
            if self.rng.random() < 0.6 or mixer == "none":
                self._fill(drawn, DIAGONAL, 1)
            elif mixer == "X":
                shared = self.number()
                own = self.rng.random() < 0.3
                for w in everywhere:
                    placed = self.place("RX", n, wires=[w], wrapping=self._plain_or_adjoint())
                    numbers = placed.numbers if own else (shared,)
                    drawn.placed.append(Placed("RX", placed.entry, (w,), numbers, 0, placed.wrapping))
            else:
                placed = self.place(mixer, n, wires=everywhere, among=among, wrapping=self._plain_or_adjoint())
                drawn.placed.append(placed)

    def _anything(self, drawn):
        everywhere = list(range(drawn.n_wires))
        start = self.choice(
            {
                "nothing": 0.15,
                "BasisState": 0.15,
                "H": 0.15,
                "some H": 0.15,
                "StatePrep": 0.15,
                "X": 0.1,
                "prepared": 0.15,
            }
        )
        if start in ("BasisState", "StatePrep"):
            self._on(drawn, start, everywhere)
        elif start in ("H", "some H"):
            for w in everywhere[: drawn.n_wires if start == "H" else int(self.rng.integers(1, drawn.n_wires + 1))]:
                self._on(drawn, "Hadamard", [w])
        elif start == "X":
            self._fill(drawn, ["X", "Hadamard", "S"], 2)
        elif start == "prepared":
            placed = self.place(str(self.rng.choice(list(PREPARATIONS))), drawn.n_wires)
            if placed is not None:
                drawn.placed.append(placed)
        self._fill(drawn, ANY, self._count())


def _of_kind(*kinds):
    return [name for name, entry in TABLE.items() if entry.kind in kinds and not entry.first]


CONSERVING = [*_of_kind("conserving"), *_of_kind("diagonal")]
DIAGONAL = _of_kind("diagonal")
# What permutes or mixes basis states, or starts from one of its own, is searched and not laid out in blocks.
NOT_IN_BLOCKS = (
    *("PSWAP", "SWAP", "ISWAP", "SISWAP", "CSWAP", "Permute", "pow of SWAP", "Select, conserving", "RegisterSwap"),
    *("QubitUnitary in blocks", "QubitUnitary in trainable blocks", "evolve a hop", "prod, conserving", "UCCSD"),
    *("BasisRotation", "BasisRotation, complex", "BasisRotation of a number", "GateFabric", "ParticleConservingU1"),
    *("ParticleConservingU2", "kUpCCGSD", "AllSinglesDoubles", "ApproxTimeEvolution", "SelectPauliRot about Z"),
)
BLOCKS = [name for name in CONSERVING if name not in NOT_IN_BLOCKS]
OWN_ONLY = ("DiagonalCost", "RegisterSwap")
ANY = [n for n in _of_kind("general", "conserving", "diagonal", "permuting") if n not in OWN_ONLY]
# Many gates each, so a thousand circuits hold fewer of them.
LONG = ("UCCSD", "kUpCCGSD", "AllSinglesDoubles", "GateFabric", "ParticleConservingU1", "ParticleConservingU2", "MERA")
LONG += ("FermionicDoubleExcitation", "ArbitraryUnitary", "SpecialUnitary", "StronglyEntanglingLayers", "QSVT", "GQSP")
LONG += ("SimplifiedTwoDesign", "TTN", "FABLE of numbers", "FABLE", "QSVT of a trainable matrix")


@lru_cache
def _shares(names):
    """Of drawing each: gates without numbers and long templates less often."""
    weights = np.array([0.3 if not TABLE[n].numbers or n in LONG else 1.0 for n in names])
    return weights / weights.sum()


def circuit_number(seed: int, i: int, only: str | None = None) -> tuple[Circuit, Any]:
    """The circuit, and the generator for what else is drawn."""
    rng = np.random.default_rng([seed, i])
    drawn = Draw(rng, only=only).circuit()
    used = {w for o in drawn.placed for w in (*_acted_on(o), *o.controls)}
    idle = [w for w in range(drawn.n_wires) if w not in used]
    drawn.placed += [Placed("Identity", TABLE["Identity"], (w,)) for w in idle]
    return drawn, rng


def _acted_on(placed):
    """The wires that an operation really has."""
    return () if placed.name == "GlobalPhase" and placed.seed % 2 == 0 else placed.wires
