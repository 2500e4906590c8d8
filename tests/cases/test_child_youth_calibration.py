"""The calibration of children and young people that is kept: what a scenario takes of it."""

from __future__ import annotations

from math import hypot
from pathlib import Path

import numpy as np
import pytest

from sisim.calibration.life_histories import histories, run_logged
from sisim.engine.compile import compile_scenario
from sisim.estimation.calibration_file import CalibrationPlan, load_calibration
from sisim.estimation.number_prior import with_free_numbers
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table
from sisim.scenario.psa_draws import draw_values
from sisim.scenario.scenario import Scenario

FOLDER = Path(__file__).parents[2] / "experiments/child-youth-calibration"


@pytest.fixture(scope="module")
def plan() -> CalibrationPlan:
    """Return the calibration that was made."""
    return load_calibration(FOLDER / "calibrate.toml", "child-youth")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Return a ready scenario that takes what was found."""
    path = tmp_path_factory.mktemp("own") / "own.toml"
    ready = shipped("scenario")["placed-youth"].read_text(encoding="utf-8")
    found = (FOLDER / "calibrated.toml").as_posix()
    path.write_text(f'override_files = ["{found}"]\n{ready}', encoding="utf-8")
    return load_scenario(path)


def test_ten_key_figures_tell_of_nine_rates_and_three_more_are_held_out(
    plan: CalibrationPlan,
) -> None:
    held_out = [one.held_out for one in plan.targets]
    assert (len(plan.paths), held_out.count(False), held_out.count(True)) == (9, 10, 3)


def test_a_ready_scenario_draws_the_rates_together(
    plan: CalibrationPlan, scenario: Scenario
) -> None:
    rows = read_table(FOLDER / "calibrated-draws.csv")
    assert (len(rows), list(rows)) == (2000, list(plan.paths))
    drawn = draw_values(scenario, 7, 1)
    assert [drawn[f"pathway.{path}"] for path in plan.paths] == pytest.approx(list(rows.iloc[7]))
    for prior in plan.priors:
        low, high = prior.interval(1.0)
        assert rows[prior.path].between(low * 0.999, high * 1.001).all()


def test_the_medians_give_the_key_figures(plan: CalibrationPlan) -> None:
    """In one run, whose own chance is in it."""
    medians = read_table(FOLDER / "calibrated-draws.csv").median()
    compiled = compile_scenario(with_free_numbers(plan.scenario, dict(medians)))
    lived = histories(run_logged(compiled, 99))
    apart = [
        abs(one.measured(lived) - one.observed) / hypot(one.error, one.discrepancy)
        for one in plan.targets
    ]
    assert max(apart) < 3
    assert np.mean(apart) < 1.2
