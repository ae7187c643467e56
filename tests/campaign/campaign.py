"""The random campaign: every operation of PennyLane that carries numbers, through every entry point, against a judge.

`run_circuit` runs circuit number i of a seed through `runtime.compile` and through the device, compares all that they
give with `Expected`, and counts in a `Tally` what was checked, what was refused, and what failed.
"""

import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pennylane as qml
from campaign_circuits import Circuit, circuit_number
from campaign_layouts import layout_for, layout_of, layout_on, recordings
from campaign_observables import random_observables
from campaign_reference import Expected
from campaign_refusals import DERIVATIVES_LOST_BY_PENNYLANE, UNNOTICED, refusal
from dense import embedded
from scipy.stats import chi2

import runtime

VALUES, GRADIENTS, CURVATURES = 1e-10, 1e-8, 1e-7  # tolerances; the last is that of the reference
ENTRY_POINTS = ("vjp", "jvp", "hvp", "metric", "state", "variance")
MEASUREMENTS = ("var, probs, state", "samples", "broadcast")
SHOTS = 2000
SIGNIFICANCE = 1e-6
BATCH = np.array([0.0, 0.4, -0.7])


@dataclass
class Failure:
    """What went wrong with a circuit."""

    seed: int
    i: int
    what: str
    layout: str
    message: str
    operations: list[str]
    kind: str = ""
    circuit: Circuit | None = None
    observables: list = field(default_factory=list)
    params: np.ndarray | None = None

    def __str__(self):
        lines = "\n      ".join(self.operations)
        return (
            f"seed {self.seed} circuit {self.i} ({self.kind}; {self.layout}) {self.what}: {self.message}\n      {lines}"
        )


@dataclass
class Tally:
    """What a campaign has seen."""

    n_circuits: int = 0
    compiled: Counter = field(default_factory=Counter)  # layouts
    on_device: Counter = field(default_factory=Counter)
    checks: Counter = field(default_factory=Counter)
    operations: Counter = field(default_factory=Counter)  # name, wrapping
    observables: Counter = field(default_factory=Counter)
    refusals: Counter = field(default_factory=Counter)  # operation, expected reason
    failures: list[Failure] = field(default_factory=list)


class DiffersError(AssertionError):
    """A number is not what it should be."""


def same(found, expected, tolerance, what):
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        raise DiffersError(f"{what}: shape {found.shape}, expected {expected.shape}")
    # Differences of large numbers are right to so many digits, not to so many places.
    size = max(1.0, float(np.abs(expected).max(initial=0.0)))
    if not np.allclose(found, expected, rtol=0, atol=tolerance * size):
        k = np.unravel_index(
            int(np.nanargmax(np.where(np.isfinite(found), np.abs(found - expected), np.inf))), found.shape
        )
        raise DiffersError(f"{what}: {found[k]} at {tuple(map(int, k))}, expected {expected[k]}")


def run_circuit(seed, i, tally, only=None):
    """Everything about one circuit."""
    circuit, rng = circuit_number(seed, i, only)
    observables, kinds = random_observables(circuit.n_wires, rng)
    params = rng.normal(size=circuit.n_params)
    tally.n_circuits += 1
    tally.operations.update((o.name, o.wrapping) for o in circuit.placed)
    tally.observables.update(kinds)
    points = [str(p) for p in rng.permutation(ENTRY_POINTS)[:2]]
    measurement = MEASUREMENTS[i % 3] if rng.random() < 0.5 else None
    several = len(observables) > 1 or rng.random() < 0.3
    Case(seed, i, circuit, observables, params, rng, tally).run(points, measurement, several)


def written(observable):
    """An observable in one line."""
    if isinstance(observable, qml.Hermitian):
        return f"Hermitian on {observable.wires.tolist()}"
    return str(observable).replace("\n", " ")


