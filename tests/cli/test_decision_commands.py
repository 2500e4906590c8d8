"""Commands on who decides: several files at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sisim import load, run
from sisim.analysis.silo import silo_game
from sisim.cli.decision_commands import simulated_game
from sisim.cli.options import RunOptions

POCKETS = Path(__file__).parents[1] / "helpers" / "pockets.toml"
FEWER = {"replications": 1, "population.residents": 500}
MORE = {**FEWER, "replications": 2}


def test_files_whose_runs_differ_in_number_are_run_as_often_as_the_one_that_asks_for_most() -> None:
    loaded = {"fewer.toml": load(POCKETS, FEWER), "more.toml": load(POCKETS, MORE)}
    game = simulated_game(loaded, RunOptions())
    assert {len(one.result.seeds) for one in game.projects} == {2}
    # Both are one file, so that together they have twice what one has.
    alone = simulated_game({"more.toml": load(POCKETS, MORE)}, RunOptions())
    assert game.pooled.mean == pytest.approx(2 * alone.pooled.mean)
    assert game.pooled.deviation == pytest.approx(2 * alone.pooled.deviation)


def test_results_with_other_numbers_of_runs_are_not_added_up_run_by_run() -> None:
    results = {name: run(load(POCKETS, some)) for name, some in (("a", FEWER), ("b", MORE))}
    with pytest.raises(ValueError, match="as many runs: not 1, 2"):
        silo_game(results)
