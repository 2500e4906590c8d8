"""One evaluation while its municipalities report: where dots stand, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sisim import load
from sisim.evaluation.growing_study import GrowingStudy
from sisim.evaluation.study import STUDIES, EvaluationStudy
from sisim.i18n import Lang, in_language
from sisim.report.analysis import evaluation_dots as told
from sisim.report.chart.chart import Chart, Points, Rule, Word
from sisim.report.chart.echarts_painter import PageStyle, whole

EV1 = Path(__file__).parents[2] / "helpers" / "ev1.toml"
DRAWS, SIZE = STUDIES + 1, (1200.0, 340.0)


@pytest.fixture(scope="module")
def studies() -> list[EvaluationStudy]:
    """Return a study after each of its municipalities."""
    growing = GrowingStudy(load(EV1), ["earlier", "other", "process"], draws=DRAWS)
    found = []
    for number in range(1, DRAWS + 1):
        growing.grow(number)
        found.append(growing.study())
    return found


def dots(chart: Chart) -> dict[tuple[str, str], tuple[float, bool]]:
    """Return where each municipality stands in each world, and whether its decision is right."""
    return {
        (panel.name, id_): (float(x), mark.shape == "circle")
        for panel in chart.rows[0][1][0].panels
        for mark in panel.marks
        if isinstance(mark, Points)
        for id_, x in zip(mark.ids, mark.x, strict=True)
    }


def test_a_municipality_is_the_same_dot_as_more_report(studies: list[EvaluationStudy]) -> None:
    charts = [told.dots_chart(study, "earlier", SIZE) for study in studies]
    for number, chart in enumerate(charts, start=1):
        ids = {str(draw) for draw in range(number)}
        assert set(dots(chart)) == {(world, id_) for world in ("effect", "none") for id_ in ids}


def test_evaluations_of_the_same_stand_on_one_axis(studies: list[EvaluationStudy]) -> None:
    """So a municipality goes to the left or to the right where another design is chosen."""
    earlier, other = (told.dots_chart(studies[-1], name, SIZE) for name in ("earlier", "other"))
    axes = {panel.x for chart in (earlier, other) for panel in chart.rows[0][1][0].panels}
    assert len(axes) == 1
    assert dots(earlier).keys() == dots(other).keys()
    assert dots(earlier) != dots(other)


def test_right_and_wrong_differ_in_shape_and_by_the_threshold(
    studies: list[EvaluationStudy],
) -> None:
    study = studies[-1]
    limit = study.thresholds["earlier"]
    found = dots(told.dots_chart(study, "earlier", SIZE))
    for (world, _), (x, right) in found.items():
        assert right == ((x > limit) == (world == "effect"))
    for world in ("effect", "none"):
        wrong = sum(not right for (where, _), (_, right) in found.items() if where == world)
        with in_language("en"):
            assert told.counted(study, "earlier", world).startswith(f"{wrong} of {DRAWS} ")


def test_on_a_page_every_series_has_a_name_of_its_own_and_its_points_too(
    studies: list[EvaluationStudy],
) -> None:
    for name in studies[-1].names:
        series = whole(told.dots_chart(studies[-1], name, SIZE), SIZE, PageStyle())["series"]
        names = [one["id"] for one in series]
        assert len(set(names)) == len(names)
        moving = [one for one in series if one.get("animation")]
        assert bool(moving) == (name != "process")
        assert all(point["name"].isdigit() for one in moving for point in one["data"])


def test_few_municipalities_tell_nothing_of_how_often_it_leads_wrong(
    studies: list[EvaluationStudy],
) -> None:
    with in_language("en"):
        assert told.words(studies[0], "earlier", DRAWS) == [
            "So few municipalities tell nothing of how often the evaluation leads wrong."
        ]
        some = " ".join(told.words(studies[STUDIES - 1], "earlier", DRAWS))
        every = " ".join(told.words(studies[-1], "earlier", DRAWS))
    assert "(95% interval)" in some
    assert "With “Earlier cohorts”" not in some
    assert "With “Earlier cohorts”" in every
    assert "The evaluation answers in" in every


def test_intervals_hold_what_is_counted(studies: list[EvaluationStudy]) -> None:
    import re

    with in_language("en"):
        for world, line in zip(
            ("effect", "none"), told.words(studies[STUDIES - 1], "earlier", DRAWS)[:2], strict=True
        ):
            wrong = int(told.counted(studies[STUDIES - 1], "earlier", world).split()[0])
            ends = re.search(r"(\d+)–(\d+) of 50", line)
            assert ends is not None
            assert int(ends[1]) <= 50 * wrong / STUDIES <= int(ends[2])


def test_a_process_evaluation_has_no_dot_and_is_not_voted_on(
    studies: list[EvaluationStudy],
) -> None:
    chart = told.dots_chart(studies[-1], "process", SIZE)
    assert not dots(chart)
    marks = [mark for panel in chart.rows[0][1][0].panels for mark in panel.marks]
    assert {type(mark) for mark in marks} == {Word}
    assert told.counted(studies[-1], "process", "effect") == ""
    assert told.can_be_voted_on(studies[-1], "process") == []


def test_the_truth_is_not_shown_before_the_vote_is_over(studies: list[EvaluationStudy]) -> None:
    study = studies[-1]
    assert told.can_be_voted_on(study, "earlier") == list(range(DRAWS))

    def rules(*, over: bool, world: str) -> dict[str, float]:
        chart = told.one_chart(study, "earlier", (0, world), told=over, tall=200.0)
        marks = chart.rows[0][1][0].panels[0].marks
        return {mark.name: mark.at for mark in marks if isinstance(mark, Rule)}

    for world in ("effect", "none"):
        assert set(rules(over=False, world=world)) == {"pays"}
        assert rules(over=True, world=world)["truth"] == study.truths["earlier", world]
        assert told.right_to_carry_on(study, "earlier", (0, world)) == (world == "effect")


@pytest.mark.parametrize(
    ("lang", "asked", "none", "effect"),
    [
        ("en", "Carry on, or close down?", "no effect at all", "had its effect"),
        ("sv", "Fortsätta eller lägga ned?", "ingen effekt alls", "hade sin effekt"),
    ],
)
def test_the_vote_is_told_in_both_languages(
    studies: list[EvaluationStudy], lang: str, asked: str, none: str, effect: str
) -> None:
    with in_language(lang):  # type: ignore[arg-type]
        for world, truth in (("none", none), ("effect", effect)):
            assert told.question(studies[-1], "earlier", (1, world)).endswith(asked)
            assert truth in told.answer(studies[-1], "earlier", (1, world))


def test_who_cannot_see_dots_reads_every_municipality(studies: list[EvaluationStudy]) -> None:
    rows = told.municipalities_table(studies[-1], "other")
    assert len(rows) == DRAWS
    assert len(rows.columns) == 3
    assert rows.iloc[:, 1:].map(lambda cell: "; " in cell).all().all()
    assert len(told.municipalities_table(studies[-1], "process").columns) == 1


def test_how_many_take_part_is_told_by_the_year(studies: list[EvaluationStudy]) -> None:
    draws = studies[-1].draws
    mine = draws[(draws["design"] == "earlier") & (draws["world"] == "effect")]
    assert told.per_year(studies[-1], "earlier") == pytest.approx(mine["participants"].mean() / 3)
    assert np.isfinite(told.per_year(studies[-1], "earlier"))


@pytest.mark.parametrize(
    ("lang", "told_of"),
    [
        ("en", ("each forgoes about SEK 6.8m", "each loses about SEK 16.7m")),
        ("sv", ("går miste om ungefär 6,8 mkr", "förlorar ungefär 16,7 mkr")),
    ],
)
def test_what_a_wrong_decision_costs_stands_beside_the_dots(
    studies: list[EvaluationStudy], lang: Lang, told_of: tuple[str, str]
) -> None:
    nets = {"earlier": {"effect": 6_781_707.0, "none": -16_666_667.0}}
    priced = replace(studies[-1], nets=nets)
    for world, words in zip(("effect", "none"), told_of, strict=True):
        draws = priced.draws
        rows = draws[(draws["design"] == "earlier") & (draws["world"] == world)]
        wrong = (rows["right"] == 0).sum()
        with in_language(lang):
            said = told.counted(priced, "earlier", world)  # type: ignore[arg-type]
            plain = told.counted(studies[-1], "earlier", world)  # type: ignore[arg-type]
        assert (words in said.replace("\N{NO-BREAK SPACE}", " ")) == bool(wrong)
        assert said.startswith(plain)
    assert any((priced.draws["right"] == 0) & (priced.draws["design"] == "earlier"))
