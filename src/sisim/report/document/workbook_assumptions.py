"""The sheet of every number: its name, its value, and who answers for it (law L8)."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from sisim.i18n import t
from sisim.report.document.workbook_cells import DefinedNames, WorkbookSheet
from sisim.report.document.workbook_source import Source
from sisim.scenario.owners import grade_name

FIRST = 4
"""The row of the first number."""
VALUE = 2
"""The column of values."""


class AssumptionSheet:
    """Every number of a scenario; those that the workbook reckons with have names.

    Args:
        source: Whose numbers.
        names: The names of the workbook's cells.
    """

    def __init__(self, source: Source, names: DefinedNames) -> None:
        self.source = source
        self.sheet = WorkbookSheet(
            t("Assumptions"), (30, 44, 14, 10, 10, 24, 14, 50, 40, 44, 26), frozen=(FIRST, 2)
        )
        self._names = names
        self._given: dict[str, str] = {}
        self._rows = {key: FIRST + row for row, key in enumerate(source.register["key"])}

    def ref(self, key: str) -> str | None:
        """Return the name of the cell of a number that is reckoned with; None: there is none."""
        if key not in self._rows:
            return None
        if key not in self._given:
            place = self.sheet.far(self._rows[key], VALUE)
            self._given[key] = self._names.give(self.source.words.name(key), place)
        return self._given[key]

    def place(self, key: str) -> tuple[int, int]:
        """Return where the value of a number stands."""
        return self._rows[key], VALUE

    @cached_property
    def keys(self) -> list[str]:
        """The keys of all numbers, in order."""
        return list(self._rows)

    def fill(self) -> None:
        """Write the sheet, when it is known which numbers are reckoned with."""
        sheet, words = self.sheet, self.source.words
        sheet.put(0, 0, t("Assumptions: every number, and who answers for it"), "title")
        sheet.put(
            1,
            0,
            t(
                "Change a yellow number and the workbook is worked out anew. The grey ones act on "
                "people: they need a new simulation."
            ),
            "note",
        )
        sheet.headings(
            FIRST - 1,
            [
                t("Name"),
                t("What"),
                t("Value"),
                t("Lowest"),
                t("Highest"),
                t("Distribution"),
                t("Grade"),
                t("Source"),
                t("Note"),
                t("Key"),
                t("When it is changed"),
            ],
        )
        for number, one in enumerate(self.source.register.to_dict("records")):
            row, key = FIRST + number, str(one["key"])
            name = self._given.get(key)
            sheet.put(row, 0, name or "", "text")
            sheet.put(row, 1, words.name(key), "wrapped")
            again = t("Needs a new simulation: sisim run … --set {key}=…", key=key)
            sheet.put(
                row,
                VALUE,
                float(one["value"]),
                "plain simulated" if name is None else "plain changeable",
                comment=again if name is None else None,
            )
            for column, ends in ((3, "low"), (4, "high")):
                if not pd.isna(one[ends]):
                    sheet.put(row, column, float(one[ends]), "plain")
            texts = {5: "distribution", 7: "source", 8: "note", 9: "key"}
            for column, what in texts.items():
                if isinstance(one[what], str):
                    sheet.put(row, column, one[what], "wrapped" if column > 5 else "text")
            grade = one["grade"]
            sheet.put(row, 6, grade_name(grade) if isinstance(grade, str) else "")
            sheet.put(row, 10, t("a new simulation") if name is None else t("worked out here"))
