"""Analyses that visitors have started: sensitivity, uncertainty and sweeps, one at a time.

An analysis goes on when the page that started it is closed, and is there for whoever opens the
page again. Where there is a folder of the user's own it is kept there, and outlives the server:
what was interrupted goes on where it was. The same asked twice is the same analysis.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field, fields
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Any, Literal

import numpy as np

from sisim.analysis.design import content
from sisim.analysis.measures import NPV, turning_point
from sisim.analysis.one_way import one_way, two_way
from sisim.analysis.remembering_evaluator import RememberingEvaluator, Row, RunMemory
from sisim.analysis.variants import canonical
from sisim.analysis.varied import factors, is_whole
from sisim.i18n import n_, t
from sisim.live.computations import GivenUp
from sisim.live.kept_analyses import DONE, STOPPED, KeepingError, KeptAnalysis, file_for, kept_in
from sisim.live.limits import require_allowed
from sisim.live.time_left import with_time_left
from sisim.loading.load import changed
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.chart.chart import Chart
from sisim.scenario.errors import Reason, ScenarioError
from sisim.scenario.scenario import Scenario

AnalysisKind = Literal["sensitivity", "uncertainty", "sweep"]

MOST = 16
"""Analyses that are held where there is no folder, those asked for last, beside all that wait."""
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

    @property
    def text(self) -> str:
        """All that tells it from another, as text."""
        return json.dumps([getattr(self, one.name) for one in fields(self) if one.compare])

    @property
    def written(self) -> dict[str, Any]:
        """What a file has to say for it to be read again."""
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.compare}
        scenario, origins = content(self.scenario), self.scenario.origins
        return {**own, "changes": dict(self.changes), "scenario": scenario, "origins": origins}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> AnalysisKey:
        """Return what a file says.

        Raises:
            ValueError: If this version of sisim cannot read it.
        """
        try:
            own = {one.name: written[one.name] for one in fields(cls)}
            scenario = Scenario.model_validate(written["scenario"])
            own["scenario"] = scenario.with_origin(*written["origins"])
            return cls(**own)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(*error.args) from error


@dataclass(frozen=True)
class AnalysisAnswer:
    """What came of an analysis; the words are the reader's own, made when they are asked for."""

    charts: Callable[[], list[Chart]]
    words: Callable[[], list[str]]


class AnalysisJob:
    """An analysis that has been started.

    Args:
        key: What it is of.
        kept: Where it is kept; unset: nowhere.

    Attributes:
        key: What it is of.
        done: How many runs are done.
        of: How many there are, as far as is known; 0 until it has begun.
        answer: What came of it.
        error: Why nothing came of it.
        asked: Whether it has been asked for while this server has been there.
    """

    def __init__(self, key: AnalysisKey, kept: KeptAnalysis | None = None) -> None:
        self.key, self.kept = key, kept
        self.done = self.of = self._before = 0
        self.answer: AnalysisAnswer | None = None
        self.error: Exception | None = None
        self._begun = monotonic()
        self._stop = Event()
        self._leave = False
        self.asked = True

    @classmethod
    def left(cls, kept: KeptAnalysis) -> AnalysisJob:
        """Return one that an earlier server has left.

        Raises:
            ValueError: If this version of sisim cannot read it.
        """
        found = cls(AnalysisKey.read(kept.of), kept)
        found.done, found.of, found.asked = len(kept), kept.runs, False
        if kept.ended == STOPPED:
            found.error = StoppedError()
        elif kept.ended != DONE:
            found.error = InterruptedAnalysisError(found.done, found.of)
        return found

    @property
    def finished(self) -> bool:
        """Whether there is something to show, or it is kept and can be read."""
        kept = not self.asked and self.kept is not None and self.kept.ended == DONE
        return self.error is None and (self.answer is not None or kept)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.finished or self.error is not None

    @property
    def goes_on(self) -> bool:
        """Whether it has been left before its end, and can go on."""
        return isinstance(self.error, StoppedError | InterruptedAnalysisError)

    @property
    def seconds_left(self) -> float:
        """About how many seconds it takes until it is done; NaN while that is not known."""
        run = self.done - self._before
        if run <= 0 or self.ended:
            return float("nan")
        return (monotonic() - self._begun) / run * (self.of - self.done)

    @property
    def why(self) -> str:
        """Why nothing came of it, in the current language; empty if something did."""
        if isinstance(self.error, ScenarioError):
            return self.error.render().splitlines()[0]
        return "" if self.error is None else str(self.error) or type(self.error).__name__

    def stop(self) -> None:
        """Give it up, at the next run."""
        self._stop.set()

    def leave(self) -> None:
        """Give it up, at the next run, as the server ends: it is to go on with the next one."""
        self._leave = True
        self._stop.set()

    def run(self) -> None:
        """Work it out, in a thread."""
        try:
            if self.kept is None:
                self._work(Memory())
                return
            with self.kept.alone():
                self.kept.begin(self.key.written)
                self._before = len(self.kept)
                self._work(self.kept)
                self.kept.end(DONE)
        except Exception as error:  # whatever it is, who looks is told
            self.error = error
            if self.kept is not None and not self._leave:
                self._ended_badly(self.kept)

    def _work(self, memory: RunMemory) -> None:
        self._begun = monotonic()
        self._tell(0, 0)
        self.answer = answer_of(self.key, self._tell, memory)

    def _ended_badly(self, kept: KeptAnalysis) -> None:
        with suppress(KeepingError):
            if isinstance(self.error, StoppedError):
                kept.end(STOPPED)
            elif not isinstance(self.error, KeepingError):
                kept.forget()  # nothing comes of it however often it is tried

    def _tell(self, done: int, of: int) -> None:
        if self._stop.is_set():
            raise StoppedError
        self.done, self.of = done, of
        if self.kept is not None:
            self.kept.runs = of


