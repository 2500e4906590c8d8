"""The silo game: three rounds on the same projects, with results worked out by hand."""

from __future__ import annotations

import pytest
from helpers.silo_games import M, by_hand
from hypothesis import given
from hypothesis import strategies as st

from sisim.economics.silo_rounds import ROUNDS, Outcome, SiloRounds
from sisim.economics.wrong_pockets import DecisionRules, Proposal, decide

AMOUNT = st.integers(0, 20).map(float)


def test_each_round_comes_to_what_is_worked_out_by_hand() -> None:
    game = by_hand()
    found = {name: game.outcome(game.by_rule[name]) for name in ROUNDS}
    assert game.by_rule["alone"] == (False, True, False, False)
    assert found["alone"] == pytest.approx((0.7 * M, 7.0 * M, 1 * M))
    # Nobody pays, so everybody says yes, also to what is worth less than it costs.
    assert game.by_rule["fund"] == (True, True, True, True)
    assert found["fund"] == pytest.approx((5.9 * M, 0, 14 * M))
    assert game.by_rule["repaid"] == (True, True, False, False)
    assert found["repaid"] == pytest.approx((6.2 * M, 1.5 * M, 7 * M))
    assert game.wider["joint"] == game.wider["all"] == (True, True, True, False)


def test_alone_only_the_one_that_delivers_is_asked_and_pays() -> None:
    game = by_hand()
    assert game.roles == ("education", "social")  # the region and the state are asked nothing
    assert all(one.asked for one in game.questions["alone", "education"])
    for one in game.questions["alone", "social"]:
        assert not one.asked
        assert one.pays == 0
    assert game.questions["alone", "social"][0].saves == 5 * M


def test_silence_is_no_yes_and_an_empty_seat_follows_the_rule() -> None:
    game = by_hand()
    assert game.done("alone", {"education": [None] * 4}) == (False,) * 4
    assert game.done("alone", {"education": [True, False, None, True]}) == (
        True,
        False,
        False,
        True,
    )
    assert game.done("repaid", {"social": [True] * 4}) == (True, True, False, False)
    assert game.done("repaid", {"social": [False] * 4}) == (False,) * 4


def test_a_longer_horizon_counts_more_of_what_is_saved() -> None:
    late = Proposal.of("late", "education", [1, 0, 0], {"education": [0, 0, 3]})
    for years, yes in ((1, False), (2, False), (3, True)):
        rules = DecisionRules({"education": "town"}, horizons={"alone": years})
        game = SiloRounds.of([late], rules)
        assert game.by_rule["alone"] == (yes,)
        assert game.questions["alone", "education"][0].years == years


@given(AMOUNT, st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT))
def test_repaid_in_proportion_each_says_yes_exactly_where_their_principal_would(
    cost: float, saved: tuple[float, ...]
) -> None:
    who = {"education": "town", "social": "town", "health": "region", "state": "state"}
    one = Proposal.of("one", "education", cost, dict(zip(who, saved, strict=True)))
    rules = DecisionRules(who)
    game = SiloRounds.of([one], rules)
    assert game.by_rule["repaid"] == (bool(decide([one], rules)["principal"].accepted),)
    asked = [game.questions["repaid", role][0] for role in game.roles]
    assert sum(q.pays for q in asked) == pytest.approx(cost)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-9, 9), st.floats(0, 9)), max_size=5))
def test_what_is_done_and_what_is_undone_come_to_all_that_is_worth_doing(
    projects: list[tuple[float, float, float]],
) -> None:
    shares, values, costs = [[one[n] for one in projects] for n in range(3)]
    found = Outcome.of(shares, values, costs)
    lost = sum(share * min(value, 0) for share, value, _ in projects)
    best = sum(max(value, 0) for value in values)
    assert found.value - lost + found.undone == pytest.approx(best)
