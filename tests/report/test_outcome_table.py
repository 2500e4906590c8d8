"""The table of outcomes that is shown where no figure says what to draw."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sisim import load
from sisim.i18n import LANGUAGES
from sisim.report.outcome_table import outcome_rows


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_outcomes_and_arms_are_named_as_a_reader_would(lang: str) -> None:
    scenario = load("placed-youth")
    name, outcome = next(iter(scenario.outcomes.items()))
    rows = [
        {"replication": n, "year": 2026, "arm": arm, "outcome": name, "value": n + at}
        for n in range(3)
        for at, arm in enumerate(["without", *scenario.arms])
    ]
    found: Any = SimpleNamespace(scenario=scenario, outcomes=lambda: pd.DataFrame(rows))
    shown = outcome_rows(found)
    heads = {"sv": ["Utfall", "År", "Utan"], "en": ["Outcome", "Year", "Without"]}[lang]
    arms = [arm.label.text for arm in scenario.arms.values()]
    assert list(shown.columns) == [*heads, *arms]
    assert shown.to_numpy().tolist() == [[outcome.label.text, 2026, 1.0, 2.0, 3.0]]


def test_without_arms_there_is_nothing_to_compare_with() -> None:
    scenario = load("placed-youth").model_copy(update={"arms": {}})
    name = next(iter(scenario.outcomes))
    rows = [{"replication": 0, "year": 2026, "arm": "without", "outcome": name, "value": 2 / 3}]
    found: Any = SimpleNamespace(scenario=scenario, outcomes=lambda: pd.DataFrame(rows))
    assert outcome_rows(found)["Simulated"].tolist() == [0.67]
