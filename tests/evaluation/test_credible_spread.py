"""What others see of those who have started: what the planned evaluation finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sisim import load
from sisim.evaluation.credible_spread import with_evaluated_power
from sisim.evaluation.study import evaluate
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.report.analysis.diffusion_report import power_sentence
from sisim.scenario.errors import ScenarioError

FILE = Path(__file__).parents[1] / "helpers" / "gated.toml"
NAMED = {"spread.evaluation": "difference"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_power_is_that_of_the_study(lang: Lang) -> None:
    scenario = load(FILE, NAMED)
    found, power = with_evaluated_power(scenario, draws=12)
    assert power is not None
    assert found.spread is not None
    known = evaluate(scenario, ["difference"], draws=12, worlds=["effect"]).draws
    assert power.power == pytest.approx((known["p"] < 0.05).mean())
    assert found.spread.power.value == power.power
    assert (power.evaluation, power.municipalities) == ("difference", 12)
    with in_language(lang):
        assert scenario.evaluations["difference"].label.text in power_sentence(found, power)


def test_where_none_is_named_it_is_as_the_file_says() -> None:
    scenario = load(FILE, {"spread.power": 0.3})
    assert with_evaluated_power(scenario) == (scenario, None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spread.evaluation": "differense"}, {"en": "difference", "sv": "difference"}),
        ({"spread.evaluation": "process"}, {"en": "can never answer", "sv": "kan aldrig ge svar"}),
        ({**NAMED, "spread.power": 0.8}, {"en": "leave one", "sv": "utelämna"}),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_evaluation_that_tells_no_power_is_refused(
    changes: dict[str, Any], said: dict[Lang, str], lang: Lang
) -> None:
    with pytest.raises(ScenarioError) as caught, in_language(lang):
        load(FILE, changes)
    with in_language(lang):
        assert said[lang] in caught.value.render()
