"""Uncertainty by the exact cohort: no chance between draws, and which way was taken is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.command_line import sisim as command
from helpers.treated import effects_of_treatment
from helpers.words import SCENARIOS

import sisim
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.expected_evaluator import ExpectedEvaluator
from sisim.analysis.psa import draws, measures, probabilistic

PUBLISHED = SCENARIOS.parent / "experiments/published"
UNCERTAIN = {
    "population.cohort": 1000,
    **effects_of_treatment({"value": 0.2, "low": 0.05, "high": 0.25}),
    "resources.treatment.price": {"value": 12000, "low": 1000, "high": 13000},
}


def uncertain() -> sisim.scenario.scenario.Scenario:
    """Return Sick-Sicker with a price and a gain that are uncertain."""
    return sisim.load(PUBLISHED / "p1-sick-sicker.toml", UNCERTAIN)


def test_each_draw_is_the_expected_course_with_its_numbers() -> None:
    scenario = uncertain()
    drawn = draws(scenario, 25)
    evaluator = ExpectedEvaluator(scenario, outcomes=measures(scenario))
    found = probabilistic(evaluator, scenario, drawn)
    assert found.exact
    # The treatment changes nobody's life: cost is linear in its price, gain in what it adds.
    whole = sisim.expected(scenario).icer_table()
    cost = whole["inc_cost"].iloc[1] / 12000 * found.drawn["resources.treatment.price"]
    gain = whole["inc_effect"].iloc[1] / 0.2 * found.drawn["investments.treatment.effects.1.adds"]
    assert found.costs[:, 1] == pytest.approx(1000 * cost.to_numpy())
    assert found.effects("qaly")[:, 1] == pytest.approx(1000 * gain.to_numpy())
    net = 150_000 * gain - cost
    exact = 1000 * (net.clip(lower=0).mean() - max(net.mean(), 0.0))
    assert found.perfect("qaly", 150_000) == pytest.approx(exact)


def test_a_simulation_of_the_same_draws_scatters_around_them() -> None:
    scenario = uncertain()
    drawn, wanted = draws(scenario, 20), measures(scenario)
    exact = probabilistic(ExpectedEvaluator(scenario, outcomes=wanted), scenario, drawn)
    runs = probabilistic(Evaluator(scenario, outcomes=wanted, replications=8), scenario, drawn)
    assert not runs.exact
    scale = np.abs(exact.costs[:, 1]).mean()
    assert np.abs(exact.costs - runs.costs).max() < 0.05 * scale
    assert exact.drawn.equals(runs.drawn)


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_the_command_tells_which_way_it_took(lang: str, tmp_path: Path) -> None:
    (tmp_path / "p1-pathway.toml").write_text(
        (PUBLISHED / "p1-pathway.toml").read_text(encoding="utf-8"), encoding="utf-8", newline="\n"
    )
    text = (PUBLISHED / "p1-sick-sicker.toml").read_text(encoding="utf-8")
    text = text.replace("{ value = 0.95,", "{ value = 0.95, low = 0.8, high = 0.98,")
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8", newline="\n")
    line = ("uncertainty", str(file), "--draws", "20", "--effect", "qaly", "--worth", "300000")
    out = ("--out", str(tmp_path / "o"), "--workers", "1")
    exact = command(*line, *out, lang=lang)
    assert exact.exit_code == 0, exact.output
    assert {"en": "each computed exactly", "sv": "exakt beräknad"}[lang] in exact.output
    assert {"en": "best choice on average", "sv": "bäst i genomsnitt"}[lang] in exact.output
    few = ("--set", "population.cohort=200", "--replications", "1", "--simulate")
    simulated = command(*line, *out, *few, lang=lang)
    assert {"en": "runs per draw: 1", "sv": "körningar per dragning: 1"}[lang] in simulated.output


def test_why_it_was_simulated_is_told(tmp_path: Path) -> None:
    line = ("uncertainty", "service-trainee", "--set", "population.residents=500", "--workers", "1")
    more = ("--draws", "20", "--replications", "1", "--out", str(tmp_path / "o"))
    said = command(*line, *more).output
    why = "it depends on other people (“investments.trainee.capacity”)"
    assert f"Simulated, as there is no exact answer: {why}" in said
    assert "--draws 200" not in said


def test_unless_told_otherwise_few_draws_are_simulated_and_what_more_would_give_is_told(
    tmp_path: Path,
) -> None:
    line = ("uncertainty", "service-trainee", "--set", "population.residents=100", "--workers", "1")
    said = command(*line, "--replications", "1", "--out", str(tmp_path / "o")).output
    assert "50 draws of" in said
    assert "--draws 200 takes four times as long, and halves the intervals" in said


def test_money_alone_is_priced_again() -> None:
    scenario = uncertain()
    evaluator = ExpectedEvaluator(scenario)
    one, other = evaluator.evaluate_many([{}, {"economy.discount_costs": 0.0}])
    changed = sisim.load(
        PUBLISHED / "p1-sick-sicker.toml", UNCERTAIN | {"economy.discount_costs": 0.0}
    )
    (again,) = ExpectedEvaluator(changed).evaluate_many([{}])
    pd.testing.assert_frame_equal(other, again)
    assert one["net_present_value"].iloc[1] != other["net_present_value"].iloc[1]
