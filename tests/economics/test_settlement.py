"""Outcome contracts pay what they say, and only that."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.any_counts import PATHWAY, counts
from helpers.settled import ARM, OUTCOMES, facts, measured, payment, settled
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sisim
from sisim.economics.distribution import who_gains
from sisim.economics.ledger import ledger
from sisim.economics.settlement import PRIVATE, Facts, read, settle, with_contracts
from sisim.results import Results
from sisim.scenario.contract import Measure

ORE = 0.005


def paid(of: Any, name: str = "pay") -> list[float]:
    """Return what is paid year by year in the first replication."""
    return list(of.paid[name][0])


# ---------------------------------------------------------------------------- the five of the issue


def saved(kronor: list[float], payments: dict[str, Any]) -> Any:
    """Return a settlement in which social services save exactly this, from 2026 on."""
    done = facts(payments, history=1, days=(np.zeros(1 + len(kronor)), 0))
    book = done.book
    number = next(n for n, line in enumerate(book.lines) if line.administration == "social")
    for n, line in enumerate(book.lines):
        if line.administration == "social":
            book.amounts[..., n] = 0.0
    arm = book.result.arms.index(ARM)
    for year, amount in enumerate(kronor, start=1):
        book.amounts[:, :arm, 12 * year, number] = amount
        book.amounts[:, arm + 1 :, 12 * year, number] = amount
    (found,) = settle(done)
    return found


@pytest.mark.parametrize(
    ("kronor", "back"),
    [([0, 0, 0], 400), ([200, 300, 100], 700), ([1000, 1000, 1000], 1000), ([-900, 0, 0], 400)],
)
def test_a_guaranteed_part_with_savings_shared_up_to_the_drawn_amount(
    kronor: list[float], back: float
) -> None:
    bond = saved(
        kronor,
        {
            "capital": {
                "label": "Capital",
                "from": "investor",
                "to": "social",
                "amounts": {"2026": 1000},
            },
            "pay": {
                "label": "Repayment",
                "from": "social",
                "to": "investor",
                "amounts": {"2028": 1000},
                "at_risk": 0.6,
                "price": 0.5,
                "measure": {"saved_by": ["social"], "periods": [[2026, 2028]]},
            },
        },
    )
    assert paid(bond) == [0, 0, back]
    assert bond.flow("investor")[0].sum() == back - 1000
    assert bond.gain("social")[0].sum() == pytest.approx(sum(kronor))
    assert bond.result("social")[0].sum() == pytest.approx(sum(kronor) + 1000 - back)


@pytest.mark.parametrize(("at_risk", "least"), [(0.5, 500), (0.75, 250)])
def test_a_fee_at_risk_against_a_trend_adjusted_expectation(at_risk: float, least: float) -> None:
    """Days rise by a tenth a year; the provider is paid for those it keeps away."""
    days = measured(2026, 2027, against="before", trend=0.1)
    fee = payment(amounts={"2026": 1000, "2027": 1000}, at_risk=at_risk, price=10, measure=days)
    # Expected: 110 and 121 days after 100 the year before.
    for actual, earned in (([110, 121], [0, 0]), ([100, 130], [100, 0]), ([0, 0], [1000, 1000])):
        done = settled({"pay": fee}, days=(np.full(4, 777), [100, *actual, 0]))
        expected = [least + min(e, 1000 - least) for e in earned]
        assert paid(done)[:2] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("falls", "own", "pooled"),
    [
        ([8.4, 9.7, 0], [0, 0, 0], 0),  # 6.0 % in all
        ([8.4, 9.7, 4.4], [0, 0, 0], 22.5),  # 7.5 %, exactly the pooled trigger
        ([8.4, 9.7, 4.3], [0, 0, 0], 0),
        ([10, 9.9, 9.9], [10, 0, 0], 19.8),  # what is paid for once is not paid for again
        ([10, 0, 0], [10, 0, 0], 0),
        ([9.99, 0, 0], [0, 0, 0], 0),
        ([20, -30, 30], [20, 0, 30], 0),  # 6.7 % in all: what was earned is kept
    ],
)
def test_one_cohort_or_all_together(falls: list[float], own: list[float], pooled: float) -> None:
    """Peterborough: a cohort that falls by 10 %, or all together by 7.5 %."""
    rule = payment(price=5, threshold=0.10, pooled=0.075, measure=measured(2026, 2027, 2028))
    done = settled({"pay": rule}, days=(np.full(4, 1000), 1000 - 10 * np.array([0, *falls])))
    expected = np.array(own) * 50
    expected[-1] += pooled * 50
    assert paid(done) == pytest.approx(expected)
    triggered = done.reached("pay")[0]
    assert list(triggered[:-1] > 0) == [part > 0 for part in own]
    assert (triggered[-1] > 0) == (sum(falls) >= 22.5)


def test_a_price_per_day_with_a_total_cap() -> None:
    """Sick leave at 1 650 kr a day, as in the slides of 2018: 8 000 employees, 3.21 days each."""
    rule = payment(price=1650, cap=60e6, measure=measured(2026, 2027))
    done = settled({"pay": rule}, days=(np.full(4, 100_000), [0, 100_000 - 3.21 * 8000, 0, 0]))
    assert paid(done) == pytest.approx([42.372e6, 60e6 - 42.372e6, 0])
    yearly = settled({"pay": {**rule, "cap_per_year": 30e6}}, days=(np.full(4, 1e5), 0))
    assert paid(yearly) == pytest.approx([30e6, 30e6, 0])


FIVE = [
    {"below": 0.55, "pays": 0.03},
    {"from": 0.55, "below": 0.60, "pays": 0.075},
    {"from": 0.60, "to": 0.63, "pays": 0.105},
    {"over": 0.63, "to": 0.65, "pays": 0.135},
    {"over": 0.65, "pays": 0.15},
]


@pytest.mark.parametrize(
    ("home", "tier"),
    [
        (0, 1),
        (0.549, 1),
        (math.nextafter(0.55, 0), 1),
        (0.55, 2),
        (0.599, 2),
        (math.nextafter(0.6, 0), 2),
        (0.60, 3),
        (0.63, 3),
        (math.nextafter(0.63, 1), 4),
        (0.65, 4),
        (math.nextafter(0.65, 1), 5),
        (1, 5),
    ],
)
def test_a_return_in_five_tiers_by_the_rate_achieved(home: float, tier: int) -> None:
    rate = measured(2027, outcome="home", per="people", against="none")
    done = settled(
        {
            "capital": {
                "label": "Capital",
                "from": "investor",
                "to": "social",
                "amounts": {"2026": 2_000_000},
            },
            "back": {
                "label": "Back",
                "from": "social",
                "to": "investor",
                "amounts": {"2027": 2_000_000},
            },
            "pay": {
                "label": "Interest",
                "from": "social",
                "to": "investor",
                "of": "capital",
                "tiers": FIVE,
                "measure": rate,
            },
        },
        home=(np.zeros(4), home),
        people=(np.ones(4), 1),
    )
    pays = [0.03, 0.075, 0.105, 0.135, 0.15][tier - 1]
    assert done.reached("pay")[0] == [tier]
    assert paid(done)[1] == pytest.approx(pays * 2_000_000)
    assert done.expected_return("investor") == pytest.approx(pays)
    chances = done.tiers().set_index("tier")["probability"]
    assert chances.to_dict() == {n: float(n == tier) for n in range(1, 6)}


def test_an_ordinary_bond_pays_whatever_happens() -> None:
    bond = {
        "capital": {
            "label": "Capital",
            "from": "investor",
            "to": "social",
            "amounts": {"2026": 100},
        },
        "coupon": {
            "label": "Coupon",
            "from": "social",
            "to": "investor",
            "amounts": {"2027": 4, "2028": 4},
        },
        "pay": {"label": "Back", "from": "social", "to": "investor", "amounts": {"2028": 100}},
    }
    done = settled(bond)
    assert done.expected_return("investor") == pytest.approx(0.04)
    assert done.returns("investor") == pytest.approx([0.04, 0.04])
    assert done.expected_return("social") is None  # who borrows has a cost, no return
    assert settled({"pay": bond["pay"]}).expected_return("investor") is None


# ---------------------------------------------------------------------------- bounds and conditions


@pytest.mark.parametrize(
    ("fall", "amount"), [(99, 0), (100, 0), (101, 5), (199, 5), (200, 5), (201, 9)]
)
def test_bounds_may_be_in_units(fall: float, amount: float) -> None:
    tiers = [{"over": 100, "to": 200, "pays": 5}, {"over": 200, "pays": 9}]
    rule = payment(tiers=tiers, measure=measured(2026, read_as="units"))
    assert paid(settled({"pay": rule}, days=(np.full(4, 500), 500 - fall)))[0] == amount


@pytest.mark.parametrize(("share", "amount"), [(0.0999, 0), (0.1, 1000), (0.2, 2 * 4000)])
def test_a_tier_may_have_a_price_of_its_own(share: float, amount: float) -> None:
    tiers = [{"from": 0.1, "price": 1}, {"from": 0.15, "price": 4}]
    rule = payment(tiers=tiers, measure=measured(2026))
    done = settled({"pay": rule}, days=(np.full(4, 10_000), 10_000 * (1 - share)))
    assert paid(done)[0] == pytest.approx(amount)


def test_what_is_earned_may_be_paid_later() -> None:
    rule = payment(price=2, delay=1, measure=measured(2026, 2027))
    assert paid(settled({"pay": rule}, days=(np.full(4, 10), 7))) == [0, 6, 6]


def test_a_further_part_is_unlocked() -> None:
    first = payment(price=1, threshold=0.5, measure=measured(2026, 2027))
    further = payment(price=10, measure=measured(2026, 2027), unlocked_by="first")
    done = settled({"pay": further, "first": first}, days=(np.full(4, 100), [0, 80, 40, 0]))
    assert paid(done, "first") == [0, 60, 0]
    assert paid(done) == [0, 600, 0]


def test_more_is_better_where_the_outcome_says_so() -> None:
    rule = payment(price=3, measure=measured(2026, 2027, outcome="home"))
    assert paid(settled({"pay": rule}, home=(np.full(4, 10), [0, 14, 6, 0]))) == [12, 0, 0]


@pytest.mark.parametrize(
    ("against", "expected"),
    [
        ({"against": "stated", "level": 100, "trend": 0.1}, [100, 110]),
        # The mean of the two years before lies between them, a year and a half before the first.
        ({"against": "before", "years_before": 2, "trend": 0.1}, [60 * 1.1**1.5, 60 * 1.1**2.5]),
        ({"against": "before"}, [70, 70]),
        ({"against": "without"}, [30, 20]),
    ],
)
def test_what_a_period_is_compared_with(against: dict[str, Any], expected: list[float]) -> None:
    rule = payment(price=1, measure=measured(2026, 2027, **against))
    done = settled({"pay": rule}, history=2, days=([50, 70, 30, 20, 10], [50, 70, 0, 0, 0]))
    assert paid(done)[:2] == pytest.approx(expected)


def test_a_resource_is_counted_in_its_units() -> None:
    done = facts({"pay": payment(price=2, measure={"resource": "day", "periods": [[2026, 2027]]})})
    (one,) = settle(done)
    units = done.book.result.units().query("resource == 'day'")
    years = units["month"].str[:4].astype(int)
    inside = units[years.isin([2026, 2027])]
    sums = inside.groupby(["arm", "replication"], observed=True)["units"].sum()
    fewer = sums["without"] - sums[ARM]
    assert one.paid["pay"][:, 1] == pytest.approx(2 * np.maximum(fewer, 0))


def test_prices_at_which_each_party_breaks_even() -> None:
    fee = {"label": "Fee", "from": "provider", "to": "evaluator", "amounts": {"2026": 600}}
    rule = payment(price=5, measure=measured(2026))
    days = (np.full((2, 4), 100), [[0, 80, 0, 0], [0, 60, 0, 0]])
    plain = settled({"pay": rule, "fee": fee}, days=days)
    assert plain.break_even_price("pay", "provider") == pytest.approx(20)
    capped = settled({"pay": {**rule, "cap": 700}, "fee": fee}, days=days)
    # At 25 the first run pays 500, the second the cap of 700: 600 on average.
    assert capped.break_even_price("pay", "provider") == pytest.approx(25)
    never = settled({"pay": {**rule, "cap": 500}, "fee": fee}, days=days)
    assert never.break_even_price("pay", "provider") is None
    assert plain.break_even_price("fee", "provider") is None


def test_a_payer_breaks_even_where_it_gives_away_all_it_gains() -> None:
    rule = payment(price=5, measure=measured(2026))
    found = [settled({"pay": rule}, seed=seed, days=(np.full(4, 100), 80)) for seed in range(8)]
    gaining = [one for one in found if one.gain("social").mean() > 0]
    assert gaining
    for one in gaining:
        price = one.break_even_price("pay", "social")
        assert price == pytest.approx(one.gain("social").sum(axis=1).mean() / 20)


# ---------------------------------------------------------------------------- laws

SERIES = st.lists(st.integers(0, 200), min_size=4, max_size=4)
BOUNDS = st.lists(st.floats(-0.5, 0.9), min_size=1, max_size=4, unique=True).map(sorted)
AMOUNTS = st.integers(0, 1000)
AGAINST = st.sampled_from(
    [{}, {"against": "before", "trend": 0.03}, {"against": "stated", "level": 90}]
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Return what is earned: by a price with triggers, or by tiers that pay more for more."""
    measure = measured(2026, (2027, 2028), **draw(AGAINST))
    rule: dict[str, Any] = {"measure": measure}
    if draw(st.booleans()):
        rule["price"] = draw(AMOUNTS)
        if draw(st.booleans()):
            rule["threshold"] = draw(st.floats(0, 0.5))
            rule["pooled"] = draw(st.floats(0, rule["threshold"]))
    else:
        bounds = draw(BOUNDS)
        pays = sorted(draw(st.lists(AMOUNTS, min_size=len(bounds), max_size=len(bounds))))
        kind = draw(st.sampled_from(["from", "over"]))
        rule["tiers"] = [{kind: b, "pays": p} for b, p in zip(bounds, pays, strict=True)]
    if draw(st.booleans()):
        rule["amounts"] = {"2026": draw(AMOUNTS), "2028": draw(AMOUNTS)}
        rule["at_risk"] = draw(st.floats(0.01, 1))
    return rule


