"""What falls between two steps of the pathway is refused, with the nearest that would do."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.small_files import Write
from hypothesis import given
from hypothesis import strategies as st

from sisim.i18n import Lang
from sisim.loading.load import load_scenario
from sisim.scenario.errors import ScenarioError
from sisim.scenario.steps import MONTHS, nearest_whole, whole_steps

STEP = 'step = "month"'


def problems(write: Write, step: str, changes: dict[str, Any]) -> dict[str, str]:
    """Return what is said of each key that is not well."""
    try:
        load_scenario(write((STEP, f'step = "{step}"')), changes)
    except ScenarioError as error:
        return {one.key: one.reason.text for one in error.problems}
    return {}


SUPPORT = "investments.support"


@pytest.mark.parametrize(
    ("step", "key", "value", "nearest"),
    [
        ("year", f"{SUPPORT}.start", "2027-07", "2027-01 or 2028-01"),
        ("year", f"{SUPPORT}.start", "2028-08", "2028-01 or 2029-01"),
        ("quarter", f"{SUPPORT}.start", "2027-12", "2027-10 or 2028-01"),
        ("year", "time.start", "2025-07", "2025-01 or 2026-01"),
        ("year", f"{SUPPORT}.years", 2.5, "2 or 3"),
        ("month", f"{SUPPORT}.years", 1.04, "1 or 1.08333"),
        ("year", f"{SUPPORT}.duration", 6, "12 would"),
        ("quarter", f"{SUPPORT}.duration", 7, "6 or 9"),
        ("month", f"{SUPPORT}.duration", 0.5, "1 would"),
        ("month", f"{SUPPORT}.onset", 1.5, "1 or 2"),
        ("year", f"{SUPPORT}.new_way.delay", 18, "12 or 24"),
        ("quarter", f"{SUPPORT}.new_way.ramp", 4, "3 or 6"),
        ("year", f"{SUPPORT}.new_way.interval", 30, "24 or 36"),
        ("year", "time.years", 9.5, "9 or 10"),
        ("year", "time.history", 0.5, "1 would"),
        ("year", "time.warm_up", 3.25, "3 or 4"),
        ("year", "population.max_age", 30.5, "30 or 31"),
        ("year", "calibration.years", 2.5, "2 or 3"),
    ],
)
def test_it_is_refused_with_the_nearest(
    write: Write, step: str, key: str, value: Any, nearest: str
) -> None:
    said = problems(write, step, {key: value})
    text = said.get(key) or said.get(f"{key}.0") or said.get(f"{key}.features.0") or ""
    assert "falls between two steps" in text, said
    assert f": {nearest}" in text, text


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_the_step_is_called_by_its_name(lang: Lang, write: Write) -> None:
    (said,) = problems(write, "year", {f"{SUPPORT}.years": 2.5}).values()
    assert ("year" in said) == (lang == "en")
    assert ("2 eller 3" in said) == (lang == "sv")


@pytest.mark.parametrize("step", ["month", "quarter", "year", "week"])
def test_whole_steps_are_well(write: Write, step: str) -> None:
    assert problems(write, step, {f"{SUPPORT}.duration": 24, f"{SUPPORT}.new_way.delay": 12}) == {}


def test_a_third_of_a_year_has_no_end_of_decimals(write: Write) -> None:
    assert problems(write, "month", {f"{SUPPORT}.years": 2.667}) == {}


@given(st.floats(0, 1000), st.sampled_from(sorted(MONTHS)))
def test_what_is_near_is_whole_itself(months: float, step: str) -> None:
    around = nearest_whole(months, step)
    length = MONTHS[step]
    if around is None:
        assert abs(whole_steps(months / length) * length - months) <= 0.011 * length
    else:
        low, high = around
        assert low < months < high == low + length
        assert nearest_whole(low, step) is nearest_whole(high, step) is None


@given(st.integers(0, 1000))
def test_a_half_goes_up_after_odd_and_even(steps: int) -> None:
    assert whole_steps(steps + 0.5) == steps + 1
