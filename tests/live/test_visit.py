"""What a visit shows at once, and what it shows when the hand rests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from sisim.live import visit as visits
from sisim.live.scenario_library import Library
from sisim.live.settings import Settings
from sisim.live.visit import Picture, Visit, Wish


class Room:
    """A visit without a page, and every picture that it has shown."""

    def __init__(self, library: Library) -> None:
        self.visit = Visit(library, Settings(), Settings())
        self.shown: list[Picture] = []
        self.learned = False
        self.visit.on_picture = lambda: self.shown.append(self.picture)
        self.visit.on_change = lambda *_: self.visit.ask()
        self.visit.on_learned = self._know

    def _know(self) -> None:
        self.learned = True

    @property
    def picture(self) -> Picture:
        assert self.visit.picture is not None
        return self.visit.picture

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not true():
                await asyncio.sleep(0.01)

    async def learn(self) -> None:
        """Open the scenario, and wait until it is known what comes of moving its sliders."""
        self.visit.ask()
        await self.rest()
        await self.until(lambda: self.learned)

    async def rest(self) -> Picture:
        await self.until(lambda: not self.visit.busy)
        return self.picture


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(
        "placed-youth", {"population.residents": 2000, "time.years": 6, "replications": 2}
    )


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few people, nothing is quick enough to follow a hand."""
    monkeypatch.setattr(visits, "FOLLOWS", 0.0)


def taught(lesson: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a lesson in a thread of its own: a browser may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(lesson())).result()


def costs(picture: Picture) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return picture.story.new_way.cost.mean


def test_a_hand_is_answered_at_once_and_then_by_the_simulation(library: Library) -> None:
    """While it moves by what has been learned; at rest by what a whole run gives."""

    async def lesson() -> None:
        room = Room(library)
        await room.learn()
        room.shown.clear()
        room.visit.drag("reach", 0.5)
        await room.until(lambda: bool(room.shown))
        assert room.shown[0].near
        assert room.visit.busy
        room.visit.release()
        at_rest = await room.rest()
        assert not at_rest.near
        assert at_rest.wish.world.replications == 2
        exact = at_rest.wish.world.results(room.visit.changes)
        assert at_rest.results.costs.equals(exact.costs)
        assert not np.array_equal(costs(room.shown[0]), costs(at_rest))

    taught(lesson)


def test_what_is_being_worked_out_is_on_its_way(library: Library) -> None:
    """Whatever is redrawn meanwhile, the page is not told that it is finished."""

    async def lesson() -> None:
        room = Room(library)
        await room.learn()
        room.shown.clear()
        room.visit.change(seed=2)
        while not room.shown:
            assert room.visit.busy
            await asyncio.sleep(0)
        assert (await room.rest()).wish.world.seed == 2

    taught(lesson)


def test_it_goes_on_learning_when_an_answer_has_failed(library: Library) -> None:
    """What could not be worked out has nothing to do with what is learned."""

    async def lesson() -> None:
        room = Room(library)
        room.visit.change(seed=4)
        await room.rest()
        await room.until(lambda: bool(room.visit.tasks))
        failed: list[Exception] = []
        room.visit.on_error = failed.append
        answer, room.visit._newest._answer = room.visit._newest._answer, fails
        room.visit.change(year=2030)
        await room.until(lambda: bool(failed))
        room.visit._newest._answer = answer
        await room.until(lambda: room.learned)

    def fails(wish: Wish) -> Picture:
        time.sleep(1.5)
        raise ValueError(wish)

    taught(lesson)


def test_it_goes_on_learning_when_a_hand_has_only_touched(library: Library) -> None:
    """Who takes hold of a slider and lets go again, without moving it, has asked for nothing."""

    async def lesson() -> None:
        room = Room(library)
        room.visit.change(seed=3)
        await room.rest()
        room.visit.drag("reach", room.visit.value(room.visit.lever("reach")))
        assert room.visit.held
        await room.until(lambda: not room.visit.tasks)
        assert not room.learned
        room.visit.release()
        await room.until(lambda: room.learned)

    taught(lesson)


def test_a_hand_that_stands_still_is_answered_by_the_simulation(library: Library) -> None:
    """It need not let go."""

    async def lesson() -> None:
        room = Room(library)
        await room.learn()
        room.visit.drag("inflow", 0.1)
        await room.until(lambda: room.picture.near)
        assert (await room.rest()).near is False
        assert room.visit.held

    taught(lesson)


def test_before_anything_is_learned_it_is_simulated(library: Library) -> None:
    """And so is what only the drawer has a slider for."""

    async def lesson() -> None:
        room = Room(library)
        room.visit.ask()
        await room.rest()
        room.visit.drag("investments.team.duration", 12.0)
        room.visit.release()
        await room.rest()
        assert not any(picture.near for picture in room.shown)

    taught(lesson)


def test_what_is_only_seen_otherwise_is_not_simulated_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another marked year, or the costs at current prices, are other views of the same."""

    async def lesson() -> None:
        room = Room(library)
        room.visit.ask()
        before = await room.rest()

        def never(*_: object) -> None:
            raise AssertionError("simulated again")

        monkeypatch.setattr(type(before.wish.world), "results", never)
        room.visit.mark(2028)
        room.visit.release()
        room.visit.change(current=True)
        await room.until(lambda: room.picture.story.view.current)
        after = room.picture
        assert after.story.marked == 2028
        assert not after.near
        assert after.results.counts.replications == before.results.counts.replications

    taught(lesson)


def test_after_a_reset_the_axes_fit_what_it_returns_to(library: Library) -> None:
    """Until that is worked out the page stands with the old picture, which must not decide."""

    async def lesson() -> None:
        room = Room(library)
        visit = room.visit
        visit.on_picture = lambda: visit.option("new_way")
        visit.ask()
        await room.rest()
        first = visit.axes
        visit.rescale()
        visit.change(seed=4)
        await room.until(lambda: room.picture.wish.world.seed == 4)
        await room.rest()
        assert visit.axes not in (None, first)
        visit.reset()
        visit.option("new_way")  # as when the page is put together anew
        await room.until(lambda: room.picture.wish.world.seed == 1)
        await room.rest()
        assert visit.axes == first

    taught(lesson)
