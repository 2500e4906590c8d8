"""Results of a simulated scenario: its valuation, with the figures, words and files of a report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sisim.analysis.switching_values import Judged, Verdict
from sisim.economics.cost_trace import trace_tables
from sisim.economics.measured_effect import followed
from sisim.economics.valuation import Valuation
from sisim.i18n import Lang, in_currency, in_language
from sisim.scenario.errors import Reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sisim.engine.cohort import Cohort

# What draws is slow to import: only who asks for a figure waits.


class Results(Judged):
    """A simulated scenario: tidy tables, figures and words; see `Valuation`.

    Figures and words tell what each verdict rests on. That is worked out when it is first asked
    for, by simulating anew those whom the investments can affect.

    Args:
        counts: What was counted. Its tables, by area and by the pathway's groupings, are at
            `counts.people(by=...)`, `counts.units()` and so on.
        retained: Its first runs, if they have been retained.
    """

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What the verdict on each arm rests on, as it is appraised; none of fewer than 5 runs."""
        return self.judge()

    @property
    def money_tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables on money: appraisal, net position, who gains, cash ladder and so on."""
        from sisim.report.economics.money_report import money_tables

        arms = self.counts.arms[1:]
        return money_tables(self, arms) if arms else {}

    def figures(self, lang: Lang | None = None) -> Figure:
        """Draw the two figures: the project that ends, and the new way of working."""
        from sisim.report.comparison_figures import draw_comparison

        self.judge(tail=False)
        with in_language(lang), in_currency(self.scenario.pathway.currency):
            return draw_comparison(self)

    def summary(self, lang: Lang | None = None) -> str:
        """Say what came out, a sentence a line."""
        from sisim.report.comparison_text import sentences
        from sisim.report.size_words import size_words
        from sisim.report.verdict_words import verdict_words

        self.judge(tail=False)
        with in_language(lang), in_currency(self.scenario.pathway.currency):
            size = size_words(self.scenario)
            return "\n".join([*sentences(self), *size, *verdict_words(self)])

    def save(self, out: str | os.PathLike[str], lang: Lang | None = None) -> list[Path]:
        """Write figures, tables and words into a folder, all or nothing; return the files."""
        from sisim.report.publish import publish, publish_overview, words_beside
        from sisim.report.scenario_overview import overview_words

        self.judge(tail=self.scenario.figures is None)
        with in_language(lang), in_currency(self.scenario.pathway.currency):
            if self.scenario.figures is not None:
                more = {**self.money_tables, **trace_tables(self.settled)}
                return publish(self, Path(out), more=more)
            words = [*overview_words(self), *words_beside(self)]
            return publish_overview(self, Path(out), words)

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


class ExpectedResults(Valuation):
    """The expected course of a scenario, computed exactly: no runs, and no chance.

    `traces`, `per_person`, `incremental` and every other table of a `Valuation`, of one course.

    Args:
        cohort: The course.

    Raises:
        NotExact: If money follows an evaluation.
    """

    def __init__(self, cohort: Cohort) -> None:
        from sisim.engine.cohort import NotExact

        names = followed(cohort.result.scenario)
        if names:
            raise NotExact(
                f"evaluations.{names[0]}", Reason("money follows what an evaluation says of people")
            )
        super().__init__(cohort.result)
        self.cohort = cohort

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds: none, as nothing is drawn."""
        return ()

    def __repr__(self) -> str:
        """Return who and when in a line."""
        return super().__repr__().replace("0 replications", "computed exactly")

    def icer_table(self, measure: str | None = None) -> pd.DataFrame:
        """Return the arms compared by a measure of effects, per person: see `sisim.icer_table`.

        Args:
            measure: An outcome or an outcome weight; unset: the first weight, else outcome.

        Raises:
            LookupError: If there is no such measure.
        """
        known = {one.measure.name: one.table for one in self.incremental}
        first = [*self.scenario.pathway.weights, *known][:1]
        name = next(iter(first), "") if measure is None else measure
        if name not in known:
            names = ", ".join(known) or "no outcome and no weight"
            raise LookupError(f'there is no measure "{name}": the scenario has {names}')
        return known[name]

    def figure(self, track: str | None = None, lang: Lang | None = None) -> Figure:
        """Draw the share in each state of a track (unset: the first) over time."""
        from sisim.report.chart.matplotlib_painter import paint
        from sisim.report.state_shares import trace_chart

        with in_language(lang), in_currency(self.scenario.pathway.currency):
            return paint(trace_chart(self, track or next(iter(self.scenario.pathway.tracks))))

    def summary(self, lang: Lang | None = None) -> str:
        """Say what came out, a sentence a line."""
        from sisim.report.cohort_report import cohort_words

        with in_language(lang), in_currency(self.scenario.pathway.currency):
            return "\n".join(cohort_words(self))

    def save(self, out: str | os.PathLike[str], lang: Lang | None = None) -> list[Path]:
        """Write pictures, tables and words into a folder, all or nothing; return the files."""
        from sisim.report.cohort_report import publish_cohort

        with in_language(lang), in_currency(self.scenario.pathway.currency):
            return publish_cohort(self, Path(out))

    def _repr_html_(self) -> str:
        """Show costs and effects per person in a notebook."""
        wide = self.per_person.pivot_table(index="arm", columns="measure", values="per_person")
        return str(wide.to_html())