@given(rules(), rules(), SERIES, SERIES, AMOUNTS, AMOUNTS)
@settings(max_examples=60, deadline=None)
def test_flows_between_the_parties_sum_to_zero(
    one: dict[str, Any], two: dict[str, Any], without: Any, with_: Any, fee: int, cap: int
) -> None:
    payments = {
        "pay": payment(**one, cap=cap),
        "share": {"label": "Share", "from": "provider", "to": "investor", **two},
        "capital": {"label": "Capital", "from": "investor", "to": "fund", "amounts": {"2026": fee}},
    }
    done = settled(payments, days=(without, with_))
    total = sum(done.flow(party) for party in done.parties)
    assert np.abs(total).max() < ORE
    assert (sum(done.paid.values()) >= 0).all()
    book = with_contracts(done.facts.book, [done])
    kinds = book.sums(lambda line: line.kind)
    assert np.abs(kinds["contract"]).max() < ORE
    assert np.abs(kinds["financing"]).max() < ORE
    private = {line.administration for line in book.lines if line.principal == PRIVATE}
    assert private == {"provider", "investor"}
    own = book.sums(
        lambda line: line.administration if line.kind in ("contract", "financing") else None,
        yearly=True,
    )
    arm = book.result.arms.index(ARM)
    for party in done.parties:
        assert np.allclose(-own[party][:, arm, 1:], done.flow(party), atol=ORE)
        assert not own[party][:, 0].any()


