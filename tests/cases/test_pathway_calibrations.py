"""The ready pathways' tuned numbers agree with the posteriors that are kept of them.

What is kept was made by `sisim calibrate` in minutes. Here it is held against the pathways as they
are: neither can change without the other.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sisim.calibration.life_histories import histories, run_logged
from sisim.engine.compile import compile_scenario
from sisim.estimation.calibration_file import CalibrationPlan, load_calibration
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table
from sisim.scenario.psa_draws import draw_values

FOLDER = Path(__file__).parents[2] / "experiments" / "pathway-calibrations"
NAMES = [path.stem.removesuffix("-posterior") for path in FOLDER.glob("*-posterior.toml")]
CARE = FOLDER.parent / "child-youth-calibration"
"""Of children and young people nine rates are kept, and held in `test_child_youth_calibration`."""


@cache
def plan(name: str) -> CalibrationPlan:
    """Return the calibration of a pathway's tuned numbers."""
    return load_calibration(FOLDER / f"{name}.toml", name)


def draws(name: str) -> pd.DataFrame:
    """Return what was found."""
    return read_table(FOLDER / f"{name}-posterior-draws.csv")


def test_every_pathway_with_tuned_numbers_has_its_calibration() -> None:
    assert sorted([*NAMES, "child-youth"]) == sorted(shipped("pathway"))


def test_what_is_shipped_of_children_in_care_is_nowhere_beyond_its_posterior() -> None:
    """One rate is shipped at the lower end of its range, and so at that of its posterior."""
    plan = load_calibration(CARE / "calibrate.toml", "child-youth")
    found = read_table(CARE / "calibrated-draws.csv")
    below = [float((found[one.path] < one.number.value).mean()) for one in plan.priors]
    assert all(0.01 < one < 0.99 for one in below)
    assert sum(0.05 < one < 0.95 for one in below) == len(below) - 1


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_number_lies_in_the_middle_of_its_posterior(name: str) -> None:
    """In the 90 % interval: the mode need not be the mean of what the range cuts off."""
    found = draws(name)
    assert list(found) == list(plan(name).paths)
    for prior in plan(name).priors:
        low, high = found[prior.path].quantile([0.05, 0.95])
        assert low <= prior.number.value <= high, prior.path
        ends = prior.interval(1.0)
        assert found[prior.path].between(ends[0] * 0.999, ends[1] * 1.001).all(), prior.path


@pytest.mark.parametrize("name", NAMES)
def test_the_targets_are_those_that_it_was_calibrated_to(name: str) -> None:
    told = read_table(FOLDER / f"{name}-posterior-targets.csv").set_index("target")
    assert set(told.index) == {one.name for one in plan(name).targets}
    for one in plan(name).targets:
        assert told.loc[one.name, "observed"] == pytest.approx(one.observed, rel=1e-4), one.name
        assert bool(told.loc[one.name, "held_out"]) == one.held_out


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_numbers_give_what_the_posterior_gives(name: str) -> None:
    """In one run, whose own chance is in it."""
    told = read_table(FOLDER / f"{name}-posterior-targets.csv").set_index("target")
    lived = histories(run_logged(compile_scenario(plan(name).scenario), 99))
    apart = []
    for one in plan(name).targets:
        if one.held_out:
            continue
        row = told.loc[one.name]
        wide = np.hypot(one.error, (row["posterior_high"] - row["posterior_low"]) / 3.29)
        apart.append(abs(one.measured(lived) - row["posterior"]) / wide)
    assert max(apart) < 3
    assert np.mean(apart) < 1


def test_a_ready_scenario_draws_the_tuned_numbers_together(tmp_path: Path) -> None:
    found = (FOLDER / "older-people-posterior.toml").as_posix()
    ready = shipped("scenario")["health-promotion-seniors"].read_text(encoding="utf-8")
    path = tmp_path / "own.toml"
    path.write_text(f'override_files = ["{found}"]\n{ready}', encoding="utf-8", newline="\n")
    scenario = load_scenario(path)
    drawn = draw_values(scenario, 11, 1)
    assert [drawn[f"pathway.{key}"] for key in plan("older-people").paths] == pytest.approx(
        list(draws("older-people").iloc[11])
    )
