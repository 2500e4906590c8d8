"""What every ready case of children and young people says of what it prevents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpers.words import SCENARIOS

from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Effect, Scenario

READY = sorted(p for p in SCENARIOS.glob("*.toml") if not p.stem.endswith("-pathway"))
PREVENTED = (
    "placed_for_behaviour",
    "placed_for_care",
    "placed_again",
    "placed_again_after_institution",
)
SHORTENED = ("residential_ends", "secure_ends", "foster_ends")


@pytest.fixture(scope="module", params=READY, ids=lambda file: file.stem)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Return one of the ready scenarios."""
    return load_scenario(request.param)


def on_care(scenario: Scenario) -> Iterator[tuple[str, Effect]]:
    """Yield the effects that keep somebody from care, or let them leave it sooner."""
    for name, investment in scenario.investments.items():
        for effect in investment.effects:
            less = effect.ratio.value < 1 and not set(PREVENTED).isdisjoint(effect.on)
            sooner = effect.ratio.value > 1 and not set(SHORTENED).isdisjoint(effect.on)
            if less or sooner:
                yield name, effect


def test_what_is_prevented_is_followed_by_something_else_and_sometimes_by_harm(
    scenario: Scenario,
) -> None:
    for name, effect in on_care(scenario):
        assert effect.instead is not None, (name, effect.on)
        assert effect.harm is not None, (name, effect.on)
        assert effect.harm.share.low == 0
        assert effect.harm.share.high is not None


def test_leaving_foster_care_sooner_is_no_success_by_itself(scenario: Scenario) -> None:
    assert not any("foster_ends" in effect.on for _, effect in on_care(scenario))


def test_a_team_around_those_in_care_saves_nothing_in_its_first_year_and_a_half(
    scenario: Scenario,
) -> None:
    """The only Swedish case saw no lower cost in two years; school comes first."""
    for name, effect in on_care(scenario):
        target = scenario.investments[name].target.features
        if effect.acts_on == "participants" and "state.placement" in target:
            assert effect.months.from_ == 18, (name, effect.on)


def test_volumes_drift_for_a_reason_alone(scenario: Scenario) -> None:
    assert all(growth.value == 0 for growth in scenario.drift.volumes.values())


def test_costs_and_effects_are_discounted(scenario: Scenario) -> None:
    assert scenario.economy.discount_costs.value == 0.035
    assert scenario.economy.discount_effects.value == 0.035


def test_effects_on_whole_areas_are_smaller_than_those_on_individuals(scenario: Scenario) -> None:
    for investment in scenario.investments.values():
        for effect in investment.effects:
            if effect.acts_on == "area" and not set(PREVENTED).isdisjoint(effect.on):
                assert effect.ratio.value >= 0.9
                assert effect.ratio.high == 1
