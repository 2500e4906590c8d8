"""Refinement of a picture: interpolated while a slider moves, simulated once it rests.

The first answer is interpolated from what is known of the sliders, or simulated in a single run;
where the simulation is quick enough to follow a hand, steps are skipped. While a slider is held, an
interpolated picture is refined once the hand has stood still, and one of fewer runs not at all.
`visit_phase` has the phases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sisim.analysis.comparison import Comparison, View, compare
from sisim.analysis.variants import canonical
from sisim.economics.valuation import Valuation
from sisim.engine.simulation import Progress
from sisim.live.computations import GivenUp, computations
from sisim.live.latest_only import LatestOnly
from sisim.live.scenario_session import ScenarioSession
from sisim.live.visit_phase import APPROXIMATE, DRAGGING, IDLE, REFINING, SETTLED, VisitMachine
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

AT_ONCE = 0.15
"""Seconds within which a simulation of all runs must be done to be used for every position."""
FOLLOWS = 0.05
"""Seconds; what is simulated within them is never interpolated."""
PAUSE = 0.02
"""Seconds between two positions that are simulated beforehand, in which a request is heard."""
STILL = 0.3
"""Seconds after which a slider that is held still is answered by the simulation."""


@dataclass(frozen=True)
class Wanted:
    """What the settings ask for.

    Attributes:
        scenario: The scenario.
        key: The same for the same scenario, seed and number of runs.
        session: Gives the session of these, which many share.
        seed: The seed of the first run.
        runs: How many runs.
        changes: Other values by dotted path.
        values: The positions of the sliders that mean the changes, where they have moved.
        defaults: The scenario's own positions of the main sliders, by id.
        view: How the results are compared.
    """

    scenario: Scenario
    key: Hashable
    session: Callable[[], ScenarioSession]
    seed: int
    runs: int
    changes: Mapping[str, Any]
    values: Mapping[str, float]
    defaults: Mapping[str, float]
    view: View


@dataclass(frozen=True)
class SliderMove:
    """Moves of sliders since a simulation.

    Attributes:
        simulated: The results before the moves.
        moved: From where to where, by slider; empty where only the view is another.
    """

    simulated: Valuation
    moved: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Request:
    """A picture of so many runs to be computed, interpolated where `move` allows it."""

    wanted: Wanted
    runs: int
    move: SliderMove | None = None


@dataclass(frozen=True)
class Picture:
    """What has been computed, in so many seconds: simulated, or interpolated."""

    request: Request
    results: Valuation
    comparison: Comparison
    seconds: float
    approximate: bool

    @property
    def seed(self) -> int:
        """The seed of the first run."""
        return self.request.wanted.seed

    @property
    def runs(self) -> int:
        """How many runs it shows."""
        return self.request.runs


@dataclass
class Callbacks:
    """What is called when something has happened: by default nothing.

    Attributes:
        picture: A picture has been computed.
        change: The settings are others, given those before and those now.
        phase: The phase of the visit is another, while nothing else has happened.
        rest: A change is complete, no slider is being dragged.
        learned: The emulator knows all that it can of the main sliders.
        error: A picture could not be computed.
        refused: Settings have not been changed, and why.
    """

    picture: Callable[[], None] = lambda: None
    change: Callable[..., None] = lambda *_: None
    phase: Callable[[], None] = lambda: None
    rest: Callable[[], None] = lambda: None
    learned: Callable[[], None] = lambda: None
    error: Callable[[Exception], None] = lambda _: None
    refused: Callable[[ScenarioError], None] = lambda _: None


class Refinement:
    """Computes the latest picture that is asked for, outside the event loop."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks
        self.picture: Picture | None = None
        self.visit = VisitMachine()
        self.tasks: set[asyncio.Task[None]] = set()
        self._wanted: Wanted | None = None
        self._simulated: Picture | None = None
        self._warm: Hashable = None  # whose session has answered: its baseline is simulated
        self._follows = False  # all runs were done AT_ONCE
        self._timer: asyncio.TimerHandle | None = None
        self._learner: asyncio.Task[None] | None = None
        self._queue: LatestOnly[Request, Picture] = LatestOnly(
            _picture, self._show, self._fail, lambda old, new: old.wanted.key != new.wanted.key
        )

    def forget(self) -> None:
        """Leave a scenario: answers about it are no longer shown, nor interpolated from."""
        self._wanted = self._simulated = None
        self.visit.leave()

    def pause(self) -> None:
        """Compute nothing, as nobody is there to see it."""
        self._stop_timer()
        self.visit.let_go()
        self._queue.stop()
        if self._learner is not None:
            self._learner.cancel()
        if self.visit.phase is not SETTLED:
            self.visit.leave()

    def close(self) -> None:
        """Compute nothing any more."""
        self.pause()
        for task in self.tasks:
            task.cancel()

    def resume(self) -> None:
        """Go on where it was paused."""
        if self._wanted is not None and self.visit.phase is IDLE:
            self.ask(self._wanted)
        self._learn()

    def ask(self, wanted: Wanted) -> None:
        """Compute what is asked for; the latest request wins."""
        self._wanted = wanted
        self._stop_timer()
        self.visit.ask()
        move, simulated = self._move(wanted), self._simulated
        if simulated is not None and move is not None and not move.moved:
            self._request(simulated.runs, move)  # another view of the same results
        else:
            self._request(self._first_runs, move)

    def release(self) -> None:
        """Go on to all the runs once a slider has been let go of."""
        self.visit.let_go()
        self._advance()
        self._learn()

    async def settled(self) -> Picture | None:
        """Return the picture once it has been simulated, which saving and telling need."""
        while self.visit.phase in (DRAGGING, APPROXIMATE, REFINING):
            await asyncio.sleep(PAUSE)
        return self.picture

    def start(self, work: Any) -> asyncio.Task[None]:
        """Run a coroutine, and keep it from being collected until it is done."""
        self.tasks.add(task := asyncio.get_running_loop().create_task(work))
        task.add_done_callback(self.tasks.discard)
        return task

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    @property
    def _first_runs(self) -> int:
        assert self._wanted is not None
        return self._wanted.runs if self._follows else 1

    def _request(self, runs: int, move: SliderMove | None = None) -> None:
        wanted = self._wanted
        assert wanted is not None
        self._queue.ask(Request(wanted, runs, move))

    def _move(self, wanted: Wanted) -> SliderMove | None:
        """Return how the main sliders have moved since a simulation, if nothing else has."""
        simulated = self._simulated
        if simulated is None or simulated.seed != wanted.seed or simulated.runs > wanted.runs:
            return None
        before, now, main = simulated.request.wanted.values, wanted.values, wanted.defaults
        moved = {name for name in {*before, *now} if before.get(name) != now.get(name)}
        if not moved <= set(main) or (moved and simulated.seconds < FOLLOWS):
            return None
        return SliderMove(
            simulated.results,
            {name: (before.get(name, main[name]), now.get(name, main[name])) for name in moved},
        )

    def _show(self, request: Request, picture: Picture) -> None:
        wanted = self._wanted
        if wanted is None or request.wanted.scenario is not wanted.scenario:
            return
        if self.visit.phase is IDLE:
            return
        self.picture = picture
        if not picture.approximate:
            self._simulated = picture
            if picture.runs == wanted.runs:
                # The first answer of a session is slow, as its baseline is simulated first.
                warm = self._warm == request.wanted.key
                self._follows = warm and picture.seconds < AT_ONCE
                self._warm = request.wanted.key
        if not self._queue.pending:  # else it answers what has since been followed by something new
            self.visit.show(all_=not picture.approximate and picture.runs == wanted.runs)
            if picture.approximate:
                # Counted from the picture, however long it took.
                self._timer = asyncio.get_running_loop().call_later(STILL, self._stand_still)
        self._advance()
        self._callbacks.picture()
        self._learn()

    def _stand_still(self) -> None:
        self.visit.stand_still()
        self._advance()
        self._callbacks.phase()

    def _advance(self) -> None:
        """Ask for the next better picture, where one is due and is not on its way."""
        picture, wanted = self.picture, self._wanted
        if self.visit.phase is REFINING and not self._queue.pending:
            assert picture is not None
            assert wanted is not None
            self._request(self._first_runs if picture.approximate else wanted.runs)

    def _learn(self) -> None:
        """Simulate positions of the sliders beforehand, while nothing is asked for."""
        if self._learner is None and self.picture is not None and not self.picture.approximate:
            self._learner = self.start(self._learn_positions())

    async def _learn_positions(self) -> None:
        try:
            while not (self.visit.held or self._queue.pending):
                wanted = self._wanted
                if wanted is None:
                    break
                if not await computations.result(("learn", wanted.key), _learning(wanted)):
                    self._callbacks.learned()
                    break
                await asyncio.sleep(PAUSE)
        except (GivenUp, ScenarioError):
            pass  # it is as good without
        finally:
            self._learner = None

    def _fail(self, _: Request, error: Exception) -> None:
        if not self._queue.pending:
            self.visit.leave()
        self._callbacks.error(error)
        self._learn()


