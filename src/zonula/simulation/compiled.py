"""Loops compiled once and kept on disk, so that thousands of lives take seconds. (The food-trigger room has its own: rooms are strangers.)"""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with exact arithmetic (no reordering), keeping the result where that is possible."""
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
    except RuntimeError:  # nowhere to keep it (read-only installation)
        return numba.njit(function, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
