"""What one person costs is their part of the run: all people together cost what the run says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sisim
from sisim.analysis.life_costs import LifeCosts, life_costs
from sisim.economics.valuation import Valuation
from sisim.engine.counts import Result
from sisim.engine.population import people
from sisim.engine.replications import simulate

SEED = 4
TRIAL = Path(__file__).parents[1] / "helpers" / "trial.toml"
FEW = {
    "population.residents": 60,
    "time.years": 6,
    "pathway.transitions.placement.rate": 0.1,
    "investments.support.effects.0.ratio": 0.2,
}


@pytest.fixture(scope="module")
def run() -> Result:
    return simulate(sisim.load(TRIAL, FEW), seed=SEED, replications=1, threads=1)


@pytest.fixture(scope="module")
def lives(run: Result) -> list[LifeCosts]:
    who = people(run.scenario, run.compiled.clock, SEED)
    return [life_costs(run.compiled, who, n, run.replications[0]) for n in range(len(who))]


def test_all_people_cost_what_the_run_costs(run: Result, lives: list[LifeCosts]) -> None:
    costs = Valuation(run).costs_by_year(ordinary=True)
    used = costs.sum(np.flatnonzero(np.asarray(costs.kinds["kind"]) == "use"))[0]
    assert lives[0].arms == costs.arms
    assert lives[0].years.tolist() == costs.years.tolist()
    assert sum(one.cost for one in lives) == pytest.approx(used, rel=1e-9, abs=1e-3)
    assert used.min() > 0


def test_the_difference_is_that_of_all_years(run: Result, lives: list[LifeCosts]) -> None:
    for number, arm in enumerate(run.arms[1:], start=1):
        gaps = [one.difference(arm) for one in lives]
        assert any(gaps)
        assert not all(gaps)  # an untouched person costs the same to the last öre
        whole = sum(one.cost[number].sum() - one.cost[0].sum() for one in lives)
        assert sum(gaps) == pytest.approx(whole)
