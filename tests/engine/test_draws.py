"""Draws: the published generator, and one draw per person, moment and purpose (law L3)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sisim.engine.draws import SCALE, U32, draw, draw_many, fill, fill_each, purpose_code, seed_key

N = 2000
LO = np.arange(N, dtype=np.uint32)
HI = np.full(N, 24312, np.uint32)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        (
            "00000000 00000000 00000000 00000000",
            "00000000 00000000",
            "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        ),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_the_generator_gives_the_published_answers(counter: str, key: str, expected: str) -> None:
    """Philox4x32-10 answers as in Random123's file of known answers."""
    c0, c1, c2, c3 = (np.uint32(int(word, 16)) for word in counter.split())
    words = np.array([int(word, 16) for word in key.split()], np.uint32)
    found = [draw(c0, c1, 4 * int(c2) + lane, c3, words) for lane in range(4)]
    assert [f"{word:08x}" for word in found] == expected.split()


@given(
    seed=st.integers(0, 2**64 - 1),
    moment=st.integers(0, 150_000),
    name=st.text(min_size=1, max_size=20),
)
@settings(max_examples=25)
def test_every_way_of_drawing_gives_the_same_draw(seed: int, moment: int, name: str) -> None:
    """A draw alone, a block of four steps, one each, and many as shares are the same draw."""
    key, purpose = seed_key(seed), purpose_code(name)
    lo, hi = LO[:50], HI[:50]
    block, least, each = np.empty((4, 50), np.uint32), *np.empty((2, 50), np.uint32)
    fill(lo, hi, U32(moment >> 2), purpose, key, *block, least)
    fill_each(lo, hi, np.full(50, purpose), moment, key, each)
    alone = np.array(
        [draw(a, b, moment, purpose, key) for a, b in zip(lo, hi, strict=True)], np.uint32
    )
    assert (block[moment & 3] == alone).all()
    assert (block.min(axis=0) == least).all()
    assert (each == alone).all()
    assert (draw_many(lo, hi, moment, purpose, key) == alone * SCALE).all()


def test_draws_are_uniform_and_differ_by_person_moment_purpose_and_seed() -> None:
    """Draws are uniform, and those that differ in one thing alone are unrelated."""
    key, purpose = seed_key(1), purpose_code("move:school")
    first = draw_many(LO, HI, 24312, purpose, key)
    assert (first >= 0).all()
    assert (first < 1).all()
    assert stats.kstest(first, "uniform").pvalue > 0.001
    others = [
        draw_many(LO, HI + np.uint32(1), 24312, purpose, key),
        draw_many(LO, HI, 24313, purpose, key),
        draw_many(LO, HI, 24316, purpose, key),
        draw_many(LO, HI, 24312, purpose_code("to:school"), key),
        draw_many(LO, HI, 24312, purpose, seed_key(2)),
        draw_many(LO, HI, 24312, purpose, seed_key(1 + 2**32)),
    ]
    for other in others:
        assert abs(stats.pearsonr(first, other).statistic) < 4 / np.sqrt(N)
    # Neighbours do not follow each other either.
    assert abs(stats.pearsonr(first[1:], first[:-1]).statistic) < 4 / np.sqrt(N)


def test_a_purpose_is_its_name() -> None:
    """The code of a purpose is decided by its name alone, for ever, and names do not collide."""
    assert purpose_code("move:school") == purpose_code("move:school")
    assert int(purpose_code("move:school")) == 0xE3C6532A
    names = [f"{kind}:{number}" for kind in ("move", "to", "start") for number in range(1000)]
    assert len({int(purpose_code(name)) for name in names}) == len(names)


def test_the_key_holds_all_64_bits_of_a_seed() -> None:
    """The seed's lower half comes first."""
    assert seed_key(0x0123456789ABCDEF).tolist() == [0x89ABCDEF, 0x01234567]
    assert SCALE * 2**32 == 1