@given(rules(), SERIES, SERIES, AMOUNTS, AMOUNTS)
@settings(max_examples=60, deadline=None)
def test_payments_never_exceed_caps(
    rule: dict[str, Any], without: Any, with_: Any, cap: int, yearly: int
) -> None:
    capped = payment(**rule, cap=cap, cap_per_year=yearly)
    done = settled({"pay": capped}, days=(without, with_)).paid["pay"]
    assert (done.sum(axis=1) <= cap + ORE).all()
    assert (done <= yearly + ORE).all()
    free = settled({"pay": payment(**rule)}, days=(without, with_)).paid["pay"]
    assert (done.cumsum(axis=1) <= free.cumsum(axis=1) + ORE).all()
    if "amounts" in rule:
        assert (free.sum(axis=1) <= sum(rule["amounts"].values()) + ORE).all()


@given(rules(), SERIES, SERIES, SERIES)
@settings(max_examples=60, deadline=None)
def test_a_better_outcome_never_pays_less(
    rule: dict[str, Any], without: Any, with_: Any, better: Any
) -> None:
    fewer = np.minimum(with_, better)
    fewer[0] = with_[0]  # the year before the start is common
    one, two = (settled({"pay": payment(**rule)}, days=(without, d)) for d in (with_, fewer))
    assert two.paid["pay"].sum() >= one.paid["pay"].sum() - ORE