async def _picture(request: Request) -> Picture:
    """Return a picture, interpolated where that is allowed."""
    if request.move is not None:
        # What has been moved since a picture of one's own is nobody else's.
        found = await computations.result(object(), lambda _: _interpolated(request))
        if found is not None:
            return Picture(request, *found, approximate=bool(request.move.moved))
    return await simulated_picture(request)


async def simulated_picture(request: Request) -> Picture:
    """Return a picture that is simulated, which all who ask for the same wait for together."""
    wanted = request.wanted
    key = ("picture", wanted.key, canonical(wanted.changes), request.runs, wanted.view)
    simulated = await computations.result(key, lambda go_on: _simulated(request, go_on))
    return Picture(request, *simulated, approximate=False)


def _interpolated(request: Request) -> tuple[Valuation, Comparison, float] | None:
    began, wanted, move = perf_counter(), request.wanted, request.move
    assert move is not None
    emulator = wanted.session().emulator
    results = emulator.results(move.simulated, move.moved, wanted.changes)
    if results is None:
        return None
    comparison = compare(results, wanted.view)
    return results, comparison, perf_counter() - began


def _simulated(request: Request, go_on: Progress) -> tuple[Valuation, Comparison, float]:
    began, wanted = perf_counter(), request.wanted
    results = wanted.session().results(wanted.changes, request.runs, go_on)
    comparison = compare(results, wanted.view)
    return results, comparison, perf_counter() - began


def _learning(wanted: Wanted) -> Callable[[Progress], int]:
    """Return what simulates a position of a slider beforehand, and returns how many are left."""

    def learn(_: Progress) -> int:
        emulator = wanted.session().emulator
        emulator.learn()
        return emulator.left

    return learn
