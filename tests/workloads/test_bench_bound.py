"""The bytes that must move, and the bandwidth they move at."""

import pytest

import runtime
from workloads.bench import traffic
from workloads.bench.bandwidth import copy_bandwidth
from workloads.bench.cases.molecules import uccsd_case
from workloads.bench.cases.quadratic import fixed_weight_case, full_space_case
from workloads.bench.results import Row
from workloads.bench.traffic import last_level_cache


def program_of(case):
    return runtime.compile(case.circuit, case.observable, n_params=case.n_params)


def test_x_mixer_moves_two_passes_and_one_cost_vector_per_layer():
    case = full_space_case(6, 3, gradient=False)
    states, layers = 64, 3
    passes = layers * (2 * 2 * 16 * states + 8 * states)
    assert case.traffic.least_bytes(program_of(case), gradient=False) == passes + 16 * states + 8 * states


def test_a_ring_mixer_is_one_pass_for_each_phase_and_what_follows_it():
    case = fixed_weight_case(6, 2, 2, gradient=False)
    program = program_of(case)
    passes = 2 * 2 * 16 * 15 + 8 * 15
    held = program.memory_bytes - 2 * 16 * 15
    assert case.traffic.least_bytes(program, gradient=False) == passes + held + 16 * 15


def test_a_gradient_sweeps_three_times():
    case = uccsd_case("H4")
    program = program_of(case)
    value = case.traffic.least_bytes(program, gradient=False)
    b, states = 8, program.sector.dimension
    sweep = value - (program.memory_bytes - 2 * b * states) - b * states
    assert sweep > 0
    assert case.traffic.least_bytes(program, gradient=True) == value + 2 * sweep + b * states


def test_memory_bounds_what_does_not_fit_in_the_cache(monkeypatch):
    case = uccsd_case("H4")
    program = program_of(case)
    assert not case.traffic.bounds(program, gradient=True)
    monkeypatch.setattr(traffic, "last_level_cache", lambda: program.memory_bytes)
    assert case.traffic.bounds(program, gradient=True)
    assert not case.traffic.bounds(program, gradient=False)  # which needs no second vector


def test_bandwidth_is_that_of_a_computer():
    assert last_level_cache() >= 2**18
    assert 5e8 < copy_bandwidth(cache_bytes=2**20) < 5e12


def test_a_row_knows_how_far_it_is_from_the_bound():
    facts = {"name": "x", "label": "x", "quantity": "value", "qubits": 20, "states": 2**20, "parameters": 2}
    facts |= {"engine": "sector", "compile_seconds": 0.1, "peers": (), "notes": (), "series": None, "size": 20}
    row = Row(seconds=0.3, least_bytes=1e9, **facts)
    assert row.above_bound(bandwidth=1e10) == pytest.approx(3.0)
    assert Row(seconds=0.3, least_bytes=None, **facts).above_bound(bandwidth=1e10) is None
