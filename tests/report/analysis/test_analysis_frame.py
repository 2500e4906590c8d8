"""What is asked, in which unit it is read, and the title and foot that every picture has."""

import numpy as np
import pytest
from helpers.made_up_answers import ready, subject
from helpers.pictures import assert_readable, written

from sisim.report.analysis.analysis_frame import answer_chart, lower, scale_for, subtitle_of
from sisim.report.chart.matplotlib_painter import paint


@pytest.mark.parametrize(
    ("measure", "english", "swedish"),
    [
        (
            "net_present_value",
            "Net present value at 3.5%",
            "Nettonuvärde vid 3,5\N{NO-BREAK SPACE}%",
        ),
        ("payback_year", "Payback year", "Återbetalningsår"),
        ("cost.social.2030", "Cost: Social services 2030", "Kostnad: Socialförvaltningen 2030"),
        ("outcome.placed", "Children and youth in care", "Barn och unga i placering"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_a_measure_has_a_name(measure: str, english: str, swedish: str, lang: str) -> None:
    assert subject(measure).label() == {"en": english, "sv": swedish}[lang]


def test_money_is_read_in_millions_or_thousands_and_the_rest_as_it_is(lang: str) -> None:
    assert scale_for(subject(), [2e6]).size == 1e6
    assert scale_for(subject(), [2e4]).size == 1e3
    plain = scale_for(subject("outcome.placed"), np.array([12.34]))
    assert (plain.size, plain.digits) == (1.0, 1)
    assert plain.text(12.34, signed=True) == {"en": "+12.3", "sv": "+12,3"}[lang]
    assert plain.text(0.0, signed=True) == {"en": "0.0", "sv": "0,0"}[lang]


def test_the_foot_says_where_the_numbers_come_from(lang: str) -> None:
    subtitle = subtitle_of(subject(), scale_for(subject(), [1e6]))
    figure = paint(answer_chart(subject(), "A title", subtitle, [], ["A note."]))
    said = written(figure)
    assert said.splitlines()[0] == "A title"
    assert "A note." in said
    assert subject().digest in said
    assert {"en": "Invented example numbers", "sv": "Påhittade exempelsiffror"}[lang] in said
    assert_readable(figure)


def test_arms_are_called_by_their_labels(lang: str) -> None:
    assert subject(arm="project").arm_label() == ready().arms["project"].label.text
    assert subject().arm_label("without") == {"en": "Without", "sv": "Utan"}[lang]


def test_a_label_inside_a_sentence_keeps_its_capitals_only_in_abbreviations() -> None:
    assert lower("Children") == "children"
    assert lower("HVB or SiS") == "HVB or SiS"
