from pathlib import Path

import pytest

from workloads import WORKLOADS
from workloads.identity import shared_modules, source_hash, sources, with_contents, workload_file


def test_a_path_stands_for_its_contents(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("x")
    first = with_contents({"files": [file], "n": 3})
    file.write_text("y")
    assert with_contents({"files": [file], "n": 3}) != first
    assert first["n"] == 3


def test_every_source_of_the_packages_counts_but_their_pictures(tmp_path):
    file = tmp_path / "question.py"
    file.write_text("x")
    names = {name for name, _ in sources(file, ("runtime", "chemistry"))}
    assert {"workload", "runtime/__init__.py", "chemistry/__init__.py"} <= names
    assert not any(name.endswith("plots.py") for name in names)
    assert not any(name.startswith("finance/") for name in names)


def test_the_hash_changes_with_the_workload_file_not_with_its_place(tmp_path):
    files = [tmp_path / name for name in ("a.py", "b.py", "c.py")]
    for file, text in zip(files, ("same", "same", "other"), strict=True):
        file.write_text(text)
    first, second, third = (source_hash(file, ("reports",)) for file in files)
    assert first == second != third


def test_a_package_that_is_not_there():
    with pytest.raises(ValueError, match="wants the package 'alchemy', which is not installed"):
        source_hash(Path(__file__), ("alchemy",))


def test_what_workloads_share_counts_too():
    names = {name for name, _ in sources(workload_file(WORKLOADS["nitrogen_bond"]), ("runtime",))}
    assert {"molecules.py", "methods/energies.py", "units.py"} <= names
    assert not {"workload.py", "settings.py"} & names


def test_what_a_shared_module_imports_counts_too(tmp_path):
    file = tmp_path / "question.py"
    file.write_text("from workloads.methods.energies import thinned\nfrom workloads import settings, molecules\n")
    assert [path.name for path in shared_modules(file)] == ["energies.py", "molecules.py", "units.py"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_sentence_can_be_mended_without_computing_anything_again(name):
    workload = WORKLOADS[name]
    assert workload.answer.__module__ == f"workloads.answers.{name}"
    counted = [path for _, path in sources(workload_file(workload), workload.packages)]
    assert not any("answers" in path.parts for path in counted)
