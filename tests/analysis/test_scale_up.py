"""What full scale takes, and the largest version that a budget affords."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sisim.analysis.scale_up import Implementation, chosen, implementation
from sisim.economics.valuation import Valuation
from sisim.engine.replications import simulate
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario

RUNNING, EACH = 1_000_000, 5_000


def scenario(**changes: Any) -> Scenario:
    """Return the ready scenario with few residents, few years, and prices that stay."""
    return load_scenario(
        "placed-youth",
        {
            "population.residents": 1000,
            "time.years": 4,
            "time.history": 0,
            "figures.year": 2028,
            "drift.prices.staff": 0,
            "investments.team.years": 1,
            "investments.team.new_way.ramp": 12,
            "investments.team.new_way.cost.running": RUNNING,
            "investments.team.new_way.cost.per_participant_month": EACH,
            "investments.team.new_way.replaces.running": 200_000,
            **changes,
        },
    )


@pytest.fixture(scope="module")
def full() -> Implementation:
    """Return full scale alone."""
    return implementation(scenario(), replications=1)


def test_the_cost_at_full_scale_is_that_of_the_file(full: Implementation) -> None:
    gross, replaced, net = full.full.costs[0]
    assert (full.arm, full.year, full.at_full_scale) == ("new_way", 2028, True)
    assert replaced == pytest.approx(200_000)
    assert gross == pytest.approx(RUNNING + EACH * 12 * full.full.treated[0])
    assert net == pytest.approx(gross - replaced)
    assert full.lacking is None
    assert len(full.versions) == 1


def test_the_ledger_has_the_same_cost_that_year(full: Implementation) -> None:
    table = full.tables["implementation-years"]
    own = table[(table["year"] == 2028) & table["kind"].isin(["running", "replaced"])]
    assert own["amount"].sum() == pytest.approx(full.full.costs[0, 2])


def test_a_budget_that_is_enough_needs_no_smaller_version(full: Implementation) -> None:
    found = implementation(scenario(), budget=float(full.full.costs[0, 2]) + 1, replications=1)
    assert found.lacking == 0
    assert [one.lever for one in found.versions] == ["full"]


def test_every_version_is_within_the_budget_and_smaller_than_full_scale(
    full: Implementation,
) -> None:
    # So little that one of four areas has to wait; more than the running cost alone.
    budget = RUNNING - 200_000 + 0.5 * EACH * 12 * float(full.full.treated[0])
    found = implementation(scenario(), budget=budget, replications=1)
    assert found.lacking == pytest.approx(float(full.full.costs[0, 2]) - budget)
    versions = {one.lever: one for one in found.versions}
    assert {"full", "reach", "areas"} <= set(versions)
    for lever in set(versions) - {"full"}:
        one = versions[lever]
        if one.affordable:
            assert one.costs[:, 2].mean() <= budget
            assert one.costs[:, 0].mean() < full.full.costs[:, 0].mean()
    assert versions["areas"].affordable


def test_what_is_never_affordable_is_said_to_be_so() -> None:
    found = implementation(scenario(), budget=1000, replications=1)
    assert not any(one.affordable for one in found.versions)
    assert len(found.tables["implementation-versions"]) == len(found.versions)


def test_areas_that_begin_one_after_another_are_told_when(full: Implementation) -> None:
    changes = {
        "investments.team.new_way.areas": ["norr", "centrum"],
        "investments.team.new_way.interval": 6,
    }
    found = implementation(scenario(**changes), replications=1)
    begins = found.rollout.set_index("area")["begins"]
    assert (begins["norr"], begins["centrum"]) == (2027.0, 2027.5)
    assert begins[["soder", "landsbygd"]].isna().all()
    assert found.year == 2029
    assert full.year == 2028


def test_an_arm_that_ends_becomes_no_new_way() -> None:
    with pytest.raises(LookupError):
        chosen(scenario(), "project", None)
    assert chosen(scenario(), None, None) == ("new_way", "team")


def test_full_scale_is_told_of_runs_that_are_there_with_no_other(
    full: Implementation, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated = Valuation(simulate(scenario(), replications=1))

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr("sisim.analysis.variants.simulate", refused)
    found = implementation(scenario(), simulated=simulated)
    assert found.seeds == full.seeds
    for name, table in full.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table)


def test_two_runs_are_told_as_each_of_them_is(full: Implementation) -> None:
    both = implementation(scenario(), replications=2)
    other = implementation(scenario(), seed=both.seeds[1], replications=1)
    assert np.array_equal(both.full.costs, np.concatenate([full.full.costs, other.full.costs]))
    own = both.yearly[both.yearly["replication"] == 1]
    columns = ["year", "kind", "administration", "amount"]
    assert own[columns].to_numpy().tolist() == other.yearly[columns].to_numpy().tolist()
    assert both.worth["replication"].tolist() == [0, 1]
