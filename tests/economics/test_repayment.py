"""Repayment: question 6 to the krona, and what must hold of any ledger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.any_counts import PATHWAY, counts, same_in_every_arm, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.arrays import Floats
from sisim.economics.budget_impact import budget
from sisim.economics.ledger import ledger
from sisim.economics.repayment import (
    RepaymentPlan,
    Repayments,
    Rules,
    reductions,
    repayments,
    with_repayments,
)
from sisim.scenario.fund import Fund
from sisim.scenario.types import Number

YEARS = np.arange(2026, 2046)
SEEDS = st.integers(0, 2**32 - 1)
ORE = 0.005
BASES = st.sampled_from(["planned", "observed", "mix", "none"])


def fund(deposits: dict[str, Any] | None = None, **rules: Any) -> Fund:
    """Return a fund of the town with some rules of repayment."""
    if rules.get("basis") == "mix":
        rules.setdefault("share_planned", 0.3)
    parts = {"principal": "town", "deposits": deposits or {"opening": 1_000_000}}
    return Fund.model_validate({**parts, "repayment": rules})


def settled(seed: int, arm: str = "ends", **rules: Any) -> Repayments:
    """Return the repayments of any counts."""
    found = counts(seed, replications=3, funds={"fund": fund(**rules)})
    return repayments(ledger(found), "fund", arm)


def planned(reduced: Floats, paid: Floats, **rules: Any) -> RepaymentPlan:
    """Return the plan for some reductions by social services and school."""
    rule = Rules(fund(**rules), ("social", "school"), np.arange(len(paid)) + 2026)
    return rule.settle(rule.planned(reduced, reduced, paid), paid)


@pytest.mark.parametrize("after", [0, 500_000])
def test_question_6(after: float) -> None:
    """1 000 tkr is invested, two administrations save 500 tkr each after two years."""
    reduced = np.array([[0, 0, 500_000, after]] * 2, float)
    plan = planned(reduced, np.array([1e6, 0, 0, 0]))
    assert plan.repaid[:, 2].tolist() == [500_000, 500_000]
    assert plan.position[:3].tolist() == [-1_000_000, -1_000_000, 0]
    assert plan.break_even == 2028
    # What they go on to save is theirs.
    assert plan.repaid[:, 3].tolist() == [0, 0]


def test_what_is_repaid_in_proportion_adds_up_in_whole_thousands() -> None:
    plan = planned(np.array([[0, 700_000], [0, 1_400_000]]), np.array([1e6, 0]))
    assert plan.repaid[:, 1].tolist() == [333_000, 667_000]


def test_agreed_shares_are_repaid_when_each_can() -> None:
    reduced = np.array([[300_000.0] * 4, [0, 0, 900_000, 0]])
    rules = {"distribution": "agreed", "agreed": {"social": 0.5, "school": 0.5}}
    plan = planned(reduced, np.array([1e6, 0, 0, 0]), **rules)
    assert plan.repaid.tolist() == [[300e3, 200e3, 0, 0], [0, 0, 500e3, 0]]


def test_repayment_keeps_to_its_years() -> None:
    reduced, paid = np.full((2, 14), 10_000.0), np.eye(14)[1] * 1e6
    repaid = planned(reduced, paid).total
    assert np.flatnonzero(repaid).tolist() == list(range(1, 12))  # ten years after the first
    repaid = planned(reduced, paid, starts_after=2, last_year=2030).total
    assert np.flatnonzero(repaid).tolist() == [3, 4]


def test_an_agreed_plan_that_is_cut_by_a_cap_is_told() -> None:
    plan = {"social": {"2027": 10e9}, "school": {"2027": 40_000}}
    found = settled(1, plan=plan)
    assert {(name, year) for name, year, _ in found.above_cap} >= {("social", 2027)}
    kept = settled(1, plan=plan, cap="none", cap_year="none")
    assert kept.plan.total.tolist() == [0, 10e9 + 40_000, 0]
    assert ("social", 2027) in {(name, year) for name, year, _ in kept.unearned}


@given(SEEDS, BASES, st.sampled_from(["ends", "goes_on", "new_way"]), st.booleans())
@settings(max_examples=30, deadline=None)
def test_reductions_are_repaid_set_aside_or_kept(
    seed: int, basis: str, arm: str, agreed: bool
) -> None:
    shares: dict[str, Any] = {"distribution": "agreed", "agreed": {"social": 0.6, "school": 0.4}}
    deposits = {"opening": 500_000, "from_surplus": 0.2}
    found = settled(seed, arm, basis=basis, deposits=deposits, **(shares if agreed else {}))
    parts = found.repaid + found.set_aside + found.kept
    assert np.allclose(parts, found.reductions, rtol=0, atol=ORE)
    assert (np.cumsum(found.repaid, axis=-1) >= -ORE).all()
    assert (found.plan.repaid >= 0).all()
    assert (found.plan.position <= ORE).all()
    flows = found.account.deposits + found.account.repayments + found.account.set_aside
    expected = flows + found.account.shortfall - found.account.payments
    assert np.allclose(found.account.balance, np.cumsum(expected, axis=-1))


@given(SEEDS, st.sampled_from(["cash_reduction", "gross_reduction"]), st.sampled_from([0, 1000]))
@settings(max_examples=30, deadline=None)
def test_no_cap_is_exceeded(seed: int, cap_year: str, rounding: int) -> None:
    found = settled(seed, basis="observed", cap_year=cap_year, rounding=rounding)
    limit = found.cash if cap_year == "cash_reduction" else found.reductions
    assert (found.repaid <= np.maximum(limit, 0) + ORE).all()
    paid, back = (
        np.cumsum(part, axis=-1) for part in (found.account.payments, found.repaid.sum(1))
    )
    assert (back <= paid + ORE).all()
    assert not rounding or (found.repaid % rounding == 0).all()


AMOUNTS = st.integers(-10_000, 10_000).map(lambda tkr: 1000.0 * tkr)


@given(
    st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=3, max_size=12),
    st.sampled_from([1.0, 0.6]),
    st.sampled_from([0, 1000]),
    st.sampled_from(["invested", "none"]),
)
def test_no_more_is_repaid_than_has_been_saved_in_all(
    yearly: list[tuple[float, float]], share: float, rounding: int, cap: str
) -> None:
    """By outcome and by plan, at the end of every year, whatever the years before brought."""
    reduced = np.array(yearly).T
    paid = np.eye(reduced.shape[1])[0] * 20e6
    rule = Rules(
        fund(basis="observed", share=share, rounding=rounding, cap=cap, last_year=2100),
        ("social", "school"),
        np.arange(len(paid)) + 2026,
    )
    saved = np.maximum(share * np.cumsum(reduced, axis=1), 0.0)
    observed = rule.settle(rule.due(reduced, reduced, paid), paid).repaid
    back = np.cumsum(observed, axis=1)
    assert (back <= saved + rounding + ORE).all()
    assert (back >= -ORE).all()
    plan = rule.settle(rule.planned(reduced, reduced, paid), paid).repaid
    assert (plan >= 0).all()
    assert (np.cumsum(plan, axis=1) <= saved + rounding + ORE).all()
    if cap == "none" and not rounding:
        assert back[:, -1] == pytest.approx(saved[:, -1])
        assert plan.sum(axis=1) == pytest.approx(saved[:, -1])


def test_what_was_repaid_too_much_is_given_back() -> None:
    reduced = np.array([[300_000.0, -200_000, 50_000, -400_000, 100_000], [0.0] * 5])
    paid = np.array([1e6, 0, 0, 0, 0])
    rule = Rules(fund(basis="observed"), ("social", "school"), np.arange(5) + 2026)
    found = rule.settle(rule.due(reduced, reduced, paid), paid)
    assert found.repaid[0].tolist() == [300e3, -200e3, 50e3, -150e3, 0]
    # What is known beforehand is never repaid only to be given back.
    assert not rule.settle(rule.planned(reduced, reduced, paid), paid).repaid.any()


def test_chance_that_evens_out_is_hardly_repaid() -> None:
    """Reductions of nothing but noise: what is repaid does not grow with the number of years."""
    rule = Rules(fund(basis="observed", rounding=0, cap="none", last_year=2100), ("social",), YEARS)
    noise = np.random.default_rng(1).normal(0.0, 1e6, (4000, 1, len(YEARS)))
    paid = np.eye(len(YEARS))[0] * 100e6
    back = np.array([rule.settle(rule.due(one, one, paid), paid).repaid.sum() for one in noise])
    # Of each year by itself, 0.4 a year would be repaid. Of all, only what has not evened out:
    # half of all worlds end with more than nothing.
    assert back == pytest.approx(np.maximum(noise.sum(axis=(1, 2)), 0.0), abs=ORE)
    assert back.mean() < 0.25 * np.maximum(noise, 0.0).sum(axis=(1, 2)).mean()
    # The mean of a normal variable of mean 0, where it is over 0.
    sure = 3 * back.std() / np.sqrt(len(back))
    assert back.mean() == pytest.approx(1e6 * np.sqrt(len(YEARS) / (2 * np.pi)), abs=sure)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_what_is_repaid_by_chance_is_what_the_mean_of_the_runs_would_not_repay(seed: int) -> None:
    found = settled(seed, basis="observed", rounding=0, cap="none", first_year=2000, last_year=2100)
    totals = found.reductions.sum(axis=-1)
    if not found.account.payments.any(axis=1).all():
        totals *= 0
    by_runs = np.maximum(totals, 0.0).sum(axis=1).mean()
    by_mean = np.maximum(totals.mean(axis=0), 0.0).sum()
    assert found.chance == pytest.approx(by_runs - by_mean, abs=ORE)
    assert found.chance >= -ORE


@given(SEEDS, BASES)
@settings(max_examples=10, deadline=None)
def test_one_run_knows_no_chance(seed: int, basis: str) -> None:
    found = counts(seed, replications=1, funds={"fund": fund(basis=basis)})
    assert repayments(ledger(found), "fund", "ends").chance == 0


def test_an_effect_of_nothing_repays_nothing_on_any_basis() -> None:
    funds = {"fund": fund(basis="observed")}
    book = ledger(same_in_every_arm(funds=funds, figures=None))
    found = repayments(book, "fund", "ends")
    assert found.account.payments.any()
    assert not found.observed.any()
    assert found.chance == 0
    assert not found.plan.repaid.any()


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_what_another_principal_gains_is_shown_and_not_repaid(seed: int) -> None:
    found = settled(seed)
    assert found.administrations == ("social", "school")
    assert list(found.outside) == ["agency"]


@given(SEEDS, BASES, st.sampled_from(["fixed", "current"]))
@settings(max_examples=20, deadline=None)
def test_repayments_move_money_and_make_none(seed: int, basis: str, prices: str) -> None:
    book = ledger(counts(seed, funds={"fund": fund(basis=basis, prices=prices)}))
    found = [repayments(book, "fund", arm) for arm in ("ends", "new_way")]
    after = with_repayments(book, found)
    assert np.allclose(after.total(), book.total(), rtol=0, atol=ORE)
    moved = after.sums(lambda line: line.administration if line.kind == "repayment" else None)
    for one in found:
        arm = book.result.arms.index(one.arm)
        back = -moved["fund"][:, arm].sum(axis=-1)
        if prices == "fixed":
            assert np.allclose(back, one.repaid.sum(axis=(1, 2)), rtol=0, atol=ORE)
        months = book.result.compiled.clock.month(book.cycles)
        assert not moved["fund"][..., months != 12].any()
    assert not moved["fund"][:, 0].any()


def test_an_investment_that_costs_and_does_nothing_repays_nothing() -> None:
    team = {
        "label": "Team",
        "start": "2026-01",
        "years": 1,
        "target": {},
        "cost": {"payer": "fund"},
    }
    arms = {"ends": {"label": "Ends", "investments": {"team": "ends"}}}
    funds = {"fund": fund()}
    book = ledger(counts(1, investments={"team": team}, funds=funds, arms=arms, figures=None))
    found = repayments(book, "fund", "ends")
    assert not found.repaid.any()
    assert not found.plan.payments.any()
    assert found.plan.break_even is None
    assert (found.account.balance == 1_000_000).all()


def test_two_principals_may_each_have_a_fund_and_share_an_investment() -> None:
    other = Fund.model_validate({"principal": "state", "deposits": {"opening": 1}})
    cost = {"running": 1_000_000, "payer": {"ours": 0.75, "theirs": 0.25}}
    team = {"label": "Team", "start": "2026-01", "years": 1, "target": {}, "cost": cost}
    arms = {"ends": {"label": "Ends", "investments": {"team": "ends"}}}
    funds = {"ours": fund(), "theirs": other}
    book = ledger(counts(1, investments={"team": team}, funds=funds, arms=arms, figures=None))
    ours, theirs = (repayments(book, name, "ends") for name in ("ours", "theirs"))
    assert ours.plan.payments.tolist() == [750_000, 0, 0]
    assert theirs.plan.payments.tolist() == [250_000, 0, 0]
    assert (ours.administrations, theirs.administrations) == (("social",), ("agency",))
    principals = book.sums(lambda line: line.principal if line.kind == "investment" else None)
    assert set(principals) == {"town", "state"}


def test_payments_may_be_stated_by_year() -> None:
    terms = {"principal": "town", "deposits": {"opening": 1}, "payments": {"2027": 300_000}}
    found = counts(1, funds={"fund": Fund.model_validate(terms)})
    assert repayments(ledger(found), "fund", "ends").plan.payments.tolist() == [0, 300_000, 0]


def test_capacity_that_is_not_freed_is_not_repaid() -> None:
    uses = {name: {**r, "cash": "capacity"} for name, r in PATHWAY["resources"].items()}
    found = counts(
        2, pathway={**PATHWAY, "resources": uses}, funds={"fund": fund(basis="observed")}
    )
    seen = repayments(ledger(found), "fund", "ends")
    assert (seen.reductions > 0).any()
    assert not seen.repaid.any()


@given(SEEDS, st.booleans(), st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_frame_is_what_would_have_been_needed_less_repayment(
    seed: int, current: bool, ordinary: bool
) -> None:
    prices = "current" if current else "fixed"
    book = ledger(counts(seed, funds={"fund": fund(prices=prices)}), current=current)
    one = repayments(book, "fund", "new_way")
    found = budget(book, "new_way", [one], ordinary=ordinary)
    parts = found.base + found.indexation + found.volume - found.repayment
    assert np.allclose(parts, found.frame, rtol=0, atol=ORE)
    assert found.base_year == 2025
    for row, name in enumerate(found.administrations):
        given = [one.repaid[:, n] for n, own in enumerate(one.administrations) if own == name]
        assert np.allclose(found.repayment[:, row], sum(given, np.zeros(found.frame[:, row].shape)))
    reduced = reductions(book, "new_way", ordinary=ordinary)
    for row, name in enumerate(found.administrations):
        left = reduced[name][:, 1:] - found.repayment[:, row]
        assert np.allclose(found.surplus[:, row], left, rtol=0, atol=ORE)


def test_a_frame_may_rise_while_repayment_is_made() -> None:
    book = ledger(
        counts(
            3,
            funds={"fund": fund(cap="none", share=0.01, basis="observed")},
            drift={"prices": {"general": 0.5, "care": 0.5}},
        )
    )
    found = budget(book, "ends", [repayments(book, "fund", "ends")])
    repaid, frame = found.repayment.sum(axis=(0, 1)), found.frame.sum(axis=(0, 1))
    assert ((repaid[1:] > 0) & (np.diff(frame) > 0)).any()


def test_less_than_a_unit_is_not_waited_for() -> None:
    terms = fund().model_copy(update={"interest": Number(value=0.02)})
    rule = Rules(terms, ("social",), np.arange(2026, 2036))
    paid = np.eye(10)[0] * 100_300.0
    plan = rule.settle(np.full((1, 10), 30_000.0).cumsum(axis=1), paid)
    assert plan.break_even == 2029
    assert plan.repaid.sum() >= 100_000


def test_a_fund_counts_where_anything_of_its_principal_does() -> None:
    funds = {"ours": fund(), "theirs": Fund.model_validate({"principal": "state"})}
    for perspective, seen in (
        ("town", [True, False]),
        ("agency", [False, True]),
        ("social", [True, False]),
        ("public", [True, True]),
    ):
        asked = scenario(funds=funds, economy={"perspective": perspective})
        assert [asked.bears(name) for name in funds] == seen


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_share_of_what_is_kept_is_set_aside_from_the_first_payment_on(seed: int) -> None:
    terms = {
        "principal": "town",
        "deposits": {"opening": 1, "from_surplus": 0.2},
        "payments": {"2027": 300_000},
    }
    book = ledger(counts(seed, funds={"fund": Fund.model_validate(terms)}))
    found = repayments(book, "fund", "ends")
    began = found.years >= 2027
    surplus = found.reductions - found.repaid
    for at in np.ndindex(surplus.shape):
        expected = 0.2 * surplus[at] if began[at[-1]] and surplus[at] > 0 else 0.0
        assert found.set_aside[at] == pytest.approx(expected, abs=ORE)
    assert (surplus[..., began] > 0).any()
    assert (surplus[..., ~began] > 0).any()
    assert (surplus[..., began] < 0).any()


@pytest.mark.parametrize(("current", "prices"), [(True, "fixed"), (False, "current")])
def test_repayments_are_converted_to_the_prices_of_the_ledger(current: bool, prices: str) -> None:
    drift = {"inflation": 0.05}
    made = counts(3, funds={"fund": fund(basis="observed", prices=prices)}, drift=drift)
    book = ledger(made, current=current)
    found = repayments(book, "fund", "ends")
    after = with_repayments(book, [found])
    key = "fund"
    moved = after.sums(
        lambda line: line.administration if line.kind == "repayment" else None, yearly=True
    )[key][:, book.result.arms.index("ends")][:, -len(found.years) :]
    level = 1.05 ** (found.years - made.scenario.economy.price_level)
    repaid = found.repaid.sum(axis=1)
    assert repaid.any()
    assert np.allclose(-moved, repaid * level if current else repaid / level, rtol=0, atol=ORE)


def test_a_mix_is_a_share_of_the_plan_and_the_rest_of_the_outcome() -> None:
    free: dict[str, Any] = {"cap": "none", "cap_year": "none", "rounding": 0}
    found = settled(2, basis="mix", share_planned=0.3, **free)
    expected = 0.3 * found.plan.repaid + 0.7 * found.observed
    assert expected.any()
    assert np.allclose(found.repaid, expected, rtol=0, atol=ORE)


def test_all_payments_are_decided_in_the_year_of_the_first() -> None:
    payments = {"2026": 100_000, "2027": 200_000}
    terms = {"principal": "town", "deposits": {"opening": 1}, "payments": payments}
    found = repayments(
        ledger(counts(1, funds={"fund": Fund.model_validate(terms)})), "fund", "ends"
    )
    assert found.account.committed.mean(axis=0).tolist() == [200_000, 0, 0]


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_what_is_bought_by_the_day_is_seen_in_full_whoever_pays_it(seed: int) -> None:
    found = settled(seed, "new_way")
    assert np.allclose(found.cash, found.reductions, rtol=0, atol=ORE)
    assert found.reductions[:, found.administrations.index("school")].any()  # what is replaced


def test_what_is_repaid_without_having_been_saved_is_told_to_the_ore() -> None:
    plan = {"social": {"2027": 10e9}}
    found = settled(1, plan=plan, cap="none", cap_year="none")
    row = found.administrations.index("social")
    saved = np.maximum(found.reductions[:, row, 1], 0).mean()
    told = {(name, year): amount for name, year, amount in found.unearned}
    assert told["social", 2027] == pytest.approx(10e9 - saved, abs=ORE)


def test_a_mix_is_capped_by_the_mix_of_what_was_planned_and_what_was_paid() -> None:
    capped = 0
    for seed in range(12):
        found = settled(seed, basis="mix", rounding=0, cap_year="none", share_planned=0.25)
        paid = found.account.payments
        most = np.cumsum(0.25 * paid.mean(axis=0) + 0.75 * paid, axis=-1)
        back = np.cumsum(found.repaid.sum(axis=1), axis=-1)
        assert (back <= most + ORE).all()
        capped += int(np.isclose(back[:, -1], most[:, -1]).sum())
    assert capped