@given(rules(), SERIES)
@settings(max_examples=40, deadline=None)
def test_a_null_investment_pays_only_what_does_not_depend_on_outcomes(
    rule: dict[str, Any], days: Any
) -> None:
    assume(rule["measure"].get("against", "without") == "without")
    rule["tiers"] = [
        t for t in rule.get("tiers", []) if min(t.get("from", 1), t.get("over", 1)) > 0
    ]
    done = settled({"pay": payment(**rule)}, days=(days, days))
    sure = sum(rule.get("amounts", {}).values()) * (1 - rule.get("at_risk", 0))
    assert done.paid["pay"].sum(axis=1) == pytest.approx(sure)


def test_no_contract_no_line() -> None:
    book = ledger(counts(1))
    assert with_contracts(book, settle(Facts(book, {}))) is book
    assert Results(counts(1)).contracts == []


def test_a_contract_in_every_arm_and_in_current_prices() -> None:
    bond = {
        "label": "B",
        "parties": {"investor": "I"},
        "payments": {
            "pay": {"label": "P", "from": "social", "to": "investor", "amounts": {"2027": 100}}
        },
    }
    result = counts(1, contracts={"b": bond})
    book = ledger(result, current=True)
    done = settle(Facts(book, {}))
    assert [one.arm for one in done] == ["ends", "goes_on", "new_way"]
    lines = with_contracts(book, done)
    own = lines.sums(lambda line: line.administration if line.kind == "financing" else None)
    assert own["social"].sum(axis=2)[0] == pytest.approx([0, *[100 * 1.02**3] * 3])


