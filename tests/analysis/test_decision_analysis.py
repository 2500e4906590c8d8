"""Acceptability and value of information of one's own table, against their definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.i18n import in_language

Wide = tuple[np.ndarray, np.ndarray]


@st.composite
def tables(draw: st.DrawFn) -> Wide:
    """Draw costs and effects, (draws, strategies)."""
    shape = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    values = st.lists(
        st.integers(-9, 9), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    )
    costs, effects = (np.array(draw(values), float).reshape(shape) for _ in range(2))
    return costs, effects


def long(costs: np.ndarray, effects: np.ndarray, **names: str) -> pd.DataFrame:
    """Return a row per draw and strategy."""
    draws, strategies = np.indices(costs.shape).reshape(2, -1)
    table = {
        "draw": draws,
        "strategy": [f"s{n}" for n in strategies],
        "cost": costs.ravel(),
        "effect": effects.ravel(),
    }
    return pd.DataFrame(table).rename(columns=names)


@settings(deadline=None)
@given(tables(), st.sampled_from([0.0, 1.0, 3.5]))
def test_curve_frontier_and_perfect_information_by_definition(wide: Wide, wtp: float) -> None:
    costs, effects = wide
    net = wtp * effects - costs
    names = [f"s{n}" for n in range(net.shape[1])]
    found = sisim.ceac(long(costs, effects).sample(frac=1.0, random_state=1), [wtp])
    curve = found.set_index("strategy")["probability"]
    for n, name in enumerate(names):
        wins = [(row[n] == row.max()) / (row == row.max()).sum() for row in net]
        assert curve[name] == pytest.approx(np.mean(wins))
    assert curve.sum() == pytest.approx(1.0)
    on = sisim.ceaf(long(costs, effects), wtp)
    best = on["strategy"].iloc[0]
    assert net.mean(axis=0)[names.index(best)] == pytest.approx(net.mean(axis=0).max())
    assert on["probability"].iloc[0] == pytest.approx(curve[best])
    perfect = sisim.evpi(long(costs, effects), [wtp])["evpi"].iloc[0]
    assert perfect == pytest.approx(net.max(axis=1).mean() - net.mean(axis=0).max())


def test_one_parameter_by_its_closed_form() -> None:
    """B is worth x more than A, x standard normal: knowing x is worth 1 / sqrt(2 pi)."""
    rng = np.random.default_rng(1)
    x, idle = rng.normal(size=(2, 4000))
    effects = np.column_stack([np.zeros(4000), x])
    table, drawn = long(0 * effects, effects), pd.DataFrame({"x": x, "idle": idle})
    found = sisim.evppi(table, drawn, 1.0).set_index("parameter")
    assert found.loc["x", "evppi"] == pytest.approx(1 / np.sqrt(2 * np.pi), abs=0.02)
    assert found.loc["x", "beyond_chance"]
    assert found.loc["idle", "evppi"] < 0.01
    assert not found.loc["idle", "beyond_chance"]


def test_a_parameter_of_few_values_by_the_definition() -> None:
    """Of a number with four values the means within each are what is known."""
    rng = np.random.default_rng(2)
    level = np.repeat(np.arange(4.0), 500)
    effects = np.column_stack([np.zeros(2000), level - 1.3 + rng.normal(size=2000)])
    known = pd.Series(effects[:, 1]).groupby(level).mean().clip(lower=0).mean()
    exact = known - max(0.0, effects[:, 1].mean())
    found = sisim.evppi(long(0 * effects, effects), pd.DataFrame({"level": level}), [1.0])
    assert found["evppi"].iloc[0] == pytest.approx(exact)


def test_wide_tables_other_names_and_the_order_of_draws_say_the_same() -> None:
    rng = np.random.default_rng(3)
    costs, effects = rng.normal(size=(2, 50, 3))
    names = ["s0", "s1", "s2"]
    wide = pd.DataFrame(costs, columns=names), pd.DataFrame(effects, columns=names)
    first = sisim.ceac(long(costs, effects), [0.5, 2.0])
    pd.testing.assert_frame_equal(sisim.ceac(wide, [0.5, 2.0]), first)
    other = long(costs, effects, draw="sample", strategy="option", cost="kr", effect="qalys")
    again = sisim.ceac(other, [0.5, 2.0], strategy="option", cost="kr", effect="qalys")
    pd.testing.assert_frame_equal(again, first)
    unnumbered = long(costs, effects).drop(columns="draw")
    pd.testing.assert_frame_equal(sisim.ceac(unnumbered, [0.5, 2.0]), first)


def test_parameters_are_told_by_their_draw() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=60)
    effects = np.column_stack([np.zeros(60), x])
    table = long(0 * effects, effects)
    drawn = pd.DataFrame({"draw": np.arange(60), "x": x}).sample(frac=1.0, random_state=1)
    found = sisim.evppi(table, drawn, 1.0)
    assert found["evppi"].iloc[0] == pytest.approx(sisim.evpi(table, 1.0)["evpi"].iloc[0], rel=0.05)


def test_a_draw_with_a_missing_value_is_an_error_or_left_out_of_all() -> None:
    table = long(np.array([[0.0, np.nan], [0.0, -1.0]]), np.zeros((2, 2)))
    with pytest.raises(ValueError, match='"cost" of s1 has no value'):
        sisim.ceac(table, 1.0)
    assert sisim.ceac(table, 1.0, missing="drop")["probability"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: sisim.ceac(x, -1.0), "wtp takes numbers"),
        (lambda x: sisim.ceac(x, []), "wtp takes numbers"),
        (lambda x: sisim.evpi(x.iloc[1:], 1.0), "s0 does not have every draw once"),
        (lambda x: sisim.ceac(x.rename(columns={"cost": "costs"}), 1.0), 'no column "cost"'),
        (lambda x: sisim.evppi(x, pd.DataFrame({"a": [1.0]}), 1.0), "other draws"),
        (lambda x: sisim.evppi(x, pd.DataFrame(index=range(30)), 1.0), "no parameter"),
        (lambda x: sisim.ceac((x[["cost"]], x[["effect"]]), 1.0), "other strategies"),
    ],
)
def test_misuse_is_told(call: Any, said: str) -> None:
    table = long(np.zeros((30, 2)), np.zeros((30, 2)))
    with pytest.raises(ValueError, match=said):
        call(table)
    with in_language("sv"), pytest.raises(ValueError) as swedish:  # noqa: PT011 - the text differs
        call(table)
    assert said not in str(swedish.value) or said.startswith("s0")
