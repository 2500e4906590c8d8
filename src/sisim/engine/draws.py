"""Random numbers that belong to a person, a moment and a purpose (law L3).

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw, SC11, 2011), counter based: no state
is carried, so a draw can be made alone, in any order, on any thread. One block of four serves
four consecutive steps of one person and purpose.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import numba as nb
import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats
from sisim.engine.compile_cache import kept_on_disk

U32 = np.uint32
U64 = np.uint64
SCALE = 2.0**-32
"""A draw times this is uniform on [0, 1)."""

QUAD = 4
"""Consecutive steps of one person and purpose that one block serves."""

_M0, _M1 = U64(0xD2511F53), U64(0xCD9E8D57)
_W0, _W1 = U32(0x9E3779B9), U32(0xBB67AE85)
_SHIFT = U64(32)


@nb.njit(inline="always")
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words of the block with counter `c0..c3` and key `k0, k1`."""
    for _ in range(10):
        p0 = U64(c0) * _M0
        p1 = U64(c2) * _M1
        c0, c1, c2, c3 = (
            U32(p1 >> _SHIFT) ^ c1 ^ k0,
            U32(p1),
            U32(p0 >> _SHIFT) ^ c3 ^ k1,
            U32(p0),
        )
        k0 = U32(k0 + _W0)
        k1 = U32(k1 + _W1)
    return c0, c1, c2, c3


@nb.njit(inline="always")
def mask(keep):  # type: ignore[no-untyped-def]
    """Return all bits set, or none."""
    return U32(0xFFFFFFFF) if keep else U32(0)


@kept_on_disk
@nb.njit(nogil=True, _nrt=False)
def fill(lo, hi, block, purpose, key, o0, o1, o2, o3, least):  # type: ignore[no-untyped-def]
    """Write the block of draws of many people into `o0..o3` (n,), one for each of four steps.

    `least` (n,) gets the smallest of the four.
    """
    k0, k1 = key[0], key[1]
    for i in range(lo.shape[0]):
        a, b, c, d = philox(lo[i], hi[i], block, purpose, k0, k1)
        o0[i] = a
        o1[i] = b
        o2[i] = c
        o3[i] = d
        first = a if a < b else b
        second = c if c < d else d
        least[i] = first if first < second else second


@kept_on_disk
@nb.njit(nogil=True, _nrt=False)
def fill_each(lo, hi, purpose, moment, key, out):  # type: ignore[no-untyped-def]
    """Write into `out` (n,) one 32-bit draw of each person, each with a purpose of their own."""
    block = U32(moment >> 2)
    k0, k1 = key[0], key[1]
    # The lane is chosen by masks, not by branches, so that many people are drawn for at once.
    lane = moment & 3
    m0, m1, m2, m3 = mask(lane == 0), mask(lane == 1), mask(lane == 2), mask(lane == 3)
    for i in range(lo.shape[0]):
        a, b, c, d = philox(lo[i], hi[i], block, purpose[i], k0, k1)
        out[i] = (a & m0) | (b & m1) | (c & m2) | (d & m3)


@kept_on_disk
@nb.njit(nogil=True, _nrt=False)
def draw(lo, hi, moment, purpose, key):  # type: ignore[no-untyped-def]
    """Return one 32-bit draw of one person at one moment (a step counted from year 0)."""
    a, b, c, d = philox(lo, hi, U32(moment >> 2), purpose, key[0], key[1])
    lane = moment & 3
    if lane == 0:
        return a
    if lane == 1:
        return b
    if lane == 2:
        return c
    return d


def draw_many(
    lo: NDArray[np.uint32],
    hi: NDArray[np.uint32],
    moment: int,
    purpose: np.uint32,
    key: NDArray[np.uint32],
) -> Floats:
    """Return one uniform on [0, 1) for each person, float64 (n,)."""
    drawn = np.empty(len(lo), U32)
    fill_each(lo, hi, np.full(len(lo), purpose, U32), np.int64(moment), key, drawn)
    return np.asarray(drawn * SCALE, np.float64)


@cache
def purpose_code(name: str) -> np.uint32:
    """Return the counter word of a purpose: its name decides it, not its place in a file."""
    return U32(int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little"))


def seed_key(seed: int) -> NDArray[np.uint32]:
    """Return the generator's key, uint32 (2,), of a seed of up to 64 bits.

    Raises:
        ValueError: If the seed has more: it would be the same as another.
    """
    if not 0 <= seed < 2**64:
        raise ValueError(f"a seed is 0 to 2**64 - 1, not {seed}")
    return np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF], np.uint32)