def test_parties_of_several_contracts_are_kept_apart() -> None:
    def bond(investor: str) -> dict[str, Any]:
        pays = {"label": "P", "from": "social", "to": "investor", "amounts": {"2027": 100}}
        return {
            "label": "B",
            "arm": ARM,
            "parties": {"investor": investor},
            "payments": {"pay": pays},
        }

    result = counts(1, contracts={"one": bond("A"), "two": bond("B"), "three": bond("A")})
    book = ledger(result)
    lines = with_contracts(book, settle(Facts(book, {})))
    own = lines.sums(lambda line: line.administration if line.principal == PRIVATE else None)
    received = {name: -amounts.sum(axis=(1, 2))[0] for name, amounts in own.items()}
    assert received == {"investor": 200, "two.investor": 100}
    labels = [result.scenario.payer_label(name).en for name in received]
    assert labels == ["A", "B"]


def test_who_takes_no_part_in_an_arm_is_not_listed_in_it() -> None:
    done = settled({"pay": payment(amounts={"2027": 1000})})
    book = with_contracts(done.facts.book, [done])
    listed = {arm: who_gains(book, arm).payers for arm in (ARM, "new_way")}
    assert ["provider" in payers for payers in listed.values()] == [True, False]
    assert set(listed["new_way"]) <= set(listed[ARM])


