"""Versions of a lesson, worked out by an executor: their curves first, then their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pandas as pd

from sisim.analysis.cell import Cell
from sisim.analysis.comparison import Comparison, View, compare
from sisim.analysis.executors import Batch, CellSetup, Executor
from sisim.analysis.variants import Variants
from sisim.economics.valuation import Valuation
from sisim.i18n import in_currency
from sisim.live.lesson_words import words_of
from sisim.report.comparison_chart import Scales
from sisim.scenario.scenario import Scenario

WORDS_AT_A_TIME = 27

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LessonPoints:
    """What all versions have in common; it can be sent to another process.

    Attributes:
        scenario: What is changed in each.
        seeds: The seeds of its runs.
        view: What the figures show.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    view: View

    def runner(self, threads: int | None = 1) -> PointRunner:
        """Return what works out versions."""
        return PointRunner(self, threads)

    def batches(self, values: Sequence[Mapping[str, Any]]) -> Iterator[Batch]:
        """Return the versions, those together in which the same becomes of people."""
        variants = Variants(self.scenario, self.seeds, retain=True)
        keys = [variants.people(one) for one in values]
        order = sorted(range(len(values)), key=keys.__getitem__)
        for _, same in groupby(order, key=keys.__getitem__):
            yield [_cell(number, values[number], self.seeds[0]) for number in same]


class PointRunner:
    """Works out the curves of versions.

    Args:
        setup: What they have in common.
        threads: Threads of a simulation.
    """

    def __init__(self, setup: LessonPoints, threads: int | None) -> None:
        self.setup = setup
        self._variants = Variants(setup.scenario, setup.seeds, threads=threads)

    def rows(self, batch: Batch) -> pd.DataFrame:
        """Return the comparison of each version, without what it was counted from."""
        found = []
        for cell in batch:
            one = compare(self._variants.valuation(cell.values), self.setup.view)
            found.append(replace(one, result=None))  # type: ignore[arg-type]
        return _rows(batch, found)


@dataclass(frozen=True)
class LessonWords:
    """The comparisons whose words are to be worked out; it can be sent to another process.

    Attributes:
        result: Of the scenario as it is: what is said of it is said of every version.
        comparisons: The versions, without a result of their own.
        top: The axes of every version.
        unit: In which amounts are drawn, kronor.
    """

    result: Valuation
    comparisons: tuple[Comparison, ...]
    top: Scales
    unit: float

    def runner(self, threads: int | None = 1) -> WordRunner:  # noqa: ARG002 (nothing is simulated)
        """Return what works out words."""
        return WordRunner(self)

    def batches(self) -> Iterator[Batch]:
        """Return the versions in order."""
        for first in range(0, len(self.comparisons), WORDS_AT_A_TIME):
            some = range(first, min(first + WORDS_AT_A_TIME, len(self.comparisons)))
            yield [_cell(number, {}, 0) for number in some]


class WordRunner:
    """Works out the words of versions.

    Args:
        setup: The versions.
    """

    def __init__(self, setup: LessonWords) -> None:
        self.setup = setup

    def rows(self, batch: Batch) -> pd.DataFrame:
        """Return the words of each version: see `sisim.live.lesson_words.words_of`."""
        own = self.setup
        found = []
        with in_currency(own.result.scenario.pathway.currency):
            for cell in batch:
                one = replace(own.comparisons[cell.choice], result=own.result)
                found.append(words_of(one, own.top, own.unit))
        return _rows(batch, found)


class Work:
    """Work of an executor, told as it goes.

    Args:
        executor: Who does it.
        total: How much there is in all.
        progress: Called with what is done and with the total.
    """

    def __init__(self, executor: Executor, total: int, progress: Progress | None) -> None:
        self._executor, self._total, self._progress = executor, total, progress
        self._done = 0

    def results(self, setup: CellSetup, batches: Iterator[Batch]) -> list[Any]:
        """Return what comes of every version, in their order."""
        found: dict[int, Any] = {}
        for done in self._executor.run(setup, batches):
            found |= dict(zip(done.rows["point"], done.rows["found"], strict=True))
            self._done += len(done.batch)
            if self._progress is not None:
                self._progress(self._done, self._total)
        return [found[number] for number in sorted(found)]


def _cell(number: int, values: Mapping[str, Any], seed: int) -> Cell:
    return Cell(str(number), number, values, 0, 0, seed)


def _rows(batch: Batch, found: Sequence[Any]) -> pd.DataFrame:
    points = [cell.choice for cell in batch]
    return pd.DataFrame({"point": points, "found": pd.Series(list(found), dtype=object)})
