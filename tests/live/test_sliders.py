"""Sliders mean numbers of the scenario: all their positions fit, and each means what it says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.live.presets import presets, what_ifs
from sisim.live.settings import Settings
from sisim.live.sliders import all_sliders, changes, main_sliders
from sisim.loading.load import changed, load_scenario

READY = load_scenario("placed-youth")
LEVERS = {slider.id: slider for slider in main_sliders(READY)}
FOLDER = Path(__file__).parents[2] / "scenarios"
FILES = [file for file in sorted(FOLDER.glob("*.toml")) if "pathway" not in file.stem]


def test_the_ready_scenario_has_the_six_sliders_of_the_two_figures() -> None:
    order = ["effect", "reach", "project_time", "half_life", "inflow", "drift"]
    assert list(LEVERS) == order
    # Both stand in the address, each under its own name.
    assert not set(LEVERS) & set(Settings.__dataclass_fields__)
    said = [slider.said(slider.value, READY).replace("\xa0", " ") for slider in LEVERS.values()]
    assert said == ["30%", "80%", "3 years", "1.4 years", "8%", "1.0% a year"]
    assert all(slider.low <= slider.value <= slider.high for slider in LEVERS.values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_any_scenario_has_sliders_that_move_within_what_it_allows(file: Path) -> None:
    scenario = load_scenario(file)
    sliders = main_sliders(scenario)
    assert 0 < len(sliders) <= 6
    seen = []  # some of the few are among all
    for slider in [*sliders, *all_sliders(scenario)]:
        for value in (slider.low, slider.high):
            made = slider.changes(value)
            if made not in seen:
                changed(scenario, made)
                seen.append(made)


@settings(max_examples=10)
@given(st.data())
def test_every_position_of_every_slider_is_a_scenario(data: st.DataObject) -> None:
    values = {
        name: data.draw(st.floats(slider.low, slider.high), label=name)
        for name, slider in LEVERS.items()
    }
    scenario = changed(READY, changes(list(LEVERS.values()), values))
    team = scenario.investments["team"]
    # The first effect and the inflow are what the sliders say.
    assert 1 - team.effects[0].ratio.value == pytest.approx(values["effect"])
    assert 1 - team.effects[4].ratio.value == pytest.approx(values["inflow"])
    assert team.reach.value == pytest.approx(values["reach"])
    # An effect that raises a rate is as strong as one that lowers it.
    strength = [math.log(effect.ratio.value) for effect in team.effects[:4]]
    usual = [math.log(effect.ratio.value) for effect in READY.investments["team"].effects[:4]]
    if values["effect"] > 0:
        shares = [now / then for now, then in zip(strength, usual, strict=True)]
        assert shares == pytest.approx([shares[0]] * 4)
    else:
        assert strength == pytest.approx([0] * 4)


def test_a_slider_that_has_not_moved_changes_nothing() -> None:
    at = {name: slider.value for name, slider in LEVERS.items()}
    assert changes(list(LEVERS.values()), at) == {}


@pytest.mark.parametrize("lang", ["sv", "en"], indirect=True)
@pytest.mark.usefixtures("lang")
def test_presets_and_questions_are_positions_that_there_are() -> None:
    sliders = list(LEVERS.values())
    wishes = [*presets(sliders), *what_ifs(sliders)]
    assert len({one.id for one in wishes}) == len(wishes)
    for one in wishes:
        for name, value in one.values.items():
            assert LEVERS[name].low <= value <= LEVERS[name].high


def test_every_number_in_the_drawer_says_who_answers_for_it() -> None:
    own = all_sliders(READY)
    assert len(own) > 20
    assert all(slider.source and slider.grade for slider in own)
    assert len(all_sliders(READY, pathway=True)) > 100
