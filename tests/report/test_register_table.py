"""The table of the register of assumptions that is shown to a reader."""

from __future__ import annotations

import pytest

from sisim import load
from sisim.i18n import LANGUAGES
from sisim.report.register_table import register_rows
from sisim.scenario.register import assumptions


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_a_number_its_range_and_its_grade_are_named_as_a_reader_would(lang: str) -> None:
    register = assumptions(load("placed-youth"))
    shown = register_rows(register)
    assert (
        list(shown.columns)
        == {
            "sv": ["Nyckel", "Värde", "Formel", "Lägst", "Högst", "Gradering"],
            "en": ["Key", "Value", "Formula", "Lowest", "Highest", "Grade"],
        }[lang]
    )
    assert shown.iloc[:, 0].tolist() == register["key"].tolist()
    grades = {
        "sv": {"", "antagande", "härlett", "litteratur", "uppmätt"},
        "en": {"", "assumption", "derived", "literature", "measured"},
    }
    assert set(shown.iloc[:, -1]) == grades[lang]
