"""Targets beside what is simulated, those held out from tuning apart."""

import pandas as pd
from helpers.languages import in_swedish

from sisim.i18n import in_language
from sisim.report.target_table import target_rows, target_words


def table(**columns: list[object]) -> pd.DataFrame:
    """Return three targets, of which the last is missed, with other columns."""
    plain: dict[str, list[object]] = {
        "label": ["Placed", "Referred", "At work"],
        "low": [0.1, 0.2, 0.3],
        "high": [0.2, 0.3, 0.4],
        "simulated": [0.15, 0.25, 0.5],
        "least": [0.15, 0.25, 0.5],
        "most": [0.15, 0.25, 0.5],
        "unit": ["share"] * 3,
        "year": [""] * 3,
        "inside": [True, True, False],
        "held_out": [False] * 3,
        "miss": ["", "", "few jobs"],
    }
    return pd.DataFrame({**plain, **columns})


def test_where_nothing_is_held_out_nothing_is_said_of_it() -> None:
    with in_language("en"):
        assert target_words(table()) == [
            "Targets that are met: 2 of 3.",
            "At work: few jobs",
        ]
        assert "Held out" not in target_rows(table())[0]
        assert "Year" not in target_rows(table())[0]


def test_held_out_targets_are_counted_apart_and_come_last() -> None:
    found = table(held_out=[True, False, True], year=["2022", "", "2019–23"])
    with in_language("en"):
        met = "Targets that are met. Tuned: 1 of 1 inside; held out: 1 of 2 inside."
        assert target_words(found)[0] == met
        rows = target_rows(found)
    assert [row["Target"] for row in rows] == ["Referred", "Placed", "At work"]
    assert [row["Held out"] for row in rows] == ["", "yes", "yes"]
    assert [row["Year"] for row in rows] == ["", "2022", "2019–23"]
    swedish = in_swedish(lambda: target_words(found)[0])
    assert swedish.startswith("Mål som nås. Justerade mot: 1 av 1")
