"""What comes of a scenario: counts and money together, and what reports ask of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from sisim.economics.appraisal import Estimate, break_even, headline, totals
from sisim.economics.ledger import Ledger, Line, by_year, ledger
from sisim.engine.result import Array, Axis, Result, tidy
from sisim.language import Lang, preferred_language
from sisim.scenario.scenario import OutcomeMeasure, Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Phase = tuple[Literal["project", "new_way"], float, float]


class Results:
    """A simulated scenario: tidy tables, figures and words.

    Args:
        counts: What was counted. Its tables, by area and by the pathway's groupings, are at
            `counts.people(by=...)`, `counts.units()` and so on.
    """

    def __init__(self, counts: Result) -> None:
        self.counts = counts

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.counts.scenario

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replication."""
        return self.counts.seeds

    @property
    def version(self) -> str:
        """The version of sisim that simulated it."""
        return self.counts.version

    @property
    def digest(self) -> str:
        """A short hash of the scenario."""
        return self.counts.digest

    # ------------------------------------------------------------------------ for the analyst

    @cached_property
    def people(self) -> pd.DataFrame:
        """How many are in each state at the start of each step: see `Result.people`."""
        return self.counts.people()

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What every administration pays in each step, in fixed prices: see `Ledger.table`."""
        return self.ledger.table()

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Present values of costs and outcome weights, by replication and arm."""
        return totals(self.ledger)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger in fixed prices."""
        return ledger(self.counts)

    @cached_property
    def _current(self) -> Ledger:
        return ledger(self.counts, current=True)

    def figures(self, lang: Lang | None = None) -> Figure:
        """Draw the two figures: the project that ends, and the new way of working."""
        from sisim.report.figures import question9

        return question9(self, lang or preferred_language())

    def summary(self, lang: Lang | None = None) -> str:
        """Say what came out, a sentence a line."""
        from sisim.report.words import sentences

        return "\n".join(sentences(self, lang or preferred_language()))

    def save(self, out: str | os.PathLike[str], lang: Lang | None = None) -> list[Path]:
        """Write figures, tables and words into a folder, all or nothing; return the files."""
        from sisim.report.publish import publish

        return publish(self, Path(out), lang or preferred_language())

    def _repr_html_(self) -> str:
        """Show the figures in a notebook, or the costs where there are none to draw."""
        if self.scenario.figures is None:
            sums = self.totals.groupby(["measure", "arm"])["total"].mean()
            return str(sums.unstack("arm").to_html())
        from html import escape
        from io import StringIO

        drawing = StringIO()
        self.figures().savefig(drawing, format="svg", bbox_inches="tight")
        svg = drawing.getvalue()
        words = "".join(f"<p>{escape(line)}</p>" for line in self.summary().splitlines())
        return svg[svg.index("<svg") :] + words

    # ------------------------------------------------------------------------ for reports

    def yearly_costs(self, ordinary: bool = False, current: bool = False) -> pd.DataFrame:
        """Return the costs by year.

        Columns: replication, year, arm, administration, kind, amount.
        """
        book = self._current if current else self.ledger

        def part(line: Line) -> tuple[str, str] | None:
            return (line.administration, line.kind) if ordinary or not line.ordinary else None

        sums = book.sums(part, yearly=True)
        administrations, kinds = zip(*sums, strict=True)
        axis = {"administration": np.array(administrations), "kind": np.array(kinds)}
        return self._yearly("amount", np.stack(list(sums.values()), axis=-1), axis)

    def yearly_entries(self, group: str) -> pd.DataFrame:
        """Return the entries into a group by year.

        Columns: replication, year, arm, first, count.
        """
        number = self.counts.compiled.groups.index(group)
        entries = by_year(self.counts, self.counts.counts("entry")[..., number, :])
        return self._yearly("count", entries, {"first": np.array([True, False])})

    def yearly_stock(self, group: str) -> pd.DataFrame:
        """Return the mean number of people in a group over the steps of each year.

        Columns: replication, year, arm, people.
        """
        return self._yearly("people", self._stock(group))

    def yearly_participants(self) -> pd.DataFrame:
        """Return who is helped, by year.

        Columns: replication, year, arm (not `without`), investment, started, treated_months.
        """
        months = 12 / self.counts.compiled.clock.per_year
        started, treated = (
            by_year(self.counts, self._treatments(name)) for name in ("started", "treated")
        )
        axis = {"investment": np.array(self.counts.compiled.investments)}
        table = self._yearly("started", started, axis)
        return table.assign(treated_months=treated.ravel() * months)

    def outcomes(self) -> pd.DataFrame:
        """Return the outcomes that stand beside the money.

        Columns: replication, year, arm, outcome, value.
        """
        measures = self.scenario.outcomes
        shape = (len(self.seeds), len(self.counts.arms), len(self._years), 0)
        values = [self._outcome(measure) for measure in measures.values()]
        axis = {"outcome": np.array(list(measures))}
        return self._yearly("value", np.stack(values, -1) if values else np.zeros(shape), axis)

    def phases(self, arm: str) -> Sequence[Phase]:
        """Return when the project and the new way of working run in `arm`, as decimal years."""
        names: tuple[Literal["project", "new_way"], ...] = ("project", "new_way")
        spans: dict[Literal["project", "new_way"], list[int]] = {}
        for own in self.counts.own_investments():
            if self.counts.arms[own.arm] != arm:
                continue
            for name, part in zip(names, self.counts.delivery(own), strict=True):
                runs = self.counts.steps[part[:, :-1].any(axis=0)]
                if len(runs):
                    spans.setdefault(name, []).extend((int(runs[0]), int(runs[-1]) + 1))
        instant = self.counts.instant
        return [(name, instant(min(s)), instant(max(s))) for name, s in spans.items()]

    def break_even(self, arm: str) -> float | None:
        """Return the instant when the accumulated net of `arm` has turned positive for good."""
        return break_even(self.ledger, arm)

    def headline(self, arm: str) -> Mapping[str, Estimate]:
        """Return `helped`, `avoided`, `invested`, `lower_cost` and `net` of `arm`."""
        return headline(self.ledger, arm)

    # ------------------------------------------------------------------------ parts

    @cached_property
    def _years(self) -> Array:
        return np.unique(self.counts.compiled.clock.year(self.counts.steps))

    def _treatments(self, name: str) -> Array:
        """Return who begins or is in treatment, (replications, arms, steps, investments)."""
        steps = len(self.counts.steps)
        return np.moveaxis(self.counts.treatments(name)[:, :, :, :steps].sum(axis=-1), 2, -1)

    def _stock(self, group: str) -> Array:
        """Return the mean stock of a group by year, (replications, arms, years)."""
        spec = self.scenario.pathway.groups[group]
        states = [self.counts.compiled.state(spec.track, state) for state in spec.states]
        people = self.counts.counts("stock")[:, :, :-1, states].sum(axis=-1)
        steps = by_year(self.counts, np.ones_like(people))
        return np.asarray(by_year(self.counts, people) / steps)

    def _outcome(self, measure: OutcomeMeasure) -> Array:
        """Return an outcome by year, (replications, arms, years)."""
        if measure.transition is not None:
            number = self.counts.compiled.transitions.index(measure.transition)
            return by_year(self.counts, self.counts.counts("event")[..., number])
        assert measure.group is not None
        if measure.count == "stock":
            return self._stock(measure.group)
        number = self.counts.compiled.groups.index(measure.group)
        return by_year(self.counts, self.counts.counts("entry")[..., number, :].sum(axis=-1))

    def _yearly(self, name: str, values: Array, *kinds: Axis) -> pd.DataFrame:
        first = int(self._years[0])
        axes: list[Any] = [
            {"replication": np.arange(len(self.seeds))},
            {"arm": np.array(self.counts.arms[-values.shape[1] :])},
            {"year": np.arange(first, first + values.shape[2])},
            *kinds,
        ]
        return tidy(name, values, axes)
