"""Valuations say by year what their own tables say by step, and price counts anew."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.any_counts import PATHWAY, counts, scenario

from sisim.economics.budget_impact import budget
from sisim.economics.cash_releasing import cash_ladder
from sisim.economics.distribution import who_gains
from sisim.economics.per_person import per_person
from sisim.economics.valuation import Valuation
from sisim.engine.measured_table import measured
from sisim.engine.replications import simulate
from sisim.scenario.errors import ScenarioError

FUNDS: dict[str, Any] = {
    name: {
        "principal": principal,
        "deposits": {"opening": 1_000_000},
        "repayment": {"prices": "fixed"},
    }
    for name, principal in (("fund", "town"), ("reserve", "state"))
}
INDEX = ["replication", "arm", "year"]
ARMS = ["without", "ends", "goes_on", "new_way"]
OUTCOMES = {
    "there": {"label": "There", "group": "placed"},
    "north": {"label": "There, north", "group": "placed", "where": {"area": ["north"]}},
    "begun": {"label": "Begun", "group": "placed", "count": "entries"},
}
GOALS = {
    "some": {"label": "Some", "share": 0.5, "group": "placed", "of": "placed", "count": "stock"},
    "pooled": {
        "label": "Pooled",
        "share": 0.5,
        "group": "placed",
        "of": "placed",
        "where": {"area": ["north"]},
        "years": 2,
    },
}


@pytest.fixture(scope="module")
def done() -> Valuation:
    """Return a small world in which all arms differ."""
    pathway = {**PATHWAY, "groupings": {"age": {"feature": "age", "below": [7, 13]}}}
    world = scenario(pathway=pathway, outcomes=OUTCOMES, goals=GOALS, replications=2)
    return Valuation(simulate(world))


def by_year(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table by step with the year of each step."""
    return table.assign(year=table["month"].str[:4].astype(int))


def summed(table: pd.DataFrame, column: str, *more: str) -> pd.Series:
    """Return the sums of a column by year, and by what else is named."""
    grouped = table.groupby([*INDEX, *more], observed=True)[column]
    return pd.Series(grouped.sum(), dtype=float).sort_index()


def assert_sums(found: pd.DataFrame, column: str, wanted: pd.Series, *more: str) -> None:
    """Assert that a yearly table holds some sums, and nothing else but zeros."""
    own = summed(found, column, *more)
    both = pd.concat([own, wanted], axis=1).fillna(0.0)
    np.testing.assert_allclose(both.iloc[:, 0], both.iloc[:, 1], rtol=1e-9, atol=1e-4)
    assert own.any()


@pytest.mark.parametrize("current", [False, True])
@pytest.mark.parametrize("ordinary", [False, True])
def test_yearly_costs_are_the_sums_of_the_steps(
    done: Valuation, ordinary: bool, current: bool
) -> None:
    book = done.costs if not current else done._current.table()
    own = by_year(book)
    if not ordinary:
        own = own[own["item"] != "place"]
    wanted = summed(own, "amount", "administration", "kind")
    found = done.yearly_costs(ordinary=ordinary, current=current)
    assert_sums(found, "amount", wanted, "administration", "kind")
    assert ("school" in set(found.query("kind == 'use'")["administration"])) == ordinary


def test_prices_of_each_year_are_those_that_have_grown(done: Valuation) -> None:
    fixed, current = (done.yearly_costs(current=c).query("year == 2028") for c in (False, True))
    assert current["amount"].sum() > 1.02 * fixed["amount"].sum() > 0


def test_entries_and_stocks_are_those_of_the_steps(done: Valuation) -> None:
    entries = by_year(done.counts.entries()).query("group == 'placed'")
    wanted = summed(entries, "entries", "first")
    assert_sums(done.yearly_entries("placed"), "count", wanted, "first")
    people = by_year(done.counts.people()).query("state == 'placed'")
    # The last row is of the end, which no year holds.
    people = people[people["year"] < 2029]
    assert_sums(done.yearly_stock("placed"), "people", summed(people, "people") / 12)


def test_outcomes_are_stocks_of_those_who_are_meant_and_entries(done: Valuation) -> None:
    found = done.outcomes()
    people = by_year(done.counts.people(["area"])).query("state == 'placed' and year < 2029")
    stock = summed(people, "people") / 12
    assert_sums(found.query("outcome == 'there'"), "value", stock)
    north = summed(people.query("area == 'north'"), "people") / 12
    assert_sums(found.query("outcome == 'north'"), "value", north)
    entries = by_year(done.counts.entries()).query("group == 'placed'")
    assert_sums(found.query("outcome == 'begun'"), "value", summed(entries, "entries"))


