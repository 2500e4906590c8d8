"""Money that follows an evaluation: what is repaid and paid by an estimate, and by the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers import ev1
from helpers.followed import DEAL, EV1, repaid
from helpers.settled import ARM, measured, payment, settled
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sisim import load, run
from sisim.economics.claimed_repayment import claimed_repayments
from sisim.economics.ledger import ledger
from sisim.economics.measured_effect import MeasuredEffect, followed
from sisim.economics.repayment import Rules, reductions, repayments
from sisim.economics.settlement import Reading, earned
from sisim.evaluation.difference_in_differences import difference_in_differences
from sisim.evaluation.mean_difference import difference_in_means
from sisim.evaluation.projected_trend import projected_trend
from sisim.results import Results
from sisim.scenario.contract import Tier
from sisim.scenario.fund import Fund

STUDIES = 2000


@pytest.fixture(scope="module")
def done() -> Results:
    """Six municipalities of the world whose answers are known."""
    return run(load(EV1, {**repaid(), "contracts": {"deal": DEAL}}), replications=6)


def test_an_evaluation_that_is_always_right_repays_what_was_reduced(done: Results) -> None:
    """A.8.7: what all take part in within the time followed is all that is reduced here."""
    found = done.repayment("project").by_evaluation
    assert found is not None
    reduced = reductions(done.ledger, "project")["social"].sum(axis=1)
    assert found.true[:, 0] == pytest.approx(reduced, rel=1e-12)
    assert reduced.any()
    # A cap year by year cuts what comes early; without it only the time differs.
    uncapped = done.repriced({"funds.fund.repayment.cap": "none"})
    key = ("difference", "project")
    right = {key: done.evaluated[key].true}
    by_right = repayments(uncapped.ledger, "fund", "project", right)
    observed = uncapped.repayment("project").observed.sum(axis=(1, 2))
    assert observed == pytest.approx(np.maximum(reduced, 0), rel=1e-9)
    assert by_right.repaid.sum(axis=(1, 2)) == pytest.approx(observed, rel=1e-9)
    assert by_right.by_evaluation is not None
    assert by_right.by_evaluation.repaid_by_truth.sum(axis=1) == pytest.approx(observed, rel=1e-9)


def test_a_large_municipality_is_repaid_as_it_is_observed() -> None:
    """A.8.7, with an estimate: of so many people the comparison has little noise left."""
    changes = {**repaid(cap="none"), "population.residents": 120_000}
    one = run(load(EV1, changes), replications=1).repayment("project")
    effect = one.by_evaluation.effect if one.by_evaluation is not None else None
    assert effect is not None
    # Difference-in-differences on the additive scale is off by 0.005226 in this world.
    error = (effect.high[0] - effect.low[0]) / 2 / 1.96
    assert error < 0.003
    off = one.repaid.sum() / one.observed.sum() - 1
    assert off == pytest.approx(0.005226 / 0.086846, abs=4 * error / 0.086846)


def test_nothing_is_due_before_the_answer(done: Results) -> None:
    one = done.repayment("project")
    assert done.scenario.evaluations["difference"].answer_year == 2029
    assert not one.repaid[:, :, one.years < 2029].any()
    assert one.repaid[:, :, one.years == 2029].any()
    assert (one.repaid >= 0).all()
    assert (one.repaid.sum(axis=(1, 2)) <= one.costs.sum(axis=1) + 0.005).all()


def test_what_is_repaid_is_the_estimate_in_kronor(done: Results) -> None:
    one = done.repayment("project")
    found = one.by_evaluation
    assert found is not None
    by_hand = found.effect.estimate * 180 * 450_000
    assert found.measured[:, 0] == pytest.approx(by_hand)
    assert one.repaid.sum(axis=(1, 2)) == pytest.approx(np.clip(by_hand, 0, 180 * 27_777.78))


def test_the_same_municipalities_give_the_same_answer(done: Results) -> None:
    """An evaluation that money follows changes nothing that is counted."""
    plain = run(load(EV1, {"investments.team.intake": 3}), replications=6)
    for one, other in zip(done.counts.replications, plain.counts.replications, strict=True):
        assert np.array_equal(one.tally.event, other.tally.event)
    assert followed(plain.scenario) == []
    assert plain.evaluated == {}
    assert followed(done.scenario) == ["difference", "one_year"]
    again = done.repriced({"contracts.deal.payments.pay.tiers.0.pays": 1}).evaluated
    for key, effect in done.evaluated.items():
        assert np.array_equal(effect.estimate, again[key].estimate)


def test_a_contract_is_paid_by_the_estimate_and_shown_by_the_truth(done: Results) -> None:
    (settled_,) = done.contracts
    effect = done.evaluated["one_year", "project"]
    paid = settled_.paid["pay"].sum(axis=1)
    assert paid.tolist() == np.where(effect.estimate >= 0.2 * effect.expected, 5e6, 0).tolist()
    right = settled_.by_truth.paid["pay"].sum(axis=1)
    assert right.tolist() == np.where(effect.truth >= 0.2 * effect.without, 5e6, 0).tolist()
    assert settled_.verified == {"pay": "one_year"}


def effect(estimate: list[float], **more: Any) -> MeasuredEffect:
    """Return what an evaluation says, of 100 who would have had half an outcome each."""
    said = np.array(estimate)
    parts = {"low": said, "high": said, "expected": 0.5, "truth": 0.1, "without": 0.5}
    parts |= {"participants": 100.0, **more}
    arrays_ = {name: np.broadcast_to(np.asarray(x, float), said.shape) for name, x in parts.items()}
    return MeasuredEffect("study", ARM, 2027, said, **arrays_)


def test_what_is_verified_is_paid_by_the_unit_and_nothing_without_an_answer() -> None:
    pay = payment(price=1000, measure=measured((2026, 2027), verified_by="study"))
    one = settled({"pay": pay}, days=(np.ones((3, 4)), 0))
    said = {("study", ARM): effect([0.2, -0.1, np.nan])}
    by_estimate = replace(one, facts=replace(one.facts, measured=said))
    # A year of care is twelve of the months that are counted.
    yearly = [1000 * 0.2 * 100 / 12, 0, 0]
    assert by_estimate.paid["pay"].sum(axis=1) == pytest.approx(yearly)
    assert by_estimate.by_truth.paid["pay"].sum(axis=1) == pytest.approx([1000 * 10 / 12] * 3)


# --------------------------------------------------------------- worked out by hand of the package

ESTIMATORS = {
    "lottery": difference_in_means,
    "one year": difference_in_means,
    "three years": difference_in_means,
    "other area": difference_in_means,
    "difference": difference_in_differences,
    "trend": projected_trend,
}
GOLDEN = {  # mean repaid in Mkr, and the chance to be paid: with the effect, and with none
    "lottery": (1.96, 0.85, 0.585, 0.157),
    "one year": (4.57, 2.88, 0.801, 0.359),
    "three years": (4.96, 3.80, 0.956, 0.484),
    "other area": (2.87, 0.36, 0.255, 0.009),
    "difference": (4.00, 1.81, 0.612, 0.176),
    "trend": (3.21, 2.04, 0.532, 0.301),
}


def estimates(design: str, ratio: float) -> np.ndarray:
    """Return what a design says in many municipalities, from means of cells drawn by hand."""
    rng = np.random.default_rng(20)
    people, risks = ev1.table(ev1.cells(ratio)[design])
    few = 60 if design == "trend" else 25
    said = [ESTIMATORS[design](ev1.placed(rng, people, risks)).value for _ in range(few)]
    # The estimator is linear in the outcomes: told so, the many are drawn at once.
    mean, deviation = ev1.exact(design, ratio)
    assert np.mean(said) == pytest.approx(mean, abs=4.5 * deviation / few**0.5)
    return np.asarray(rng.normal(mean, deviation, STUDIES))


@pytest.mark.parametrize("design", GOLDEN)
@pytest.mark.parametrize("world", ["effect", "none"])
def test_a_fund_and_a_contract_by_each_design(design: str, world: str) -> None:
    """A.7: repayment capped at what was invested, and a payment from 20 % fewer."""
    none = world == "none"
    said = estimates(design, 1.0 if none else ev1.RATIO)
    people = 90 if design == "lottery" else 180
    fund = Fund.model_validate({"principal": "m", "repayment": {"basis": "evaluated"}})
    rules = Rules(fund, ("social",), np.array([2026, 2029]))
    paid = np.array([people * 5e6 / 180, 0.0])
    back = [rules.claimed(np.array([x * people * 450_000]), paid, 2029).repaid.sum() for x in said]
    error = float(np.std(back)) / STUDIES**0.5
    assert np.mean(back) == pytest.approx(1e6 * GOLDEN[design][none], abs=4 * error + 15_000)
    reading = Reading(said[:, None] * people, said[:, None] / 0.360158)
    tiers = [Tier.model_validate({"from": 0.2, "pays": 5e6})]
    amounts, reached = earned(tiers, reading, "share")
    chance = GOLDEN[design][2 + none]
    error = (chance * (1 - chance) / STUDIES) ** 0.5
    assert reached.mean() == pytest.approx(chance, abs=4 * error + 0.001)
    assert amounts.mean() == pytest.approx(5e6 * reached.mean())


# ------------------------------------------------------------------------------ terms and set-off


def test_many_municipalities_are_repaid_on_the_terms_of_the_fund() -> None:
    scenario = load(EV1, repaid(share=0.5))
    avoided, spent = np.array([4.0, 40.0, -3.0, np.nan]), np.full(4, 5e6)
    found = claimed_repayments(scenario, "difference", avoided, spent)
    assert found.administrations == ("social",)
    assert found.reduced[:3, 0].tolist() == [1.8e6, 18e6, -1.35e6]
    assert found.repaid[:3, 0].tolist() == [0.9e6, 5e6, 0]
    assert np.isnan(found.repaid[3, 0])
    # Where no fund follows it, all is repaid up to what was invested.
    plain = claimed_repayments(scenario, "one_year", avoided, spent)
    assert plain.repaid[:3, 0].tolist() == [1.8e6, 5e6, 0]


def test_a_stated_worth_goes_before_prices() -> None:
    scenario = load(EV1, repaid(outcome_values={"social": 100_000}))
    found = claimed_repayments(scenario, "difference", np.array([4.0]), np.array([5e6]))
    assert found.repaid.tolist() == [[400_000]]


REDUCED = arrays(float, (3, 5), elements=st.floats(-1e6, 1e6, allow_subnormal=False))


@given(REDUCED)
def test_set_off_within_an_agreement_repays_what_all_have_saved_together(
    reduced: np.ndarray,
) -> None:
    def due(set_off: str) -> np.ndarray:
        repayment = {"basis": "observed", "set_off": set_off, "cap_year": "none"}
        fund = Fund.model_validate({"principal": "m", "repayment": repayment})
        rules = Rules(fund, ("a", "b", "c"), np.arange(2026, 2031))
        return rules.due(reduced, reduced, np.array([1e6, 0, 0, 0, 0]))

    together, alone = due("agreement"), due("years")
    saved = [max(sum(row[: year + 1].sum() for row in reduced), 0.0) for year in range(5)]
    assert together.sum(axis=0) == pytest.approx(saved, abs=1e-3)
    assert (together <= alone + 1e-6).all()
    assert (together >= 0).all()


def test_noise_is_repaid_less_when_administrations_are_set_off() -> None:
    """Nothing is reduced, and costs go up and down by chance."""
    rng = np.random.default_rng(3)
    repaid = {}
    for set_off in ("years", "agreement"):
        repayment = {"basis": "observed", "set_off": set_off, "cap": "none", "rounding": 0}
        fund = Fund.model_validate({"principal": "m", "repayment": repayment})
        rules = Rules(fund, ("a", "b", "c", "d"), np.arange(2026, 2031))
        paid = np.array([1e6, 0, 0, 0, 0])
        rng = np.random.default_rng(3)
        noise = rng.normal(0, 1e5, (400, 4, 5))
        repaid[set_off] = np.mean(
            [rules.settle(rules.due(x, x, paid), paid).repaid.sum() for x in noise]
        )
    # Of four independent ones half are above nothing; their sum is half the time, and twice as far.
    assert repaid["agreement"] == pytest.approx(repaid["years"] / 2, rel=0.15)


def test_with_no_fund_and_no_contract_nothing_is_evaluated(done: Results) -> None:
    assert "evaluated" not in vars(run(load(EV1), replications=1))
    assert ledger(done.counts).amounts.shape[0] == 6