def test_who_pays_for_nothing_in_the_pathway_is_listed_only_where_it_takes_part() -> None:
    """Tax revenue and victims have their rows with a tail that reaches them, and none without."""
    book = ledger(counts(1))
    resources = book.result.scenario.pathway.resources.values()
    paying = {payer for resource in resources for payer in resource.shares}
    gains = who_gains(book, "new_way")
    idle = {name for n, name in enumerate(gains.payers) if not gains.amounts[:, n].any()}
    assert idle <= paying <= set(gains.payers)


def test_new_terms_need_no_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("simulated")

    monkeypatch.setattr("sisim.engine.replications.simulate", never)
    by_resource = {"resource": "day", "periods": [[2026, 2028]]}
    one, two = (
        facts({"pay": payment(price=price, measure=by_resource)}).book.result.scenario
        for price in (1, 2)
    )
    counted = facts({"pay": payment(price=1, measure=by_resource)}).book.result
    cheap, dear = (Results(counted.repriced(s)).contracts[0].paid["pay"] for s in (one, two))
    assert dear == pytest.approx(2 * cheap)


def test_a_fee_at_risk_on_a_simulated_sick_track() -> None:
    """The sick-leave contract, smaller: what is paid is what its own counts of days say."""
    file = Path(__file__).parents[2] / "scenarios" / "sick-leave-contract.toml"
    done = sisim.run(sisim.load(file, {"population.cohort": 1000, "replications": 2}))
    fee = next(one for one in done.contracts if one.name == "fee")
    units = done.counts.units().query("arm == 'base' and resource == 'sick_day'")
    years = units["month"].str[:4].astype(int)
    days = units.groupby(["replication", years])["units"].sum().unstack()
    before = days[[2017, 2018]].mean(axis=1)
    for year in (2019, 2020, 2021):
        # The mean of the two years before lies in the middle of them.
        kept_away = before * 1.01 ** (year - 2017.5) - days[year]
        earned = np.clip(1650 * kept_away, 0, 0.6 * 10e6)
        assert fee.paid["fee"][:, year - 2019] == pytest.approx(0.4 * 10e6 + earned.to_numpy())
    assert (fee.paid["fee"] > 0.4 * 10e6).any()


@pytest.fixture(scope="module")
def peterborough() -> Any:
    """Return a way to settle the ready contract on falls of its two cohorts, in per cent."""
    file = Path(__file__).parents[2] / "scenarios" / "peterborough.toml"
    counted = sisim.run(sisim.load(file, {"population.residents": 500, "replications": 1})).counts

    def after(first: float, second: float) -> Any:
        facts = Facts(ledger(counted), {})
        without = np.full((1, 2, len(facts.years)), 775.0)  # 155 per 100 men and two years
        for years, fall in (((2011, 2012), first), ((2013, 2014), second)):
            without[:, 1, np.isin(facts.years, years)] *= 1 - fall / 100
        (found,) = settle(Facts(facts.book, {"reconvictions": without}))
        years = facts.years[facts.first :].tolist()
        paid = dict(zip(years, found.paid["outcome"][0], strict=True))
        return found, {year: amount for year, amount in paid.items() if amount}

    return after


