import os
import subprocess
import sys

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
