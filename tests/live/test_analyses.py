"""Analyses of the page: what the command line finds, one at a time, and there until they end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic

import pytest

from sisim.analysis.evaluator import Evaluator
from sisim.analysis.measures import NPV
from sisim.analysis.one_way import two_way
from sisim.analysis.varied import factors
from sisim.live import analyses
from sisim.live.analyses import Analyses, AnalysisJob, AnalysisKey, Memory, TooManyError, answer_of
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario

REACH = "investments.team.reach"
COST = "investments.team.cost.running"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("placed-youth", {"population.residents": 200, "time.years": 4})


def key(scenario: Scenario, kind: analyses.AnalysisKind = "sweep", seed: int = 1) -> AnalysisKey:
    return AnalysisKey.of(kind, ("digest", scenario), {}, "project", (seed, 1), (REACH, COST))


def ended(job: AnalysisJob) -> AnalysisJob:
    """Return an analysis once it has ended."""
    until = monotonic() + 60
    waiting = Event()
    while not job.ended and monotonic() < until:
        waiting.wait(0.01)
    assert job.ended
    return job


def test_a_sweep_finds_what_the_command_line_finds(scenario: Scenario) -> None:
    told: list[tuple[int, int]] = []
    answer = answer_of(key(scenario), lambda done, of: told.append((done, of)), Memory())
    known = {one.key: one for one in factors(scenario)}
    values = [
        [one.low + n * (one.high - one.low) / 4 for n in range(5)]
        for one in (known[REACH], known[COST])
    ]
    ask = Evaluator(scenario, arm="project", replications=1, seed=1).outcome(NPV)
    table = two_way(ask, (REACH, values[0]), (COST, values[1]))
    cells = answer.charts()[0].rows[0][1][0].panels[0].marks[0]
    signs = [[value >= 0 for value in row] for row in table["mean"].to_numpy().reshape(5, 5)]
    said = [[not text.startswith("\N{MINUS SIGN}") for text in row] for row in cells.texts]
    assert said == signs
    assert told[-1] == (25, 25)
    assert answer.words()


@pytest.mark.parametrize("kind", ["sensitivity", "uncertainty"])
def test_an_analysis_has_a_picture_and_words(
    scenario: Scenario, kind: analyses.AnalysisKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyses, "DRAWS", 6)
    monkeypatch.setattr(analyses, "factors", lambda scenario: factors(scenario)[:3])
    job = ended(Analyses().start(key(scenario, kind)))
    assert job.answer is not None, job.why
    assert job.answer.charts()[0].title
    assert job.answer.words()
    assert job.done == job.of > 0


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let analyses wait until they are let go of; return what does so."""
    go = Event()

    def wait(_key: AnalysisKey, tell: analyses.Go, _: object) -> analyses.AnalysisAnswer:
        while not go.wait(0.01):
            tell(1, 2)
        return analyses.AnalysisAnswer(list, list)

    monkeypatch.setattr(analyses, "answer_of", wait)
    return go.set


def test_the_same_asked_twice_is_the_same(scenario: Scenario, waiting: Callable[[], None]) -> None:
    held = Analyses()
    one = held.start(key(scenario))
    assert held.start(key(scenario)) is one
    other = held.start(key(scenario, seed=2))
    assert held.listed() == [other, one]
    waiting()
    assert ended(other).answer is not None
    assert held.start(key(scenario)) is one


def test_one_that_is_stopped_can_be_started_again(
    scenario: Scenario, waiting: Callable[[], None]
) -> None:
    held = Analyses()
    one = held.start(key(scenario))
    one.stop()
    assert ended(one).why == "It was stopped."
    again = held.start(key(scenario))
    assert again is not one
    waiting()
    assert ended(again).answer is not None


def test_too_many_are_refused(scenario: Scenario, waiting: Callable[[], None]) -> None:
    held = Analyses()
    jobs = [held.start(key(scenario, seed=seed)) for seed in range(analyses.MOST_WAITING)]
    with pytest.raises(TooManyError):
        held.start(key(scenario, seed=99))
    waiting()
    for job in jobs:
        ended(job)
    assert held.start(key(scenario, seed=99))


def test_what_cannot_be_worked_out_is_told(scenario: Scenario) -> None:
    plain = AnalysisKey.of("sweep", ("d", scenario), {}, "project", (1, 1), ("time.years", COST))
    job = ended(Analyses().start(plain))
    assert job.why == "No number in the scenario has a range to move in."
    huge = AnalysisKey.of(
        "sensitivity", ("d", scenario), {"population.residents": 90_000_000}, "project", (1, 1)
    )
    assert "memory" in ended(Analyses().start(huge)).why
