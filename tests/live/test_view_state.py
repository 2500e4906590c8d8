"""What a visit shows at once, and what it shows when the hand rests."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from sisim.live import refinement
from sisim.live.computations import Computations
from sisim.live.refinement import Picture, Request
from sisim.live.scenario_library import Library
from sisim.live.scenario_session import ScenarioSession
from sisim.live.settings import Settings
from sisim.live.view_state import ViewState
from sisim.live.visit_phase import APPROXIMATE, IDLE, REFINING, SETTLED


class Watcher:
    """A visit without a page, and every picture that it has shown."""

    def __init__(self, library: Library) -> None:
        self.state = ViewState(library, Settings(), Settings())
        self.shown: list[Picture] = []
        self.learned = False
        self.state.callbacks.picture = lambda: self.shown.append(self.picture)
        self.state.callbacks.change = lambda *_: self.state.ask()
        self.state.callbacks.learned = self._know

    def _know(self) -> None:
        self.learned = True

    @property
    def picture(self) -> Picture:
        assert self.state.picture is not None
        return self.state.picture

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not true():
                await asyncio.sleep(0.01)

    async def learn(self) -> None:
        """Open the scenario, and wait until it is known what comes of moving its sliders."""
        self.state.ask()
        await self.rest()
        await self.until(lambda: self.learned)

    async def rest(self) -> Picture:
        await self.until(lambda: self.state.phase in (IDLE, SETTLED))
        return self.picture


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(
        "placed-youth", {"population.residents": 2000, "time.years": 6, "replications": 2}
    )


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few people, nothing is quick enough to follow a hand."""
    monkeypatch.setattr(refinement, "FOLLOWS", 0.0)
    # Each lesson has an event loop of its own.
    monkeypatch.setattr(refinement, "computations", Computations())


def taught(lesson: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a lesson in a thread of its own: a browser may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(lesson())).result()


def costs(picture: Picture) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return picture.comparison.new_way.cost.mean


def test_a_hand_is_answered_at_once_and_then_by_the_simulation(library: Library) -> None:
    """While it moves by what has been learned; at rest by what a whole run gives."""

    async def lesson() -> None:
        watcher = Watcher(library)
        await watcher.learn()
        watcher.shown.clear()
        watcher.state.drag("reach", 0.5)
        await watcher.until(lambda: bool(watcher.shown))
        assert watcher.shown[0].approximate
        assert watcher.state.phase is APPROXIMATE
        watcher.state.release()
        at_rest = await watcher.rest()
        assert not at_rest.approximate
        assert at_rest.runs == 2
        session = library.session(watcher.state.session_key)
        exact = session.results(watcher.state.changes)
        assert at_rest.results.costs.equals(exact.costs)
        assert not np.array_equal(costs(watcher.shown[0]), costs(at_rest))

    taught(lesson)


def test_what_is_being_worked_out_is_on_its_way(library: Library) -> None:
    """Whatever is redrawn meanwhile, the page is not told that it is finished."""

    async def lesson() -> None:
        watcher = Watcher(library)
        await watcher.learn()
        watcher.shown.clear()
        watcher.state.change(seed=2)
        while not watcher.shown:
            assert watcher.state.phase is REFINING
            await asyncio.sleep(0)
        assert (await watcher.rest()).seed == 2

    taught(lesson)


def test_it_goes_on_learning_when_an_answer_has_failed(library: Library) -> None:
    """What could not be worked out has nothing to do with what is learned."""

    async def lesson() -> None:
        watcher = Watcher(library)
        watcher.state.change(seed=4)
        await watcher.rest()
        await watcher.until(lambda: bool(watcher.state._refinement.tasks))
        failed: list[Exception] = []
        watcher.state.callbacks.error = failed.append
        answer, watcher.state._refinement._queue._answer = (
            watcher.state._refinement._queue._answer,
            fails,
        )
        watcher.state.change(year=2030)
        await watcher.until(lambda: bool(failed))
        watcher.state._refinement._queue._answer = answer
        await watcher.until(lambda: watcher.learned)

    async def fails(request: Request) -> Picture:
        await asyncio.sleep(1.5)
        raise ValueError(request)

    taught(lesson)


def test_it_goes_on_learning_when_a_hand_has_only_touched(library: Library) -> None:
    """Who takes hold of a slider and lets go again, without moving it, has asked for nothing."""

    async def lesson() -> None:
        watcher = Watcher(library)
        watcher.state.change(seed=3)
        await watcher.rest()
        watcher.state.drag("reach", watcher.state.value(watcher.state.slider("reach")))
        assert watcher.state.visit.held
        await watcher.until(lambda: not watcher.state._refinement.tasks)
        assert not watcher.learned
        watcher.state.release()
        await watcher.until(lambda: watcher.learned)

    taught(lesson)


def test_a_hand_that_stands_still_is_answered_by_the_simulation(library: Library) -> None:
    """It need not let go."""

    async def lesson() -> None:
        watcher = Watcher(library)
        await watcher.learn()
        watcher.state.drag("inflow", 0.1)
        await watcher.until(lambda: watcher.picture.approximate)
        await watcher.until(lambda: not watcher.picture.approximate)
        assert watcher.state.visit.held
        assert watcher.state.phase is APPROXIMATE  # of two runs it shows one
        watcher.state.release()
        assert (await watcher.rest()).runs == 2

    taught(lesson)


def test_before_anything_is_learned_it_is_simulated(library: Library) -> None:
    """And so is what only the drawer has a slider for."""

    async def lesson() -> None:
        watcher = Watcher(library)
        watcher.state.ask()
        await watcher.rest()
        watcher.state.drag("investments.team.duration", 12.0)
        watcher.state.release()
        await watcher.rest()
        assert not any(picture.approximate for picture in watcher.shown)

    taught(lesson)


def test_what_is_only_seen_otherwise_is_not_simulated_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another marked year, or the costs at current prices, are other views of the same."""

    async def lesson() -> None:
        watcher = Watcher(library)
        watcher.state.ask()
        before = await watcher.rest()

        def never(*_: object) -> None:
            raise AssertionError("simulated again")

        monkeypatch.setattr(ScenarioSession, "results", never)
        watcher.state.mark(2028)
        watcher.state.release()
        watcher.state.change(current=True)
        await watcher.until(lambda: watcher.picture.comparison.view.current)
        after = watcher.picture
        assert after.comparison.marked == 2028
        assert not after.approximate
        assert after.results.counts.replications == before.results.counts.replications

    taught(lesson)


def test_after_a_reset_the_axes_fit_what_it_returns_to(library: Library) -> None:
    """Until that is worked out the page stands with the old picture, which must not decide."""

    async def lesson() -> None:
        watcher = Watcher(library)
        state = watcher.state
        state.callbacks.picture = lambda: state.option("new_way")
        state.ask()
        await watcher.rest()
        first = state.axes
        state.rescale()
        state.change(seed=4)
        await watcher.until(lambda: watcher.picture.seed == 4)
        await watcher.rest()
        assert state.axes not in (None, first)
        state.reset()
        state.option("new_way")  # as when the page is put together anew
        await watcher.until(lambda: watcher.picture.seed == 1)
        await watcher.rest()
        assert state.axes == first

    taught(lesson)


def test_no_slider_is_moved_beyond_its_ends(library: Library) -> None:
    async def lesson() -> None:
        state = Watcher(library).state
        slider = state.slider("reach")
        assert slider is not None
        for asked, found in ((1e9, slider.high), (-1e9, slider.low), (math.nan, slider.value)):
            state.drag("reach", asked)
            assert state.value(slider) == found
        state.close()

    taught(lesson)
