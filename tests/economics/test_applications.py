"""Which applications come to a fund, by its terms and by what the applicant believes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.economics.applications import (
    BELIEFS,
    TERMS,
    Terms,
    applies,
    belief_needed,
    believed_gain,
    repayment,
)
from sisim.economics.wrong_pockets import Proposal

PURSES = ("education", "social", "care", "agency")


def proposal(name: str, cost: float, *reductions: float) -> Proposal:
    return Proposal.of(name, "education", cost, dict(zip(PURSES, reductions, strict=True)))


# Millions, as in the silo game: education delivers and applies.
FOUR = [
    proposal("A", 6, 2, 5, 1.5, 3),
    proposal("B", 1, 1.5, 0.2, 0, 0),
    proposal("C", 4, 0.5, 1, 3, 1),
    proposal("D", 3, 0.2, 0.5, 0.1, 0.4),
]


def come(terms: Terms, belief: float) -> str:
    gains = {one.name: believed_gain(one, terms, belief=belief, years=None) for one in FOUR}
    return "".join(name for name, gain in gains.items() if applies(gain))


@pytest.mark.parametrize(
    ("terms", "belief", "expected"),
    [
        ("free", 1.0, "ABCD"),
        ("free", 0.0, "ABCD"),
        ("strict", 1.0, "B"),
        ("strict", 0.5, ""),
        ("strict", 0.0, ""),
        ("capped", 1.0, "ABCD"),
        ("capped", 0.0, "ABCD"),
    ],
)
def test_four_projects_worked_by_hand(terms: Terms, belief: float, expected: str) -> None:
    assert come(terms, belief) == expected


def test_what_is_repaid_by_the_terms() -> None:
    """Nothing, all fourteen millions, or what education saves of each up to its cost."""
    sums = [
        sum(float(repayment(one, terms, effect=1.0, years=None).mean()) for one in FOUR)
        for terms in TERMS
    ]
    assert sums == pytest.approx([0, 14, 2 + 1 + 0.5 + 0.2])


def test_what_pays_late_is_not_applied_for_where_all_must_be_repaid_soon() -> None:
    late = Proposal.of("late", "education", [1, 0, 0], {"education": [0, 0, 3]})
    gains = [believed_gain(late, "strict", belief=1.0, years=years) for years in (2, 3)]
    assert [applies(gain) for gain in gains] == [False, True]


amounts = st.floats(-10, 10)


@given(cost=st.floats(0, 10), own=amounts, other=amounts, belief=st.floats(0, 1))
def test_strict_terms_bring_no_application_that_others_do_not(
    cost: float, own: float, other: float, belief: float
) -> None:
    one = proposal("one", cost, own, other, 0, 0)
    gains = [believed_gain(one, terms, belief=belief, years=None).mean() for terms in TERMS]
    free, strict, capped = gains
    assert strict <= capped + 1e-9 <= free + 2e-9
    # Nobody is asked for more than was paid, nor, if capped, for more than was gained.
    paid = repayment(one, "capped", effect=1.0, years=None).mean()
    assert 0 <= paid <= max(min(cost, own), 0) + 1e-9


@given(cost=st.floats(0.1, 10), own=st.floats(0.1, 10))
def test_the_belief_needed_is_where_applications_begin_to_come(cost: float, own: float) -> None:
    one = proposal("one", cost, own, 0, 0, 0)
    needed = belief_needed(one, "strict", None)
    for belief, expected in ((1.01 * needed, True), (0.9 * needed, False)):
        assert applies(believed_gain(one, "strict", belief=belief, years=None)) is expected


def test_a_null_investment_is_applied_for_whatever_the_terms_and_moves_nothing() -> None:
    nothing = proposal("nothing", 0, 0, 0, 0, 0)
    for terms in TERMS:
        assert belief_needed(nothing, terms, None) == 0
        assert not repayment(nothing, terms, effect=1.0, years=None).any()
        for belief in BELIEFS:
            gain = believed_gain(nothing, terms, belief=belief, years=None)
            np.testing.assert_array_equal(gain, 0)
            assert applies(gain)
