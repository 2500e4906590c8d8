"""What must hold of the two figures, whatever the numbers."""

import numpy as np
import pandas as pd
import pytest

import sisim
from sisim.results import Results

SMALL = {"population.residents": 12000, "replications": 2}


@pytest.fixture(scope="module")
def done() -> Results:
    """The ready scenario, smaller."""
    return sisim.run(sisim.load("placed-youth", SMALL))


@pytest.fixture(scope="module")
def null() -> Results:
    """The same without any effect, on participants or on the inflow."""
    scenario = sisim.load("placed-youth", {**SMALL, "investments.team.effects": []})
    return sisim.run(scenario)


def of_arm(table: pd.DataFrame, arm: str, value: str) -> pd.Series:
    """Return yearly sums of one arm."""
    own = table[table["arm"] == arm]
    return own.groupby(["replication", "year"])[value].sum()


def test_before_the_start_both_arms_are_as_without(done: Results) -> None:
    """History is common to every arm, to the öre."""
    costs = done.yearly_costs(ordinary=True)
    past = costs[costs["year"] < 2026]
    without = of_arm(past, "without", "amount")
    for arm in ("project", "new_way"):
        pd.testing.assert_series_equal(of_arm(past, arm, "amount"), without, check_exact=True)


def test_until_the_project_ends_both_figures_show_the_same(done: Results) -> None:
    """The new way of working differs from the project only after it."""
    costs = done.yearly_costs()
    during = costs[costs["year"] <= 2028]
    pd.testing.assert_series_equal(
        of_arm(during, "project", "amount"), of_arm(during, "new_way", "amount"), check_exact=True
    )


def test_without_effect_the_difference_is_the_cost_of_the_investment(null: Results) -> None:
    """Nothing but the intervention's own cost parts the curves."""
    costs = null.yearly_costs(ordinary=True)
    use = costs[costs["kind"] == "use"]
    without = of_arm(use, "without", "amount")
    for arm in ("project", "new_way"):
        pd.testing.assert_series_equal(of_arm(use, arm, "amount"), without, check_exact=True)
    entries = null.yearly_entries("placed")
    for arm in ("project", "new_way"):
        same = of_arm(entries, arm, "count") == of_arm(entries, "without", "count")
        assert same.all()


def test_a_project_that_ends_leaves_the_first_time_inflow_as_it_was(done: Results) -> None:
    """Figure 1: some individuals helped, but the inflow is unchanged."""
    entries = done.yearly_entries("placed")
    first = entries[entries["first"]]
    assert (of_arm(first, "project", "count") == of_arm(first, "without", "count")).all()


def test_the_new_way_makes_the_inflow_smaller_and_keeps_it_so(done: Results) -> None:
    """Figure 2: from full scale on, first-time cases are the stated share of those without."""
    team = done.scenario.investments["team"]
    entries = done.yearly_entries("placed")
    first = entries[entries["first"] & (entries["year"] >= 2031)]
    without = of_arm(first, "without", "count")
    new_way = of_arm(first, "new_way", "count")
    # Cases kept are a thinning of cases; who was spared remains at risk, a little more each year.
    (ratio,) = (one.ratio.value for one in team.effects if one.acts_on == "area")
    error = np.sqrt(ratio * (1 - ratio) / without.sum())
    assert new_way.sum() / without.sum() == pytest.approx(ratio, abs=4 * error)
    late = without.index.get_level_values("year") >= 2038
    gap = without - new_way
    assert gap[late].mean() > 0.7 * gap[~late].mean()


def test_administrations_sum_to_the_total_every_year(done: Results) -> None:
    """What each administration pays is all there is, in every arm."""
    costs = done.yearly_costs(ordinary=True)
    total = done.costs.assign(year=done.costs["month"].str[:4].astype(int))
    for arm in ("without", "project", "new_way"):
        pd.testing.assert_series_equal(
            of_arm(costs, arm, "amount"), of_arm(total, arm, "amount"), rtol=1e-12
        )


def test_the_cost_rises_with_the_investment_and_without() -> None:
    """A rise from before to after says nothing: with and without differ far less, or not surely."""
    from sisim.analysis.comparison import View, compare

    story = compare(sisim.run(sisim.load("placed-youth")))
    for side in (story.project, story.new_way):
        assert side.before_after.share > 0
        assert abs(side.with_without.share) < side.before_after.share / 5
    # Late, where the story has shown: one effect is over, and of the other the runs do not agree.
    assert story.marked == 2043
    assert story.project.with_without.direction == "none"
    assert story.new_way.with_without.direction == "unclear"
    soon = compare(sisim.run(sisim.load("placed-youth")), View(year=2029))
    assert soon.project.with_without.share < 0
