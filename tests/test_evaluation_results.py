"""What `sisim.evaluate` returns draws and tells itself, as other results do."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import sisim
from sisim.evaluation_results import EvaluationResults
from sisim.i18n import Lang

EV1 = Path(__file__).parent / "helpers" / "ev1.toml"


@pytest.fixture(scope="module")
def study() -> EvaluationResults:
    """Return a small study of an evaluation that can be pooled and has a price."""
    return sisim.evaluate(EV1, "earlier", draws=10)


def words_of(figure: Figure) -> str:
    """Return all that is written in a figure."""
    return " ".join(one.get_text() for one in figure.findobj(Text) if isinstance(one, Text))


@pytest.mark.parametrize(
    ("name", "lang", "said"),
    [
        ("would_say", "en", "What would the evaluation say?"),
        ("would_say", "sv", "Vad skulle utvärderingen säga?"),
        ("how_many", "en", "How many"),
        ("repayment", "sv", "Vad återförs"),
    ],
)
def test_a_study_draws_its_figures_in_the_language_asked_for(
    study: EvaluationResults, name: str, lang: Lang, said: str
) -> None:
    assert said in words_of(study.figure(name, lang)).replace("\n", " ")


def test_a_figure_that_a_study_lacks_is_answered_with_those_it_has(
    study: EvaluationResults,
) -> None:
    with pytest.raises(LookupError, match='no figure "costs"; it has would_say, how_many'):
        study.figure("costs")
    # With one number of municipalities there is nothing to compare.
    with pytest.raises(LookupError, match='no figure "how_many"; it has would_say'):
        study.figure("how_many", municipalities=[1])


def test_a_study_tells_itself_in_both_languages(study: EvaluationResults) -> None:
    assert "municipalities" in study.summary("en")
    assert "kommuner" in study.summary("sv")
