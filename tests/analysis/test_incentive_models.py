"""Who pays what each year and who gains, under other terms for the same people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sisim import load, run
from sisim.analysis.silo import SiloGame, silo_game

POCKETS = Path(__file__).parents[1] / "helpers" / "pockets.toml"


@pytest.fixture(scope="module")
def game() -> SiloGame:
    """Return a game of two projects whose money is not discounted."""
    changes = {"replications": 3, "economy.discount_costs": 0}
    return silo_game({"pockets": run(load(POCKETS, changes))})


def by_year(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return the sums of amounts by some keys."""
    return table.groupby([*keys], sort=False)[["paid", "repaid", "saves", "net"]].sum()


def test_the_years_add_up_to_what_each_party_gains_in_all(game: SiloGame) -> None:
    keys = ["project", "model", "party"]
    years, every = by_year(game.yearly, *keys), game.models.set_index(keys)
    assert set(years.index) == set(every.index)
    every = every.loc[years.index]
    assert years["net"].to_numpy() == pytest.approx(every["net"].to_numpy(), abs=1e-4)
    assert years["saves"].to_numpy() == pytest.approx(every["saves"].to_numpy(), abs=1e-4)
    last = game.yearly.groupby(keys, sort=False)["accumulated"].last()
    assert last.to_numpy() == pytest.approx(years["net"].to_numpy(), abs=1e-4)


def test_terms_move_money_within_a_year_and_make_none(game: SiloGame) -> None:
    sums = by_year(game.yearly, "project", "year", "model")
    assert np.abs(sums["repaid"]).max() < 1e-4
    for _, one in sums.groupby(["project", "year"]):
        assert np.ptp(one["net"]) < 1e-4
        assert np.ptp(one["saves"]) < 1e-4


def test_a_fund_gets_back_what_its_own_administrations_have_saved_and_no_more(
    game: SiloGame,
) -> None:
    table = game.yearly.set_index(["project", "model", "party"]).sort_index()
    for project, cost in [(one.name, one.cost.mean()) for one in game.proposals]:
        kept = table.loc[(project, "fund_not_repaid", "fund")]
        assert not kept["repaid"].any()
        assert kept["accumulated"].iloc[-1] == pytest.approx(-cost)
        fund = table.loc[(project, "fund_repaid", "fund")]
        assert (fund["accumulated"] <= 1e-4).all()
        assert fund["repaid"].sum() < 0
        others = table.loc[(project, "fund_repaid")].drop("fund")
        assert (others["repaid"].loc[["health"]] == 0).all()  # of another principal
