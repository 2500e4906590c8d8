"""Pictures of a probabilistic analysis: plane, acceptability, payback, value of information."""

import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import REACH, probabilistic, subject
from helpers.pictures import assert_readable, written

from sisim.analysis.psa import Probabilistic
from sisim.report.analysis.analysis_frame import gained_label
from sisim.report.analysis.psa_figures import (
    Decision,
    acceptability_chart,
    draw_acceptability,
    draw_information,
    draw_plane,
    draw_who_breaks_even,
    plane_chart,
    sentences,
    who_breaks_even_chart,
)
from sisim.report.chart.chart import Line, Points
from sisim.report.formats import money


@pytest.fixture(scope="module")
def analysis() -> Probabilistic:
    return probabilistic()


def test_every_draw_and_the_mean_of_each_arm_are_on_the_plane(analysis: Probabilistic) -> None:
    figure = draw_plane(subject(), analysis, "placed")
    *clouds, _, mean = marks_of(plane_chart(subject(), analysis, "placed"), Points)
    assert [len(cloud.x) for cloud in clouds] == [40, 40]
    assert mean.x[0] == pytest.approx(analysis.effects("placed")[:, 2].mean())
    assert_readable(figure)


def test_shares_of_the_quadrants_add_up(analysis: Probabilistic, lang: str) -> None:
    said = written(draw_plane(subject(), analysis, "placed"))
    heads = {"en": "better and|worse and", "sv": "bättre och|sämre och"}[lang]
    shares = [int(one) for one in re.findall(rf"(?:{heads}) \w+: (\d+)", said)]
    assert 198 <= sum(shares) <= 202


def test_acceptability_adds_up_to_one_over_the_arms(analysis: Probabilistic) -> None:
    curve = analysis.acceptability("placed", np.linspace(0, 2e6, 5))
    figure = draw_acceptability(subject(), analysis, "placed", curve)
    lines = marks_of(acceptability_chart(subject(), analysis, "placed", curve), Line)
    shares = [np.asarray(line.y) for line in lines if not line.name.endswith("-best")]
    np.testing.assert_allclose(np.sum(shares, axis=0), 1)
    assert_readable(figure)


def test_payers_of_the_chosen_arm_are_drawn(analysis: Probabilistic, lang: str) -> None:
    figure = draw_who_breaks_even(subject(), analysis, analysis.break_even_by_year())
    table = analysis.break_even_by_year()
    lines = marks_of(who_breaks_even_chart(subject(), analysis, table), Line)
    assert [line.name for line in lines] == ["social", "education"]
    assert {"en": "Social services", "sv": "Socialförvaltningen"}[lang] in written(figure)
    assert_readable(figure)


def test_the_whole_stands_below_what_each_number_is_worth(
    analysis: Probabilistic, lang: str
) -> None:
    whole = analysis.perfect()
    figure = draw_information(subject(), analysis.information(), whole, {REACH: "assumption"})
    bars = [bar.get_width() for bar in figure.axes[0].patches]
    assert bars[-1] == max(bars) == pytest.approx(whole)
    assert {"en": "Everything", "sv": "Allt"}[lang] in written(figure)
    assert_readable(figure)


def test_nothing_is_worth_finding_out_where_one_choice_is_always_best(
    analysis: Probabilistic, lang: str
) -> None:
    figure = draw_information(subject(), analysis.information().assign(evppi=0.0), 0.0, {})
    assert not figure.axes
    assert {"en": "Nothing: the same", "sv": "Ingenting"}[lang] in written(figure)


def test_what_is_avoided_and_what_is_gained_differ(analysis: Probabilistic, lang: str) -> None:
    assert {"en": "avoided", "sv": "undvik"}[lang] in gained_label(analysis.scenario, "placed")


def test_the_sentences_give_each_arms_chance(analysis: Probabilistic) -> None:
    said = sentences(subject(), analysis)
    chances = analysis.chance.set_index("arm")["chance"]
    assert f"{100 * chances['project']:.0f}" in said[1]
    assert f"{100 * chances['new_way']:.0f}" in said[3]
    assert len(said) == 6


def test_a_chance_that_no_draw_has_shown_is_told_with_what_may_be_missed(
    analysis: Probabilistic, lang: str
) -> None:
    table = analysis.table[analysis.table["point"] < 20].copy()
    table.loc[table["arm"] == "project", "net_present_value"] = -1e6
    few = replace(analysis, drawn=analysis.drawn.head(20), table=table)
    said = sentences(subject(), few)[1].replace("\N{NO-BREAK SPACE}", " ")
    expected = {
        "en": "in 0 of 20 draws, a probability of 0% (95% interval: 0 to 16%)",
        "sv": "i 0 av 20 dragningar, sannolikhet 0 % (95 % intervall: 0–16 %)",
    }
    assert expected[lang] in said


def test_what_is_worth_finding_out_goes_by_the_rule_of_the_decision(
    analysis: Probabilistic, lang: str
) -> None:
    """By net benefit at the worth that is asked for, and by money alone only if nothing is."""
    by_money, by_benefit = Decision(analysis), Decision(analysis, "placed", 2e6)
    assert {"en": "by money alone", "sv": "enbart utifrån pengarna"}[lang] in by_money.rule()
    assert {"en": "by net benefit, at", "sv": "utifrån nettonyttan, med"}[lang] in by_benefit.rule()
    last = sentences(subject(), analysis, by_benefit)[-1]
    worth = analysis.perfect("placed", 2e6)
    assert worth != pytest.approx(analysis.perfect())
    assert money(worth) in last
    assert {"en": "avoided", "sv": "undvik"}[lang] in last
    assert "person-years" not in last if lang == "sv" else "person-years" in last
