"""The decorator of the inner loops: compiled by Numba at their first call, and kept on disk for the next start.

The machine code is the same for every processor of an architecture (no vector extensions, no fused multiply-add), so that
answers do not depend on where they were computed and an image built on one machine starts at once on another
(`precompile.py` compiles everything ahead).

Numba keys what it keeps by the file of the loop alone. A loop may use constants and loops of other files that hold loops,
so the folder of the kept code is named after the contents of all of those: an upgrade never runs old code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from os import environ
from pathlib import Path
from tempfile import TemporaryFile
from typing import ParamSpec, TypeVar, cast

from numba import __version__, config, njit

P = ParamSpec("P")
R = TypeVar("R")

_HERE = Path(__file__).parent

vars(config).update(CPU_NAME="generic", CPU_FEATURES="")


def _version() -> str:
    """Names the contents of every file that holds a compiled loop, and the compiler."""
    digest = blake2b(__version__.encode(), digest_size=8)
    for path in sorted(_HERE.glob("*.py")):
        text = path.read_bytes()
        digest.update(text if b"\n@compiled\n" in text else b"")
    return digest.hexdigest()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@lru_cache(maxsize=1)
def kept_in() -> Path | None:
    """Where compiled code is kept: `NUMBA_CACHE_DIR`, beside this file, or in the user's cache; None where nothing can be
    written, and then every start compiles anew."""
    places = [_HERE / "__pycache__", Path.home() / ".cache" / "warta"]
    if "NUMBA_CACHE_DIR" in environ:
        places.insert(0, Path(environ["NUMBA_CACHE_DIR"]))
    for place in places:
        folder = place / f"compiled-{_version()}"
        if folder.is_dir() or _writable(folder):
            return folder
    return None


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` for the types it is called with. Integers wrap, indices are not checked: the caller's arrays must
    be long enough."""
    folder = kept_in()
    vars(config).update(CACHE_DIR=str(folder or ""))
    return cast(Callable[P, R], njit(cache=folder is not None, nogil=True)(function))
