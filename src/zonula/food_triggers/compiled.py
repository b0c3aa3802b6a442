"""Numba kernels that are compiled once and kept, also where the package directory is read-only."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use. The machine code is cached beside the module or, where that is read-only, in the user's
    cache; where neither can be written it is compiled again in each process. Results do not depend on it."""
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
    except RuntimeError:  # "cannot cache function: no locator available"
        return numba.njit(function, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
