"""Who says yes to what, when gains fall in other budgets: by hand, and as laws."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.economics.wrong_pockets import (
    REGIMES,
    Decider,
    DecisionRules,
    Proposal,
    chance_of_loss,
    decide,
    dependence,
    pooled_risk,
    risk,
    stake,
    unit_risks,
)

PRINCIPALS = {
    "education": "town",
    "social": "town",
    "care": "region",
    "agency": "state",
}
RULES = DecisionRules(PRINCIPALS, joint=("region",))


def proposal(name: str, cost: float, *reductions: float) -> Proposal:
    return Proposal.of(name, "education", cost, dict(zip(PRINCIPALS, reductions, strict=True)))


# Millions: what it costs, and what education (which delivers), social services, the region and the
# state save.
FOUR = [
    proposal("A", 6, 2, 5, 1.5, 3),
    proposal("B", 1, 1.5, 0.2, 0, 0),
    proposal("C", 4, 0.5, 1, 3, 1),
    proposal("D", 3, 0.2, 0.5, 0.1, 0.4),
]


@pytest.mark.parametrize(
    ("regime", "done", "value"),
    [
        ("alone", "B", 0.7),
        ("principal", "AB", 6.2),
        ("joint", "ABC", 7.7),
        ("all", "ABC", 7.7),
    ],
)
def test_four_projects_worked_by_hand(regime: str, done: str, value: float) -> None:
    found = decide(FOUR, RULES)[regime]
    assert "".join(found.accepted) == done
    assert found.value == pytest.approx(value)
    assert found.undone == pytest.approx(7.7 - value)
    assert found.harm == 0


def test_seven_of_what_is_worth_doing_is_left_undone_by_each_alone() -> None:
    assert decide(FOUR, RULES)["alone"].undone == pytest.approx(7.0)


def test_a_year_is_too_short_for_what_comes_later() -> None:
    late = Proposal.of("late", "education", [0, 1, 0], {"education": [0, 0.6, 0.6]})
    found = decide([late], RULES)
    assert not found["alone_one_year"].accepted  # the year in which it is paid, not the first
    assert found["alone_one_year"].answers["late"].counts == pytest.approx(0.6)
    assert found["alone"].accepted == ("late",)
    short = replace(RULES, horizons={"alone": 1, "principal": 2})
    assert not decide([late], short)["alone"].accepted
    assert decide([late], short)["principal"].accepted == ("late",)


def test_who_wants_to_be_sure_says_no_to_a_gamble() -> None:
    gains = np.array([[0.0], [0.0], [9.0]])
    gamble = Proposal.of("gamble", "education", np.ones((3, 1)), {"education": gains})
    assert Decider(frozenset({"education"})).answer(gamble).yes
    assert not Decider(frozenset({"education"}), sure=0.5).answer(gamble).yes
    assert Decider(frozenset({"education"}), sure=0.3).answer(gamble).yes
    assert Decider(frozenset({"education"})).answer(gamble).chance == pytest.approx(1 / 3)


def test_who_pays_a_part_needs_that_part_back() -> None:
    half = Decider(frozenset({"education"}), share=1 / 3)
    assert half.answer(FOUR[0]) == (True, pytest.approx(2), pytest.approx(2), 1)
    assert not replace(half, share=0.34).answer(FOUR[0]).yes


def test_what_harms_all_is_told_and_not_hidden_in_a_sum() -> None:
    harmful = proposal("harmful", 1, 2, 0, -4, 0)
    found = decide([*FOUR, harmful], RULES)
    assert found["alone"].harm == pytest.approx(3)
    assert found["all"].harm == 0


def test_a_cost_moved_to_others_can_make_a_wider_purse_do_less_good() -> None:
    moved = [proposal("moved", 1, 2, -3, 5, 0)]
    found = decide(moved, RULES)
    assert [found[regime].value for regime in ("alone", "principal", "all")] == [3, 0, 3]


# ------------------------------------------------------------------------ laws

amount = st.integers(-8, 8).map(float)
gain = st.integers(0, 8).map(float)


def portfolios(amounts: st.SearchStrategy[float]) -> st.SearchStrategy[list[Proposal]]:
    """Return projects of two draws and three years."""
    years = st.lists(amounts, min_size=6, max_size=6).map(lambda x: np.reshape(x, (2, 3)))
    own = st.builds(
        lambda cost, reduced: (cost, reduced),
        st.integers(0, 30).map(lambda c: np.array([[c, 0.0, 0.0]] * 2)),
        st.fixed_dictionaries(dict.fromkeys(PRINCIPALS, years)),
    )
    return st.lists(own, max_size=4).map(
        lambda found: [
            Proposal.of(str(n), "education", cost, reduced)
            for n, (cost, reduced) in enumerate(found)
        ]
    )


@given(portfolios(gain), st.sampled_from([None, 0.5, 1.0]))
def test_a_wider_purse_does_no_less_good_where_no_one_loses(
    projects: list[Proposal], sure: float | None
) -> None:
    found = decide(projects, replace(RULES, sure=sure))
    for narrow, wide in pairwise(REGIMES):
        assert set(found[narrow].accepted) <= set(found[wide].accepted)
        assert found[narrow].value <= found[wide].value + 1e-9
        assert found[narrow].undone >= found[wide].undone - 1e-9
    assert all(one.harm == 0 for one in found.values())


@given(portfolios(amount), st.dictionaries(st.sampled_from(REGIMES[1:4]), st.integers(1, 3)))
def test_nothing_is_worth_more_than_what_all_would_do(
    projects: list[Proposal], horizons: dict
) -> None:
    found = decide(projects, replace(RULES, horizons=horizons))
    best = found["all"]
    assert best.undone == best.harm == 0
    for one in found.values():
        assert one.value <= best.value + 1e-9
        assert one.value + one.undone + one.harm == pytest.approx(best.value)


@given(portfolios(amount), st.booleans(), st.sampled_from(REGIMES))
def test_what_is_paid_is_the_cost_and_never_more(
    projects: list[Proposal], repayment: bool, regime: str
) -> None:
    for one in projects:
        stakes = [stake(one, name, regime, RULES, repayment=repayment) for name in PRINCIPALS]
        paid = sum(each.pays for each in stakes)
        if regime == "principal":  # the fund bears the rest
            assert (paid <= one.cost + 1e-9).all()
            assert repayment or not paid.any()
            assert all((each.pays <= np.maximum(each.saves, 0) + 1e-9).all() for each in stakes)
        else:
            assert paid == pytest.approx(one.cost)
        left = sum(each.net for each in stakes)
        assert left + paid - one.cost == pytest.approx(one.net)


# ------------------------------------------------------------------------ stakes and risk


def test_a_fund_is_repaid_by_those_who_save_as_much_as_it_has_paid() -> None:
    paid = {name: stake(FOUR[0], name, "principal", RULES).pays.item() for name in PRINCIPALS}
    assert paid == pytest.approx({"education": 12 / 7, "social": 30 / 7, "care": 0, "agency": 0})


def test_reductions_hang_on_everyone_who_pays() -> None:
    shared = replace(FOUR[0], payments={"education": np.array([[1.0]]), "care": np.array([[5.0]])})
    found = dependence([shared, FOUR[1]])
    assert found["education", "social"] == pytest.approx(5.2)
    assert found["care", "social"] == pytest.approx(5)
    assert ("social", "social") not in found


def test_pooled_risk_is_smaller_than_the_risk_of_a_unit() -> None:
    draws, projects = 4_000, 10
    luck = np.random.default_rng(1).normal(1, 4, (projects, draws, 1))
    none = np.zeros((draws, 1))
    many = [
        Proposal.of(str(n), "education", none, {"education": own}) for n, own in enumerate(luck)
    ]
    alone = unit_risks(many)["0"]
    pooled = pooled_risk(many, RULES)
    assert alone.deviation == pytest.approx(4, rel=0.05)
    assert alone.loses == pytest.approx(0.401294, abs=0.03)
    assert pooled.mean == pytest.approx(10, abs=0.8)
    assert pooled.deviation == pytest.approx(4 * np.sqrt(10), rel=0.05)
    assert pooled.loses == pytest.approx(0.214598, abs=0.03)


def test_the_chance_of_loss_of_normal_results() -> None:
    assert chance_of_loss(1, 4) == pytest.approx(0.401294, abs=5e-7)
    assert chance_of_loss(1, 4, 10) == pytest.approx(0.214598, abs=5e-7)
    assert chance_of_loss(1, 0) == 0
    assert chance_of_loss(-1, 0) == 1


def test_a_single_draw_tells_no_risk() -> None:
    assert np.isnan(risk(np.array([1.0])).deviation)


def test_nothing_paid_and_nothing_saved_is_worth_exactly_nothing() -> None:
    found = decide([proposal("null", 0, 0, 0, 0, 0)], RULES)
    for one in found.values():
        assert (one.value, one.undone, one.harm) == (0, 0, 0)
