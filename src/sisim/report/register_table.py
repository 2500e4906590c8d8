"""The register of assumptions as a table for a reader."""

from __future__ import annotations

import pandas as pd

from sisim.i18n import t
from sisim.scenario.owners import grade_name


def register_rows(register: pd.DataFrame) -> pd.DataFrame:
    """Return each number of a register, its range and its grade, named as a reader would.

    Args:
        register: As `sisim.scenario.register.assumptions` gives it.
    """
    formulas = {t("Formula"): register["formula"].fillna("")} if "formula" in register else {}
    return pd.DataFrame(
        {
            t("Key"): register["key"],
            t("Value"): register["value"],
            **formulas,
            t("Lowest"): register["low"],
            t("Highest"): register["high"],
            t("Grade"): [grade_name(grade) for grade in register["grade"].fillna("")],
        }
    )
