"""What an arm is worth: sums, perspectives, tails, and nothing where nothing is done."""

from __future__ import annotations

from math import isnan, nan
from typing import Any

import numpy as np
import pytest
from helpers.any_counts import PATHWAY, counts, same_in_every_arm, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.economics.appraisal import appraise, interval
from sisim.economics.cash_releasing import cash_ladder
from sisim.economics.cost_effectiveness import effectiveness
from sisim.economics.distribution import who_gains
from sisim.economics.ledger import KINDS, ORE, CostLine, ledger
from sisim.results import Results
from sisim.scenario.errors import ScenarioError

SEEDS = st.integers(0, 2**32 - 1)
TAIL = {"years": 4, "basis": "last_year"}
FADING = {"years": 4, "basis": "fading", "half_life": 2.0}


def team(**cost: float) -> dict[str, Any]:
    return {
        "team": {
            "label": "Team",
            "start": "2026-01",
            "years": 1,
            "target": {},
            "cost": {**cost, "payer": "social"},
        }
    }


ENDS = {"ends": {"label": "Ends", "investments": {"team": "ends"}}}
NO_FIGURES = {"figures": None, "drift": {}, "arms": ENDS}


@given(SEEDS, st.sampled_from([None, TAIL, FADING]))
@settings(max_examples=6, deadline=None)
def test_who_gains_sums_to_what_it_is_worth_to_society(seed: int, tail: Any) -> None:
    economy = {"perspective": "society", "discount_costs": 0.035, "tail": tail}
    book = ledger(counts(seed, economy=economy))
    worth, gains = appraise(book, "new_way"), who_gains(book, "new_way")
    assert np.allclose(gains.net.sum(axis=1), worth.amounts["net"], rtol=0, atol=ORE)
    assert np.allclose(-gains.of("use").sum(axis=1), worth.amounts["lower_cost"], atol=ORE)
    paid = gains.of("investment", "running", "replaced").sum(axis=1)
    assert np.allclose(paid, worth.amounts["invested"], rtol=0, atol=ORE)
    assert np.allclose(gains.net, -gains.of(*KINDS), rtol=0, atol=ORE)
    matrix = gains.matrix()
    assert matrix["net"].iloc[:-1].sum() == pytest.approx(matrix["net"].iloc[-1], abs=ORE)
    assert gains.table()["amount"].sum() == pytest.approx(-gains.net.sum(), abs=1)


@given(SEEDS)
@settings(max_examples=6, deadline=None)
def test_perspectives_add_up(seed: int) -> None:
    def worth(perspective: str) -> Any:
        found = counts(seed, economy={"perspective": perspective, "discount_costs": 0.03})
        return appraise(ledger(found), "new_way").amounts

    social, school, town = (worth(name) for name in ("social", "school", "town"))
    both, everyone = worth("town + state"), worth("society")
    saved = social["lower_cost"] + school["lower_cost"]
    assert np.allclose(saved, town["lower_cost"], rtol=0, atol=ORE)
    assert np.allclose(both["net"], everyone["net"], rtol=0, atol=ORE)
    assert np.array_equal(worth("public")["net"], everyone["net"])


def test_who_is_not_public_counts_only_for_society() -> None:
    principals = {**PATHWAY["principals"], "state": {"label": "A private one", "public": False}}
    found = scenario(pathway={**PATHWAY, "principals": principals})
    assert [found.bears(payer) for payer in ("social", "agency", "investor", "fund")] == [
        True,
        False,
        False,
        True,
    ]
    everyone = scenario(economy={"perspective": "society"})
    assert all(everyone.bears(payer) for payer in ("social", "agency", "investor", "fund"))


def test_repayments_move_money_within_what_is_appraised() -> None:
    book = ledger(counts(1, economy={"perspective": "social"}))
    lines = [CostLine("repayment", "team", name, "town") for name in ("social", "fund")]
    paid = np.zeros((*book.amounts.shape[:3], 2))
    paid[:, 1:, 20] = 500.0, -500.0
    after = book.with_lines(lines, paid)
    assert np.array_equal(
        appraise(after, "ends").amounts["net"], appraise(book, "ends").amounts["net"]
    )
    before, moved = who_gains(book, "ends"), who_gains(after, "ends")
    assert moved.net.sum() == pytest.approx(before.net.sum())
    social = before.payers.index("social")
    assert (moved.net[:, social] < before.net[:, social]).all()


