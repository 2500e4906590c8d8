"""What would be repaid by each evaluation, as a picture and in words."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.followed import EV1, repaid
from helpers.pictures import assert_readable, written

from sisim import load
from sisim.analysis.measures import NPV
from sisim.evaluation.money_by_estimate import repaid_by_administration
from sisim.evaluation.study import EvaluationStudy, evaluate
from sisim.i18n import in_language
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.repaid_figure import draw_repaid, repaid_chart, repaid_words
from sisim.report.chart.chart import Points, Rule


@pytest.fixture(scope="module")
def study() -> EvaluationStudy:
    """Return a study of an evaluation that a fund follows, of another, and of a process."""
    scenario = load(EV1, repaid(share=0.5))
    return evaluate(scenario, ["difference", "one_year", "process"], draws=12)


def subject(study: EvaluationStudy) -> Subject:
    return Subject(study.scenario, tuple(range(12)), "project", NPV)


def test_what_is_repaid_is_that_of_the_draws(study: EvaluationStudy) -> None:
    table = repaid_by_administration(study).set_index(["design", "world"])
    assert set(table["administration"]) == {"social"}
    draws = study.draws.groupby(["design", "world"])
    for key, row in table.iterrows():
        some = draws.get_group(key)
        assert row["repaid_by_estimate"] == pytest.approx(some["repaid_by_estimate"].mean())
        assert row["repaid_by_truth"] == pytest.approx(some["repaid_by_truth"].mean())
    # The fund takes half of what is found; where none follows, all of it up to the cost.
    effect = study.draws[study.draws["world"] == "effect"].set_index("design")
    mine = effect.loc["difference"]
    half = np.clip(0.5 * mine["estimate"] * 180 * 450_000, 0, 180 * 27_777.78)
    assert mine["repaid_by_estimate"].tolist() == pytest.approx(half.tolist())
    other = effect.loc["one_year"]
    all_of_it = np.clip(other["estimate"] * 180 * 450_000, 0, other["claimed_saving"].max() * 99)
    assert other["repaid_by_estimate"].tolist() == pytest.approx(
        np.minimum(all_of_it, 180 * 27_777.78).tolist()
    )


def test_both_worlds_stand_side_by_side_on_one_scale(study: EvaluationStudy) -> None:
    columns = repaid_chart(subject(study), study).rows[0][1]
    panels = [column.panels[0] for column in columns]
    assert [panel.name for panel in panels] == ["repaid-effect", "repaid-none"]
    assert panels[0].x == panels[1].x
    table = repaid_by_administration(study)
    for panel, world in zip(panels, ("effect", "none"), strict=True):
        some = table[table["world"] == world]
        means = [m for m in panel.marks if isinstance(m, Points) and m.name.startswith("mean")]
        assert [float(m.x[0]) for m in means] == some["repaid_by_estimate"].tolist()
        true = [m.at for m in panel.marks if isinstance(m, Rule) and m.name.startswith("truth")]
        assert true == some["repaid_by_truth"].tolist()
    assert table.loc[table["world"] == "none", "repaid_by_truth"].tolist() == [0, 0]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_it_can_be_read(study: EvaluationStudy, lang: str) -> None:
    with in_language(lang):  # type: ignore[arg-type]
        figure = draw_repaid(subject(study), study)
        assert_readable(figure)
        title = {"sv": "Vad återförs?", "en": "What is repaid?"}[lang]
        assert title in written(figure)
        said = list(repaid_words(study))
    assert len(said) == 2
    start = {"sv": "Hade det inte funnits någon effekt", "en": "Had there been no effect"}[lang]
    assert said[0].startswith(start)
    assert {"sv": "”Skillnad i skillnad”", "en": "“Difference-in-differences”"}[lang] in said[0]
