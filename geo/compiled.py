"""How the zoning kernel is compiled, and where the compiled code is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Ints = NDArray[np.int64]
HERE = Path(__file__).resolve().parent
SOURCES = ("compiled.py", "zoning_tree.py", "zoning_costs.py", "zoning_moves.py", "zoning_kernel.py")


NUMBA: Any = numba  # its stubs know neither all options nor its settings


@cache
def cache_folder() -> str:
    """A folder named by what the kernel's files say: numba itself would not notice a change in a file it calls into."""
    digest = hashlib.blake2s(b"".join((HERE / name).read_bytes() for name in SOURCES)).hexdigest()
    return str(HERE / "__pycache__" / f"zoning-{digest[:12]}")


def kept(function: F, **options: bool) -> F:
    """Compile on first call, without floating-point shortcuts or Python's lock; keep the result on disk."""
    before = NUMBA.config.CACHE_DIR
    NUMBA.config.CACHE_DIR = cache_folder()
    try:
        return cast("F", NUMBA.njit(cache=True, nogil=True, error_model="numpy", **options)(function))
    finally:
        NUMBA.config.CACHE_DIR = before


def compiled(function: F) -> F:
    """Decorate a function that Python calls."""
    return kept(function)


def inner(function: F) -> F:
    """Decorate a function that only compiled ones call: it needs no wrapper, which is half of the compiling."""
    return kept(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)
