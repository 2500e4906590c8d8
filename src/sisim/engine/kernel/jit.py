"""Decorators that compile the kernel's functions.

Reference counting is switched off (`_nrt=False`): nothing here makes or keeps an array, and the
counting alone took forty times as long as the work.
"""

from __future__ import annotations

from typing import Any

import numba as nb

from sisim.engine.compile_cache import kept_on_disk


def compiled_function(function: Any) -> Any:
    """Compile a function that loops, once and for all (kept on disk)."""
    return kept_on_disk(nb.njit(nogil=True, _nrt=False)(function))


def inlined(function: Any) -> Any:
    """Compile a function into each of its callers: what it takes is too wide to be handed over."""
    return kept_on_disk(nb.njit(nogil=True, inline="always", _nrt=False)(function))


def inlined_late(function: Any) -> Any:
    """The same for a long function, first compiled once: copied as source it takes seconds each."""
    return nb.njit(nogil=True, forceinline=True, _nrt=False)(function)
