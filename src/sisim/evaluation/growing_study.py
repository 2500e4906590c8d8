"""A study that can be looked at while its municipalities report, one after the other.

It is the study of `sisim.evaluation.study.evaluate`: with as many municipalities, the same rows and
the same thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from threading import Lock
from time import perf_counter

import numpy as np
import pandas as pd

from sisim.analysis.cell import Cell, Runner, Setup
from sisim.analysis.measures import NPV
from sisim.engine.simulation import Progress
from sisim.evaluation.estimate import NAN
from sisim.evaluation.study import (
    ACTING_OR_NOT,
    MONEY_RUNS,
    STUDIES,
    WORLDS,
    EvaluationStudy,
    Pair,
    StudyRunner,
    World,
    evaluated,
    in_world,
    study_setup,
    thresholds_of,
    worlds_of,
)
from sisim.scenario.scenario import Scenario

LATELY = 5
"""By so many municipalities, those done last, it is judged how long the next one takes."""


class GrowingStudy:
    """A study to which municipalities are added one at a time.

    Each is simulated with the effect and with none, and drawn from its range only where an
    evaluation decides by what was thought before. What carrying on is worth is worked out with the
    first of them, one run each.

    Args:
        scenario: The scenario, with `[evaluations]`.
        names: Which of them; none: all.
        draws: How many municipalities there are to be.
        seed: The seed of the first; unset: the scenario's.

    Raises:
        LookupError: If there is no evaluation of that name, or none at all.
        StudyError: If an evaluation takes longer than the scenario.
    """

    def __init__(
        self,
        scenario: Scenario,
        names: Sequence[str] = (),
        *,
        draws: int,
        seed: int | None = None,
    ) -> None:
        self.setup = study_setup(scenario, names)
        self.draws = draws
        self.seed = scenario.seed if seed is None else seed
        specs = {name: scenario.evaluations[name] for name in self.setup.names}
        by_prior = any(spec.decision.rule == "bayes" for spec in specs.values())
        self.worlds = worlds_of(scenario, None if by_prior else ACTING_OR_NOT)
        self._pairs: list[Pair] = list(
            dict.fromkeys(
                (evaluated(scenario, spec)[0], spec.decision.carry_on)
                for spec in specs.values()
                if spec.decision.carry_on is not None and spec.decision.threshold is None
            )
        )
        self._runner: StudyRunner | None = None
        self._money: dict[str, Runner] = {}
        self._rows: list[pd.DataFrame] = []
        self._nets: list[dict[tuple[Pair, str], float]] = []
        self._took: list[float] = []
        self._lock = Lock()

    @property
    def municipalities(self) -> int:
        """How many have reported."""
        return len(self._rows)

    @property
    def whole(self) -> bool:
        """Whether all have."""
        return self.municipalities >= self.draws

    @property
    def seconds_left(self) -> float:
        """How long the rest takes if it goes on as of late; NaN if nothing tells.

        The first one takes longer, as the model is compiled.
        """
        return (self.draws - self.municipalities) * median(self._took[1:][-LATELY:] or [NAN])

    def grow(self, to: int, progress: Progress | None = None) -> None:
        """Add municipalities until there are so many; one counts when all its worlds are simulated.

        Args:
            to: How many there shall be, at most all.
            progress: Called now and then with the municipalities that are done and those asked
                for; what it raises stops the work, and what is done stays.
        """
        with self._lock:
            asked = min(to, self.draws)
            while self.municipalities < asked:
                self._add(lambda: progress and progress(self.municipalities, asked))
            if self.whole:
                self._forget_runners()

    def rest(self) -> None:
        """Let go of what takes memory: it is made anew when it is needed."""
        if self._lock.acquire(blocking=False):
            try:
                self._forget_runners()
            finally:
                self._lock.release()

    def study(self) -> EvaluationStudy:
        """Return what those that have reported come to.

        From what effect it pays to carry on is told once a few have: until then the threshold is
        NaN, where the file does not give it.

        Raises:
            ValueError: If none has.
        """
        rows, nets = self._rows[:], self._nets[:]
        table = pd.concat(rows[: len(nets)]).sort_values(
            ["world", "draw"], key=_in_order, kind="stable", ignore_index=True
        )

        def worth(pair: Pair) -> dict[World, float]:
            runs = nets[:MONEY_RUNS]
            return {w: float(np.mean([run[pair, w] for run in runs])) for w in ACTING_OR_NOT}

        thresholds, worths = thresholds_of(self.setup, table, worth)
        if len(rows) < min(STUDIES, self.draws):
            thresholds |= dict.fromkeys(worths, NAN)
            worths = {}
        scenario, names = self.setup.scenario, self.setup.names
        return EvaluationStudy(scenario, names, self.seed, table, thresholds, worths)

    def _add(self, go_on: Callable[[], object]) -> None:
        began, number = perf_counter(), self.municipalities
        rows: list[pd.DataFrame] = []
        nets: dict[tuple[Pair, str], float] = {}
        if self._runner is None:
            self._runner = self.setup.runner()
        for world in self.worlds:
            go_on()
            cell = Cell("", WORLDS.index(world), {}, number, 0, self.seed + number)
            rows.append(self._runner.rows([cell]))
        if self._pairs and number < MONEY_RUNS:
            for world in ACTING_OR_NOT:
                go_on()
                worth = self._worth(world, number)
                nets |= {((arm, on), world): worth[on] - worth[arm] for arm, on in self._pairs}
        self._nets.append(nets)
        self._rows.append(pd.concat(rows))
        self._took.append(perf_counter() - began)

    def _worth(self, world: World, number: int) -> pd.Series:
        """Return the net present value of every arm in one run of the whole scenario."""
        if world not in self._money:
            scenario = in_world(self.setup, world, 0)
            self._money[world] = Setup(scenario, (NPV,)).runner()
        rows = self._money[world].run({}, self.seed + number)
        return rows.set_index("arm")[NPV]

    def _forget_runners(self) -> None:
        self._runner = None
        self._money.clear()


def _in_order(column: pd.Series) -> pd.Series:
    return column.map(WORLDS.index) if column.name == "world" else column
