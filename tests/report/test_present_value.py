"""Nothing is called a present value, or discounted, but what is; and then at what rate."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.any_counts import counts

from sisim.analysis.comparison import WHICH, compare
from sisim.report.analysis.analysis_frame import IN_MONEY, Subject
from sisim.report.captions import headline_cells
from sisim.report.comparison_text import sentences
from sisim.report.economics.cost_effectiveness_plane import draw_frontier
from sisim.report.economics.money_report import money_shown, money_words
from sisim.report.economics.net_position import draw_net_position
from sisim.report.economics.who_gains import draw_who_gains
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


def written(figure: Any) -> str:
    parts = [text.get_text() for text in figure.texts]
    parts += [text.get_text() for axes in figure.axes for text in axes.texts]
    return " ".join(" ".join(parts).split())


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
        "net position": written(draw_net_position(done, "new_way")),
        "who gains": written(draw_who_gains(done, "new_way")),
        "cost-effectiveness": written(draw_frontier(done)),
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
