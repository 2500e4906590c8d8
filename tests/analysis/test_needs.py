"""Where the needs are: costs that add up, groups, books, and what rules find."""

import numpy as np
import pytest

from sisim.analysis.needs import Needs, Search, needs
from sisim.engine.replications import simulate
from sisim.loading.load import load_scenario
from sisim.results import Results

CHANGES = {"population.residents": 2500}


@pytest.fixture(scope="module")
def seen() -> Needs:
    """Return the needs of a small municipality, with two rules tried."""
    return needs(
        load_scenario("placed-youth", CHANGES),
        years=2,
        replications=2,
        search=Search(
            rules={"everybody": {"age": {"from": 0}}, "known": {"visits.referral": {"from": 1}}},
            risk_of=["placed_for_behaviour"],
        ),
    )


def test_administrations_sum_to_the_cost_of_each_group(seen: Needs) -> None:
    payers = [c for c in seen.groups if c.startswith("cost.")]
    np.testing.assert_allclose(seen.groups[payers].sum(axis=1), seen.groups["cost"])


@pytest.mark.parametrize("kind", ["area", "age"])
def test_groups_that_divide_everyone_have_all_the_people_and_all_the_cost(
    seen: Needs, kind: str
) -> None:
    own = seen.groups[seen.groups["kind"] == kind].groupby("replication")
    np.testing.assert_allclose(own["share_of_people"].sum(), 1)
    np.testing.assert_allclose(own["share_of_cost"].sum(), 1)


def test_the_cost_of_everyone_is_near_that_of_the_ledger(seen: Needs) -> None:
    """Of the ledger's costs those of people who came later are no part, and they are few."""
    result = Results(simulate(load_scenario("placed-youth", CHANGES), replications=1))
    costs = result.yearly_costs()
    paid = costs[(costs["arm"] == "without") & costs["year"].isin([2026, 2027])]["amount"].sum()
    one = seen.groups[(seen.groups["replication"] == 0) & (seen.groups["kind"] == "everyone")]
    mine = float((one["cost"] * one["people"] * 2).iloc[0])
    assert 0.85 * paid < mine <= paid


def test_everyone_is_in_some_number_of_books(seen: Needs) -> None:
    shares = seen.books.groupby("replication")[["share_of_people", "share_of_cost"]].sum()
    np.testing.assert_allclose(shares, 1)
    nobody = seen.books[seen.books["administrations"] == 0]
    assert (nobody["share_of_cost"] == 0).all()


def test_who_is_in_both_books_is_the_same_from_either_side(seen: Needs) -> None:
    wide = seen.overlap.pivot_table(index="administration", columns="other", values="people")
    np.testing.assert_allclose(wide, wide.loc[wide.columns, wide.index].T)


def test_a_rule_for_everybody_finds_all_and_one_for_the_placed_only_cases(seen: Needs) -> None:
    by_rule = seen.tables["needs-rules"].set_index("rule")
    assert by_rule.loc["rule-1", "sensitivity"] == 1
    assert by_rule.loc["rule-1", "specificity"] == 0
    assert by_rule.loc["team", "positive_predictive_value"] == 1
    known = by_rule.loc["rule-2"]
    assert known["positive_predictive_value"] > known["prevalence"]


def test_those_at_the_highest_risk_are_cases_more_often_than_others(seen: Needs) -> None:
    ranked = seen.found[seen.found["kind"] == "risk"]
    few = ranked[ranked["share"] == 0.02]["positive_predictive_value"].mean()
    many = ranked[ranked["share"] == 0.5]["positive_predictive_value"].mean()
    assert few > many


def test_prices_come_afterwards() -> None:
    """A price twice as high doubles what it is a part of, and moves nobody (law L5)."""
    scenario = load_scenario("placed-youth", CHANGES)
    dearer = load_scenario(
        "placed-youth",
        CHANGES
        | {
            f"resources.{name}.price": 2 * one.price.value
            for name, one in scenario.pathway.resources.items()
        },
    )
    one, two = (needs(each, years=1, replications=1).groups for each in (scenario, dearer))
    np.testing.assert_allclose(two["cost"], 2 * one["cost"])
    np.testing.assert_array_equal(two["people"], one["people"])


def test_new_cases_only_leave_out_those_who_are_there_already() -> None:
    scenario = load_scenario("placed-youth", CHANGES)
    found = needs(scenario, years=2, replications=1, new=True).found
    assert (found["flagged"] == 0).all()  # the team's target group is in placement already


def test_an_unknown_group_is_no_group() -> None:
    with pytest.raises(LookupError, match="placd"):
        needs(load_scenario("placed-youth", CHANGES), search=Search("placd"), replications=1)
