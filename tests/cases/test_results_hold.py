"""What comes of every scenario is what came of it before, part by part.

How the digests are made, and made anew, is told in `helpers.digests`. A result that is changed on
purpose is stated in CHANGELOG.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.digests import HELD, Parts, digest, names, of_results, overrides, small, source
from hypothesis import given
from hypothesis import strategies as st

import sisim

BEFORE: dict[str, Parts] = json.loads(HELD.read_text())


def changed(before: Parts, now: Parts) -> list[str]:
    """Return the parts that differ, or that are in one of the two alone."""
    return [part for part in {**before, **now} if before.get(part) != now.get(part)]


def test_every_scenario_is_held() -> None:
    assert list(BEFORE) == names()


@pytest.mark.parametrize("name", names())
def test_results_are_those_of_before(name: str, tmp_path: Path) -> None:
    parts = changed(BEFORE.get(name, {}), small(name, tmp_path))
    assert not parts, f"{name} has changed in: {', '.join(parts)}"


def test_a_discount_rate_is_seen_where_it_matters_and_nowhere_else() -> None:
    """Were the digests blind, they would hold whatever happens."""
    results = sisim.run(sisim.load(source("team-nystart"), overrides("team-nystart")))
    other = results.repriced({"economy.discount_costs": 0.07})
    assert changed(of_results(results), of_results(other)) == ["costs", "arms", "money"]


def test_a_count_is_seen_to_the_last_person_and_an_amount_to_the_tenth_digit() -> None:
    people, amounts = np.arange(6, dtype=np.int32).reshape(2, 3), np.array([1e9 / 7, 0.1 + 0.2])
    assert digest(people) == digest(people.astype(np.int64)) != digest(people.T)
    assert digest(people) != digest(people + (people == 5))
    assert digest(amounts) == digest(amounts * (1 + 1e-14)) != digest(amounts * (1 + 1e-8))
    assert digest(amounts, exact=True) != digest(amounts * (1 + 1e-14), exact=True)


@given(st.integers(1, 10**9), st.integers(0, 6), st.sampled_from([-1e-15, 1e-15]))
def test_an_amount_that_ends_in_a_five_is_rounded_alike_on_every_computer(
    units: int, decimals: int, noise: float
) -> None:
    """A price of whole kronor divided by 8, 16 or 32 is half-way between two roundings."""
    amounts = np.array([units / 2**decimals, 3.0 * units])
    assert digest(amounts) == digest(amounts * (1 + noise))


def test_words_are_the_same_as_categories() -> None:
    words = pd.DataFrame({"arm": ["project", "without", "project"]})
    assert digest(words) == digest(words.astype("category")) != digest(words[::-1][1:])
