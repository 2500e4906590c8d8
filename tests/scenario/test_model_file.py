"""Models built and changed in Python: as from files, by the same rules, and back to files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.small_files import Write
from hypothesis import given
from hypothesis import strategies as st

import sisim
from sisim.loading.files import shipped
from sisim.loading.load import load_pathway, load_scenario
from sisim.scenario.digest import digest
from sisim.scenario.errors import ScenarioError
from sisim.scenario.pathway import Pathway, Transition
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Rate

TRACKS = {
    "health": {
        "label": "Health",
        "start": "well",
        "states": {"well": {"label": "Well"}, "ill": {"label": "Ill"}, "dead": {"label": "Dead"}},
    }
}
PARAMETERS = {"rate": {"value": 0.1, "low": 0.05, "high": 0.2}, "ratio": 3}
TRANSITIONS = {
    "falls_ill": {"track": "health", "from": "well", "to": "ill", "rate": "rate"},
    "dies": {
        "track": "health",
        "from": "ill",
        "to": "dead",
        "probability": "1 - exp(-rate * ratio)",
    },
}
TOML = """
name = "illness"
title = "Illness"
step = "year"
[tracks.health]
label = "Health"
start = "well"
states = { well = { label = "Well" }, ill = { label = "Ill" }, dead = { label = "Dead" } }
[parameters]
rate = { value = 0.1, low = 0.05, high = 0.2 }
ratio = 3
[transitions.falls_ill]
track = "health"
from = "well"
to = "ill"
rate = "rate"
[transitions.dies]
track = "health"
from = "ill"
to = "dead"
probability = "1 - exp(-rate * ratio)"
"""


def built(**more: Any) -> Pathway:
    """Return a pathway built in Python."""
    tables: dict[str, Any] = {
        "name": "illness",
        "title": "Illness",
        "step": "year",
        "tracks": TRACKS,
        "parameters": PARAMETERS,
        "transitions": TRANSITIONS,
    }
    return sisim.Pathway(**{**tables, **more})


def test_a_pathway_of_python_is_the_same_as_one_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "illness.toml"
    file.write_text(TOML, encoding="utf-8")
    assert built() == load_pathway(file)
    file.write_text(built().to_toml(), encoding="utf-8")
    assert built() == load_pathway(file)


def test_a_scenario_of_python_runs_as_one_of_files(tmp_path: Path) -> None:
    tables: dict[str, Any] = {
        "name": "cohort",
        "title": "Cohort",
        "time": {"start": "2026-01", "years": 5},
        "population": {"cohort": np.int64(500)},
    }
    scenario = sisim.Scenario(**tables, pathway=built())
    assert sisim.Scenario(**tables, pathway=built().model_dump(by_alias=True, exclude_unset=True))
    (tmp_path / "illness.toml").write_text(built().to_toml(), encoding="utf-8")
    (tmp_path / "cohort.toml").write_text(scenario.to_toml(), encoding="utf-8")
    again = sisim.load(tmp_path / "cohort.toml")
    assert digest(again) == digest(scenario)
    assert sisim.Scenario(**tables, pathway=tmp_path / "illness.toml").pathway == built()
    one, other = (sisim.run(each).counts.counts("stock") for each in (scenario, again))
    assert (one == other).all()


def test_parts_may_be_models() -> None:
    ill = Transition.model_validate(TRANSITIONS["falls_ill"] | {"rate": 0.2})
    found = built(transitions={**TRANSITIONS, "falls_ill": ill})
    assert found.transitions["falls_ill"].rate == Rate(value=0.2)


@given(rate=st.floats(0.01, 1), ratio=st.floats(0.1, 5), size=st.integers(1, 10_000))
def test_a_change_is_what_the_file_with_it_would_be(rate: float, ratio: float, size: int) -> None:
    changed = built().with_values({"parameters.rate": rate, "parameters.ratio": ratio})
    assert changed == built(parameters={"rate": rate, "ratio": ratio})
    assert built().transitions["dies"].probability != changed.transitions["dies"].probability or (
        rate * ratio == pytest.approx(0.3)
    )
    scenario = sisim.Scenario(
        name="x", title="x", pathway=built(), population={"cohort": size}
    ).with_values({"parameters.ratio": ratio})
    assert scenario.pathway == built().with_values({"parameters.ratio": ratio})
    assert scenario.population.cohort == size


def test_mistakes_are_answered_as_in_files() -> None:
    for more, said in (
        ({"step": "yaer"}, 'step: "yaer" is not one of'),
        ({"parameters": {"rate": 0.1}}, 'There is no parameter "ratio"'),
        ({"transitions": {}}, "Nobody can ever come here"),
        ({"transition": {}}, 'Unknown key "transition".'),
    ):
        with pytest.raises(ScenarioError) as caught:
            built(**more)
        assert said in caught.value.render()
    with pytest.raises(ScenarioError, match="comes to"):
        built().with_values({"transitions.dies.probability": "ratio"})
    with pytest.raises(ScenarioError, match="nothing called so"):
        built().with_values({"transitions.lives.probability": 1})
    with pytest.raises(ScenarioError, match="must name its pathway"):
        sisim.Scenario(name="x", title="x", population={"cohort": 1})


def test_a_file_without_its_pathway_may_not_have_one_inside(write: Write) -> None:
    path = write(('pathway = "small.toml"', 'pathway = { name = "x" }'))
    with pytest.raises(ScenarioError, match="must name its pathway"):
        load_scenario(path)


@pytest.mark.parametrize("kind", ["pathway", "scenario"])
def test_ready_files_are_the_same_when_they_have_been_written(tmp_path: Path, kind: str) -> None:
    for name in shipped(kind):
        loaded: Pathway | Scenario
        if kind == "pathway":
            loaded = load_pathway(name)
        else:
            loaded = load_scenario(name)
            beside = tmp_path / f"{loaded.pathway.name}.toml"
            beside.write_text(loaded.pathway.to_toml(), encoding="utf-8")
        file = tmp_path / f"the-{kind}.toml"
        file.write_text(loaded.to_toml(), encoding="utf-8")
        again = load_pathway(file) if kind == "pathway" else load_scenario(file)
        without = {"override"}
        assert again.model_dump(exclude=without) == loaded.model_dump(exclude=without), name


def test_the_short_forms_are_written(write: Write) -> None:
    text = load_scenario(write()).pathway.to_toml()
    assert "care_day = 365" in text
    assert 'label = "Care"' in text
