"""Calibration: a posterior that is known is found, and what is not known is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.calibrations import ENTRIES, GOLDEN, INTO, OUT_OF, PATHWAY, STOCK, calibration
from scipy import stats

from sisim.analysis.executors import in_process
from sisim.engine.cohort import NotExact
from sisim.estimation.calibrate import (
    Calibrated,
    NotCalibrated,
    NumberSpace,
    calibrate,
    fitted_emulators,
    posterior,
)
from sisim.estimation.calibration_file import load_calibration
from sisim.estimation.target_values import TargetSetup, exact_targets
from sisim.i18n import in_language
from sisim.report.calibration_report import sentences, warnings


def calibrated(folder: Path, *tables: str, **settings: Any) -> Calibrated:
    plan = load_calibration(calibration(folder, *tables, **settings), str(PATHWAY))
    return calibrate(plan, in_process())


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    """Return what both targets tell, computed exactly."""
    return calibrated(tmp_path_factory.mktemp("exact"), draws=64)


@pytest.fixture(scope="module")
def stock_alone(tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    """Return what the stock alone tells, with the entries held out."""
    folder = tmp_path_factory.mktemp("stock")
    return calibrated(folder, STOCK, ENTRIES, draws=64, held_out=["entries"])


def test_computed_exactly_it_is_the_posterior_of_a_grid(exact: Calibrated) -> None:
    """The grid is in continuous time: a week's step makes lengths half a per cent longer."""
    assert exact.exact
    assert set(exact.seed_shares.values()) == {0.0}
    for path, (mean, sd) in GOLDEN.items():
        assert exact.draws[path].mean() == pytest.approx(mean, rel=0.01)
        assert exact.draws[path].std() == pytest.approx(sd, rel=0.1)
    assert exact.correlations[0, 1] == pytest.approx(0.809, abs=0.03)
    low, high = (1 / exact.draws[OUT_OF]).quantile([0.05, 0.95])
    assert (low, high) == pytest.approx((1.519, 2.093), rel=0.02)
    assert (exact.directions > 1).all()


def test_simulated_with_four_seeds_it_is_nearly_the_same(tmp_path: Path) -> None:
    found = calibrated(tmp_path, method="'emulator'", draws=24, waves=1, residents=100_000)
    for path, (mean, sd) in GOLDEN.items():
        assert abs(found.draws[path].mean() - mean) < 0.3 * sd
    assert max(found.seed_shares.values()) < 0.1
    assert max(found.misses.values()) < 0.5
    assert warnings(found) == []


def test_one_seed_of_few_people_is_warned_of(tmp_path: Path) -> None:
    settings = {"draws": 24, "waves": 1, "replications": 1, "residents": 20_000}
    found = calibrated(tmp_path, method="'emulator'", **settings)
    assert found.seed_shares["stock"] > 0.25
    assert any("chance between seeds" in one and "%" in one for one in warnings(found))
    # The chance is in the answer: it is less sure than the targets alone would make it.
    assert found.draws[OUT_OF].std() > 1.05 * GOLDEN[OUT_OF][1]


def test_a_stock_alone_does_not_tell_the_way_in_from_the_way_out(stock_alone: Calibrated) -> None:
    assert stock_alone.correlations[0, 1] == pytest.approx(0.983, abs=0.01)
    assert stock_alone.draws[INTO].mean() == pytest.approx(0.0082, abs=0.0004)
    assert stock_alone.draws[OUT_OF].mean() == pytest.approx(0.910, abs=0.04)
    assert list(stock_alone.directions > 1) == [True, False]
    said = " ".join(sentences(stock_alone))
    assert "only the combination is known (correlation 0.98)" in said
    assert "not identified" in said


def test_a_target_that_is_held_out_moves_nothing(stock_alone: Calibrated, tmp_path: Path) -> None:
    alone = calibrated(tmp_path, STOCK, draws=64)
    assert alone.draws.equals(stock_alone.draws)
    assert [one.target.held_out for one in stock_alone.emulators] == [False, True]


def test_what_cannot_agree_is_said_with_what_it_misses(tmp_path: Path) -> None:
    """So many enter that even the longest stays in the range cannot make the stock so small."""
    impossible = STOCK.replace("0.0090", "0.05").replace("0.0005", "0.001")
    with pytest.raises(NotCalibrated, match=r'(?s)No combination.*"stock" is 0\.0.*0\.05 was obs'):
        calibrated(tmp_path, impossible, ENTRIES, draws=64)


def test_it_is_simulated_where_a_target_follows_each_person_and_says_why(tmp_path: Path) -> None:
    again = (
        '[calibration.targets.again]\nmeasure = "again_within"\nvalue = 0.005\n'
        'arguments = { group = "care.placed", months = 12 }\nerror = { sd = 0.05 }\n'
    )
    with pytest.raises(NotExact, match="each person's history"):
        calibrated(tmp_path, again, method="'exact'", draws=16)
    few = {"draws": 16, "waves": 1, "replications": 1, "residents": 3000}
    found = calibrated(tmp_path, again, **few)
    assert not found.exact
    assert "as it depends on each person's history (again_within)" in " ".join(sentences(found))
    with in_language("sv"):
        said = " ".join(sentences(found))
    assert "eftersom det beror på varje persons historia (again_within)" in said


def test_in_a_hundred_municipalities_the_truth_is_anywhere_in_the_posterior(
    tmp_path: Path,
) -> None:
    """Simulation-based calibration (Talts et al. 2018): its ranks are uniform."""
    plan = load_calibration(calibration(tmp_path, draws=64), str(PATHWAY))
    emulators, space = fitted_emulators(plan, in_process()), NumberSpace(plan.priors)
    rng = np.random.default_rng(7)
    true = rng.standard_normal((100, 2))
    points = [dict(zip(plan.paths, row, strict=True)) for row in space.values(true)]
    expected = exact_targets(TargetSetup(plan.scenario, plan.targets), points, lambda _: None)
    ranks = np.empty((100, 2))
    for municipality, values in enumerate(expected[:, 0]):
        observed = [
            replace(
                one,
                target=replace(
                    one.target, observed=float(value + one.target.error * rng.standard_normal())
                ),
            )
            for one, value in zip(emulators, values, strict=True)
        ]
        scores = posterior(space, observed, draws=99, seed=municipality).scores
        ranks[municipality] = (scores < true[municipality]).sum(axis=0)
    for number in range(2):
        counts, _ = np.histogram(ranks[:, number], bins=10, range=(0, 100))
        assert stats.chisquare(counts).pvalue > 0.01
