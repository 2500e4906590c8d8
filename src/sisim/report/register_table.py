"""The register of assumptions as a table for a reader."""

from __future__ import annotations

import pandas as pd

from sisim.i18n import t
from sisim.scenario.numbers import derived
from sisim.scenario.owners import grade_name
from sisim.scenario.pathway import Pathway


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


def formula_rows(pathway: Pathway) -> pd.DataFrame:
    """Return each number of a pathway that is given by a formula, named as a reader would."""
    found = derived(pathway)
    return pd.DataFrame(
        {
            t("Key"): list(found),
            t("Value"): [value for value, _ in found.values()],
            t("Formula"): [formula for _, formula in found.values()],
        }
    )
