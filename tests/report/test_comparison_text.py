"""The sentences agree with the figures, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.made_up import MadeUp, scenario

from sisim.analysis.comparison import compare
from sisim.report.comparison_text import sentences, verdict


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
                "Återbetalt år 7 (räknat från startåret som år 1).",
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
                "Paid back in year 7.",
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
            compare(made_up).side("project"), before_after=change, with_without=difference
        )
        assert verdict(side) == says


@pytest.mark.parametrize(
    ("helped", "avoided", "lang", "says"),
    [
        (
            1.2,
            0.9,
            "en",
            "1 individual helped, 900 lives became different, "
            "1 new case avoided, 3 returns avoided; ",
        ),
        (
            22.4,
            -3.0,
            "en",
            "22 individuals helped, 900 lives became different, "
            "3 more new cases, 3 returns avoided; ",
        ),
        (
            22.4,
            -0.9,
            "sv",
            "22 deltagare, 900 livsförlopp blev andra, "
            "1 nytt ärende till, 3 undvikna återkomster; ",
        ),
        (
            0.0,
            -0.2,
            "sv",
            "0 deltagare, 900 livsförlopp blev andra, "
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


def test_a_scenario_without_figures_is_answered() -> None:
    with pytest.raises(ValueError, match="no \\[figures\\]"):
        sentences(MadeUp(scenario=scenario(figures=None)))
