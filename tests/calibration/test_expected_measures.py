"""Measures read off the exact cohort: what simulated lives come to as there are more of them."""

from __future__ import annotations

import pytest
from helpers.calibrations import INTO, OUT_OF, PATHWAY

from sisim.calibration.expected_measures import expected_measure, require_expected
from sisim.calibration.life_histories import plain
from sisim.engine.cohort import NotExact, expected
from sisim.loading.load import load_pathway
from sisim.scenario.numbers import with_numbers

PLACED = {"group": "care.placed"}


@pytest.mark.parametrize(("into", "out_of"), [(0.005, 0.5), (0.01, 1.4)])
def test_of_two_rates_they_are_what_is_worked_out_by_hand(into: float, out_of: float) -> None:
    """In equilibrium in continuous time; a step of a week is half a per cent from that."""
    scenario = with_numbers(plain(load_pathway(PATHWAY)), {INTO: into, OUT_OF: out_of})
    cohort = expected(scenario)
    stock = into / (into + out_of)
    weeks = pytest.approx
    assert expected_measure(cohort, "point_share", PLACED) == weeks(stock, rel=0.015)
    entries = expected_measure(cohort, "entry_rate", {**PLACED, "per": 1000})
    assert entries == weeks(1000 * into * (1 - stock), rel=0.015)


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("again_within", {"group": "care.placed", "months": 12}, "each person's history"),
        ("point_share", {**PLACED, "ages": [0, 18]}, "only some of the residents"),
        ("entry_rate", {**PLACED, "clear_years": 1}, "only some of the residents"),
    ],
)
def test_what_has_no_exact_value_says_why(
    name: str, arguments: dict[str, object], why: str
) -> None:
    with pytest.raises(NotExact, match=why):
        require_expected(load_pathway(PATHWAY), name, arguments)
