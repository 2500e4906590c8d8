"""The outcomes year by year as a table for a reader, where no figure says what to draw."""

from __future__ import annotations

import pandas as pd

from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t


def outcome_rows(result: Valuation) -> pd.DataFrame:
    """Return a row for each outcome and year and a column for each arm, named as a reader would.

    Values are means over the replications, to a hundredth of a person.
    """
    scenario = result.scenario
    found = result.outcomes().astype({"outcome": str, "arm": str})
    by = ["outcome", "year", "arm"]
    means = found.groupby(by, sort=False)["value"].mean().unstack("arm").round(2)
    outcomes = {name: one.label.text for name, one in scenario.outcomes.items()}
    arms = {name: arm.label.text for name, arm in scenario.arms.items()}
    arms[WITHOUT] = t("Without") if arms else t("Simulated")
    shown = means.rename(index=outcomes, level="outcome").rename(columns=arms)
    heads = {"outcome": t("Outcome"), "year": t("Year")}
    return shown.rename_axis(columns=None).reset_index().rename(columns=heads)
