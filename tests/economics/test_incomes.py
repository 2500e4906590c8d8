"""What is received is no cost, and society is everybody: transfers cost it nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.any_counts import PATHWAY, counts
from helpers.later import YOUNG, later
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.arrays import Floats
from sisim.economics.appraisal import appraise
from sisim.economics.budget_impact import Budget
from sisim.economics.ledger import INCOME, TRANSFERS, CostLine, ledger
from sisim.economics.perspectives import COLUMNS, perspectives
from sisim.economics.valuation import Valuation
from sisim.engine.counts import Result
from sisim.report.analysis.analysis_frame import IN_MONEY

SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(0, 1)
ORE = 0.005
PRODUCED = 0.8
FUND = {"principal": "town", "deposits": {"opening": 1e6}, "repayment": {"basis": "observed"}}
PAID: dict[str, Any] = {
    **PATHWAY,
    "principals": {**PATHWAY["principals"], "individual": {"label": "One", "public": False}},
    "administrations": {
        **PATHWAY["administrations"],
        "tax": {"label": "Tax", "principal": "town"},
        "worker": {"label": "Worker", "principal": "individual"},
    },
}


def receiving(kept: float, of_transfers: float | None = None) -> dict[str, Any]:
    """Return the pathway where people produce, and are paid what is used, or part of it."""
    found: dict[str, Any] = {
        **PAID,
        "resources": {
            **PAID["resources"],
            "made": {
                "label": "Made",
                "unit": "year",
                "price": 500_000,
                "price_year": 2024,
                "price_type": "pay",
                "receivers": {"worker": 1 - kept, "tax": 0.4 * kept, "agency": 0.6 * kept},
            },
        },
        "tracks": {
            **PAID["tracks"],
            "care": {
                **PAID["tracks"]["care"],
                "states": {
                    **PAID["tracks"]["care"]["states"],
                    "home": {"label": "Home", "weights": {"good": 1.0}, "uses": {"made": PRODUCED}},
                },
            },
        },
    }
    if of_transfers is not None:
        own = {"receivers": {"worker": 1 - of_transfers, "agency": of_transfers}}
        found["resources"] |= {n: {**one, **own} for n, one in PAID["resources"].items()}
    return found


def budgeted(found: Budget) -> Floats:
    """Return all amounts of a budget."""
    return np.stack([found.base, found.indexation, found.volume, found.repayment, found.cost])


def public(result: Result) -> dict[str, Any]:
    """Return every table and number of costs."""
    found = Valuation(result)
    arms = result.arms[1:]
    years = [
        found.yearly_costs(ordinary=ordinary, current=current)
        for ordinary in (False, True)
        for current in (False, True)
    ]
    return {
        "costs": found.costs,
        "amounts": found.ledger.amounts,
        "total": found.ledger.total(),
        "totals": found.totals,
        "per person": found.per_person,
        "years": pd.concat(years),
        "cash": pd.concat([found.cash[arm].table() for arm in arms]),
        "budget": np.stack([budgeted(found.budget(arm)) for arm in arms]),
        "repaid": np.stack([found.repayment(arm).repaid for arm in arms]),
        "headline": [found.headline(arm) for arm in arms],
        "verdict": [(found.break_even(arm), found.chance(arm)) for arm in arms],
        "growth": found.cost_without_price_growth(2027, ordinary=True, current=False),
        "pockets": [found.who_gains[arm].share_in_other_pockets for arm in arms],
        "paying": [found.who_gains[arm].paying for arm in arms],
    }


@given(SEEDS, SHARES, SHARES)
@settings(max_examples=3, deadline=None)
def test_no_cost_is_another_for_what_is_received(seed: int, kept: float, share: float) -> None:
    told = {"funds": {"fund": FUND}}
    without, with_it = (
        public(counts(seed, pathway=pathway, **told))
        for pathway in (PAID, receiving(kept, of_transfers=share))
    )
    for name, table in without.items():
        if isinstance(table, pd.DataFrame):
            pd.testing.assert_frame_equal(with_it[name], table, check_exact=True)
        else:
            np.testing.assert_equal(with_it[name], table, err_msg=name)


@given(SEEDS, SHARES)
@settings(max_examples=5, deadline=None)
def test_a_transfer_costs_society_nothing(seed: int, share: float) -> None:
    pathway = receiving(0.0, of_transfers=share)
    del pathway["resources"]["made"], pathway["tracks"]["care"]["states"]["home"]["uses"]
    found = perspectives(ledger(counts(seed, pathway=pathway)), "new_way")
    saved = found.gained("society", "simulated")
    assert np.abs(saved).max() > 1000
    assert np.allclose(found.gained("society", "simulated", "income"), 0.0, atol=ORE)
    assert np.allclose(found.gained("society"), found.gained("society", "invested"), atol=ORE)
    assert np.allclose(found.gained("individual", "income"), -(1 - share) * saved, atol=ORE)


@given(SEEDS, SHARES, SHARES)
@settings(max_examples=5, deadline=None)
def test_society_is_everybody(seed: int, kept: float, share: float) -> None:
    result = counts(seed, pathway=receiving(kept, of_transfers=share))
    book = ledger(result)
    found, gains = perspectives(book, "new_way"), Valuation(result).who_gains["new_way"]
    everybody = gains.net.sum(axis=1)
    assert np.allclose(found.gained("society"), everybody, atol=ORE)
    assert np.allclose(sum(found.column(name) for name in COLUMNS), everybody, atol=ORE)
    assert np.allclose(gains.of(INCOME).sum(axis=1), -found.gained("society", "income"), atol=ORE)
    # What society gains by production is what is produced, whoever gets it: by hand.
    home = result.compiled.state("care", "home")
    clock = result.compiled.clock
    since = slice(clock.start - clock.history, -1)
    rate = result.scenario.economy.discount_costs.value
    growth = result.scenario.drift.prices["general"].value
    for number, one in enumerate(result.replications):
        people = one.tally.stock[:, :, :, home].sum(axis=2)[:, since].astype(float)
        more = people[result.arms.index("new_way")] - people[0]
        months = np.arange(len(more))
        price = 500_000 * (1 + growth) ** (months // 12)
        worth = more * PRODUCED / 12 * price / (1 + rate) ** (months / 12)
        item = ("income", "made")
        told = sum(found.column(name, item)[number] for name in COLUMNS)
        assert told == pytest.approx(float(worth.sum()))


@given(SEEDS, SHARES, st.sampled_from(["town", "state", "individual", "public", "society"]))
@settings(max_examples=5, deadline=None)
def test_an_appraisal_counts_it_for_those_who_get_it(seed: int, kept: float, who: str) -> None:
    told = {"economy": {"discount_costs": 0.035, "perspective": who}}
    book = ledger(counts(seed, pathway=receiving(kept), **told))
    worth, costs = appraise(book, "new_way"), appraise(book, "new_way", income=False)
    income = perspectives(book, "new_way").gained(who, "income")
    assert np.allclose(worth.amounts["income"], income, atol=ORE)
    assert np.allclose(worth.amounts["net"] - income, costs.amounts["net"], atol=ORE)
    assert not costs.amounts["income"].any()
    plain = appraise(ledger(counts(seed, pathway=PAID, **told)), "new_way")
    for name, values in plain.amounts.items():
        assert np.array_equal(values, costs.amounts[name], equal_nan=True), name


def test_a_tail_repeats_the_last_year_of_it() -> None:
    told = {"discount_costs": 0.0, "perspective": "individual"}
    tail = {"years": 4, "basis": "last_year"}
    short, long = (
        appraise(ledger(counts(3, pathway=receiving(0.3), economy=economy)), "goes_on")
        for economy in (told, {**told, "tail": tail})
    )
    last = short.horizon.yearly(short.income)[:, -1]
    assert np.abs(last).max() > 1000
    assert np.allclose(long.amounts["income"], short.amounts["income"] + 4 * last)


def test_in_the_money_of_each_year_it_follows_prices() -> None:
    drift = {"prices": {"pay": 0.02}, "inflation": 0.02}
    result = counts(5, pathway=receiving(0.3), drift=drift)
    fixed, current = ledger(result), ledger(result, current=True)
    years = result.compiled.clock.year(fixed.cycles)
    growth = (current.incomes / fixed.incomes)[0, 0, :, 0]
    assert growth[years == 2027] == pytest.approx(1.02 * growth[years == 2026][0])


def test_it_is_no_transfer_that_a_ledger_can_be_given() -> None:
    book = ledger(counts(1, pathway=receiving(0.3)))
    assert INCOME not in TRANSFERS
    assert {line.kind for line in book.income_lines} == {INCOME}
    assert INCOME not in {line.kind for line in book.lines}
    with pytest.raises(ValueError, match="not income"):
        book.with_lines([CostLine(INCOME, "made", "worker", "individual")], book.amounts[..., :1])


# ---------------------------------------------------------------------------- simulated


def earning(*, kept: float = 0.1) -> dict[str, Any]:
    """Return the young pathway where who is not in care earns by sex, and who is has a benefit."""
    states = YOUNG["tracks"]["care"]["states"]
    earns = {"made": {"amount": 0.9, "factors": ["pay"]}}
    return {
        **YOUNG,
        "parameters": {"kept": kept},
        "resources": {
            **YOUNG["resources"],
            "benefit": {
                "label": "Benefit",
                "unit": "month",
                "price": 10_000,
                "price_year": 2024,
                "administration": "agency",
                "receivers": {"person": 1},
            },
            "made": {
                "label": "Made",
                "unit": "year",
                "price": 600_000,
                "price_year": 2024,
                "receivers": {"person": 0.6, "tax": "0.4 * kept", "agency": "0.4 * (1 - kept)"},
            },
        },
        "factors": {"pay": {"feature": "attribute.sex", "values": {"girl": 0.9, "boy": 1.1}}},
        "tracks": {
            **YOUNG["tracks"],
            "care": {
                **YOUNG["tracks"]["care"],
                "states": {
                    "never": {**states["never"], "uses": earns},
                    "placed": {**states["placed"], "uses": {"day": 300, "benefit": 12}},
                    "back": {**states["back"], "uses": earns},
                },
            },
        },
    }


@pytest.fixture(scope="module")
def result() -> Valuation:
    return sisim.run(later(pathway=earning()))


def test_nobody_lives_otherwise_for_it(result: Valuation) -> None:
    plain = sisim.run(later())
    for one, other in zip(result.counts.replications, plain.counts.replications, strict=True):
        for name in ("stock", "event", "entry", "arrivals"):
            assert np.array_equal(getattr(one.tally, name), getattr(other.tally, name)), name


def test_what_is_produced_before_and_after_stands_side_by_side(result: Valuation) -> None:
    found = result.perspectives["project"]
    assert ("income", "made") in found.items
    assert ("later", "production") in found.items
    own = [name for name in found.names if name not in ("public", "society")]
    assert np.allclose(sum(found.gained(name) for name in own), found.gained("society"))
    worth = result.repriced({"economy.perspective": "society"}).appraisal["project"]
    assert np.allclose(worth.amounts["net"], found.gained("society"))
    assert np.allclose(worth.amounts["tail"], found.gained("society", "later"))
    assert (found.gained("society", "income") > 0).all()


def test_who_keeps_a_tax_is_money_alone(result: Valuation) -> None:
    more = result.repriced({"pathway.parameters.kept": 0.5}).perspectives["project"]
    found, item = result.perspectives["project"], ("income", "made")
    at = found.payers.index("tax"), found.items.index(item)
    assert np.allclose(more.amounts[:, *at], 5 * found.amounts[:, *at])
    for name in ("public", "society", "individual"):
        assert np.allclose(more.gained(name, "income"), found.gained(name, "income"))


def test_an_experiment_measures_it_in_money(result: Valuation) -> None:
    assert {"income", "net_present_value"} <= IN_MONEY
    assert result.appraisal["project"].table()["measure"].tolist().count("income") == 1
