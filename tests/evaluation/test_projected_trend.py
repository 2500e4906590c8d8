"""What earlier cohorts let expect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from sisim.evaluation.projected_trend import projected_trend


def cohorts(means: dict[int, float], area: str = "north", each: int = 40) -> pd.DataFrame:
    """Return people with exact means by year, spread evenly by ±1; from 2026 they are treated."""
    rows = [
        {"area": area, "year": year, "outcome": mean + sign}
        for year, mean in means.items()
        for sign in (-1.0, 1.0)
        for _ in range(each // 2)
    ]
    people = pd.DataFrame(rows)
    post = people["year"] >= 2026
    return people.assign(post=post, treated=post & (area == "north"))


FALLING = {2022: 10.0, 2023: 9.0, 2024: 8.0, 2025: 7.0}


class TestProjectedTrend:
    """The line through earlier cohorts, and what comes below it."""

    def test_a_straight_fall_goes_on_and_only_what_is_below_it_counts(self) -> None:
        people = cohorts(FALLING | {2026: 5.5, 2027: 4.5})
        assert projected_trend(people, shape="line").value == pytest.approx(0.5)
        assert projected_trend(people, shape="level").value == pytest.approx(8.5 - 5.0)

    def test_it_is_the_line_of_statsmodels_at_the_treated_peoples_mean_year(self) -> None:
        rng = np.random.default_rng(1)
        people = cohorts({2020: 3, 2021: 5, 2022: 4, 2023: 6, 2024: 5, 2025: 4, 2026: 4, 2028: 3})
        people = people[rng.random(len(people)) < 0.7]
        people = people.assign(outcome=people["outcome"] + rng.normal(size=len(people)))
        earlier, later = people[~people["post"]], people[people["post"]]
        line = sm.OLS(earlier["outcome"], sm.add_constant(earlier["year"])).fit(cov_type="HC0")
        at = line.get_prediction([[1.0, later["year"].mean()]])
        found = projected_trend(people)
        assert found.value == pytest.approx(at.predicted_mean[0] - later["outcome"].mean())
        # Errors about each cohort's mean, not about the line: nearly the same.
        own = later["outcome"].var() / len(later)
        assert found.error == pytest.approx((at.se_mean[0] ** 2 + own) ** 0.5, rel=0.2)

    def test_the_error_is_that_of_the_prediction_by_hand(self) -> None:
        """Three years weigh -7/6, 1/3 and 11/6 three years ahead of the middle one."""
        people = cohorts({2023: 5.0, 2024: 5.0, 2025: 5.0, 2026: 4, 2027: 4, 2028: 4})
        each = (40 / 39) / 40
        by_hand = ((7 / 6) ** 2 + (1 / 3) ** 2 + (11 / 6) ** 2 + 3 * (1 / 3) ** 2) * each
        found = projected_trend(people)
        assert found.error == pytest.approx(by_hand**0.5)
        assert (found.n_treated, found.n_comparison) == (120, 120)

    def test_what_other_areas_depart_from_their_trend_is_deducted(self) -> None:
        north = cohorts(FALLING | {2026: 4.0})
        south = cohorts({2022: 4.0, 2023: 4.0, 2024: 4.0, 2025: 4.0, 2026: 3.0}, "south")
        east = cohorts({2022: 99.0, 2026: 1.0}, "east")
        people = pd.concat([north, south, east], ignore_index=True)
        assert projected_trend(people).value == pytest.approx(2.0)
        found = projected_trend(people, against=["south"])
        assert found.value == pytest.approx(2.0 - 1.0)
        assert found.clusters == 2

    def test_one_year_has_a_level_and_no_line(self) -> None:
        people = cohorts({2025: 7.0, 2026: 5.0})
        assert projected_trend(people, shape="level").value == pytest.approx(2.0)
        failed = projected_trend(people).failed
        assert failed is not None
        assert "two earlier years" in failed.in_language("en")
