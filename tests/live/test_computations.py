"""Many visitors share what they have in common, and nobody computes for nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Event
from typing import Any

import pytest

from sisim.engine.simulation import Progress
from sisim.i18n import Lang, in_language
from sisim.live import app, limits
from sisim.live.computations import Computations, GivenUp
from sisim.live.scenario_library import Library, SessionKey
from sisim.live.settings import Settings
from sisim.scenario.errors import ScenarioError


def in_a_loop(lesson: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a lesson in a thread of its own: a browser may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(lesson(), 30))).result()


class Endless:
    """A computation that goes on until it is given up."""

    def __init__(self) -> None:
        self.begun, self.given_up = Event(), Event()

    def __call__(self, go_on: Progress) -> None:
        self.begun.set()
        try:
            while True:
                go_on(1, 2)
                time.sleep(0.005)
        except GivenUp:
            self.given_up.set()
            raise


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.005)


def test_computations_wait_while_the_engine_is_compiled_and_can_be_given_up() -> None:
    async def lesson() -> None:
        computations = Computations(grace=0.0)
        computations.ready.clear()
        begun: list[str] = []
        wanted = asyncio.ensure_future(computations.result(1, lambda _: begun.append("wanted")))
        other = asyncio.ensure_future(computations.result(2, lambda _: begun.append("other")))
        await asyncio.sleep(0.05)
        other.cancel()
        await until(lambda: len(computations) == 1)
        assert not begun
        computations.ready.set()
        await wanted
        assert begun == ["wanted"]

    in_a_loop(lesson)


@pytest.mark.parametrize("fails", [False, True])
def test_the_engine_is_compiled_beside_the_server(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes of it, computations begin: what is not compiled then compiles itself."""
    done: list[str] = []

    def compiled(*_: Any, **__: Any) -> None:
        assert not app.computations.ready.is_set()
        done.append("compiled")
        if fails:
            raise OSError("no room")

    monkeypatch.setattr(app, "computations", Computations())
    monkeypatch.setattr(app.subprocess, "run", compiled)
    app.computations.ready.clear()
    with pytest.raises(OSError, match="no room") if fails else nullcontext():
        app.compile_beside()
    assert app.computations.ready.is_set()
    assert done == ["compiled"]


@pytest.mark.parametrize("wrong", [False, True])
def test_the_first_picture_is_simulated_while_the_browser_opens(wrong: bool) -> None:
    """A scenario that is wrong is no matter: whoever comes is told."""
    small = {"population.residents": -5 if wrong else 300, "time.years": 3}
    library, begin = Library("placed-youth", small), Settings()

    async def lesson() -> None:
        await app.simulate_first(library, begin)

    in_a_loop(lesson)
    assert (library.memory > 0) is not wrong
    if not wrong:
        opened = library.open(begin)
        key = SessionKey.of(opened, begin.seed, opened.scenario.replications)
        variants = library.session(key)._variants
        assert variants.simulated == 1
        library.session(key).results({}, 1)
        assert variants.simulated == 1


def test_what_many_ask_for_is_computed_once() -> None:
    async def lesson() -> None:
        computations, asked = Computations(), []

        def work(_: Progress) -> int:
            asked.append(1)
            time.sleep(0.1)
            return len(asked)

        alike = [computations.result("same", work) for _ in range(30)]
        assert set(await asyncio.gather(*alike)) == {1}
        assert await computations.result("other", work) == 2
        assert len(computations) == 0

    in_a_loop(lesson)


def test_what_nobody_waits_for_is_given_up() -> None:
    async def lesson() -> None:
        computations, work = Computations(grace=0.05), Endless()
        visitors = [asyncio.create_task(computations.result("same", work)) for _ in range(2)]
        await until(work.begun.is_set)
        visitors[0].cancel()
        await asyncio.sleep(0.2)
        assert not work.given_up.is_set()  # one is still there
        visitors[1].cancel()
        await until(work.given_up.is_set)
        assert len(computations) == 0

    in_a_loop(lesson)


