"""A start is a month, or a day where a step is a week."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.any_counts import scenario
from helpers.small_files import Write
from hypothesis import given
from hypothesis import strategies as st

from sisim.engine.clock import Clock
from sisim.loading.load import load_scenario
from sisim.scenario.dates import is_date, months_until
from sisim.scenario.errors import ScenarioError

STEP = 'step = "month"'


@given(st.dates())
def test_later_days_are_later_and_a_month_begins_on_its_first(day: Any) -> None:
    text = f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
    assert is_date(text)
    first = months_until(text[:7])
    assert first == 12 * day.year + day.month - 1 == months_until(f"{text[:7]}-01")
    assert first <= months_until(text) < first + 1


@pytest.mark.parametrize("day", ["2026-02-29", "2026-04-31", "2026-01-00"])
def test_a_day_that_is_not_in_the_calendar_is_refused(write: Write, day: str) -> None:
    with pytest.raises(ScenarioError, match="is no day of the calendar"):
        load_scenario(write((STEP, 'step = "week"')), {"investments.support.start": day})


def test_a_day_in_a_month_falls_between_two_months(write: Write) -> None:
    with pytest.raises(ScenarioError, match="2027-09 or 2027-10 would do"):
        load_scenario(write(), {"investments.support.start": "2027-09-26"})


def test_a_week_begins_nearest_to_the_day() -> None:
    known = scenario()
    weekly = known.model_copy(update={"pathway": known.pathway.model_copy(update={"step": "week"})})
    clock = Clock.of(weekly)
    steps = [clock.at(f"2026-09-{day:02d}") for day in range(1, 29)]
    assert steps == sorted(steps)
    assert steps[-1] - steps[0] in (3, 4)
    assert clock.at("2026-09-01") == clock.at("2026-09")