@given(SEEDS)
@settings(max_examples=6, deadline=None)
def test_the_deepest_hole_is_one_and_the_same_in_table_and_course(seed: int) -> None:
    worth = appraise(ledger(counts(seed, economy={"discount_costs": 0.03})), "new_way")
    course = worth.course().set_index("series")
    for name, series in (
        ("deepest", "accumulated"),
        ("deepest_discounted", "accumulated_discounted"),
    ):
        lowest = min(course.loc[series, "mean"].min(), 0.0)
        assert worth.interval(name).mean == pytest.approx(lowest)
        assert worth.amounts[name].mean() <= lowest + ORE
    assert (worth.hole[1] if worth.hole else 0.0) == pytest.approx(worth.interval("deepest").mean)
    table = worth.table().set_index("measure")["mean"]
    paid, gained = table["invested"], table["lower_cost"]
    assert table["benefit_cost_ratio"] == pytest.approx(gained / paid, nan_ok=True)


def test_money_that_is_borrowed_has_a_cost_and_no_return() -> None:
    book = ledger(
        same_in_every_arm(
            investments=team(start_up=100_000), economy={"perspective": "social"}, **NO_FIGURES
        )
    )
    lent = np.zeros((*book.amounts.shape[:3], 2))
    lent[:, 1:, [12, 36], 0] = -1_000_000.0, 1_100_000.0
    lent[..., 1] = -lent[..., 0]
    lines = [CostLine("contract", "loan", name, "") for name in ("social", "investor")]
    worth = appraise(book.with_lines(lines, lent), "ends")
    assert not worth.pays_first
    assert len(worth.rates_of_return) == 1
    assert isnan(worth.interval("internal_rate_of_return").mean)


def test_an_investment_that_does_nothing_and_costs_nothing_is_zero_everywhere() -> None:
    economy = {"discount_costs": 0.035, "tail": TAIL}
    outcomes = {"placed": {"label": "Placed", "group": "placed"}}
    book = ledger(
        same_in_every_arm(investments=team(), outcomes=outcomes, economy=economy, **NO_FIGURES)
    )
    worth = appraise(book, "ends")
    for name in ("invested", "lower_cost", "net", "tail", "deepest", "deepest_discounted"):
        assert not worth.amounts[name].any()
    assert isnan(worth.ratio)
    assert (worth.payback, worth.hole, worth.rates_of_return) == (None, None, ())
    assert not worth.course()[["mean", "low", "high"]].to_numpy().any()
    assert not who_gains(book, "ends").amounts.any()
    assert isnan(who_gains(book, "ends").share_in_other_pockets)
    assert not cash_ladder(book, "ends").table()[["gross", "seen"]].to_numpy().any()
    assert {effect.verdict("ends") for effect in effectiveness(book)} == {"no_difference"}


def test_an_investment_that_does_nothing_is_worth_exactly_its_own_cost() -> None:
    book = ledger(
        same_in_every_arm(
            investments=team(start_up=100_000, running=600_000),
            **NO_FIGURES,
            outcomes={"placed": {"label": "Placed", "group": "placed"}},
            economy={"discount_costs": 0.0, "perspective": "social"},
        )
    )
    worth = appraise(book, "ends")
    assert worth.amounts["invested"] == pytest.approx([700_000] * 2)
    assert not worth.amounts["lower_cost"].any()
    assert worth.amounts["net"] == pytest.approx([-700_000] * 2)
    assert worth.amounts["deepest"] == pytest.approx([-700_000] * 2)
    assert (worth.ratio, worth.gain, worth.payback) == (0.0, -1.0, None)
    assert worth.hole is not None
    assert worth.hole[1] == pytest.approx(-700_000)
    gains = who_gains(book, "ends").matrix().set_index("administration")
    assert gains.loc["social", "investment"] == pytest.approx(700_000)
    others = gains.drop(index=["social", ""]).select_dtypes("number")
    assert not others.to_numpy().any()
    ladder = cash_ladder(book, "ends").table()
    own = ladder["rung"] == "intervention"
    assert ladder.loc[own, "seen"].sum() == pytest.approx(2 * -700_000)
    assert not ladder.loc[~own, ["gross", "seen"]].to_numpy().any()
    assert {effect.verdict("ends") for effect in effectiveness(book)} == {"dominated"}


