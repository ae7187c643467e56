import os
import subprocess
import sys

import pytest

from runtime.kernels.compiled import NOTICE, _directory

PROGRAM = """
import numpy as np
from runtime.kernels.keys import fill_table
fill_table(np.zeros((1, 1), np.uint64), 1, np.empty(16, np.int64))
fill_table(np.zeros((1, 1), np.uint64), 1, np.empty(16, np.int64))
"""


def first_call(directory):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(directory)}
    finished = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return finished.stderr


def test_the_first_compilation_says_so_once_and_later_processes_are_silent(tmp_path):
    assert first_call(tmp_path).count(NOTICE) == 1
    assert first_call(tmp_path) == ""


def test_a_change_in_any_kernel_of_the_folder_makes_another_directory(tmp_path):
    (tmp_path / "inner.py").write_text("ONE = 1\n")
    before = _directory.__wrapped__(tmp_path)
    assert _directory.__wrapped__(tmp_path) == before
    (tmp_path / "inner.py").write_text("ONE = 2\n")
    assert _directory.__wrapped__(tmp_path) != before


def call_of_an_installation_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "file" / "none"), "TMPDIR": str(temporary)}
    finished = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    return temporary, finished.stderr


def test_an_installation_that_cannot_be_written_keeps_kernels_in_a_temporary_folder(tmp_path):
    temporary, said = call_of_an_installation_that_cannot_be_written(tmp_path)
    (home,) = temporary.iterdir()
    assert f"The installation cannot be written, so compiled kernels go to {home}." in said
    assert said.count(NOTICE) == 1
    assert any(home.rglob("*.nbi"))
    _, said = call_of_an_installation_that_cannot_be_written(tmp_path)
    assert NOTICE not in said


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owner here")
def test_a_folder_that_others_may_have_filled_is_not_used(tmp_path):
    planted = tmp_path / "temporary" / f"kaname-kernels-{os.getuid()}"
    planted.mkdir(parents=True)
    planted.chmod(0o777)
    _, said = call_of_an_installation_that_cannot_be_written(tmp_path)
    assert f"go to {planted}." not in said
    assert list(planted.iterdir()) == []
    assert list(planted.parent.iterdir()) == [planted]  # its own is taken away in the end