def test_a_page_that_is_opened_anew_finds_its_computation_going_on() -> None:
    async def lesson() -> None:
        computations, finish = Computations(grace=0.5), Event()
        work = finish.wait
        first = asyncio.create_task(computations.result("same", lambda _: work()))
        await asyncio.sleep(0.05)
        first.cancel()
        again = asyncio.create_task(computations.result("same", lambda _: False))
        await asyncio.sleep(0.6)
        finish.set()
        assert await again is True

    in_a_loop(lesson)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "others are waiting"), ("sv", "andra väntar")], indirect=["lang"]
)
def test_the_oldest_is_given_up_for_who_comes_last_and_told(lang: Lang, said: str) -> None:
    async def lesson() -> None:
        computations, first = Computations(at_once=1, most=3), Endless()
        told = asyncio.create_task(computations.result(0, first))
        await until(first.begun.is_set)
        others = [asyncio.create_task(computations.result(n, lambda _: 7)) for n in (1, 2, 3)]
        with pytest.raises(GivenUp) as error:
            await told
        with in_language(lang):
            assert said in str(error.value)
        assert await asyncio.gather(*others) == [7, 7, 7]

    in_a_loop(lesson)


def test_what_takes_long_gives_way_to_who_has_waited_as_long() -> None:
    async def lesson() -> None:
        computations, alone = Computations(at_once=1, turn=0.1), Endless()
        told = asyncio.create_task(computations.result("long", alone))
        await asyncio.sleep(0.3)
        assert not told.done()  # nobody else waits
        assert await computations.result("short", lambda _: 7) == 7
        with pytest.raises(GivenUp):
            await told

    in_a_loop(lesson)


# ---------------------------------------------------------------------------- one budget


def key(library: Library, seed: int) -> SessionKey:
    return SessionKey.of(library.open(Settings()), seed, 1)


def test_sessions_of_all_visitors_keep_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library("placed-youth", {"population.residents": 500, "time.years": 6})
    _, size = limits.share(library.open(Settings()).scenario, 1)
    monkeypatch.setattr("sisim.live.scenario_library.budget", lambda: 2.5 * size)
    first, second = (library.session(key(library, seed)) for seed in (1, 2))
    assert library.session(key(library, 1)) is first  # the one that was used last
    third = library.session(key(library, 3))
    assert library.memory <= 2.5 * size
    assert [one.closed.is_set() for one in (first, second, third)] == [False, True, False]
    with pytest.raises(GivenUp):
        second.results({})
    library.release()
    assert library.memory == 0
    assert first.closed.is_set()


HUGE: dict[str, dict[str, Any]] = {
    "residents": {"population.residents": 2 * 10**8},
    "runs": {"replications": 10**9},
    "years": {"time.years": 40_000},
}


@pytest.mark.parametrize("asked", HUGE)
def test_what_is_too_much_is_refused_by_every_door(asked: str) -> None:
    small = {"population.residents": 500, "time.years": 6}
    with pytest.raises(ScenarioError):  # the file that the server was started with
        Library("placed-youth", HUGE[asked]).open(Settings())
    library = Library("placed-youth", small)
    text = library.text(Settings())
    lines = [f'"{name}" = {value}' for name, value in HUGE[asked].items()]
    brought = {"own": "\n".join([text, "[override]", *lines]).encode()}
    with pytest.raises(ScenarioError):  # a file of the visitor's own
        library.open(Settings(scenario="own"), brought)
    value = next(iter(HUGE[asked].values()))
    with pytest.raises(ScenarioError):  # the address, and the fields of the page
        library.open(Settings(**{asked: value}))
    with pytest.raises(ScenarioError):  # the sliders
        library.session(key(library, 1)).results(HUGE[asked], HUGE[asked].get("replications"))