def test_a_tail_goes_on_as_its_basis_says() -> None:
    def worth(tail: Any) -> Any:
        economy = {"tail": tail, "discount_costs": 0}
        return appraise(ledger(counts(3, economy=economy)), "new_way")

    none, level, fading = worth(None), worth(TAIL), worth(FADING)
    last = none.net[:, -12:].sum(axis=1)
    assert not none.amounts["tail"].any()
    assert level.amounts["tail"] == pytest.approx(4 * last)
    left = sum(0.5 ** (year / 2) for year in (1, 2, 3, 4))
    assert fading.amounts["tail"] == pytest.approx(left * last)
    assert level.amounts["net"] == pytest.approx(none.amounts["net"] + 4 * last)
    assert (none.first_of_tail, level.first_of_tail) == (None, 2029)
    assert list(level.course().query("tail")["year"].unique()) == [2029, 2030, 2031, 2032]


def test_a_tail_is_discounted() -> None:
    economy = {"tail": TAIL, "discount_costs": 0.04}
    worth = appraise(ledger(counts(3, economy=economy)), "new_way")
    factors = 1.04 ** -(np.arange(36, 84) / 12)
    last = np.tile(worth.net[:, 24:36], 4)
    assert worth.amounts["tail"] == pytest.approx((last * factors).sum(axis=1))


def test_a_horizon_is_as_long_as_what_is_simulated_and_its_tail() -> None:
    assert appraise(ledger(counts(2)), "ends").horizon.length == 3
    tailed = ledger(counts(2, economy={"tail": {"years": 4, "basis": "last_year"}}))
    assert appraise(tailed, "ends").horizon.length == 7


def test_there_is_no_tail_without_a_basis() -> None:
    with pytest.raises(ValueError, match="basis"):
        appraise(ledger(counts(3, economy={"tail": {"years": 4}})), "ends")


def test_the_numbers_under_the_figures_reckon_with_no_tail() -> None:
    with_tail, without = (
        Results(counts(3, economy={"tail": tail})).headline("ends") for tail in (TAIL, None)
    )
    assert with_tail == without


def test_the_internal_rate_of_return_makes_the_years_worth_nothing() -> None:
    time = {"start": "2026-01", "years": 5, "warm_up": 2}
    for step, lengths in (("month", [12] * 5), ("week", [52, 52, 53, 52, 52])):
        book = ledger(counts(3, time=time, pathway={**PATHWAY, "step": step}))
        worth = appraise(book, "ends")
        flows = np.repeat(np.array([-100.0, 39, 59, 55, 20]) / lengths, lengths)
        assert worth.rates_of(flows) == pytest.approx([0.28095], abs=1e-5)
        assert worth.rates_of(np.ones(sum(lengths))) == ()


def test_an_interval_says_how_many_runs_would_halve_its_error() -> None:
    found = interval(np.array([1.0, 2.0, 3.0, nan]))
    assert (found.mean, found.replications, found.to_halve) == (2.0, 3, 12)
    assert found.standard_error == pytest.approx(1 / np.sqrt(3))
    assert interval(np.array([1.0, 3.0])).standard_error == pytest.approx(1.0)
    alone = interval(np.array([5.0]))
    assert (alone.mean, alone.to_halve) == (5.0, None)
    assert isnan(alone.standard_error)
    assert interval(np.array([nan])).replications == 0


def test_repricing_never_starts_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    results = Results(counts(1))

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the engine was called")

    monkeypatch.setattr("sisim.engine.replications.simulate", refuse)
    again = results.repriced(
        {
            "economy.discount_costs": 0.0,
            "resources.day.price": 11_000,
            "investments.team.cost.start_up": 0,
            "economy.perspective": "town",
        }
    )
    assert again.counts.replications is results.counts.replications
    assert again.scenario.pathway.resources["day"].price.value == 11_000
    was, now = (r.ledger.sums(lambda line: line.item) for r in (results, again))
    assert np.array_equal(now["day"], 2 * was["day"])
    assert again.appraisal["ends"].interval("net") != results.appraisal["ends"].interval("net")