class Memory:
    """Runs that are remembered for as long as an analysis takes."""

    def known(self, values: Mapping[str, Any], seed: int) -> list[Row] | None:
        """Return nothing: an evaluator remembers them itself."""

    def learn(self, values: Mapping[str, Any], seed: int, rows: list[Row]) -> None:
        """Remember nothing."""


class StoppedError(GivenUp):
    """An analysis was stopped by somebody."""

    reason = Reason("It was stopped.")


class InterruptedAnalysisError(Exception):
    """An analysis was interrupted, as the server ended."""

    def __init__(self, done: int, of: int) -> None:
        super().__init__(done, of)
        self.done, self.of = done, of

    def __str__(self) -> str:
        if not self.of:
            return t("It was interrupted.")
        return n_(
            "It was interrupted after {done} of {n} run.",
            "It was interrupted after {done} of {n} runs.",
            self.of,
            done=self.done,
        )


class TooManyError(Exception):
    """As many analyses wait for their turn as there can be."""

    def __str__(self) -> str:
        return t("Other analyses are waiting for their turn. Try again in a while.")


class Analyses:
    """The analyses of a server.

    Args:
        folder: The user's folder, where they are kept; unset: nowhere.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._jobs: OrderedDict[AnalysisKey, AnalysisJob] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sisim-analysis")
        self._lock = Lock()
        for kept in [] if folder is None else kept_in(folder):
            with suppress(ValueError):  # another version has written it, and may read it
                job = AnalysisJob.left(kept)
                self._jobs[job.key] = job

    def start(self, key: AnalysisKey) -> AnalysisJob:
        """Return an analysis, which is started if nobody has.

        One that failed is tried again, one that was left goes on, one that is kept is read.

        Raises:
            TooManyError: If too many wait for their turn.
        """
        with self._lock:
            found = self._jobs.get(key)
            if found is None or (found.ended and found.answer is None):
                if sum(not one.ended for one in self._jobs.values()) >= MOST_WAITING:
                    raise TooManyError
                found = self._jobs[key] = AnalysisJob(key, self._kept(key))
                self._pool.submit(copy_context().run, found.run)
            self._jobs.move_to_end(key)
            ended = [one for one, job in self._jobs.items() if job.ended]
            for old in ended[:-MOST] if self._folder is None else []:
                self._drop(old)
        return found

    def drop(self, key: AnalysisKey) -> None:
        """Drop an analysis that has ended, and what is kept of it."""
        with self._lock:
            if key in self._jobs and self._jobs[key].ended:
                self._drop(key)

    def stop(self) -> None:
        """Give all up, as the server ends."""
        for job in self.listed():
            job.leave()

    def listed(self) -> list[AnalysisJob]:
        """Return all, those asked for last first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def _kept(self, key: AnalysisKey) -> KeptAnalysis | None:
        return None if self._folder is None else KeptAnalysis(file_for(self._folder, key.text))

    def _drop(self, key: AnalysisKey) -> None:
        kept = self._jobs.pop(key).kept
        if kept is not None:
            kept.forget()


def answer_of(key: AnalysisKey, tell: Go, memory: RunMemory) -> AnalysisAnswer:
    """Return what comes of an analysis.

    Args:
        key: What it is of.
        tell: Is told how many runs are done.
        memory: Remembers what comes of each.

    Raises:
        ScenarioError: If a value does not fit, nothing is uncertain, or it is too much for a page.
    """
    scenario = key.analysed()
    work = {"sensitivity": _sensitivity, "uncertainty": _uncertainty, "sweep": _sweep}
    return work[key.kind](key, scenario, tell, memory)


def _sensitivity(
    key: AnalysisKey, scenario: Scenario, tell: Go, memory: RunMemory
) -> AnalysisAnswer:
    from sisim.report.analysis import tornado

    evaluator = RememberingEvaluator(
        scenario, memory, arm=key.arm, replications=key.runs, seed=key.seed, progress=tell
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


def _uncertainty(
    key: AnalysisKey, scenario: Scenario, tell: Go, memory: RunMemory
) -> AnalysisAnswer:
    # Statistics that no other picture needs, and that would keep the first one waiting.
    from sisim.analysis.psa import draws, measures, probabilistic
    from sisim.report.analysis import psa_figures

    drawn = draws(scenario, DRAWS, key.seed)
    evaluator = RememberingEvaluator(
        scenario,
        memory,
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


def _sweep(key: AnalysisKey, scenario: Scenario, tell: Go, memory: RunMemory) -> AnalysisAnswer:
    from sisim.report.analysis import heat_map

    evaluator = RememberingEvaluator(
        scenario, memory, arm=key.arm, replications=key.runs, seed=key.seed, progress=tell
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
    if job.finished:
        return t("Done.")
    if not job.of:
        return t("Waiting for its turn …")
    said = n_("{done} of {n} run", "{done} of {n} runs", job.of, done=job.done)
    return with_time_left(said, job.seconds_left)
