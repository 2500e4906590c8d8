"""The register of assumptions as a table for a reader."""

from __future__ import annotations

import pandas as pd

from sisim.i18n import t
from sisim.scenario.owners import grade_name


def register_rows(register: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return each number of a register, its range and its grade, named as a reader would.

    Args:
        register: As `sisim.scenario.register.assumptions` gives it.
        lang: "sv" or "en".
    """
    return pd.DataFrame({
        t("Key", lang): register["key"],
        t("Value", lang): register["value"],
        t("Lowest", lang): register["low"],
        t("Highest", lang): register["high"],
        t("Grade", lang): [
            grade_name(grade, lang) for grade in register["grade"].fillna("")
        ],
    })  # fmt: skip
