"""An address holds all that is seen, and one that makes no sense is taken for what it can mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from sisim.live.settings import SHOWS, History, Settings, sliders_in

SLIDERS = {"effect": (0.0, 1e7), "investments.team.cost.running": (0.0, 1e7)}
USUAL = Settings(lang="sv", seed=4)
wholes = st.none() | st.integers(1, 40)


@st.composite
def seen(draw: st.DrawFn) -> Settings:
    """Return any settings."""
    flags = {name: draw(st.booleans()) for name in ("dark", "current", "bands", "notes", "guess")}
    return Settings(
        lang=draw(st.sampled_from(["sv", "en"])),
        show=draw(st.sampled_from(SHOWS)),
        values=draw(st.dictionaries(st.sampled_from(sorted(SLIDERS)), st.floats(0, 1e7, width=32))),
        kept=draw(
            st.none()
            | st.dictionaries(st.sampled_from(sorted(SLIDERS)), st.floats(0, 1e7, width=32))
        ),
        scenario=draw(st.sampled_from(["", "placed-youth"])),
        seed=draw(st.integers(0, 10**9)),
        runs=draw(wholes),
        years=draw(wholes),
        year=draw(wholes),
        residents=draw(st.none() | st.integers(100, 10**6)),
        only=draw(st.sampled_from([None, "project", "new_way"])),
        told=draw(st.none() | st.integers(0, 4)),
        arm=draw(st.sampled_from(["", "project"])),
        **flags,
    )


@given(seen())
def test_an_address_restores_what_was_seen(settings: Settings) -> None:
    query = dict(parse_qsl(settings.query(USUAL), keep_blank_values=True))
    found = Settings.of(query, USUAL, SLIDERS)

    def rounded(values: Mapping[str, float]) -> dict[str, float]:
        return {name: float(f"{value:.10g}") for name, value in values.items()}

    kept = None if settings.kept is None else rounded(settings.kept)
    assert found == replace(settings, values=rounded(settings.values), kept=kept)
    assert sliders_in(query) == {*settings.values, *(settings.kept or {})}


@given(st.dictionaries(st.sampled_from([*USUAL.__dataclass_fields__, "effect"]), st.text()))
def test_no_address_is_wrong(query: dict[str, str]) -> None:
    found = Settings.of(query, USUAL, {"effect": (0.1, 0.9)})
    assert found.lang in ("sv", "en")
    standing = [*found.values.values(), *(found.kept or {}).values()]
    assert all(0.1 <= value <= 0.9 for value in standing)
    assert found.runs is None or found.runs >= 1


def test_no_slider_stands_beyond_its_ends() -> None:
    found = Settings.of(
        {"growth": "-3", "reach": "7"}, USUAL, {"growth": (0, 0.04), "reach": (0, 1)}
    )
    assert found.values == {"growth": 0, "reach": 1}
    kept = Settings.of({"kept": "reach:7,growth:-3,x:1,,:"}, USUAL, {"reach": (0, 1)}).kept
    assert kept == {"reach": 1}


def test_what_is_usual_needs_no_words() -> None:
    assert USUAL.query(USUAL) == ""


def test_the_way_back_is_as_long_as_the_way_there() -> None:
    history, way = History(), [replace(USUAL, seed=n) for n in range(5)]
    for settings in way:
        history.keep(settings)
        history.keep(settings)
    assert [history.back() for _ in range(6)] == [*reversed(way), None]
