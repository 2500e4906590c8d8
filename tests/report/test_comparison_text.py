"""The sentences agree with the figures, in both languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.made_up import MadeUp, scenario

from sisim.analysis.comparison import Change, Which, compare
from sisim.report.captions import headline_cells
from sisim.report.comparison_text import all_years, caption, paid_back, sentences, verdict

BETTER = ("lower_cost", "avoided", "avoided_returns")


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "sv",
            [
                "Figur 1 är ”Projekt som avslutas”, figur 2 ”Nytt arbetssätt”",
                "Barn i placering år 2036: 230 utan investeringen, 224 i figur 1, 182 i figur 2.",
                "157,5\N{NO-BREAK SPACE}mkr utan investeringen",
                "med–utan −15\N{NO-BREAK SPACE}%. Kostnaden ökar – men mindre",
                "Inte återbetalt inom 20 år.",
                "Återbetalt år 7 (2032).",
                "Påhittade exempelsiffror",
            ],
        ),
        (
            "en",
            [
                "Figure 1 is “A project that ends”, figure 2 “A new way of working”",
                "Children in placement in 2036: 230 without the investment, 224 in figure 1",
                "SEK\N{NO-BREAK SPACE}157.5m without the investment",
                "with–without −15%. The cost rises – but less than it would have.",
                "Not paid back within 20 years.",
                "Paid back in year 7 (2032).",
                "Invented example numbers",
            ],
        ),
    ],
    indirect=["lang"],
)
def test_the_sentences(made_up: MadeUp, expected: list[str]) -> None:
    said = "\n".join(sentences(made_up))
    for part in expected:
        assert part in said


def test_real_numbers_are_not_called_invented() -> None:
    said = " ".join(sentences(MadeUp(scenario=scenario(invented=False))))
    assert "Invented" not in said


@pytest.mark.parametrize(
    ("made", "which", "begins"),
    [
        ({}, "new_way", "The cost rises – but less"),
        ({"effect": 0.0, "fewer": 0.0}, "project", "The cost rises – about as it would"),
        ({"effect": 0.0, "fewer": 0.0}, "new_way", "The cost rises – and more"),
        ({"fewer": 0.5, "growth": 0.0}, "new_way", "The cost falls – and is lower"),
        (
            {"effect": 0.0, "fewer": 0.0, "growth": -0.03},
            "new_way",
            "The cost falls – but is higher",
        ),
    ],
)
def test_the_verdict_holds_both_comparisons(made: dict, which: str, begins: str) -> None:
    side = compare(MadeUp(**made)).side(which)
    assert verdict(side).startswith(begins)


@pytest.mark.parametrize(
    ("difference", "says"),
    [
        (0.0, "The cost stands still – as it would have anyway."),
        (-0.1, "The cost stands still – and is lower than it would have been."),
        (0.1, "The cost stands still – but is higher than it would have been."),
    ],
)
def test_what_is_written_as_no_change_is_not_said_to_rise_or_fall(
    made_up: MadeUp, difference: float, says: str
) -> None:
    for change in (-0.004, 0.004):
        side = replace(
            compare(made_up).side("project"),
            before_after=Change(change),
            with_without=Change(difference),
        )
        assert verdict(side) == says


@pytest.mark.parametrize(
    ("helped", "avoided", "lang", "says"),
    [
        (
            1.2,
            0.9,
            "en",
            "1 participant, 900 people whose lives became different, 1 new case avoided, "
            "3 returns avoided; ",
        ),
        (
            22.4,
            -3.0,
            "en",
            "22 participants, 900 people whose lives became different, 3 more new cases, "
            "3 returns avoided; ",
        ),
        (
            22.4,
            -0.9,
            "sv",
            "22 deltagare, 900 personer vars livsförlopp ändrats, "
            "1 nytt ärende till, 3 undvikna återkomster; ",
        ),
        (
            0.0,
            -0.2,
            "sv",
            "0 deltagare, 900 personer vars livsförlopp ändrats, "
            "0 undvikna nya ärenden, 3 undvikna återkomster; ",
        ),
    ],
    indirect=["lang"],
)
def test_people_and_cases_are_counted_as_one_speaks(
    helped: float, avoided: float, says: str
) -> None:
    class Counted(MadeUp):
        def headline(self, arm: str) -> dict[str, tuple[float, float, float]]:
            counted = {
                "helped": (helped,) * 3,
                "avoided": (avoided,) * 3,
                "avoided_returns": (3.2,) * 3,
                "affected": (900.0,) * 3,
            }
            return {**super().headline(arm), **counted}

    assert says in " ".join(sentences(Counted()))


@pytest.mark.parametrize(
    ("effect", "takes_part", "says"),
    [
        (0.3, 118.0, "Some individuals helped, but the inflow is unchanged"),
        (0.0, 118.0, "Individuals take part, and nothing clearly becomes better"),
        (0.0, 0.0, "Nobody takes part, and the inflow is unchanged"),
    ],
)
def test_nobody_is_called_helped_whom_nothing_became_better_for(
    effect: float, takes_part: float, says: str
) -> None:
    class Counted(MadeUp):
        def headline(self, arm: str) -> dict[str, tuple[float, float, float]]:
            of = super().headline(arm)
            better = {name: of[name] if effect else (0.0, -1.0, 1.0) for name in BETTER}
            return {**of, **better, "helped": (takes_part,) * 3}

    side = compare(Counted(effect=effect, fewer=0.0)).project
    assert caption(side) == says


@pytest.mark.parametrize(
    ("made", "paid", "says"),
    [
        ("new_way", 1.0, "Paid back in year 7 (2032)"),
        ("new_way", 0.6, "Paid back in 12 of 20 runs, on average in year 7 (2032)"),
        ("project", 0.3, "Paid back within 20 years in only 6 of 20 runs"),
        ("project", 0.05, "Not paid back within 20 years"),
    ],
)
def test_paid_back_is_said_with_the_share_of_the_runs_where_they_do_not_agree(
    made_up: MadeUp, made: Which, paid: float, says: str
) -> None:
    story = compare(made_up)
    assert paid_back(story, replace(story.side(made), paid_back=paid)) == says


def test_where_nothing_is_invested_nothing_is_paid_back(made_up: MadeUp) -> None:
    story = compare(made_up)
    free = replace(story.without.investment, runs=np.zeros((20, 1)))
    side = replace(story.project, investment=free, paid_back=1.0, break_even=None)
    assert paid_back(story, side) == "Nothing is invested"


def test_a_direction_that_the_runs_do_not_agree_on_is_not_told(made_up: MadeUp) -> None:
    side = compare(made_up).project
    for share in (-0.2, 0.2):
        apart = replace(side, with_without=Change(share, runs=0.7), before_after=Change(0.1))
        assert verdict(apart) == "The cost rises – more or less than without, the runs differ."


SHARE = "Over 20 years the investment saves more than it costs in 1 of 20 runs."


@pytest.mark.parametrize(
    ("net", "says"),
    [
        (
            (-7e6, -9e6, -1e6),
            "Over 20 years the investment costs SEK 7.0m (present value) more than it saves.",
        ),
        (
            (-7e6, -9e6, 1e6),
            "Over 20 years the investment saves more than it costs in 1 of 20 runs.",
        ),
        (
            (7e6, -1e6, 9e6),
            "Over 20 years the investment saves more than it costs in 1 of 20 runs.",
        ),
        (
            (7e6, 1e6, 9e6),
            "Over 20 years the investment saves SEK 7.0m (present value) more than it costs.",
        ),
        (
            (259.2e6, 1e6, 9e8),
            "Over 20 years the investment saves SEK 259m (present value) more than it costs.",
        ),
    ],
)
def test_a_sum_of_all_years_is_said_where_its_range_has_one_sign_else_the_share_of_runs(
    made_up: MadeUp, net: tuple[float, float, float], says: str
) -> None:
    story = compare(made_up)
    headline = {**story.project.headline, "net": net}
    side = replace(story.project, headline=headline)
    said = all_years(story, side).replace("\N{NO-BREAK SPACE}", " ")
    assert said == says
    one = compare(MadeUp(replications=1))
    alone = replace(one.project, headline=headline, paid_back=1.0)
    assert "1 of 1 run" in all_years(one, alone)


def test_an_effect_fades_only_where_delivery_has_stopped_and_soon_after(made_up: MadeUp) -> None:
    story = compare(made_up)
    assert story.project.fading.tolist() == [2029, 2030, 2031]
    assert story.new_way.fading.tolist() == []
    everlasting = replace(story.project, phases=(("project", 2026.0, 2060.0),))
    assert everlasting.fading.tolist() == []


@pytest.mark.parametrize("runs", [1, 2, 4, 5])
def test_few_runs_have_no_intervals_and_say_so(runs: int) -> None:
    story = compare(MadeUp(replications=runs))
    _, cells = headline_cells(story, ("project", "new_way"))
    told = any("ranges take at least 5" in said for said in sentences(story))
    assert told == (runs < 5)
    ranges = [spread for (_, name), (_, spread) in cells.items() if name != "invested"]
    assert any(ranges) == (runs >= 5)


def test_a_scenario_without_figures_is_answered() -> None:
    with pytest.raises(ValueError, match="no \\[figures\\]"):
        sentences(MadeUp(scenario=scenario(figures=None)))