@dataclass
class Case:
    """One circuit with its observables, its parameters and what they should give."""

    seed: int
    i: int
    circuit: Circuit
    observables: list
    params: np.ndarray
    rng: np.random.Generator
    tally: Tally
    expected: Expected | None = None

    def run(self, points, measurement, several):
        """The checks named by `points`, and one kind of measurement on the device besides expectation values."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.expected = Expected(self.circuit, self.observables, self.params)
            except Exception as error:
                self.failed("reference", "", error)
                return
        with warnings.catch_warnings(), layout_for(self.circuit.kind):
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", ".*unclosed", ResourceWarning)  # of garbage that other tests have left
            self.through_compile(points, several)
            self.through_device(measurement)

    def failed(self, what, layout, error):
        if isinstance(error, DiffersError):
            message = str(error)
        else:
            where = traceback.extract_tb(error.__traceback__)[-1]
            message = f"{type(error).__name__}: {str(error)[:400]} [{where.filename.split('/')[-1]}:{where.lineno}]"
        operations = [str(o) for o in self.circuit.placed] + [written(o) for o in self.observables]
        self.tally.failures.append(
            Failure(
                self.seed,
                self.i,
                what,
                layout,
                message,
                operations,
                self.circuit.kind,
                self.circuit,
                self.observables,
                self.params,
            )
        )

    def attempt(self, what, layout, check):
        """Run one check; a refusal that is listed is counted, anything else that goes wrong is a failure."""
        try:
            check()
        except Exception as error:  # of whatever kind: what is not listed as expected is reported
            name = refusal({o.name for o in self.circuit.placed}, error)
            if name is None:
                self.failed(what, layout, error)
            else:
                self.tally.refusals[name] += 1
            return False
        self.tally.checks[what] += 1
        return True

    def through_compile(self, points, several):
        observable = self.observables if several else self.observables[0]
        made = {}

        def build():
            made["program"] = runtime.compile(self.circuit, observable, n_params=self.circuit.n_params)

        if not self.attempt("compile", "", build):
            return
        program = made["program"]
        layout = layout_of(program)
        self.tally.compiled[layout] += 1
        self.attempt("value_and_grad", layout, lambda: self.value_and_grad(program, several))
        for point in points:
            self.attempt(point, layout, lambda point=point: getattr(self, f"check_{point}")(program, several))

    def value_and_grad(self, program, several):
        value, gradient = program.value_and_grad(self.params)
        same(value, self.picked(self.expected.values, several), VALUES, "value")
        same(gradient, self.picked(self.expected.gradients, several), GRADIENTS, "gradient")
        same(program.expval(self.params), self.picked(self.expected.values, several), VALUES, "expval")

    @staticmethod
    def picked(expected, several):
        return expected if several else expected[0]

    def check_vjp(self, program, several):
        weights = self.rng.normal(size=len(self.observables))
        value, product = program.vjp(self.params, self.picked(weights, several))
        same(value, self.picked(self.expected.values, several), VALUES, "value of vjp")
        same(product, weights @ self.expected.gradients, GRADIENTS, "vjp")

    def check_jvp(self, program, several):
        tangent = self.rng.normal(size=len(self.params))
        value, product = program.jvp(self.params, tangent)
        same(value, self.picked(self.expected.values, several), VALUES, "value of jvp")
        same(product, self.picked(self.expected.gradients @ tangent, several), GRADIENTS, "jvp")

    def check_hvp(self, program, several):
        single = runtime.compile(self.circuit, self.observables[0], n_params=len(self.params)) if several else program
        tangent = self.rng.normal(size=len(self.params))
        if program.engine == "lightning.qubit":
            self.refused(lambda: single.hvp(self.params, tangent))
            return
        value, gradient, product = single.hvp(self.params, tangent)
        same(value, self.expected.values[0], VALUES, "value of hvp")
        same(gradient, self.expected.gradients[0], GRADIENTS, "gradient of hvp")
        same(product, self.expected.hessian_times(tangent), CURVATURES, "hvp")

    def check_metric(self, program, several):
        if program.engine == "lightning.qubit":
            self.refused(lambda: program.metric(self.params))
            return
        same(program.metric(self.params), self.expected.metric(), GRADIENTS, "metric")

    @staticmethod
    def refused(call):
        try:
            call()
        except ValueError as error:
            if "sector engine only" not in str(error):
                raise
        else:
            raise DiffersError("lightning.qubit answered what it cannot know")

    def check_state(self, program, several):
        same(embedded(program, self.params), self.expected.state, VALUES, "state")

    def check_variance(self, program, several):
        same(program.variance(self.params), self.picked(self.expected.variances, several), VALUES * 10, "variance")

    def through_device(self, measurement):
        device = qml.device("kaname.sector", wires=self.circuit.n_wires)
        before = len(self.tally.failures)
        with recordings() as recorded:
            self.attempt("device: expval and gradient", "", lambda: self.device_gradient(device))
        layout = layout_on(device, recorded)
        self.tally.on_device[layout] += 1
        for failure in self.tally.failures[before:]:
            failure.layout = layout
        if measurement is not None:
            check = {
                "var, probs, state": lambda: self.device_moments(device),
                "samples": self.device_samples,
                "broadcast": lambda: self.device_broadcast(device),
            }[measurement]
            self.attempt(f"device: {measurement}", layout, check)

    def differentiable(self):
        """Whether there is a derivative, and PennyLane loses none."""
        return bool(self.circuit.depends()) and not any(
            o.name in DERIVATIVES_LOST_BY_PENNYLANE and any(n.form != "fixed" for n in o.numbers)
            for o in self.circuit.placed
        )

    def interface(self):
        """The interface that a QNode has to be told."""
        return "autograd" if any(o.name in UNNOTICED for o in self.circuit.placed) else "auto"

    def device_gradient(self, device):
        several = len(self.observables) > 1

        @qml.qnode(device, interface=self.interface())
        def node(p):
            self.circuit(p)
            return tuple(qml.expval(o) for o in self.observables) if several else qml.expval(self.observables[0])

        point = qml.numpy.array(self.params, requires_grad=True)
        if not self.differentiable():
            same(node(self.params), self.picked(self.expected.values, several), VALUES, "values")
            return
        if several:
            same(node(point), self.expected.values, VALUES, "values")
            found = qml.jacobian(lambda p: qml.math.stack(node(p)))(point)
            same(found, self.expected.gradients, GRADIENTS, "jacobian")
        else:
            gradient = qml.grad(node)
            found = gradient(point)
            same(gradient.forward, self.expected.values[0], VALUES, "value")
            same(found, self.expected.gradients[0], GRADIENTS, "gradient")

    def device_moments(self, device):
        n = self.circuit.n_wires
        wires = [int(w) for w in self.rng.permutation(n)[: self.rng.integers(1, min(n, 3) + 1)]]

        @qml.qnode(device, diff_method=None)
        def node(p):
            self.circuit(p)
            return qml.var(self.observables[0]), qml.probs(wires=wires), qml.state()

        variance, marginal, state = node(self.params)
        same(variance, self.expected.variances[0], VALUES * 10, "variance")
        same(marginal, self.expected.marginal(wires), VALUES, "probabilities")
        same(state, self.expected.state, VALUES, "state")

    def device_samples(self):
        device = qml.device("kaname.sector", wires=self.circuit.n_wires, seed=self.i)

        @qml.qnode(device, shots=SHOTS, diff_method=None)
        def node(p):
            self.circuit(p)
            return qml.sample(wires=range(self.circuit.n_wires))

        samples = np.asarray(node(self.params)).reshape(SHOTS, self.circuit.n_wires)
        numbers = samples.astype(int) @ (1 << np.arange(self.circuit.n_wires - 1, -1, -1))
        counts = np.bincount(numbers, minlength=2**self.circuit.n_wires)
        wanted = SHOTS * np.abs(self.expected.state) ** 2
        if counts[wanted < 1e-9 * SHOTS].any():
            raise DiffersError("samples: an outcome that cannot be")
        often = wanted >= 5
        found = np.append(counts[often], counts[~often].sum())
        wanted = np.append(wanted[often], max(wanted[~often].sum(), 1e-3))
        statistic = ((found - wanted) ** 2 / wanted)[: len(found) if wanted[-1] >= 5 else -1].sum()
        if chi2.sf(statistic, max(len(found) - 1, 1)) < SIGNIFICANCE:
            raise DiffersError(f"samples: chi-square {statistic:.1f} of {len(found)} bins")

    def device_broadcast(self, device):
        """One number replaced by three."""
        places = [
            k for k, o in enumerate(self.circuit.placed) if o.entry.batch and o.numbers and o.entry.reference is None
        ]
        if not places:
            return
        k = int(self.rng.choice(places))
        which = int(self.rng.integers(len(self.circuit.placed[k].numbers)))
        batched = self.changed(k, which, BATCH)
        singles = [self.expected]  # the batch begins with the circuit itself
        singles += [Expected(self.changed(k, which, b), self.observables[:1], self.params) for b in BATCH[1:]]

        def run(p):
            batched(p)
            return qml.expval(self.observables[0])

        node = qml.QNode(run, device, interface=self.interface())
        point = qml.numpy.array(self.params, requires_grad=True)

        def twin(p):
            for placed in batched.placed:
                with qml.QueuingManager.stop_recording():
                    operator = placed.operator(p, twin=True)
                qml.apply(operator)
            return qml.expval(self.observables[0])

        judge = qml.QNode(twin, qml.device("default.qubit", wires=self.circuit.n_wires), diff_method=None)
        found = node(point) if self.differentiable() else node(self.params)
        same(np.shape(found), np.shape(judge(self.params)), 0, "shape of a broadcast value")
        same(found, [e.values[0] for e in singles], VALUES, "broadcast values")
        if self.differentiable() and batched.depends():
            same(qml.jacobian(node)(point), [e.gradients[0] for e in singles], GRADIENTS, "broadcast jacobian")

    def changed(self, k, which, by):
        """The circuit with one number moved, by a number or by several at once."""
        placed = self.circuit.placed[k]
        numbers = list(placed.numbers)
        number = numbers[which]
        if number.form == "plain":
            number = replace(number, form="affine", scale=1.0, shift=0.0)
        numbers[which] = replace(number, shift=number.shift + by)
        others = list(self.circuit.placed)
        others[k] = replace(placed, numbers=tuple(numbers))
        return replace(self.circuit, placed=others)