def test_repricing_refuses_what_changes_people_by_name() -> None:
    with pytest.raises(ScenarioError) as caught:
        Results(counts(1)).repriced({"economy.discount_costs": 0.01, "time.years": 4})
    (problem,) = caught.value.problems
    assert problem.key == "time.years"
    assert "run again" in problem.render()
    with pytest.raises(ScenarioError, match="20 %"):
        Results(counts(1)).repriced({"economy.discount_costs": 3.5})


def test_the_chance_is_the_share_of_replications_that_are_worth_their_cost() -> None:
    chances = set()
    for seed in range(8):
        found = appraise(
            ledger(counts(seed, replications=3, economy={"discount_costs": 0})), "ends"
        )
        nets = [sum(run) for run in found.net.tolist()]
        assert found.chance == sum(net >= -ORE for net in nets) / len(nets)
        chances.add(found.chance)
    assert any(0 < chance < 1 for chance in chances)


def test_the_lowest_balance_is_that_of_the_mean_of_replications() -> None:
    holes = []
    for seed in range(8):
        done = counts(seed, replications=3, economy={"discount_costs": 0})
        found = appraise(ledger(done), "ends")
        balance, lowest = 0.0, (0, 0.0)
        for number, year in enumerate(found.years.tolist()):
            balance += float(np.mean(found.horizon.yearly(found.net)[:, number]))
            lowest = min(lowest, (year, balance), key=lambda one: one[1])
        holes.append(found.hole)
        assert (found.hole or (0, 0.0)) == (lowest[0], pytest.approx(lowest[1]))
    assert any(holes)


def test_what_everyone_has_counts_towards_the_break_even_when_asked_for() -> None:
    differing = 0
    for seed in range(6):
        free = {name: {**r, "ordinary": False} for name, r in PATHWAY["resources"].items()}
        all_of_it = ledger(counts(seed, pathway={**PATHWAY, "resources": free}))
        book = ledger(counts(seed))
        asked = appraise(book, "new_way", ordinary=True, tail=False).payback_discounted
        assert asked == appraise(all_of_it, "new_way", tail=False).payback_discounted
        differing += asked != appraise(book, "new_way", tail=False).payback_discounted
    assert differing


def bond(investor: dict[str, Any]) -> dict[str, Any]:
    """Return a contract in which a provider is paid 200 tkr, and investors as said."""
    fee = {"label": "Fee", "from": "social", "to": "provider", "amounts": {"2026": 200_000}}
    parties = {"investor": "I", "provider": "P", "intermediary": "M", "guarantor": "G"}
    return {"b": {"label": "B", "parties": parties, "payments": {"fee": fee, **investor}}}


LENT = {"label": "Capital", "from": "investor", "to": "social", "amounts": {"2026": 5_000_000}}
BACK = {"label": "Back", "from": "social", "to": "investor", "amounts": {"2028": 6_000_000}}
PASSED_ON = {
    "in": {**LENT, "to": "intermediary"},
    "on": {**LENT, "from": "intermediary"},
    "guarantee": {**LENT, "from": "guarantor", "to": "investor", "amounts": {"2028": 1_000_000}},
    "back": BACK,
}


@pytest.mark.parametrize("investor", [{"capital": LENT, "back": BACK}, PASSED_ON])
def test_borrowed_capital_is_no_receipt_and_to_pay_it_back_no_cost(
    investor: dict[str, Any],
) -> None:
    economy = {"perspective": "social", "discount_costs": 0.03}
    own, financed = (
        Results(counts(5, economy=economy, contracts=bond(more))).appraisal["ends"]
        for more in ({}, investor)
    )
    for name in set(own.amounts) - {"financing"}:
        assert np.array_equal(own.amounts[name], financed.amounts[name], equal_nan=True)
    assert (own.payback, own.hole, own.rates_of_return) == (
        financed.payback,
        financed.hole,
        financed.rates_of_return,
    )
    assert not own.amounts["financing"].any()
    at = (np.array([11, 35]) + 0.0) / 12  # what is paid in a year is paid in its last month
    expected = 6_000_000 * 1.03 ** -at[1] - 5_000_000 * 1.03 ** -at[0]
    assert financed.amounts["financing"] == pytest.approx(expected)
    # A provider is paid for what it does: that is a cost.
    plain = Results(counts(5, economy=economy)).appraisal["ends"]
    fee = own.amounts["invested"] - plain.amounts["invested"]
    assert fee == pytest.approx(200_000 * 1.03 ** -at[0])


