"""Perspectives add up, transfers are no cost to society, and equalisation moves money only."""

import numpy as np
import pytest
from helpers.later import OLD, later
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.economics.perspectives import COLUMNS, PARTS
from sisim.economics.valuation import Valuation


@pytest.fixture(scope="module")
def result() -> Valuation:
    return sisim.run(later())


def test_principals_add_up_to_society(result: Valuation) -> None:
    found = result.perspectives["project"]
    own = [name for name in found.names if name not in ("public", "society")]
    for part in PARTS:
        total = sum(found.gained(name, part) for name in own)
        assert np.allclose(total, found.gained("society", part))
    public = sum(found.gained(name) for name in ("town", "state", "others"))
    assert np.allclose(public, found.gained("public"))


@pytest.mark.parametrize("perspective", ["town", "state", "individual", "public", "society"])
def test_a_perspective_is_what_an_appraisal_in_it_says(result: Valuation, perspective: str) -> None:
    appraisal = result.repriced({"economy.perspective": perspective}).appraisal["project"]
    found = result.perspectives["project"]
    assert np.allclose(found.gained(perspective), appraisal.amounts["net"])
    assert np.allclose(found.gained(perspective, "later"), appraisal.amounts["tail"])
    assert np.allclose(-found.gained(perspective, "invested"), appraisal.amounts["invested"])


def test_transfers_are_no_cost_to_society(result: Valuation) -> None:
    found = result.perspectives["project"]
    benefit = ("later", "benefit")
    gained = [found.column(name, benefit) for name in COLUMNS]
    assert np.abs(gained[0]).max() > 1000
    assert np.allclose(sum(gained), 0.0, atol=0.01)


def test_production_is_a_gain_that_nobody_pays(result: Valuation) -> None:
    found = result.perspectives["project"]
    produced = ("later", "production")
    public, person = (found.column(name, produced) for name in ("taxpayers", "participants"))
    assert (public + person > 0).all()
    assert np.allclose(public / (public + person), 0.4)


def test_who_benefits_is_everybody(result: Valuation) -> None:
    found = result.perspectives["project"]
    columns = sum(found.column(name) for name in COLUMNS)
    assert np.allclose(columns, found.gained("society"))
    by_item = sum(found.column(name, item) for name in COLUMNS for item in found.items)
    assert np.allclose(by_item, columns)


def test_what_taxation_costs_stands_in_a_column_of_its_own(result: Valuation) -> None:
    dear = result.repriced({"economy.deadweight": 0.3}).perspectives["project"]
    assert np.allclose(dear.column("indirect"), 0.3 * dear.column("taxpayers"))
    assert np.allclose(dear.gained("society"), result.perspectives["project"].gained("society"))


@given(kept=st.floats(0, 1))
@settings(max_examples=5)
def test_equalisation_moves_money_between_public_payers_only(kept: float) -> None:
    start = sisim.run(later(replications=1))
    none, all_of_it, some = (
        start.repriced({"parameters.kept": share}).perspectives["project"]
        for share in (0.0, 1.0, kept)
    )
    item = ("later", "production")

    def taxes(found: object) -> float:
        payers = found.payers  # type: ignore[attr-defined]
        at = payers.index("tax"), found.items.index(item)  # type: ignore[attr-defined]
        return float(found.amounts[0, at[0], at[1]])  # type: ignore[attr-defined]

    assert taxes(none) == 0.0
    assert taxes(some) == pytest.approx(kept * taxes(all_of_it))
    for name in ("public", "society", "individual"):
        assert np.allclose(none.gained(name), all_of_it.gained(name))


def test_health_is_told_beside_the_money(result: Valuation) -> None:
    gained = result.perspectives["project"].health["qaly"]
    # Being placed kills nobody, so that as many years are lived.
    assert np.allclose(gained, 0.0, atol=1e-6)
    assert list(OLD["weights"]) == list(result.perspectives["project"].health)
