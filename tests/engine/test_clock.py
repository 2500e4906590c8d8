"""Years are whole from the start, whichever month that is and however long a step is."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
from helpers.any_counts import scenario
from hypothesis import given
from hypothesis import strategies as st

from sisim.engine.clock import Clock
from sisim.scenario.scenario import Time

STEPS = {"week": 365.25 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}

spans = st.fixed_dictionaries(
    {
        "start": st.builds("{:04d}-{:02d}".format, st.integers(1990, 2060), st.integers(1, 12)),
        "years": st.integers(1, 100),
        "history": st.integers(0, 20),
        "step": st.sampled_from(sorted(STEPS)),
    }
)


KNOWN = scenario()


def clock_of(start: str, years: float, history: float, step: str) -> Clock:
    """Return the clock of a scenario."""
    time = Time(start=start, years=years, history=history, warm_up=0)
    pathway = KNOWN.pathway.model_copy(update={"step": step})
    return Clock.of(KNOWN.model_copy(update={"pathway": pathway, "time": time}))


@given(spans)
def test_each_year_is_as_long_as_a_year_and_the_last_ends_with_the_scenario(
    span: dict[str, Any],
) -> None:
    clock = clock_of(**span)
    steps = np.arange(clock.history, clock.end)
    years, lengths = np.unique(clock.year(steps), return_counts=True)
    first = int(span["start"][:4])
    assert years.tolist() == list(range(first - span["history"], first + span["years"]))
    assert set(lengths) <= {floor(STEPS[span["step"]]), ceil(STEPS[span["step"]])}
    assert clock.year(np.array([clock.start])) == first
    assert clock.year(np.array([clock.start - 1])) == first - 1


@given(spans)
def test_from_a_january_they_are_those_of_the_calendar(span: dict[str, Any]) -> None:
    clock = clock_of(**{**span, "start": span["start"][:4] + "-01", "step": "month"})
    steps = np.arange(clock.history, clock.end)
    np.testing.assert_array_equal(clock.year(steps), clock.calendar_year(steps))


@given(st.integers(1, 12), st.floats(0.1, 90), st.floats(0, 40), st.integers(0, 1100))
def test_what_a_file_says_of_years_is_what_is_counted(
    month: int, years: float, history: float, later: int
) -> None:
    """The years of a scenario, its whole years, and the year of a month, by counting months."""
    years, history = round(12 * years) / 12, round(12 * history) / 12
    time = Time(start=f"2026-{month:02d}", years=years, history=history)
    clock = clock_of(time.start, years, history, "month")
    steps = np.arange(clock.history, clock.end)
    of, counts = np.unique(clock.year(steps), return_counts=True)
    assert list(time.all_years) == [year for year in of.tolist() if year >= 2026]
    assert list(time.whole_years) == of[counts == 12].tolist()
    step = clock.start + later
    named = f"{2026 + (month - 1 + later) // 12}-{1 + (month - 1 + later) % 12:02d}"
    assert time.year_of(named) == clock.year(np.array([step]))[0]
    assert clock.at(named) == step
    assert time.year_of(time.start, later / 12) == time.year_of(named)
    assert clock.at(time.ends) == clock.end


@given(spans)
def test_the_lengths_of_the_steps_of_a_whole_year_add_up_to_a_year(span: dict[str, Any]) -> None:
    clock = clock_of(**span)
    steps = np.arange(clock.history, clock.end)
    years = clock.year(steps)
    sums = np.bincount(years - years[0], clock.lengths(steps)) / clock.per_year
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
