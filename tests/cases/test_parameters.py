"""Commands that vary numbers vary parameters, and what follows from them follows."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.command_line import sisim as command

import sisim
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.psa import draws, measures, probabilistic
from sisim.analysis.variants import MoneyPaths, Variants
from sisim.engine.replications import simulate
from sisim.engine.trace import trace
from sisim.loading.load import changed
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.explanation import explanation
from sisim.scenario.numbers import followers, parameters
from sisim.scenario.scenario import Scenario

pytestmark = pytest.mark.usefixtures("unpainted")

FOLDER = Path(__file__).parents[2] / "experiments" / "published"
P1 = FOLDER / "p1-sick-sicker.toml"
READY = [
    FOLDER.parents[1] / "scenarios" / f"{name}.toml" for name in ("placed-youth", "early-or-late")
]
COHORT = 400


def uncertain() -> Scenario:
    """Return Sick-Sicker with uncertain parameters of life and of money."""
    changes = {
        "population.cohort": COHORT,
        "parameters.hr_S2": {
            "value": 10,
            "distribution": {"name": "lognormal", "meanlog": math.log(10), "sdlog": 0.1},
        },
        "parameters.u_Trt": {"value": 0.95, "low": 0.85, "high": 1.0},
        "parameters.u_S1": {"value": 0.75, "low": 0.7, "high": 0.8},
    }
    return sisim.load(P1, changes)


def test_the_gain_of_a_draw_is_that_of_the_formula_of_its_parameters() -> None:
    """Nobody's life is touched by the utilities, so QALYs gained are proportional to the gain."""
    scenario = sisim.load(
        P1,
        {
            "population.cohort": COHORT,
            "parameters.u_Trt": {"value": 0.95, "low": 0.85, "high": 1.0},
            "parameters.u_S1": {"value": 0.75, "low": 0.7, "high": 0.8},
        },
    )
    drawn = draws(scenario, 25, seed=2)
    assert set(drawn[0]) == {"parameters.u_Trt", "parameters.u_S1"}
    evaluator = Evaluator(scenario, outcomes=measures(scenario), replications=1)
    effects = probabilistic(evaluator, scenario, drawn).effects("qaly")
    gained = effects[:, 1]
    gain = np.array([one["parameters.u_Trt"] - one["parameters.u_S1"] for one in drawn])
    assert gained / gained[0] == pytest.approx(gain / gain[0], rel=1e-9)


def test_what_follows_a_parameter_is_found() -> None:
    found = followers(uncertain())
    assert found["u_S1"] == ["pathway.tracks.health.states.sick.weights.qaly.amount"]
    assert found["u_Trt"] == ["investments.treatment.effects.1.sets"]
    assert found["rate_H"] == ["pathway.transitions.dies.probability"]


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_a_parameter_is_named_with_the_formulas_it_is_in(lang: str) -> None:
    words = Assumptions(uncertain())
    assert words.name("parameters.hr_S1") == "Parameter hr_S1"
    assert words.name("parameters.u_Trt") == "Parameter u_Trt"
    assert words.follows("parameters.u_Trt").endswith(" = u_Trt")
    assert "1 - exp(-rate_H)" in words.follows("parameters.rate_H")
    assert words.follows("population.cohort") == ""
    labelled = sisim.load(
        P1, {"parameters.u_Trt": {"value": 0.9, "label": {"sv": "Nytta", "en": "Utility"}}}
    )
    expected = {"en": "Utility", "sv": "Nytta"}[lang]
    assert Assumptions(labelled).name("parameters.u_Trt") == expected


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_no_parameter_of_a_ready_file_is_named_by_its_key(path: Path, lang: str) -> None:
    scenario = sisim.load(path)
    known, words = parameters(scenario), Assumptions(scenario)
    assert not [name for name in known if name in words.name(f"parameters.{name}").split()]


def test_explain_tells_the_formula_of_a_base(tmp_path: Path) -> None:
    text = """
[investments.prevention]
label = "Prevention"
start = "2018-01"
years = 30
target = {}
effects = [{ on = "dies", ratio = 0.5, acts_on = "area" }]
cost = { payer = "care" }
[arms.prevention]
label = "Prevention"
investments = { prevention = "continues" }
"""
    (tmp_path / "p1-pathway.toml").write_text(
        (FOLDER / "p1-pathway.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    file = tmp_path / "p1.toml"
    file.write_text(
        P1.read_text(encoding="utf-8").replace("100000", "400") + text, encoding="utf-8"
    )
    assert "0.005 (1 - exp(-rate_H))" in explanation(trace(sisim.load(file)))


def test_the_register_is_printed_with_formulas(tmp_path: Path) -> None:
    found = command("assumptions", P1)
    assert "1 - exp(-rate_H)" in found.stdout
    out = tmp_path / "register.csv"
    assert command("assumptions", P1, "--out", out).exit_code == 0
    table = pd.read_csv(out).set_index("key")
    assert table.loc["transitions.dies.probability", "formula"] == "1 - exp(-rate_H)"


def test_a_sweep_varies_parameters(tmp_path: Path) -> None:
    (tmp_path / "p1-pathway.toml").write_text(
        (FOLDER / "p1-pathway.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "p1.toml").write_text(
        P1.read_text(encoding="utf-8").replace("100000", "200"), encoding="utf-8"
    )
    (tmp_path / "study.toml").write_text(
        """
name = "study"
title = "Study"
scenario = "p1.toml"
outcomes = ["gained.*"]
[levers]
"parameters.hr_S2" = [5, 15]
[uncertainties]
"parameters.u_Trt" = { low = 0.8, high = 1.0 }
[design]
draws = 3
[chance]
replications = 1
""",
        encoding="utf-8",
    )
    from sisim.analysis.executors import in_process

    study = sisim.sweep(tmp_path / "study.toml", tmp_path / "out", executor=in_process())
    table = study.table()
    assert len(table) == 2 * 3 * 2
    treated = table[table["arm"] == "treatment"].set_index(["parameters.hr_S2", "draw"])
    gained = treated.filter(like="gained").iloc[:, 0]
    gain = treated["parameters.u_Trt"] - 0.75
    for ratio in (5, 15):
        per = (gained / gain).loc[ratio]
        assert per.to_numpy() == pytest.approx(np.full(3, per.iloc[0]), rel=1e-9)
    assert (gained / gain).loc[5].iloc[0] != (gained / gain).loc[15].iloc[0]


def test_a_utility_is_applied_to_counts_and_needs_no_new_simulation() -> None:
    """What comes out is that of a whole run, in every table of use and of money."""
    variants = Variants(uncertain(), (1,))
    variants.valuation()
    changes: list[dict[str, float]] = [
        {"parameters.u_S1": 0.6},
        {"tracks.health.states.sicker.uses.care.amount": 20_000},
        {"tracks.health.states.healthy.weights.qaly.amount": 0.9, "resources.care.price": 2},
    ]
    for values in changes:
        found = variants.valuation(values).counts
        whole = simulate(changed(uncertain(), values), seed=1, replications=1)
        for by in (found.units, found.weights):
            other = getattr(whole, by.__name__)
            pd.testing.assert_frame_equal(by(), other())
    # An effect of the treatment follows the utility, so that its people are looked at again.
    assert variants.simulated <= 2
    assert MoneyPaths(uncertain()).money("tracks.health.states.sicker.uses.care.amount")
    assert not MoneyPaths(uncertain()).money("parameters.hr_S2")
