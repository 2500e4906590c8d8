"""What a verdict rests on is said in the reader's terms, on the side on which it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.any_counts import counts

import sisim
from sisim.analysis.switching_values import EVERY_EFFECT, Conclusion, SwitchingValue, Verdict
from sisim.i18n import Lang, in_language
from sisim.report.verdict_words import verdict_line, verdict_tables, verdict_words
from sisim.results import Results
from sisim.scenario.scenario import Scenario

AREA, STAY = "investments.team.effects.4.ratio", "investments.team.effects.2.ratio"
REACH, COST = "investments.team.reach", "investments.team.cost.running"
LASTS = "investments.team.effects.0.persistence.years"


def number(key: str, value: float, turns: float | None, **more: Any) -> SwitchingValue:
    told = {"grade": "assumption", "source": None, "tried": 1.0, "from_file": True}
    told |= {"move": -1e6, "runs": 5, "far": 1.0, "searched": 5, **more}
    return SwitchingValue(key, value, turns=turns, **told)


def judged(*numbers: SwitchingValue, conclusion: Conclusion | None = "saves", **more: Any) -> Any:
    """Return a result that holds a verdict on both arms of the ready scenario."""

    class Made(Results):
        scenario: Scenario = sisim.load("placed-youth")  # type: ignore[assignment]

    found = Made(counts(1))
    net = {"saves": (5e6, 1e6, 9e6), "costs": (-5e6, -9e6, -1e6), None: (1e6, -1e6, 3e6)}
    one = Verdict("new_way", False, net[conclusion], 5, conclusion, numbers, more.pop("omitted", 0))
    found.known_verdicts = [one, replace(one, arm="project")]
    return found


def said(*numbers: SwitchingValue, lang: Lang = "en", **more: Any) -> str:
    with in_language(lang):
        return "\n".join(verdict_words(judged(*numbers, **more))).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("one", "en", "sv"),
    [
        (number(AREA, 0.7, 0.9425), "holds as long as it prevents at least 5.8%", "minst 5,8 %"),
        (number(AREA, 0.7, 0.543), "holds as long as it prevents at most 45%", "högst 45 %"),
        (number(AREA, 0.7, None), "holds even without this effect", "även utan den effekten"),
        (number(AREA, 0.7, 1.0), "holds as long as it has any effect", "har någon effekt alls"),
        (
            number(EVERY_EFFECT, 1.0, 0.0, far=0.0),
            "holds as long as they do anything at all",
            "gäller så länge de har någon verkan alls",
        ),
        (number(AREA, 0.7, None, far=0.0), "holds all the way to 100%", "ända till 100 %"),
        (number(STAY, 1.4, 1.123), "raises by at least 13%", "ökningen är minst 13 %"),
        (number(REACH, 0.8, 0.453), "at least 46% (80% in the file", "minst 46 % (i filen 80 %"),
        (number(COST, 6.75e6, 1.234e7), "at most SEK 12.0m", "högst 12,0 mkr"),
        (number(LASTS, 1.36, 0.612), "at least 0.62 years", "minst 0,62 år"),
        (
            number(EVERY_EFFECT, 1.0, 0.817, error=0.04),
            "as long as they are at least 82% ± 8% of what the file says",
            "så länge de är minst 82 % ± 8 % av vad filen anger",
        ),
        (
            number(EVERY_EFFECT, 1.0, None, far=0.0),
            "holds even without any of them",
            "gäller även helt utan dem",
        ),
    ],
)
def test_a_condition_is_in_the_readers_terms(one: SwitchingValue, en: str, sv: str) -> None:
    assert en in said(one)
    assert sv in said(one, lang="sv")


def test_it_is_told_of_what_kind_a_number_is_and_that_a_source_is_missing() -> None:
    assert "(30% in the file, assumption, no source)" in said(number(AREA, 0.7, 0.9))
    assert "(30% in the file, measured)" in said(
        number(AREA, 0.7, 0.9, source="S1", grade="measured")
    )
    assert "(i filen 30 %, antagande, källa saknas)" in said(number(AREA, 0.7, 0.9), lang="sv")


@pytest.mark.parametrize(
    ("conclusion", "lead"),
    [
        ("saves", "Figure 2: that it saves more than it costs rests most on:"),
        ("costs", "Figure 2: that it costs more than it saves rests most on:"),
        (None, "Figure 2: the runs do not carry whether it pays (net SEK 1.0m; 10–90%: −1.0 to"),
    ],
)
def test_the_verdict_comes_first(conclusion: Conclusion | None, lead: str) -> None:
    assert lead in said(number(AREA, 0.7, None), conclusion=conclusion)


def test_a_verdict_that_is_not_carried_tells_what_it_depends_on_and_no_turning_value() -> None:
    text = said(number(AREA, 0.7, None), number(REACH, 0.8, None, tried=0.6), conclusion=None)
    assert "without it the net changes by −SEK 1.0m" in text
    assert "Reach: at 60% the net changes by −SEK 1.0m" in text
    assert "holds" not in text


def test_what_was_left_out_is_said_and_the_picture_is_silent() -> None:
    made = judged(number(COST, 6.75e6, 9e6), omitted=3)
    text = "\n".join(verdict_words(made))
    assert "of prices and costs alone" in text
    assert "3 numbers that act on people are left out" in text
    assert verdict_line(made, "new_way", tail=False) == ""


def test_the_line_of_the_picture_names_the_first_that_turns_it() -> None:
    made = judged(number(STAY, 1.4, None), number(AREA, 0.7, 0.9, error=0.01))
    line = verdict_line(made, "new_way", tail=False)
    assert line.startswith("Effect on: placed")
    assert line.endswith("– holds as long as it prevents at least 10% (30% in the file).")


def test_nothing_is_said_of_what_is_not_worked_out() -> None:
    made = judged(number(AREA, 0.7, None))
    assert verdict_line(made, "new_way", tail=True) == ""
    assert verdict_words(made, tail=True) == []
    assert verdict_tables(made, tail=True) == {}
    assert list(verdict_tables(made, tail=False)) == ["switching-values"]
