"""Portfolios: which investments a budget is best spent on."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.portfolio_choice import Option, mix, mixes

options = st.builds(
    Option,
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from(["project", "new_way"]),
    st.integers(0, 20).map(float),
    st.integers(-5, 30).map(float),
)


class TestMix:
    """The best mix within a budget."""

    @given(st.lists(options, max_size=7, unique_by=lambda o: (o.case, o.name)), st.integers(0, 60))
    def test_no_other_mix_is_better(self, offered: list[Option], budget: int) -> None:
        found = mix(offered, budget)
        assert sum(one.cost for one in found) <= budget + 1e-6
        assert len({one.case for one in found}) == len(found)
        best = 0.0
        for taken in product([False, True], repeat=len(offered)):
            some = [one for one, yes in zip(offered, taken, strict=True) if yes]
            if sum(one.cost for one in some) <= budget and len({o.case for o in some}) == len(some):
                best = max(best, sum(one.worth for one in some))
        assert sum(one.worth for one in found) == pytest.approx(best)

    def test_the_best_ratio_is_not_always_the_best_mix(self) -> None:
        offered = [Option("a", "p", 6, 9), Option("b", "p", 5, 7), Option("c", "p", 5, 7)]
        assert {one.case for one in mix(offered, 10)} == {"b", "c"}

    def test_a_higher_budget_is_never_worth_less(self) -> None:
        offered = [
            Option(c, "p", cost, 2.0 * cost) for c, cost in zip("abc", (3, 5, 7), strict=True)
        ]
        found = mixes(offered, [0, 4, 8, 12, 20])
        worth = found[found["chosen"]].groupby("budget")["worth"].sum()
        assert list(worth) == [6, 16, 24, 30]

    def test_a_negative_budget_is_refused(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            mix([], -1)
