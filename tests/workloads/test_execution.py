from dataclasses import replace

import numpy as np
import pytest

from reports import Store
from workloads import Asked, Run, prepare, run_workload
from workloads.provenance import Provenance


class Watcher:
    def __init__(self):
        self.computed, self.stored, self.begun = [], [], []

    def began(self, _workload, n_tasks):
        self.n_tasks = n_tasks

    def task_began(self, task):
        self.begun.append(task.method)

    def progressed(self, fraction, message):
        pass

    def task_done(self, record, *, stored):
        (self.stored if stored else self.computed).append(record.method)

    def ended(self):
        pass


@pytest.fixture
def run_it(tmp_path, fruit_basket):
    """Run the fruit basket into one store with some settings; returns records and what the watcher saw."""

    def run(*assignments, workload=fruit_basket, versions=None, **asked):
        prepared = prepare(workload, Asked(assignments=assignments, **asked))
        watcher = Watcher()
        with Store(tmp_path) as store:
            needed = Run(
                options=prepared.options,
                store=store,
                provenance=Provenance(versions=versions or {"python": "3"}, commit="c", cpu="p"),
                watcher=watcher,
            )
            records = run_workload(workload, prepared.tasks, prepared.question, needed)
            assert store.asked(workload.name) == records
        return records, watcher

    return run


def by_method(records, method):
    return next(record for record in records if record.method == method)


def test_references_run_first_and_fill_the_others(run_it):
    records, watcher = run_it("baskets=20,30")
    assert watcher.begun[:2] == ["Enumeration", "Enumeration"]
    assert [r.method for r in records][:2] == ["Greedy", "Dice"]  # told in the order of the tasks
    best = {"20 kg plain": 26.0, "30 kg plain": 37.0}
    assert all(r.reference == best[r.case] and r.reference_kind == "certified" for r in records)
    assert all(r.gap == pytest.approx((r.reference - r.objective) / r.reference) for r in records)
    assert by_method(records, "Enumeration").gap == 0.0


def test_nothing_is_computed_twice_and_the_reference_still_fills(run_it):
    first, _ = run_it()
    second, watcher = run_it()
    assert (first, watcher.computed) == (second, [])
    _, watcher = run_it("baskets=20,25")
    assert sorted(watcher.stored) == sorted(r.method for r in first)
    assert len(watcher.computed) == len(first)
    more_seeds, watcher = run_it(n_seeds=5)
    assert sorted(watcher.computed) == ["Dice", "Dice", "Uniform", "Uniform"]
    assert all(r.reference == 26.0 for r in more_seeds)


@pytest.mark.parametrize(
    "change",
    [
        {"assignments": ("label=other",)},
        {"seed": 50},
        {"shots": 7},
        {"machine": "shots"},
        {"time_limit": 9.0},
        {"versions": {"python": "4"}},
    ],
)
def test_what_was_asked_is_in_the_hash(run_it, change):
    assignments = change.pop("assignments", ())
    run_it()
    _, watcher = run_it(*assignments, **change)
    assert "Dice" in watcher.computed
    assert "Dice" not in watcher.stored


def test_the_contents_of_a_file_are_asked_not_its_name(run_it, tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("a")
    two.write_text("a")
    run_it(f"stops={one}")
    _, watcher = run_it(f"stops={two}")
    assert watcher.computed == []
    two.write_text("b")
    _, watcher = run_it(f"stops={two}")
    assert watcher.stored == []


def test_a_mended_source_is_computed_again(run_it, fruit_basket, monkeypatch):
    run_it()
    monkeypatch.setattr("workloads.identity.source_hash", lambda *_: "mended")
    _, watcher = run_it()
    assert watcher.stored == []


def test_a_failing_method_is_a_record_and_tried_again(run_it):
    records, watcher = run_it("trouble=greedy")
    failed = by_method(records, "Greedy")
    assert failed.failed
    assert not failed.ranks
    assert failed.status == "Stopped by an unexpected RuntimeError: the scales broke."
    assert "RuntimeError" in failed.detail["traceback"]
    assert len(records) == len(watcher.begun)
    _, watcher = run_it("trouble=greedy")
    assert watcher.computed == ["Greedy"]


def test_a_failing_reference_leaves_the_others_without_a_gap(run_it):
    records, _ = run_it("trouble=reference")
    assert by_method(records, "Enumeration").status == "The reference is on strike."
    assert all(r.gap is None and r.reference is None for r in records)
    assert by_method(records, "Dice").objective is not None


def test_a_classical_value_beyond_the_certified_one_does_not_rank(run_it):
    records, _ = run_it("trouble=too good")
    greedy = by_method(records, "Greedy")
    assert (greedy.ranks, greedy.objective) == (False, 121.0)
    assert (
        greedy.status
        == "packed, but it lies 365.38 % below the certified reference, which is impossible, so it is not ranked."
    )


def test_an_exact_circuit_beyond_the_certified_value_is_a_bug(run_it):
    records, _ = run_it("trouble=bug")
    dice = by_method(records, "Dice")
    assert dice.failed
    assert dice.status.startswith("A bug: 1000.0 yen lies")
    shots, _ = run_it("trouble=bug", machine="shots")
    assert by_method(shots, "Dice").objective == 1000.0  # samples may scatter


def test_the_best_known_is_the_reference_and_the_bound_stands_apart(run_it, fruit_basket):
    def tasks(settings, options):
        found = fruit_basket.tasks(settings, options)
        *others, exact = found

        def cut_short(context):
            return replace(exact.solve(context), reference_kind="best known", bound=np.float64(30.0))

        return [*others, replace(exact, solve=cut_short)]

    tasks.__module__ = fruit_basket.tasks.__module__
    records, _ = run_it(workload=replace(fruit_basket, tasks=tasks))
    reference, greedy = by_method(records, "Enumeration"), by_method(records, "Greedy")
    assert (reference.objective, reference.reference, reference.reference_kind) == (26.0, 26.0, "best known")
    assert reference.bound == greedy.bound == 30.0
    assert (reference.gap, greedy.gap) == (0.0, pytest.approx(5 / 26))


def test_two_references_of_one_case_are_refused(run_it, fruit_basket):
    def tasks(settings, options):
        found = fruit_basket.tasks(settings, options)
        return [*found, found[-1]]

    tasks.__module__ = fruit_basket.tasks.__module__
    with pytest.raises(ValueError, match="gives the case '20 kg plain' more than one reference task"):
        run_it(workload=replace(fruit_basket, tasks=tasks))


def test_numpy_numbers_become_plain_ones(run_it):
    records, _ = run_it()
    dice = by_method(records, "Dice")
    assert type(dice.objective) is float
    assert type(dice.shots) is int
    assert isinstance(dice.detail["values"], list)
