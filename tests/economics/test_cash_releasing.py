"""What a budget sees of a reduced use: never more than is saved, and whole steps only."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.any_counts import PATHWAY, counts
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.economics.cash_releasing import RUNGS, cash_ladder, freed
from sisim.economics.ledger import ORE, by_year, ledger
from sisim.economics.repayment import repayments, with_repayments
from sisim.engine.counts import Result
from sisim.scenario.fund import Fund

SAVED = st.lists(st.floats(-1000, 1000), min_size=1, max_size=30).map(np.array)
STEPS = st.floats(0.1, 300)
NOTICE = st.integers(0, 8)
SEEDS = st.integers(0, 2**32 - 1)


def in_steps(seed: int, **more: float) -> Result:
    """Return counts with an investigation that is freed in steps, and a place that is capacity."""
    resources = dict(PATHWAY["resources"])
    resources["inquiry"] = {**resources["inquiry"], "cash": "step", **more}
    resources["place"] = {**resources["place"], "cash": "capacity", "ordinary": False}
    return counts(seed, pathway={**PATHWAY, "resources": resources})


@given(SAVED, STEPS, NOTICE)
def test_never_more_is_freed_than_saved(saved: np.ndarray, step: float, notice: int) -> None:
    assert (freed(saved, step, notice) <= saved + 1e-9).all()


@given(SAVED, STEPS, NOTICE)
def test_only_whole_steps_are_freed(saved: np.ndarray, step: float, notice: int) -> None:
    steps = freed(saved, step, notice)[saved >= 0] / step
    assert steps == pytest.approx(steps.round(), abs=1e-6)


@given(SAVED, STEPS, NOTICE)
def test_a_longer_notice_never_frees_more(saved: np.ndarray, step: float, notice: int) -> None:
    assert (freed(saved, step, notice + 1) <= freed(saved, step, notice) + 1e-9).all()


@given(SAVED)
def test_without_steps_and_notice_all_is_freed(saved: np.ndarray) -> None:
    assert freed(saved, 0) == pytest.approx(saved)
    assert freed(saved, 1e-7) == pytest.approx(saved, abs=1e-6)


def test_a_home_of_eight_places_closes_after_notice() -> None:
    saved = np.array([3, 8, 9, 9, 15, 16, 16, 16.0])
    assert freed(saved, 8, 2).tolist() == [0, 0, 0, 8, 8, 8, 8, 16]


@given(SEEDS, st.floats(1, 2000), st.floats(0, 18))
@settings(max_examples=6, deadline=None)
def test_the_ladder_adds_up_to_what_is_saved(seed: int, step: float, notice: float) -> None:
    book = ledger(in_steps(seed, step_size=step, notice=notice))
    arm = book.result.arms.index("new_way")
    ladder = cash_ladder(book, "new_way")
    gross = sum(ladder.yearly(seen=False).values())
    total = by_year(book.result, book.total())
    assert np.allclose(gross[:, 1:], (total[:, 0] - total[:, arm])[:, 1:], rtol=0, atol=ORE)
    assert not gross[:, 0].any()  # history
    assert set(ladder.rungs) == set(RUNGS)
    for key, seen in ladder.yearly().items():
        own = ladder.yearly(seen=False)[key]
        match key[1]:
            case "capacity":
                assert not seen.any()
            case "step":
                assert (seen <= own + ORE).all()
            case _:
                assert np.array_equal(seen, own)
    table = ladder.table()
    assert table["gross"].sum() == pytest.approx(gross.sum())
    assert set(table["year"]) == {2026, 2027, 2028}


@pytest.mark.parametrize(("size", "seen"), [(1 / 2.5, 2 / 2.5), (1.01, 0.0), (0.99, 0.99)])
def test_of_a_year_as_many_whole_steps_are_seen_as_there_are(size: float, seen: float) -> None:
    """A step is of units a year, whatever a step of the pathway is."""
    found = in_steps(2, step_size=1)
    units = found.units().query("resource == 'inquiry'")["units"].to_numpy()
    yearly = units.reshape(*ledger(found).amounts.shape[:2], -1, 12).sum(axis=-1)
    saved = (yearly[:, 0] - yearly[:, found.arms.index("ends")])[:, 1:]  # without the history
    run, year = np.unravel_index(saved.argmax(), saved.shape)
    most = float(saved.max())
    ladder = cash_ladder(ledger(in_steps(2, step_size=size * most)), "ends")
    own, shown = (ladder.yearly(seen=one)["social", "step"][run, year + 1] for one in (False, True))
    assert shown / own == pytest.approx(seen, abs=1e-9)


def test_of_a_step_without_a_size_nothing_is_seen() -> None:
    ladder = cash_ladder(ledger(in_steps(1)), "ends")
    assert ladder.unstated == ("inquiry",)
    assert not ladder.yearly()["social", "step"].any()


def test_small_steps_without_notice_show_everything() -> None:
    ladder = cash_ladder(ledger(in_steps(1, step_size=1e-6)), "ends")
    seen, gross = ladder.yearly()["social", "step"], ladder.yearly(seen=False)["social", "step"]
    assert seen == pytest.approx(gross, rel=1e-3)


def test_money_that_only_moves_is_no_use_that_falls() -> None:
    terms = Fund.model_validate({"principal": "town", "repayment": {"basis": "observed"}})
    book = ledger(counts(1, funds={"fund": terms}))
    moved = with_repayments(book, [repayments(book, "fund", "ends")])
    assert len(moved.lines) > len(book.lines)
    plain, after = (cash_ladder(one, "ends").yearly(seen=False) for one in (book, moved))
    assert plain.keys() == after.keys()
    assert all(np.array_equal(plain[key], after[key]) for key in plain)
