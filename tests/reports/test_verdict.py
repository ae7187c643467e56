"""Who won, as one table. Each side is (gap, seconds, feasible rate, ranks); the tolerance is 0.01."""

from itertools import product

import pytest

from reports import Seconds, judge, summarise
from reports.sentences import contribution_sentence, percent, probability, seconds_text, verdict_sentence

TOLERANCE = 0.01
CLOSER = "closer to the reference"
BOTH_QUICK = "equal in quality, and neither takes more than 2 s"
NEITHER_FASTER = "equal in quality, and neither is 5 times faster"
FASTER = "equal in quality, and at least 5 times faster"
CASES = [
    # quantum, classical -> winner, reason
    ((0.00, 1.0, 1.0, True), (0.10, 0.1, None, True), "quantum", CLOSER),
    ((0.10, 0.1, 1.0, True), (0.00, 9.0, None, True), "classical", CLOSER),
    ((0.011, 0.5, 1.0, True), (0.00, 1.0, None, True), "classical", CLOSER),
    ((0.00, 0.001, 1.0, True), (0.10, 0.002, None, True), "quantum", CLOSER),
    ((0.00, 5.1, 1.0, True), (0.00, 1.0, None, True), "classical", FASTER),
    ((0.00, 1.0, 1.0, True), (0.005, 5.0, None, True), "quantum", FASTER),
    ((0.005, 2.1, 1.0, True), (0.00, 0.4, None, True), "classical", FASTER),
    ((0.00, 4.9, 1.0, True), (0.00, 1.0, None, True), "tie", NEITHER_FASTER),
    ((0.00, 9.0, 1.0, True), (0.005, 4.0, None, True), "tie", NEITHER_FASTER),
    ((0.00, 2.0, 1.0, True), (0.00, 0.001, None, True), "tie", BOTH_QUICK),
    ((0.00, 0.001, 1.0, True), (0.00, 2.0, None, True), "tie", BOTH_QUICK),
    ((0.00, 1.0, 1.0, True), (0.00, 1.0, None, True), "tie", BOTH_QUICK),
    # Circuits that gave no answer that ranks have lost; without the other side nothing is decided.
    ((0.00, 0.1, 0.0, True), (0.50, 9.0, None, True), "classical", "no quantum answer ranks"),
    ((0.50, 9.0, 1.0, True), (0.00, 0.1, 0.0, True), "none", "no classical answer ranks"),
    ((0.50, 9.0, 1.0, True), (-0.20, 0.1, None, False), "none", "no classical answer ranks"),
    ((0.50, 9.0, 1.0, False), (0.00, 0.1, None, False), "none", "no method gave an answer that ranks"),
    ((None, 9.0, 1.0, True), (None, 0.1, None, True), "none", "no method gave an answer that ranks"),
]


@pytest.mark.parametrize(("quantum", "classical", "winner", "reason"), CASES)
def test_who_won(make_record, quantum, classical, winner, reason):
    records = [
        make_record(
            method=role,
            role=role,
            machine="exact",
            gap=gap,
            reference_kind="best known",
            seconds=Seconds(optimize=seconds),
            feasible_rate=rate,
            ranks=ranks,
        )
        for role, (gap, seconds, rate, ranks) in (("quantum", quantum), ("classical", classical))
    ]
    verdict = judge(summarise(records), TOLERANCE)
    assert (verdict.winner, verdict.reason) == (winner, reason)


@pytest.mark.parametrize("failed", [True, False])
def test_without_a_circuit_there_is_no_verdict(make_record, question, failed):
    records = [make_record(method="Exact", gap=0.0)]
    if failed:
        records.append(make_record(method="QAOA", role="quantum", objective=None, gap=None))
    verdict = judge(summarise(records), TOLERANCE)
    assert (verdict.winner, verdict.reason) == ("none", "no circuit ran")
    assert verdict_sentence(verdict, question) == (
        "No verdict: no circuit ran. There is nothing to compare with: Exact (gap 0.00 %, 1.0 s)."
    )


def test_seconds_close_to_each_other_name_the_same_methods(make_record, question):
    """Whatever the computer does besides, within a factor of two: the same sentence but for its seconds."""
    told = set()
    methods = [("QAOA", "quantum", 0.0, 1.2), ("Annealing", "classical", 0.002, 1.0), ("Exact", "classical", 0.0, 1.1)]
    for factors in product((1.0, 2.0), repeat=3):
        records = [
            make_record(method=method, role=role, gap=gap, machine="exact", seconds=Seconds(optimize=factor * seconds))
            for factor, (method, role, gap, seconds) in zip(factors, methods, strict=True)
        ]
        verdict = judge(summarise(records), TOLERANCE)
        sentence = verdict_sentence(verdict, question)
        assert "Annealing and Exact, equally good (gap at most 0.20 %" in sentence
        told.add((verdict.winner, tuple(s.method for s in verdict.classical.methods)))
    assert told == {("tie", ("Annealing", "Exact"))}


