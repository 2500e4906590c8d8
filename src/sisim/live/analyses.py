"""Analyses that visitors have started: sensitivity, uncertainty and sweeps, one at a time.

An analysis goes on when the page that started it is closed, and is there for whoever opens the
page again, until the server ends. The same asked twice is the same analysis.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import Any, Literal

import numpy as np

from sisim.analysis.evaluator import Evaluator
from sisim.analysis.measures import NPV, turning_point
from sisim.analysis.one_way import one_way, two_way
from sisim.analysis.psa import draws, measures, probabilistic
from sisim.analysis.variants import canonical
from sisim.analysis.varied import factors, is_whole
from sisim.i18n import n_, t
from sisim.live.computations import GivenUp
from sisim.live.limits import require_allowed
from sisim.loading.load import changed
from sisim.report.analysis import heat_map, psa_figures, tornado
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.chart.chart import Chart
from sisim.scenario.errors import Reason, ScenarioError
from sisim.scenario.scenario import Scenario

AnalysisKind = Literal["sensitivity", "uncertainty", "sweep"]

MOST = 16
"""Analyses that are kept, those asked for last; of those that wait for their turn, all."""
MOST_WAITING = 8
"""So many are waited for at a time."""
DRAWS = 100
"""Draws of an uncertainty analysis; each in two runs."""
RUNS_PER_DRAW = 2
POINTS = 5
"""Values of each number in a sweep of two."""

Go = Callable[[int, int], None]
"""Is told how many runs are done, and of how many; raises when it is to be given up."""


@dataclass(frozen=True)
class AnalysisKey:
    """What an analysis is of, equal to any other of the same.

    Attributes:
        kind: Which analysis.
        content: A digest of all that the scenario says, before the changes.
        changed: What is changed in it, as text.
        arm: Which arm is compared with none.
        seed: The seed of the first run.
        runs: How many runs.
        across: The key of the number that a sweep varies across.
        up: The key of that which it varies upwards.
        scenario: The scenario.
        changes: Other values by dotted path.
    """

    kind: AnalysisKind
    content: str
    changed: str
    arm: str
    seed: int
    runs: int
    across: str
    up: str
    scenario: Scenario = field(compare=False)
    changes: Mapping[str, Any] = field(compare=False)

    @classmethod
    def of(
        cls,
        kind: AnalysisKind,
        scenario: tuple[str, Scenario],
        changes: Mapping[str, Any],
        arm: str,
        seeds: tuple[int, int],
        axes: tuple[str, str] = ("", ""),
    ) -> AnalysisKey:
        """Return the key of a scenario (and the digest of it) with some values changed.

        Args:
            kind: Which analysis.
            scenario: The digest of the scenario, and the scenario.
            changes: Other values by dotted path.
            arm: Which arm.
            seeds: The first seed, and how many.
            axes: The keys of the two numbers that a sweep varies.
        """
        digest, known = scenario
        text = canonical(changes)
        return cls(kind, digest, text, arm, *seeds, *axes, known, dict(changes))

    def analysed(self) -> Scenario:
        """Return the scenario that is analysed.

        Raises:
            ScenarioError: If a value does not fit, or it is too much for a page.
        """
        found = changed(self.scenario, self.changes, inside=True) if self.changes else self.scenario
        require_allowed(found, self.runs)
        return found


@dataclass(frozen=True)
class AnalysisAnswer:
    """What came of an analysis; the words are the reader's own, made when they are asked for."""

    charts: Callable[[], list[Chart]]
    words: Callable[[], list[str]]


class AnalysisJob:
    """An analysis that has been started.

    Attributes:
        key: What it is of.
        done: How many runs are done.
        of: How many there are, as far as is known; 0 until it has begun.
        answer: What came of it.
        error: Why nothing came of it.
    """

    def __init__(self, key: AnalysisKey) -> None:
        self.key = key
        self.done = self.of = 0
        self.answer: AnalysisAnswer | None = None
        self.error: Exception | None = None
        self._begun = monotonic()
        self._stop = Event()

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.answer is not None or self.error is not None

    @property
    def seconds_left(self) -> float:
        """About how many seconds it takes until it is done; NaN while that is not known."""
        if not self.done or self.ended:
            return float("nan")
        return (monotonic() - self._begun) / self.done * (self.of - self.done)

    @property
    def why(self) -> str:
        """Why nothing came of it, in the current language; empty if something did."""
        if isinstance(self.error, ScenarioError):
            return self.error.render().splitlines()[0]
        return "" if self.error is None else str(self.error) or type(self.error).__name__

    def stop(self) -> None:
        """Give it up, at the next run."""
        self._stop.set()

    def run(self) -> None:
        """Work it out, in a thread."""
        self._begun = monotonic()
        try:
            self._tell(0, 0)
            self.answer = answer_of(self.key, self._tell)
        except Exception as error:  # whatever it is, who looks is told
            self.error = error

    def _tell(self, done: int, of: int) -> None:
        if self._stop.is_set():
            raise StoppedError
        self.done, self.of = done, of


