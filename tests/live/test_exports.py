"""What is taken home says what the sliders say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.live.exports import overridden
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario

READY = shipped("scenario")["placed-youth"].read_text(encoding="utf-8")


def test_a_file_without_changes_is_as_it_was() -> None:
    assert overridden(READY, {}) == READY


@given(
    st.dictionaries(
        st.sampled_from(["investments.team.reach", "drift.prices.care", "time.years", "seed"]),
        st.integers(1, 9) | st.floats(0.001, 0.9),
    )
)
def test_a_file_says_the_changes(changes: dict[str, float]) -> None:
    text = overridden(READY, changes)
    assert text.startswith(READY.rstrip("\n"))
    found = tomllib.loads(text).get("override", {})
    assert found == pytest.approx(changes, rel=1e-9)
    # Other changes to a changed file take the place of the first.
    twice = overridden(text, {"seed": 12})
    assert twice.startswith(READY.rstrip("\n"))
    again = tomllib.loads(twice)["override"]
    assert again == pytest.approx({**changes, "seed": 12}, rel=1e-9)


def test_the_file_that_is_taken_home_can_be_opened(tmp_path: Path) -> None:
    changes = {"investments.team.effects.0.ratio": 0.45, "population.residents": 900, "seed": 3}
    (tmp_path / "home.toml").write_text(overridden(READY, changes), encoding="utf-8")
    found = load_scenario(tmp_path / "home.toml")
    assert found.investments["team"].effects[0].ratio.value == 0.45
    assert (found.population.residents, found.seed) == (900, 3)