CONTROLS = [
    # gap and seconds of the control -> whether the headline names it
    (0.00, 2.0, True),
    (0.009, 1.0, True),
    (0.00, 9.9, True),
    (0.00, 10.1, False),
    (0.02, 0.1, False),
]


@pytest.mark.parametrize(("gap", "seconds", "named"), CONTROLS)
def test_a_control_that_does_as_well_is_in_the_headline(make_record, question, gap, seconds, named):
    records = [
        make_record(method="QAOA", role="quantum", machine="exact", gap=0.0, seconds=Seconds(optimize=2.0)),
        make_record(method="Uniform", role="control", gap=gap, seconds=Seconds(optimize=seconds)),
        make_record(method="Greedy", gap=0.1),
    ]
    verdict = judge(summarise(records), TOLERANCE, question.controls)
    sentence = verdict_sentence(verdict, question)
    assert verdict.winner == "quantum"
    assert sentence.startswith("Quantum won (closer to the reference)")
    assert ("but its control, Uniform, did as well in" in sentence) is named
    assert ("the circuit is not why." in sentence) is named


def test_a_tie_in_words(make_record, question):
    records = [
        make_record(method="QAOA", role="quantum", machine="exact", gap=0.0, seconds=Seconds(optimize=0.4)),
        make_record(method="Exact", gap=0.0, seconds=Seconds(optimize=0.05)),
    ]
    assert verdict_sentence(judge(summarise(records), TOLERANCE), question) == (
        "A tie: equal in quality, and neither takes more than 2 s: Exact (gap 0.00 %, 0.050 s) "
        "against QAOA (gap 0.00 %, 0.40 s on the simulator)."
    )


def test_controls_are_no_contenders(make_record, question):
    records = [
        make_record(method="QAOA", role="quantum", gap=0.5),
        make_record(method="Uniform", role="control", gap=0.0),
    ]
    verdict = judge(summarise(records), TOLERANCE)
    assert verdict.winner == "none"
    assert verdict.quantum.leader.method == "QAOA"
    assert verdict.classical is None


def test_equally_good_methods_are_named_together_in_the_order_of_the_question(make_record):
    records = [
        make_record(method="slow and exact", gap=0.0, seconds=Seconds(optimize=9.0)),
        make_record(method="quick and as good", gap=0.009, seconds=Seconds(optimize=1.0)),
        make_record(method="quickest and worse", gap=0.02, seconds=Seconds(optimize=0.1)),
    ]
    side = judge(summarise(records), TOLERANCE).classical
    assert [s.method for s in side.methods] == ["slow and exact", "quick and as good"]
    assert side.leader.method == "slow and exact"
    assert side.seconds == 1.0  # of the quickest of the equal ones


def test_the_verdict_in_words(make_record, question):
    records = [
        make_record(
            method="QAOA", role="quantum", machine="exact", gap=0.002, feasible_rate=1.0, seconds=Seconds(optimize=2.5)
        ),
        make_record(method="Exact", gap=0.0, seconds=Seconds(optimize=0.05)),
    ]
    sentence = verdict_sentence(judge(summarise(records), TOLERANCE), question)
    assert sentence == (
        "Classical won (equal in quality, and at least 5 times faster): Exact (gap 0.00 %, 0.050 s) "
        "against QAOA (gap 0.20 %, 100 % feasible, 2.5 s on the simulator)."
    )
    assert verdict_sentence(judge([], TOLERANCE), question) == "No verdict: no method gave an answer that ranks."


def test_what_quantum_added_in_words(make_record, question):
    records = [
        make_record(method="QAOA", role="quantum", machine="exact", gap=0.0, success_probability=0.21),
        make_record(method="Uniform", role="control", gap=0.02, success_probability=0.001),
        make_record(method="Uniform, more", role="control", gap=0.0, success_probability=0.0),
    ]
    sentence = contribution_sentence(records, summarise(records), question)
    assert sentence == (
        "QAOA against its control: one sample is the optimum with probability 0.21, against 0.001 for Uniform "
        "(210 times) and 0 for Uniform, more; the gap is 0.00 %, against 2.00 % for Uniform "
        "and 0.00 % for Uniform, more."
    )


def test_without_a_control_nothing_is_claimed(make_record, question):
    records = [make_record(method="QAOA", role="quantum", gap=0.0)]
    assert "cannot be said" in contribution_sentence(records, summarise(records), question)


def test_numbers_in_words():
    assert [percent(share) for share in (1.0, 0.0, 0.9999, 0.0001, 0.25)] == [
        "100 %", "0 %", "99.9 %", "0.1 %", "25.0 %",
    ]  # fmt: skip
    assert [probability(p) for p in (0, 0.213, 3e-7)] == ["0", "0.21", "3e-07"]
    assert [seconds_text(s) for s in (0.0004, 0.0421, 0.42, 4.21, 421)] == [
        "<0.001 s", "0.042 s", "0.42 s", "4.2 s", "421 s",
    ]  # fmt: skip
