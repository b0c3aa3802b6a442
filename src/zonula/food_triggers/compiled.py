"""Numba kernels that are compiled once and kept, also where the package directory is read-only."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile on first use. The machine code is cached beside the module or, where that is read-only, in the user's
    cache; where neither can be written it is compiled again in each process. Results do not depend on it."""
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # "cannot cache function: no locator available"
        return numba.njit(**options)(function)  # type: ignore[no-any-return]