LATE = {"cost": {"start_up": 100_000, "running": 600_000, "payer": "social"}}


@pytest.mark.parametrize(
    ("start", "years", "ending", "repeated"),
    [
        ("2028-01", 1, "ends", 0),  # ends where the horizon does
        ("2028-01", 3, "ends", 2),  # two years more, and then no longer
        ("2026-01", 1, "ends", 0),
        ("2028-01", 1, "continues", 4),
        ("2026-01", 1, "continues", 4),
    ],
)
def test_a_tail_repeats_only_what_goes_on(
    start: str, years: float, ending: str, repeated: int
) -> None:
    one = {"label": "Team", "start": start, "years": years, "target": {}, **LATE}
    arms = {"ends": {"label": "Ends", "investments": {"team": ending}}}
    economy = {"perspective": "social", "tail": TAIL, "discount_costs": 0}
    changes = {"investments": {"team": one}, "arms": arms, "economy": economy, "drift": {}}
    book = ledger(same_in_every_arm(**changes, figures=None))
    simulated = appraise(book, "ends", tail=False).amounts["invested"]
    assert appraise(book, "ends").amounts["invested"] == pytest.approx(
        simulated + repeated * 600_000
    )
    gains = who_gains(book, "ends").matrix().set_index("administration")
    assert gains.loc["social", "investment"] == pytest.approx(simulated[0] + repeated * 600_000)


def test_transfers_are_dated_and_not_repeated_in_a_tail() -> None:
    last = {**BACK, "amounts": {"2028": 700_000}}
    contracts = bond({"back": last, "fee_too": {**last, "to": "provider"}})
    economy = {"perspective": "social", "tail": TAIL, "discount_costs": 0}
    done = Results(counts(5, economy=economy, contracts=contracts))
    gains = done.who_gains["ends"].matrix().set_index("administration")
    assert gains.loc["social", "financing"] == pytest.approx(700_000)
    assert gains.loc["social", "contract"] == pytest.approx(900_000)


def test_a_point_at_the_end_is_no_part_of_the_last_year_that_a_tail_repeats() -> None:
    economy = {"tail": TAIL, "counting": "point", "perspective": "social"}
    book = ledger(counts(3, economy=economy))
    worth = appraise(book, "new_way")
    assert worth.horizon.simulated == 37
    assert worth.lower_cost[:, 37:49] == pytest.approx(worth.lower_cost[:, 24:36])
    assert worth.lower_cost.shape[1] == 37 + 48


def test_what_a_payer_gains_is_the_rest_and_others_gain_what_they_do_not_pay_for() -> None:
    spent = ["investment", "running", "replaced", "repayment", "contract", "financing"]
    shared = 0
    for seed in range(8):
        done = counts(seed, economy={"discount_costs": 0.03}, contracts=bond({"back": BACK}))
        gains = Results(done).who_gains["ends"]
        matrix = gains.matrix().set_index("administration")
        rest = matrix["reduced"] - matrix[spent].sum(axis=1)
        assert matrix["net"].to_numpy() == pytest.approx(rest.to_numpy())
        payers = matrix.drop(index="")
        paying = {name for name in payers.index if payers.loc[name, spent].sum() > ORE}
        assert set(gains.paying) == paying
        fallen = payers["reduced"].clip(lower=0)
        others = fallen[[name for name in fallen.index if name not in paying]].sum()
        if fallen.sum():
            assert gains.share_in_other_pockets == pytest.approx(others / fallen.sum())
        shared += 0 < others < fallen.sum()
    assert shared
