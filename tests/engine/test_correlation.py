"""Correlated backgrounds: each stays as it is by itself, and together they are as the file says."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from helpers.any_counts import scenario
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from sisim.arrays import Floats
from sisim.engine.clock import Clock
from sisim.engine.correlation import Correlation
from sisim.engine.population import people
from sisim.loading.load import load_pathway
from sisim.scenario.errors import ScenarioError
from sisim.scenario.pathway import Attribute, Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number, Positive

KNOWN = scenario()
NAMES = ("risk", "learning", "behaviour")


def attribute(*shares: float) -> Attribute:
    """Return a background in categories c0, c1, ..."""
    return Attribute(shares={f"c{n}": Positive(value=share) for n, share in enumerate(shares)})


ATTRIBUTES = {
    "risk": attribute(0.5, 0.3, 0.2),
    "learning": attribute(0.25, 0.75),
    "behaviour": Attribute(
        distribution="normal", parameters={"mean": Number(value=1), "sd": Number(value=2)}
    ),
    "sex": attribute(0.5, 0.5),
}


def pathway(**pairs: float) -> Pathway:
    """Return a pathway whose attributes are correlated, by pair "risk_learning"."""
    given: dict[str, dict[str, Number]] = {}
    for pair, value in pairs.items():
        one, other = pair.split("_")
        given.setdefault(one, {})[other] = Number(value=value)
    changes = {"attributes": ATTRIBUTES, "correlations": given}
    return KNOWN.pathway.model_copy(update=changes)


def drawn(own: Pathway, residents: int = 20_000) -> tuple[Floats, Floats]:
    """Return the codes and numbers of a population."""
    population = KNOWN.population.model_copy(update={"residents": residents, "families": None})
    one: Scenario = KNOWN.model_copy(update={"pathway": own, "population": population})
    who = people(one, Clock.of(one), 1)
    return who.codes.astype(float), who.numbers


correlations = st.floats(-0.6, 0.6)


@given(correlations, correlations)
@settings(max_examples=10, deadline=None)
def test_each_background_stays_as_the_file_has_it(one: float, other: float) -> None:
    codes, numbers = drawn(pathway(risk_learning=one, learning_behaviour=other), 5_000)
    n = codes.shape[1]
    error = 4 / np.sqrt(n)
    assert np.mean(codes[0] == 2) == pytest.approx(0.2, abs=error)
    assert np.mean(codes[1] == 0) == pytest.approx(0.25, abs=error)
    assert numbers[0].mean() == pytest.approx(1, abs=2 * error)
    assert numbers[0].std() == pytest.approx(2, abs=3 * error)


def test_without_correlations_nobody_is_another() -> None:
    before, numbers = drawn(pathway())
    after, others = drawn(pathway(risk_learning=0.5))
    # The first keeps its draws, and so do those that are not correlated.
    np.testing.assert_array_equal(before[[0, 2]], after[[0, 2]])
    np.testing.assert_array_equal(numbers, others)
    assert (before[1] != after[1]).any()


@pytest.mark.parametrize("value", [-0.7, 0.0, 0.4])
def test_two_together_are_as_often_as_the_normal_scores_say(value: float) -> None:
    codes, _ = drawn(pathway(risk_learning=value))
    below = norm.ppf([0.5, 0.25])
    both = multivariate_normal([0, 0], [[1, value], [value, 1]]).cdf(below)
    found = np.mean((codes[0] == 0) & (codes[1] == 0))
    assert found == pytest.approx(float(both), abs=4 / np.sqrt(codes.shape[1]))


def test_a_number_is_correlated_as_it_says() -> None:
    codes, numbers = drawn(pathway(learning_behaviour=0.5))
    low, high = (numbers[0][codes[1] == code].mean() for code in (0, 1))
    # Of a standard normal score, those of the lowest quarter have the mean -1.271.
    assert low == pytest.approx(1 + 2 * 0.5 * -1.2711, abs=0.1)
    assert high == pytest.approx(1 + 2 * 0.5 * 1.2711 / 3, abs=0.1)


@given(correlations, correlations, st.lists(st.floats(0.1, 0.9), min_size=3, max_size=3))
@settings(max_examples=15, deadline=None)
def test_shares_of_combinations_are_those_of_many_people(
    one: float, other: float, ends: list[float]
) -> None:
    joined = Correlation(pathway(risk_learning=one, learning_behaviour=other))
    edges = {name: np.array([end, 1.0]) for name, end in zip(NAMES, ends, strict=True)}
    shares = joined.joint_shares({**edges, "sex": np.array([0.5, 1.0])})
    assert sum(shares.values()) == pytest.approx(1)
    rng = np.random.default_rng(1)
    draws = joined.correlated({name: rng.random(50_000) for name in NAMES})
    for codes in product((0, 1), repeat=3):
        inside = [
            (draws[name] < edges[name][0]) == (code == 0)
            for name, code in zip(NAMES, codes, strict=True)
        ]
        found = np.mean(np.logical_and.reduce(inside))
        exact = shares[(*codes, 0)] + shares[(*codes, 1)]
        assert found == pytest.approx(exact, abs=5 * np.sqrt(0.25 / 50_000))


def test_correlations_that_cannot_hold_in_a_draw_become_the_nearest() -> None:
    own = pathway(risk_learning=0.9, learning_behaviour=0.9, risk_behaviour=-0.9)
    draws = {name: np.random.default_rng(n).random(1_000) for n, name in enumerate(NAMES)}
    found = Correlation(own).correlated(draws)
    assert all(((one >= 0) & (one < 1)).all() for one in found.values())


FILE = """
name = "two"
title = "Two"
principals.town.label = "Town"
[attributes.risk]
shares = { low = 0.5, high = 0.5 }
[attributes.learning]
shares = { slow = 0.5, fast = 0.5 }
[attributes.mood]
shares = { low = 0.5, high = 0.5 }
redraw = 1
[correlations]
risk = { learning = { value = 0.3, source = "read somewhere", grade = "literature" } }
[tracks.life]
label = "Life"
start = "a"
states = { a = { label = "A" }, b = { label = "B" } }
[transitions.moves]
track = "life"
from = "a"
to = "b"
rate = 0.1
"""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"correlations.risk": {"sex": 0.2}}, '"sex" does not exist'),
        ({"correlations.risk": {"mood": 0.2}}, '"mood" does not exist'),
        ({"correlations.risk.learning": 1.0}, "between -1 and 1"),
        ({"correlations.learning": {"risk": 0.2}}, "given once"),
        ({"correlations.learning": {"learning": 0.2}}, "given once"),
    ],
)
def test_what_cannot_be_correlated_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:

    file = tmp_path / "two.toml"
    file.write_text(FILE, encoding="utf-8", newline="\n")
    assert load_pathway(file).correlations["risk"]["learning"].value == 0.3
    with pytest.raises(ScenarioError, match=said):
        load_pathway(file, changes)


def test_correlations_that_cannot_all_hold_are_refused(tmp_path: Path) -> None:

    text = FILE.replace("redraw = 1\n", "").replace(
        'risk = { learning = { value = 0.3, source = "read somewhere", grade = "literature" } }',
        "risk = { learning = 0.9, mood = -0.9 }\nlearning = { mood = 0.9 }",
    )
    file = tmp_path / "three.toml"
    file.write_text(text, encoding="utf-8", newline="\n")
    with pytest.raises(ScenarioError, match="cannot all hold at once"):
        load_pathway(file)