def test_peterborough_as_it_was(peterborough: Any) -> None:
    """-8.4 % in cohort one pays nothing; -9 % in all repays everything with about 3 % a year."""
    done, paid = peterborough(8.4, 9.6)
    assert list(paid) == [2016]  # nothing in 2014, when cohort one was settled
    assert paid[2016] == pytest.approx(220_000 * 0.09 * 3100)
    assert paid[2016] > 55e6
    assert done.expected_return("investor") == pytest.approx(0.03, abs=0.005)


@pytest.mark.parametrize(
    ("falls", "years"),
    [
        ((8.4, 6.5), []),  # 7.45 % together: the investors lose everything
        ((8.4, 6.6), [2016]),  # 7.5 %
        ((9.9, 0), []),
        ((10, 0), [2014]),
        ((10, 10), [2014, 2016]),
    ],
)
def test_peterborough_as_it_might_have_been(
    peterborough: Any, falls: tuple[float, float], years: list[int]
) -> None:
    done, paid = peterborough(*falls)
    assert list(paid) == years
    assert done.flow("investor").sum() == pytest.approx(sum(paid.values()) - 55e6)


@pytest.mark.parametrize(("step", "per_year"), [("month", 12), ("week", 52)])
def test_people_are_paid_for_by_the_person_year_also_in_part_of_a_year(
    step: str, per_year: float
) -> None:
    measure = {"outcome": "ill", "periods": [[2026, 2027]]}
    pays = {"label": "P", "from": "social", "to": "provider", "price": 10_000, "measure": measure}
    changes: dict[str, Any] = {
        "contracts": {
            "b": {"label": "B", "parties": {"provider": "P"}, "payments": {"pay": pays}},
        },
        "outcomes": {"ill": {"label": "Ill", "group": "placed"}},
        "time": {"start": "2026-01", "years": 1.5, "warm_up": 1},
        "pathway": {**PATHWAY, "step": step},
        "figures": None,
    }
    done = Results(counts(7, **changes))
    people = done.people[(done.people["state"] == "placed") & (done.people["step"] >= 0)]
    last = people["step"].max()  # the end is no step
    spent = people[people["step"] < last].groupby(["replication", "arm"], observed=True)["people"]
    years = spent.sum().unstack() / per_year
    for one in done.contracts:
        fewer = (years["without"] - years[one.arm]).to_numpy()
        assert one.paid["pay"].sum(axis=1) == pytest.approx(10_000 * np.maximum(fewer, 0))


@pytest.mark.parametrize("months", [1, 6, 11])
def test_of_part_of_a_year_as_much_is_expected_as_that_part_is_long(months: int) -> None:
    whole = measured((2026, 2027), against="stated", level=1000.0, trend=0.1)
    time = {"start": "2026-01", "years": 1 + months / 12, "warm_up": 1}
    book = ledger(counts(1, time=time, figures=None, outcomes=OUTCOMES))
    facts = Facts(book, {"days": np.zeros((2, 4, 2))})
    found = read(facts, Measure.model_validate(whole), 1, [[2026, 2027]])
    assert found.units == pytest.approx(1000 + 1100 * months / 12)


def test_the_tables_of_a_contract_begin_with_which_contract_and_which_arm() -> None:
    of = settled({"pay": payment(amounts={"2026": 100.0})})
    for table in (of.flows(), of.prices()):
        assert list(table.columns[:2]) == ["contract", "arm"]
        assert set(table["contract"]) <= {"c"}
        assert set(table["arm"]) <= {ARM}
