"""Nothing is called a present value, or discounted, but what is; and then at what rate."""

from __future__ import annotations

import pytest
from helpers import pictures
from helpers.any_counts import counts

from sisim.analysis.comparison import WHICH, compare
from sisim.report.analysis.analysis_frame import IN_MONEY, Subject
from sisim.report.captions import headline_cells
from sisim.report.chart.chart import Chart
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_text import sentences
from sisim.report.economics.cost_effectiveness_plane import frontier_chart
from sisim.report.economics.money_report import money_shown, money_words
from sisim.report.economics.net_position import net_position_chart
from sisim.report.economics.who_gains import who_gains_chart
from sisim.results import Results

DISCOUNTED = {
    "en": ("present value", "discounted at", "discounted by", "discounted too", ", discounted"),
    "sv": ("nuvärde", "diskonterat med", "diskonteras", "också diskonterat", ", diskonterat"),
}
PLAIN = {"en": "not discounted", "sv": "odiskonterat"}
RATE = {"en": "3.5%", "sv": "3,5 %"}


def results(rate: float) -> Results:
    return Results(
        counts(
            2,
            replications=6,
            economy={"discount_costs": rate, "discount_effects": rate},
            outcomes={"placed": {"label": "Placed", "group": "placed"}},
        )
    )


def written(chart: Chart) -> str:
    """Return all that is written in a chart."""
    return " ".join(pictures.written(paint(chart)).split())


def told(done: Results) -> dict[str, str]:
    """Return all that is told of money, by where."""
    story = compare(done)
    shown = money_shown(done, ["new_way"])
    measures = [*IN_MONEY, "total.good", "gained.placed", "cost.social"]
    subjects = [Subject(done.scenario, done.seeds, "new_way", name) for name in measures]
    return {
        "words": " ".join(money_words(done, ["new_way"])),
        "tables": " ".join(f"{title} {table.to_string()}" for title, table in shown),
        "sentences": " ".join(sentences(story)),
        "headings": " ".join(headline_cells(story, WHICH)[0].values()),
        "measures": " ".join(one.label() for one in subjects if "_discounted" not in one.measure),
        "net position": written(net_position_chart(done, "new_way")),
        "who gains": written(who_gains_chart(done, "new_way")),
        "cost-effectiveness": written(frontier_chart(done)),
    }


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_at_no_rate_nothing_is_called_a_present_value(lang: str) -> None:
    for where, text in told(results(0.0)).items():
        found = [words for words in DISCOUNTED[lang] if words in text.lower()]
        assert not found, (where, text)
        if where not in ("headings", "measures"):
            assert PLAIN[lang] in text.lower(), where


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_a_present_value_is_told_with_its_rate(lang: str) -> None:
    for where, text in told(results(0.035)).items():
        assert RATE[lang] in text.replace("\N{NO-BREAK SPACE}", " "), (where, text)
        assert any(words in text.lower() for words in DISCOUNTED[lang]), (where, text)
