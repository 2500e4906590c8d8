"""Results of a simulated scenario: its valuation, with the figures, words and files of a report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sisim.economics.valuation import Valuation
from sisim.i18n import Lang, in_language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What draws is slow to import: only who asks for a figure waits.


class Results(Valuation):
    """A simulated scenario: tidy tables, figures and words; see `Valuation`.

    Args:
        counts: What was counted. Its tables, by area and by the pathway's groupings, are at
            `counts.people(by=...)`, `counts.units()` and so on.
    """

    @property
    def money_tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables on money: appraisal, net position, who gains, cash ladder and so on."""
        from sisim.report.economics.money_report import money_tables

        arms = self.counts.arms[1:]
        return money_tables(self, arms) if arms else {}

    def figures(self, lang: Lang | None = None) -> Figure:
        """Draw the two figures: the project that ends, and the new way of working."""
        from sisim.report.comparison_figures import draw_comparison

        with in_language(lang):
            return draw_comparison(self)

    def summary(self, lang: Lang | None = None) -> str:
        """Say what came out, a sentence a line."""
        from sisim.report.comparison_text import sentences

        with in_language(lang):
            return "\n".join(sentences(self))

    def save(self, out: str | os.PathLike[str], lang: Lang | None = None) -> list[Path]:
        """Write figures, tables and words into a folder, all or nothing; return the files."""
        from sisim.report.publish import publish

        with in_language(lang):
            return publish(self, Path(out), more=self.money_tables)

    def _repr_html_(self) -> str:
        """Show the figures in a notebook, or the costs where there are none to draw."""
        if self.scenario.figures is None:
            sums = self.totals.groupby(["measure", "arm"])["total"].mean()
            return str(sums.unstack("arm").to_html())
        drawing = StringIO()
        self.figures().savefig(drawing, format="svg", bbox_inches="tight")
        svg = drawing.getvalue()
        words = "".join(f"<p>{escape(line)}</p>" for line in self.summary().splitlines())
        return svg[svg.index("<svg") :] + words
