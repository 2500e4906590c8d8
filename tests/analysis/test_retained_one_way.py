"""One-way sensitivity of retained runs is that of whole runs, as far as it goes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sisim
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.measures import NPV
from sisim.analysis.one_way import one_way
from sisim.analysis.retained_one_way import RetainedOneWay, retained_one_way
from sisim.analysis.switching_values import Judged, simulate_retained
from sisim.analysis.varied import factors
from sisim.economics.appraisal import BAND_FROM
from sisim.scenario.scenario import Scenario

PATHWAY = Path(__file__).parents[1] / "helpers" / "small.toml"
RUNS, RETAINED = BAND_FROM + 1, 3
RATIO, COST = "investments.support.effects.0.ratio", "investments.support.cost.running"


@cache
def scenario() -> Scenario:
    """Return a project whose effect, cost and discount rate have ranges, and its drift too."""
    support = {
        "label": "Support",
        "start": "2026-01",
        "years": 3,
        "target": {"state.care": ["home"]},
        "effects": [{"on": "placement", "ratio": {"value": 0.6, "low": 0.3, "high": 0.9}}],
        "cost": {"running": {"value": 1e6, "low": 5e5, "high": 2e6}, "payer": "social"},
    }
    return sisim.Scenario(
        name="made",
        title="Made",
        pathway=str(PATHWAY),
        time={"start": "2026-01", "years": 4},
        population={
            "residents": 500,
            "max_age": 30,
            "movers_in": {"per_year": {"value": 0.02, "low": 0.0, "high": 0.05}},
        },
        investments={"support": support},
        arms={"project": {"label": "Project", "investments": {"support": "ends"}}},
        economy={"discount_costs": {"value": 0.03, "low": 0.02, "high": 0.05}},
        replications=RUNS,
    )


@cache
def found(retain: int) -> tuple[Judged, RetainedOneWay]:
    result = Judged(*simulate_retained(scenario(), retain=retain))
    told = retained_one_way(result, "project")
    assert told is not None
    return result, told


def test_of_all_runs_it_is_that_of_whole_runs() -> None:
    _, told = found(RUNS)
    tried = [one for one in factors(scenario()) if one.key in set(told.table["key"])]
    whole = one_way(Evaluator(scenario(), arm="project").outcome(NPV), tried)
    assert told.table["key"].tolist() == whole["key"].tolist()
    assert told.table["tells"].tolist() == whole["tells"].tolist()
    for column in ("base", "at_low", "at_high", "swing"):
        assert told.table[column].to_numpy() == pytest.approx(whole[column].to_numpy(), abs=0.01)


def test_what_acts_on_everybody_is_left_out_and_counted() -> None:
    _, told = found(RETAINED)
    assert {RATIO, COST, "economy.discount_costs"} <= set(told.table["key"])
    assert "population.movers_in.per_year" not in set(told.table["key"])
    assert told.omitted == 1


def test_the_line_is_the_mean_of_all_runs_and_a_change_that_of_those_retained() -> None:
    (result, few), (_, every) = found(RETAINED), found(RUNS)
    assert few.seeds == result.seeds[:RETAINED]
    one, other = (told.table.set_index("key") for told in (few, every))
    net = result.appraisal["project"].present_values["net"].mean()
    assert one["base"].to_numpy() == pytest.approx(np.full(len(one), net))
    # A cost that is paid whatever happens changes the net as much in every run.
    assert one.loc[COST, "swing"] == pytest.approx(other.loc[COST, "swing"])
    assert one.loc[COST, "swing_error"] == pytest.approx(0.0, abs=1e-3)
    assert one.loc[RATIO, "swing"] != pytest.approx(other.loc[RATIO, "swing"])


def test_of_runs_that_are_not_retained_nothing_is_told() -> None:
    result, _ = found(RETAINED)
    assert retained_one_way(Judged(result.counts), "project") is None
