"""Tables of one's own: dominance as anyone would check it by hand, and each misuse answered."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sisim


def brute_force(cost: list[float], effect: list[float]) -> list[str]:
    """Return each strategy's status by looking at every other one and every mixture of two."""
    n = len(cost)
    found = []
    for i in range(n):
        better = any(
            cost[j] <= cost[i]
            and effect[j] >= effect[i]
            and (cost[j] < cost[i] or effect[j] > effect[i] or j < i)
            for j in range(n)
            if j != i
        )
        mixed = any(
            effect[j] < effect[i] < effect[k]
            and cost[j] * (effect[k] - effect[i]) + cost[k] * (effect[i] - effect[j])
            < cost[i] * (effect[k] - effect[j])
            for one in combinations(range(n), 2)
            for j, k in (one, one[::-1])
        )
        found.append("D" if better else "ED" if mixed else "ND")
    return found


amounts = st.integers(-20, 20).map(float)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8))
def test_statuses_are_those_of_a_brute_force_search(pairs: list[tuple[float, float]]) -> None:
    cost, effect = (list(values) for values in zip(*pairs, strict=True))
    names = [f"s{n}" for n in range(len(pairs))]
    table = pd.DataFrame({"strategy": names, "cost": cost, "effect": effect})
    found = sisim.icer_table(table)
    assert sorted(found["strategy"]) == sorted(names)
    status = dict(zip(found["strategy"], found["status"], strict=True))
    assert [status[name] for name in names] == brute_force(cost, effect)
    on = found[found["status"] == "ND"]
    assert (on["cost"].diff().dropna() > 0).all()
    assert (on["icer"].diff().dropna() >= -1e-9).all()
    assert on["icer"].iloc[1:].tolist() == pytest.approx(
        (np.diff(on["cost"]) / np.diff(on["effect"])).tolist()
    )
    assert found.loc[found["status"] != "ND", ["icer", "inc_cost"]].isna().all(axis=None)
    assert found["status"].map({"ND": 0, "ED": 1, "D": 2}).is_monotonic_increasing


def test_the_example_of_the_handbook_of_dampack() -> None:
    """The base case of `hund_strat`'s kind: named by the index, other names of columns."""
    table = pd.DataFrame(
        {"Cost": [100.0, 300.0, 250.0, 900.0], "QALYs": [10.0, 11.0, 9.0, 11.1]},
        index=["no", "drug", "worse", "dear"],
    )
    found = sisim.icer_table(table, cost="Cost", effect="QALYs")
    assert found["strategy"].tolist() == ["no", "drug", "dear", "worse"]
    assert found["icer"].tolist() == pytest.approx([np.nan, 200.0, 6000.0, np.nan], nan_ok=True)


def test_draws_are_averaged() -> None:
    draws = pd.DataFrame(
        {"strategy": ["a", "b"] * 2, "cost": [0.0, 10.0, 2.0, 14.0], "effect": [0, 1, 0, 3]}
    )
    found = sisim.icer_table(draws)
    assert found["cost"].tolist() == [1.0, 12.0]
    assert found["icer"].iloc[1] == pytest.approx(5.5)


def test_a_strategy_without_a_value_is_an_error_or_stands_aside() -> None:
    table = pd.DataFrame(
        {"strategy": ["a", "b", "c"], "cost": [0.0, np.nan, 5.0], "effect": [0.0, 9.0, 1.0]}
    )
    with pytest.raises(ValueError, match='"cost" of b has no value'):
        sisim.icer_table(table)
    found = sisim.icer_table(table, missing="drop")
    assert found["strategy"].tolist() == ["a", "c", "b"]
    assert found["status"].tolist()[:2] == ["ND", "ND"]
    assert found["status"].isna().tolist() == [False, False, True]
    assert found["icer"].iloc[1] == 5.0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"strategy": ["a"], "costs": [1.0], "effect": [1.0]}, 'Did you mean "costs"'),
        ({"strategy": ["a"], "cost": ["dear"], "effect": [1.0]}, '"cost" of a has "dear"'),
        ({"strategy": ["a"], "cost": [np.inf], "effect": [1.0]}, "no finite number"),
        ({"strategy": [], "cost": [], "effect": []}, "no rows"),
    ],
)
def test_what_cannot_be_compared_is_told(table: dict[str, list[object]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        sisim.icer_table(pd.DataFrame(table))


def test_errors_are_in_the_readers_language() -> None:
    from sisim.i18n import in_language

    with in_language("sv"), pytest.raises(ValueError, match="har ingen kolumn"):
        sisim.icer_table(pd.DataFrame({"strategy": ["a"], "cost": [1.0]}))
