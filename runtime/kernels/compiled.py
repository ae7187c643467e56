"""Kernels that are compiled at their first call and kept on disk.

Numba keeps what it has compiled until the file of the called function changes, and does not see that a kernel which
that function calls, in another file, has changed: it would go on running the old one. So compiled kernels are kept in a
directory that is named for the contents of all kernels' sources; whatever changes there, everything is compiled anew.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import njit
from numba.core import config as numba_config
from numba.core import event

config: Any = numba_config  # its settings are made when it is imported, where a type checker does not see them
KERNELS = Path(__file__).parent
NOTICE = "Compiling the simulator's kernels for this machine, once: some ten seconds for each kind of circuit."


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Numba's njit with these options, kept on disk."""

    def decorate(function: Callable[..., Any]) -> Any:
        kept_where = config.CACHE_DIR
        config.CACHE_DIR = str(_directory(Path(function.__code__.co_filename).parent))
        try:
            return njit(cache=True, **options)(function)
        finally:
            config.CACHE_DIR = kept_where

    return decorate


@cache
def _directory(folder: Path) -> Path:
    """Where kernels of a folder are kept: under NUMBA_CACHE_DIR, beside their sources, or in a temporary folder."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted({*KERNELS.glob("*.py"), *folder.glob("*.py")}):
        digest.update(path.read_bytes())
    home = Path(config.CACHE_DIR) if config.CACHE_DIR else folder / "__pycache__"
    if not _can_be_written(home):
        home = _temporary_home()
    directory = home / f"kernels-{folder.name}-{digest.hexdigest()[:12]}"
    if not any(directory.rglob("*.nbi")):
        if not config.CACHE_DIR:  # a directory of the user's may serve other copies of the suite, too
            for outdated in home.glob(f"kernels-{folder.name}-*"):
                shutil.rmtree(outdated, ignore_errors=True)
        if folder == KERNELS:
            event.register("numba:compile", _Notice())
    return directory


def _can_be_written(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@cache
def _temporary_home() -> Path:
    """A folder for kernels where the installation cannot be written, kept for the user's next process if that is safe.

    What is kept is executed when it is read, so a folder that others may have made is not used.
    """
    home = Path(tempfile.gettempdir()) / f"kaname-kernels-{os.getuid() if hasattr(os, 'getuid') else os.getlogin()}"
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        found = home.lstat()
        own = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
    except OSError:
        own = False
    if not own or home.is_symlink():
        home = Path(tempfile.mkdtemp(prefix="kaname-kernels-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    print(f"The installation cannot be written, so compiled kernels go to {home}.", file=sys.stderr, flush=True)
    return home


class _Notice(event.Listener):
    """Says once what the first call waits for."""

    def __init__(self) -> None:
        self._said = False

    def on_start(self, event: Any) -> None:
        """A kernel that is not on disk is about to be compiled."""
        if not self._said and event.data["dispatcher"].py_func.__module__.startswith("runtime."):
            self._said = True
            print(NOTICE, file=sys.stderr, flush=True)

    def on_end(self, event: Any) -> None:
        """Nothing to say."""