def test_goals_are_shares_and_pool_so_many_years(done: Valuation) -> None:
    table = done.goals().set_index([*INDEX, "goal"]).sort_index()
    some = table.xs("some", level="goal")
    assert (some["part"] == some["whole"]).all()
    assert some["whole"].to_numpy().all()
    entries = by_year(done.counts.entries(["area"])).query("group == 'placed' and area == 'north'")
    yearly = summed(entries, "entries").unstack("year")
    years = sorted(yearly)
    pooled = table.xs("pooled", level="goal")["part"].unstack("year")
    assert not pooled[years[0]].any()
    for before, year in pairwise(years):
        assert pooled[year].to_dict() == (yearly[before] + yearly[year]).to_dict()


def test_participants_are_those_of_the_steps(done: Valuation) -> None:
    own = by_year(done.counts.participants())
    found = done.yearly_participants()
    assert set(found["arm"]) == set(ARMS[1:])
    assert_sums(found, "started", summed(own, "started", "investment"), "investment")
    months = summed(own[own["year"] < 2029], "treated", "investment")
    assert_sums(found, "treated_months", months, "investment")


def test_traces_begin_at_the_start_and_sum_to_one(done: Valuation) -> None:
    found = done.traces
    assert found["cycle"].min() == found["time"].min() == 0
    assert (found["cycle"].max(), found["time"].max()) == (36, 3)
    shares = found.groupby(["arm", "cycle", "track"])["share"].sum()
    np.testing.assert_allclose(shares, 1.0)
    people = done.counts.people().query("step >= 0 and arm == 'ends' and state == 'placed'")
    mean = people.groupby("step")["people"].mean()
    own = found.query("arm == 'ends' and state == 'placed'").set_index("cycle")["people"]
    np.testing.assert_allclose(own, mean)


def test_traces_of_a_cohort_are_shares_of_all_who_began() -> None:
    world = scenario()
    closed = world.population.model_copy(update={"residents": None, "cohort": 300})
    found = Valuation(simulate(world.model_copy(update={"population": closed}))).traces
    shares = found.groupby(["arm", "cycle", "track"])["share"].sum()
    assert shares.max() <= 1 + 1e-9
    np.testing.assert_allclose(found["share"], found["people"] / 300)


@pytest.mark.parametrize("ordinary", [False, True])
def test_the_cost_without_growth_is_that_of_the_first_years_prices(
    done: Valuation, ordinary: bool
) -> None:
    flat = done.repriced({"drift.prices.care": 0.0, "drift.prices.general": 0.0})
    for year in (2026, 2028):
        found = done.cost_without_price_growth(year, ordinary=ordinary, current=True)
        use = flat.yearly_costs(ordinary=ordinary).query(
            f"arm == 'without' and kind == 'use' and year == {year}"
        )
        wanted = use["amount"].sum() / 2
        # The first year has grown since the year of the price level, and nothing after.
        assert 0.9 * wanted < found < 1.1 * wanted
        real = done.cost_without_price_growth(year, ordinary=ordinary, current=False)
        assert 0.9 * wanted < real < 1.1 * wanted
    first = done.yearly_costs(ordinary=ordinary, current=True).query(
        "arm == 'without' and kind == 'use' and year == 2026"
    )
    assert done.cost_without_price_growth(2026, ordinary=ordinary, current=True) == pytest.approx(
        first["amount"].sum() / 2
    )


def test_costs_without_growth_are_those_of_the_perspective(done: Valuation) -> None:
    state = done.repriced({"economy.perspective": "agency"})
    paid = done.yearly_costs(current=True).query(
        "arm == 'without' and kind == 'use' and year == 2026 and administration == 'agency'"
    )
    found = state.cost_without_price_growth(2026, ordinary=False, current=True)
    assert found == pytest.approx(paid["amount"].sum() / 2)


def test_a_valuation_says_what_it_is_of_in_a_line(done: Valuation) -> None:
    assert repr(done) == (
        "<Valuation 'trial': 3 years from 2026, arms without, ends, goes_on, new_way, "
        "1 replications>"
    ).replace("1 rep", f"{len(done.seeds)} rep")
    assert done.seeds == done.counts.seeds
    assert (done.version, done.digest) == (done.counts.version, done.counts.digest)


def test_only_what_has_a_bearing_on_people_is_refused(done: Valuation) -> None:
    changes = {
        "economy.discount_costs": 0.0,
        "investments.team.effects.0.ratio": 1.5,
        "transitions.comes_home.rate": 0.5,
    }
    with pytest.raises(ScenarioError) as found:
        done.repriced(changes)
    assert [one.key for one in found.value.problems] == list(changes)[1:]
    free = done.repriced({"economy.discount_costs": 0.0})
    assert type(free) is Valuation
    assert free.counts.scenario.economy.discount_costs.value == 0
    assert done.scenario.economy.discount_costs.value == 0.035


