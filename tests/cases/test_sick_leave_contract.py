"""The contract on sick leave: its money, its catalogue, and what the trigger decides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sisim
from sisim.analysis.experiment_file import load_experiment
from sisim.i18n import each_language
from sisim.scenario.scenario import Scenario

ROOT = Path(__file__).parents[2]
FILE = ROOT / "scenarios" / "sick-leave-contract.toml"
STEPS = ("triage", "plan", "coordination", "plan_best", "coordination_best")


@pytest.fixture(scope="module")
def contract() -> Scenario:
    """Return the scenario as it stands."""
    return sisim.load(FILE)


def test_the_investment_is_44_million_kronor_in_three_years(contract: Scenario) -> None:
    own = sum(
        one.cost.start_up.value + one.years * one.cost.running.value
        for name, one in contract.investments.items()
        if name in contract.arms["base"].investments
    )
    for name in ("fee", "best"):
        payments = contract.contracts[name].payments.values()
        paid = sum(amount.value for one in payments for amount in one.amounts.values())
        assert own + paid == pytest.approx(44e6, abs=10_000)
        at_risk = contract.contracts[name].payments["fee"].at_risk
        assert (at_risk.low, at_risk.high) == (0.5, 0.75)


@pytest.mark.parametrize(("days", "million"), [(3.21, 42.4), (5.46, 72.0)])
def test_days_per_employee_are_worth_what_the_slides_say(
    contract: Scenario, days: float, million: float
) -> None:
    """3.21 and 5.46 net days for each of 8 000 employees at 1 650 kr, to 0.1 Mkr."""
    employees, price = contract.population.cohort, contract.pathway.resources["sick_day"].price
    assert (employees, price.value, price.low, price.high) == (8000, 1650, 1300, 1900)
    assert days * employees * price.value / 1e6 == pytest.approx(million, abs=0.1)


def test_every_column_of_the_catalogue_is_filled(contract: Scenario) -> None:
    assert contract.catalogue is not None
    columns = contract.catalogue.model_dump()
    assert all(columns.values())
    for _ in each_language():
        assert "PHQ-9" in contract.catalogue.social_outcomes[1].text


def days(results: sisim.Results) -> pd.Series:
    """Return net sick days by arm."""
    units = results.counts.units().query("resource == 'sick_day'")
    return units.groupby("arm")["units"].sum()


def test_an_earlier_trigger_reaches_more_and_saves_more_days() -> None:
    """With an effect on all who are reached that is strong enough to be seen among few."""
    strong = {
        "population.cohort": 1500,
        "investments.triage.effects.0.ratio": {"value": 0.3, "low": 0},
    }
    reached, saved = {}, {}
    for cases in (3, 6):
        changes = {f"investments.{step}.target.visits.case.from": cases for step in STEPS}
        whole = sisim.load(FILE, {**strong, **changes})
        part = {
            "arms": {"base": whole.arms["base"]},
            "contracts": {},
            "time": whole.time.model_copy(update={"warm_up": 2, "history": 0, "years": 2}),
        }
        done = sisim.run(whole.model_copy(update=part), replications=1)
        triage = done.counts.participants().query("investment == 'triage'")
        total = days(done)
        reached[cases], saved[cases] = triage["started"].sum(), total["without"] - total["base"]
    assert reached[3] > 1.5 * reached[6] > 0
    assert saved[3] > saved[6] > 0


def test_the_best_case_saves_more_than_the_base_case() -> None:
    total = days(sisim.run(sisim.load(FILE, {"population.cohort": 2000, "replications": 1})))
    assert total["best"] < total["base"] < total["without"]
    # Only the terms of the contract differ: the same happens to the same people.
    assert total["by_day"] == total["base"]


def test_the_trigger_is_a_lever_of_an_experiment() -> None:
    plan = load_experiment(ROOT / "experiments" / "sick-leave-trigger.toml")
    assert plan.experiment.values["trigger"] == [3, 4, 6]
