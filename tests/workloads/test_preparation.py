import pytest

from workloads import Asked, prepare
from workloads.preparation import bytes_text
from workloads.provenance import find_provenance


def test_quick_changes_the_settings_and_a_set_still_wins(fruit_basket):
    assert prepare(fruit_basket, Asked()).settings.baskets == (20,)
    assert prepare(fruit_basket, Asked(quick=True)).settings.baskets == (15,)
    assert prepare(fruit_basket, Asked(quick=True, assignments=("baskets=9",))).settings.baskets == (9,)


def test_seeds_count_from_the_first(fruit_basket):
    assert prepare(fruit_basket, Asked()).options.seeds == (1, 2, 3)
    assert prepare(fruit_basket, Asked(quick=True)).options.seeds == (1, 2)
    assert prepare(fruit_basket, Asked(seed=7, n_seeds=1)).options.seeds == (7,)


def test_the_question_names_its_references_and_assumptions(fruit_basket):
    question = prepare(fruit_basket, Asked()).question
    assert question.references == ("Enumeration",)
    assert question.notes == ("Weights are in kg; the label is plain.",)
    assert question.command == "kaname run fruit_basket"
    assert question.settings["baskets"] == [20]


def test_what_does_not_fit_is_refused_with_the_bytes(fruit_basket):
    message = r"needs 18.4 EB of memory \(60 qubits, 1,152,921,504,606,846,976 basis states\) and .* are free. A basket"
    with pytest.raises(ValueError, match=message):
        prepare(fruit_basket, Asked(assignments=("trouble=huge",)))


def test_no_tasks_are_refused(fruit_basket):
    with pytest.raises(ValueError, match="fruit_basket has nothing to do with these settings"):
        prepare(fruit_basket, Asked(assignments=("baskets=,",)))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1.5e9, "1.5 GB"),
        (2.3e20, "230 EB"),
        (2.3e22, "more than 1,000 EB"),
    ],
)
def test_bytes_in_words(number, text):
    assert bytes_text(number) == text


def test_provenance_names_what_computes():
    found = find_provenance()
    assert {"python", "kaname", "numpy", "pennylane"} <= set(found.versions)
    assert found.threads >= 1
    assert found.cpu