def test_a_fund_is_found_by_its_name_and_the_first_without() -> None:
    found = Valuation(counts(1, funds=FUNDS))
    assert found.repayment("ends").fund == "fund"
    assert found.repayment("ends", "reserve").fund == "reserve"
    assert [one.fund for one in found.funds["new_way"]] == ["fund", "reserve"]
    for valuation, fund, said in (
        (found, "none", 'no fund "none": the scenario has fund, reserve'),
        (Valuation(counts(1)), None, 'no fund "": the scenario has no fund'),
    ):
        with pytest.raises(LookupError, match=said):
            valuation.repayment("ends", fund)


def test_every_arm_has_its_own_part_of_each_analysis(done: Valuation) -> None:
    assert list(done.cash) == list(done.who_gains) == ARMS[1:]
    ladder, gains = cash_ladder(done.ledger, "goes_on"), who_gains(done.settled, "goes_on")
    assert np.array_equal(done.cash["goes_on"].seen, ladder.seen)
    assert np.array_equal(done.who_gains["goes_on"].amounts, gains.amounts)
    assert done.per_person.equals(per_person(done.settled))
    assert done.measured().equals(measured(done.counts))
    assert [one.arm for one in done.appraisal.values()] == ARMS[1:]


def test_phases_are_those_of_the_arm(done: Valuation) -> None:
    assert done.phases("ends") == [("project", 2026.0, 2027.0)]
    assert done.phases("goes_on") == [("project", 2026.0, 2029.0)]
    assert done.phases("new_way") == [("project", 2026.0, 2027.0), ("new_way", 2027.0, 2029.0)]
    assert done.phases("without") == []


def test_a_phase_begins_in_the_first_area() -> None:
    team = {
        "label": "T",
        "start": "2026-01",
        "years": 1,
        "target": {},
        "cost": {"payer": "social"},
        "new_way": {"areas": ["south", "north"], "interval": 6, "cost": {"payer": "social"}},
    }
    arms = {"new_way": {"label": "New", "investments": {"team": "new_way_of_working"}}}
    found = Valuation(counts(1, investments={"team": team}, arms=arms, figures=None))
    assert found.phases("new_way") == [("project", 2026.0, 2027.0), ("new_way", 2027.0, 2029.0)]


def test_several_projects_of_an_arm_are_one_phase() -> None:
    team = {"label": "T", "years": 1, "target": {}, "cost": {"payer": "social"}}
    both = {"early": {**team, "start": "2026-01"}, "late": {**team, "start": "2027-07"}}
    arms = {"ends": {"label": "Ends", "investments": {"early": "ends", "late": "ends"}}}
    found = Valuation(counts(1, investments=both, arms=arms, figures=None))
    assert found.phases("ends") == [("project", 2026.0, 2028.5)]


@pytest.mark.parametrize("prices", ["fixed", "current"])
def test_frames_and_repayments_are_in_the_prices_of_the_fund(prices: str) -> None:
    funds = {"fund": {**FUNDS["fund"], "repayment": {"prices": prices}}}
    found = Valuation(counts(1, funds=funds))
    book = found._current if prices == "current" else found.ledger
    spent = book.sums(lambda line: line.administration if line.kind == "use" else None, yearly=True)
    frame, repaid = found.budget("ends"), found.repayment("ends")
    assert np.allclose(frame.cost, budget(book, "ends", found.funds["ends"]).cost)
    own = spent["social"][:, 0] - spent["social"][:, 1]
    inside = found.ledger.years >= 2026
    assert repaid.reductions[:, repaid.administrations.index("social")] == pytest.approx(
        own[:, inside]
    )
    assert frame.years.tolist() == [2026, 2027, 2028]


def test_without_a_fund_frames_are_in_fixed_prices() -> None:
    one, other = (Valuation(counts(1, **more)) for more in ({}, {"funds": {"fund": FUNDS["fund"]}}))
    np.testing.assert_allclose(one.budget("ends").cost, other.budget("ends").cost)


def test_break_even_and_chance_are_of_the_simulated_years_alone() -> None:
    tail = {"economy": {"discount_costs": 0.0, "tail": {"years": 100}}}
    plain, longer = (Valuation(counts(3, **more)) for more in ({}, tail))
    for arm in ARMS[1:]:
        assert longer.break_even(arm) is None or longer.break_even(arm) <= 2029
        assert 0 <= plain.chance(arm) <= 1
        assert plain.headline(arm)["helped"][0] == pytest.approx(
            plain.counts.participants().query(f"arm == '{arm}' and step >= 0")["started"].sum() / 2
        )
        assert plain._simulated(arm) is plain._simulated(arm)