class StoppedError(GivenUp):
    """An analysis was stopped by somebody."""

    reason = Reason("It was stopped.")


class TooManyError(Exception):
    """As many analyses wait for their turn as there can be."""

    def __str__(self) -> str:
        return t("Other analyses are waiting for their turn. Try again in a while.")


class Analyses:
    """The analyses of a server."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[AnalysisKey, AnalysisJob] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sisim-analysis")
        self._lock = Lock()

    def start(self, key: AnalysisKey) -> AnalysisJob:
        """Return an analysis, which is started if nobody has; one that failed is tried again.

        Raises:
            TooManyError: If too many wait for their turn.
        """
        with self._lock:
            found = self._jobs.get(key)
            if found is None or found.error is not None:
                if sum(not one.ended for one in self._jobs.values()) >= MOST_WAITING:
                    raise TooManyError
                found = self._jobs[key] = AnalysisJob(key)
                self._pool.submit(copy_context().run, found.run)
            self._jobs.move_to_end(key)
            for old in [one for one, job in self._jobs.items() if job.ended][:-MOST]:
                del self._jobs[old]
        return found

    def stop(self) -> None:
        """Give all up, as the server ends."""
        for job in self.listed():
            job.stop()

    def listed(self) -> list[AnalysisJob]:
        """Return all, those asked for last first."""
        with self._lock:
            return list(reversed(self._jobs.values()))


def answer_of(key: AnalysisKey, tell: Go) -> AnalysisAnswer:
    """Return what comes of an analysis.

    Raises:
        ScenarioError: If a value does not fit, nothing is uncertain, or it is too much for a page.
    """
    scenario = key.analysed()
    work = {"sensitivity": _sensitivity, "uncertainty": _uncertainty, "sweep": _sweep}
    return work[key.kind](key, scenario, tell)


def _sensitivity(key: AnalysisKey, scenario: Scenario, tell: Go) -> AnalysisAnswer:
    evaluator = Evaluator(
        scenario, arm=key.arm, replications=key.runs, seed=key.seed, progress=tell
    )
    subject = Subject(scenario, evaluator.seeds, key.arm, NPV)
    varied = factors(scenario)
    if not varied:
        raise _NothingVaried
    table = one_way(evaluator.outcome(NPV), varied, turning_point(NPV))
    return AnalysisAnswer(
        lambda: [tornado.tornado_chart(subject, table)],
        lambda: tornado.sentences(subject, table),
    )


def _uncertainty(key: AnalysisKey, scenario: Scenario, tell: Go) -> AnalysisAnswer:
    drawn = draws(scenario, DRAWS, key.seed)
    evaluator = Evaluator(
        scenario,
        outcomes=measures(scenario),
        replications=min(key.runs, RUNS_PER_DRAW),
        seed=key.seed,
        progress=tell,
    )
    found = probabilistic(evaluator, scenario, drawn)
    by_year = found.break_even_by_year()
    subject = Subject(scenario, evaluator.seeds, key.arm, NPV)
    return AnalysisAnswer(
        lambda: [psa_figures.who_breaks_even_chart(subject, found, by_year)],
        lambda: psa_figures.sentences(subject, found),
    )


def _sweep(key: AnalysisKey, scenario: Scenario, tell: Go) -> AnalysisAnswer:
    evaluator = Evaluator(
        scenario, arm=key.arm, replications=key.runs, seed=key.seed, progress=tell
    )
    subject = Subject(scenario, evaluator.seeds, key.arm, NPV)
    across, up = (_values(scenario, one) for one in (key.across, key.up))
    table = two_way(evaluator.outcome(NPV), (key.across, across), (key.up, up))
    return AnalysisAnswer(
        lambda: [heat_map.heat_map_chart(subject, table)],
        lambda: heat_map.sentences(subject, table),
    )


def _values(scenario: Scenario, key: str) -> list[float]:
    """Return the values of a number that a sweep tries, from its lowest to its highest."""
    one = next((one for one in factors(scenario) if one.key == key), None)
    if one is None:
        raise _NothingVaried
    places = np.linspace(one.low, one.high, POINTS)
    return [float(x) for x in (np.unique(places.round()) if is_whole(scenario, key) else places)]


class _NothingVaried(Exception):  # noqa: N818 (it is what is lacking)
    def __str__(self) -> str:
        return t("No number in the scenario has a range to move in.")


def progress_words(job: AnalysisJob) -> str:
    """Return how far an analysis has come, and about how long it takes until it is done."""
    if job.why:
        return job.why
    if job.answer is not None:
        return t("Done.")
    if not job.of:
        return t("Waiting for its turn …")
    said = n_("{done} of {n} run", "{done} of {n} runs", job.of, done=job.done)
    left = job.seconds_left
    if not left < float("inf"):
        return said
    if left < 90:
        time = n_("about {n} second left", "about {n} seconds left", max(round(left), 1))
    else:
        time = n_("about {n} minute left", "about {n} minutes left", round(left / 60))
    return f"{said}; {time}."
