"""Targets that a key figure may serve have its ages, its kind of unit and its words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sisim.calibration.served_targets import served
from sisim.loading.figure_units import FigureUnit, understood
from sisim.loading.key_figure import KeyFigure
from sisim.loading.load import load_pathway
from sisim.scenario.errors import Place

FIGURE = KeyFigure(
    source="Källa: Kolada",
    code="N1",
    label="Placerade barn och unga under året 0–20 år",
    area_code="0581",
    area="Norrköping",
    year=2023,
    sex="total",
    value=95.0,
    unit="antal/10 000 inv",
    status="value",
    file="kolada.json",
    file_date=date(2026, 3, 1),
    licence="",
    place=Place("kolada.json", 0),
)


def found(**changes: Any) -> dict[str, float]:
    """Return the targets of the pathway of children that a key figure may serve, and the factor."""
    figures = [replace(FIGURE, **changes)]
    return {one.name: one.factor for one in served(figures, load_pathway("child-youth"))}


def test_a_unit_is_converted_to_that_of_the_target() -> None:
    assert found()["placed_0_20"] == pytest.approx(0.1)  # 95 per 10 000 is 9.5 per 1 000
    assert found(unit="andel (%)")["placed_0_20"] == pytest.approx(10)
    label = "Elever i åk 9 som är behöriga till yrkesprogram, hemkommun"
    assert found(label=label, unit="andel (%)") == {"eligible": pytest.approx(0.01)}


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "Placerade barn och unga under året 0–17 år"},
        {"label": "Invånare 0–20 år med bibliotekskort"},
        {"unit": "kr/inv"},
        {"unit": "antal"},
        {"unit": ""},
        {"value": None, "status": "suppressed"},
        {"sex": "men"},
    ],
)
def test_other_ages_words_units_or_sexes_serve_no_target(changes: dict[str, Any]) -> None:
    assert "placed_0_20" not in found(**changes)


def test_a_target_of_boys_takes_the_numbers_of_boys() -> None:
    label = "Placerade pojkar under året 13–17 år"
    assert "placed_13_17_boys" in found(label=label, sex="men")
    assert "placed_13_17_boys" not in found(label=label, sex="women")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("per 1 000 inv. 0–20 år", FigureUnit("share", 1000)),
        ("antal/100 000 inv", FigureUnit("share", 100_000)),
        ("andel", FigureUnit("share")),
        ("promille", FigureUnit("share", 1000)),
        ("förändring i procentenheter", None),
        ("tkr", FigureUnit("money")),
        ("månader", FigureUnit("months")),
    ],
)
def test_a_unit_says_of_how_many_a_share_is(text: str, unit: FigureUnit | None) -> None:
    assert understood(text) == unit
