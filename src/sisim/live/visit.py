"""One visitor: what is asked for, what has been worked out, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from sisim.analysis.comparison import WHICH, Comparison, View, Which, compare
from sisim.analysis.emulator import Nearby
from sisim.live import sliders as levers
from sisim.live.chart_options import ALL, Axes, Look, Option, Reveal, figure
from sisim.live.label_space import Places
from sisim.live.latest_only import Newest
from sisim.live.narration import STEPS, story
from sisim.live.scenario_library import Library, base_changes, name_for
from sisim.live.scenario_session import World
from sisim.live.settings import History, Settings
from sisim.live.sliders import Lever, all_levers, main_levers
from sisim.live.visitor_context import in_pool
from sisim.results import Results
from sisim.scenario.scenario import Scenario

AT_ONCE = 0.15
"""Seconds; what takes longer does not follow a hand."""
FOLLOWS = 0.05
"""Seconds; what takes no longer is always simulated, and never read off what is known nearby."""
PAUSE = 0.02
"""Seconds between what is learned and the next, in which a hand is heard."""
STILL = 0.3
"""Seconds after which a hand that stands still is answered by the simulation."""
AFRESH: dict[str, Any] = {
    "values": {},
    "year": None,
    "residents": None,
    "years": None,
    "runs": None,
    "arm": "",
    "only": None,
    "told": None,
    "guess": False,
}
"""What another scenario begins with: what was set for the one before means nothing in it."""
GUESSED: Which = "project"
"""The figure whose curve the room is asked to draw."""


@dataclass(frozen=True)
class Near:
    """What was simulated last, how sliders have moved since, and what is known of such moves."""

    settled: Results
    moved: Mapping[str, tuple[float, float]]
    known: Nearby


@dataclass(frozen=True)
class Wish:
    """What is to be worked out: values of numbers in a world, and how they are to be seen.

    `values` are the positions of the sliders that mean the changes. Where it is known what comes
    `near` by, that will do until the hand rests.
    """

    scenario: Scenario
    world: World
    changes: Mapping[str, Any]
    values: Mapping[str, float]
    view: View
    near: Near | None = None


@dataclass(frozen=True)
class Picture:
    """What has been worked out: simulated, or read off what is known nearby."""

    wish: Wish
    results: Results
    story: Comparison
    seconds: float
    near: bool


class Visit:
    """What one visitor sees and does.

    Args:
        library: Where scenarios are opened.
        usual: What is seen where nothing is asked for.
        settings: What is asked for.

    Raises:
        ScenarioError: With everything that is wrong in the scenario.
    """

    def __init__(self, library: Library, usual: Settings, settings: Settings) -> None:
        self.library, self.usual, self.settings = library, usual, settings
        self.history = History()
        self.brought: dict[str, bytes] = {}
        self.scale, self.tall = 1.0, 720.0
        self._places: dict[Which, Places] = {}
        self.axes: Axes | None = None
        self._coarse = False  # made to fit a picture that a better one is to follow
        self.picture: Picture | None = None
        self.guess: tuple[tuple[int, float], ...] = ()
        self.on_picture: Callable[[], None] = lambda: None
        self.on_change: Callable[[Settings, Settings], None] = lambda *_: None
        self.on_rest: Callable[[], None] = lambda: None
        self.on_learned: Callable[[], None] = lambda: None
        self.on_error: Callable[[Exception], None] = lambda _: None
        self.tasks: set[asyncio.Task[None]] = set()
        self._before_drag: Settings | None = None
        self._quick = False
        self._answered: World | None = None
        self._settled: Picture | None = None
        self._still: asyncio.TimerHandle | None = None
        self._studying = False
        self._newest: Newest[Wish, Picture] = Newest(_worked_out, self._show, self._fail)
        self._open()

    # ------------------------------------------------------------------------ what is asked for

    def _open(self) -> None:
        self.scenario: Scenario = self.library.open(self.settings, self.brought)
        self.levers = main_levers(self.scenario)
        self.more = all_levers(self.scenario)
        self._pathway: list[Lever] | None = None
        self._worlds = self.library.worlds(self.scenario)
        self.axes = None
        self._settled = None

    @property
    def pathway_levers(self) -> list[Lever]:
        """A slider for every uncertain number of the pathway that the scenario does not give."""
        if self._pathway is None:
            own = {lever.id for lever in self.more}
            every = all_levers(self.scenario, pathway=True)
            self._pathway = [lever for lever in every if lever.id not in own]
        return self._pathway

    def lever(self, name: str) -> Lever | None:
        """Return the slider of a name, of all there are."""
        shown = [*self.levers, *self.more]
        found = next((lever for lever in shown if lever.id == name), None)
        return found or next((lever for lever in self.pathway_levers if lever.id == name), None)

    def value(self, lever: Lever) -> float:
        """Return where a slider stands."""
        return self.settings.values.get(lever.id, lever.value)

    @property
    def changes(self) -> dict[str, Any]:
        """The numbers that the sliders now describe, by dotted path."""
        moved = [one for name in self.settings.values if (one := self.lever(name)) is not None]
        own = {lever.id for lever in self.levers}
        # What is finer, in the drawer, has the last word.
        moved.sort(key=lambda lever: lever.id not in own)
        return levers.changes(moved, self.settings.values)

    @property
    def described(self) -> dict[str, Any]:
        """All that differs from the file: what is changed in every arm, and by the sliders."""
        return {**base_changes(self.settings), **self.changes}

    @property
    def arm(self) -> str:
        """Whose people and money are shown."""
        arms = list(self.scenario.arms)
        usual = self.scenario.figures.new_way if self.scenario.figures else arms[-1]
        return self.settings.arm if self.settings.arm in arms else usual

    @property
    def shown(self) -> tuple[Which, ...]:
        """The figures that are shown: both, one alone, or the only one there is."""
        figures = self.scenario.figures
        if self.settings.only is not None:
            return (self.settings.only,)
        return WHICH[:1] if figures is None or figures.project == figures.new_way else WHICH

    @property
    def world(self) -> World:
        """The world that is looked at."""
        return self._worlds(self.settings.seed, self.runs)

    def ask(self) -> None:
        """Work out what the settings ask for: the newest wish wins."""
        if self.scenario.figures is None:
            return
        # The first picture comes at once, read off what is known nearby or from one run; all of
        # the runs refine it. Where they are quick enough to follow a hand they are all run at once.
        near = self._near()
        if near is not None and not near.moved and self._settled is not None:
            # Seen otherwise, but the same.
            self._wish(self._settled.wish.world.replications, near)
        else:
            self._wish(self._at_once, near)
        if self._still is not None:
            self._still.cancel()

    @property
    def _at_once(self) -> int:
        return self.runs if self._quick else 1

    def _wish(self, runs: int, near: Near | None = None) -> None:
        s = self.settings
        world = self._worlds(s.seed, runs)
        view = View(ordinary=s.ordinary, current=s.current, year=s.year)
        self._newest.ask(Wish(self.scenario, world, self.changes, s.values, view, near))

    def _near(self) -> Near | None:
        """Return how far the main sliders are from what was simulated, if only they have moved."""
        settled, now = self._settled, self.settings.values
        if settled is None or settled.wish.world.seed != self.settings.seed:
            return None
        before = settled.wish.values
        main = {lever.id: lever.value for lever in self.levers}
        moved = {name for name in {*before, *now} if before.get(name) != now.get(name)}
        if not moved <= set(main) or (moved and settled.seconds < FOLLOWS):
            return None
        return Near(
            settled.results,
            {name: (before.get(name, main[name]), now.get(name, main[name])) for name in moved},
            self._worlds(self.settings.seed, 1).nearby,
        )

    @property
    def runs(self) -> int:
        """How many runs are wanted."""
        return self.settings.runs or self.scenario.replications

    @property
    def busy(self) -> bool:
        """Whether something better than what is shown is on its way."""
        shown = self.picture
        if shown is None or shown.near or self._newest.unanswered:
            return True
        return shown.wish.world.replications != self.runs and not self.held

    # ------------------------------------------------------------------------ what is done

    def change(self, **parts: Any) -> None:
        """Change the settings, so that it can be undone."""
        self.history.keep(self.settings)
        self._before_drag = None
        self._set(replace(self.settings, **parts))
        self.on_rest()

    def bring(self, file: str, content: bytes) -> None:
        """Look at a scenario in a file of the visitor's own.

        Raises:
            ScenarioError: With everything that is wrong in it; what is looked at stays.
        """
        name = name_for(file, content)
        self.library.open(replace(self.settings, **AFRESH, scenario=name), {name: content})
        self.brought[name] = content
        self.take(name)

    def take(self, name: str) -> None:
        """Look at another scenario."""
        self.change(**AFRESH, scenario=name)

    def drag(self, name: str, value: float) -> None:
        """Move a slider that a hand still holds."""
        moved = self._moved(name, value)
        self._begin()
        if moved != self.settings:
            self._set(moved)

    def release(self) -> None:
        """Let go of what a hand held."""
        self._before_drag = None
        self.on_rest()
        self._refine()
        self._study()

    def mark(self, year: int) -> None:
        """Move the marked year, which a hand still holds."""
        self._begin()
        if year != self.settings.year:
            self._set(replace(self.settings, year=year))

    def undo(self) -> None:
        """Go back to what was before the latest change."""
        back = self.history.back()
        if back is not None:
            self._before_drag = None
            self._set(back)
            self.on_rest()

    def reset(self) -> None:
        """Return to where the scenario begins; language and colours stay."""
        s = self.settings
        kept = {"lang": s.lang, "dark": s.dark, "scenario": s.scenario, "show": s.show}
        self.rescale()
        self.change(**{**_parts(self.usual), **kept})

    @property
    def held(self) -> bool:
        """Whether a hand holds something."""
        return self._before_drag is not None

    def rescale(self) -> None:
        """Let the axes fit what is drawn."""
        self.axes = None

    def _moved(self, name: str, value: float) -> Settings:
        values = dict(self.settings.values)
        lever = self.lever(name)
        if lever is None or abs(value - lever.value) < 1e-9:
            values.pop(name, None)
        else:
            values[name] = value
        return replace(self.settings, values=values)

    def _begin(self) -> None:
        if self._before_drag is None:
            self._before_drag = self.settings
            self.history.keep(self.settings)

    def _set(self, settings: Settings) -> None:
        before, self.settings = self.settings, settings

        def differs(*parts: str) -> bool:
            return any(getattr(before, part) != getattr(settings, part) for part in parts)

        if differs("scenario", "residents", "years"):
            self._open()
        if differs("scenario"):
            self.picture, self.guess = None, ()
        if differs("current", "ordinary"):
            self.axes = None
        self.on_change(before, settings)

    # ------------------------------------------------------------------------ what is seen

    @property
    def look(self) -> Look:
        """How pictures are to look."""
        s = self.settings
        return Look(
            s.dark, self.scale, s.since_start, s.brackets, s.bands, len(self.shown) == 1, self.tall
        )

    def reveal(self, which: Which) -> Reveal:
        """Return how much of a figure is shown."""
        assert self.picture is not None
        s = self.settings
        if s.told is not None:
            step = story(self.picture.story)[min(s.told, STEPS - 1)]
            return step.reveal[which]
        if s.guess:
            hidden = Reveal(with_=False, areas=False, brackets=False, claims=False)
            return replace(hidden, guess=self.guess if which == GUESSED else ())
        return replace(ALL, guess=self.guess if which == GUESSED else ())

    def option(self, which: Which) -> Option:
        """Return one of the two figures as it is to be drawn now."""
        assert self.picture is not None
        told = self.picture.story
        if self.axes is None or (self._coarse and not self.held):
            self.axes = Axes.of(told)
            wish, now = self.picture.wish, self.settings
            older = (wish.world.seed, wish.values) != (now.seed, now.values)
            self._coarse = older or wish.world.replications < self.runs
        if not self.held:
            self._places[which] = {}
        return figure(
            told,
            which,
            self.axes,
            self.look,
            self.reveal(which),
            self._places.setdefault(which, {}),
        )

    @property
    def fits(self) -> bool:
        """Whether all that is drawn has room on the axes."""
        return self.picture is None or self.axes is None or self.axes.hold(self.picture.story)

    def _show(self, wish: Wish, picture: Picture) -> None:
        if wish.scenario is not self.scenario:  # another has been opened meanwhile
            return
        self.picture = picture
        if not picture.near:
            self._settled = picture
        else:
            # Counted from the picture, however long it took: a hand that stands still is answered.
            self._still = asyncio.get_running_loop().call_later(STILL, self._refine, True)
        if wish.world.replications == self.runs and not picture.near:
            # The first answer of a world is slow, as its future without is simulated first.
            known = self._answered == wish.world
            self._quick, self._answered = known and picture.seconds < AT_ONCE, wish.world
        self.on_picture()
        self._refine()
        self._study()

    def _refine(self, still: bool = False) -> None:
        """Go on to what is simulated, and to all the runs, when no hand moves.

        Args:
            still: Whether a hand that may hold something has stood still.
        """
        shown = self.picture
        if shown is None or self._newest.unanswered or (self.held and not still):
            return
        if shown.near:
            self._wish(self._at_once)
        elif shown.wish.world.replications < self.runs and not self.held:
            self._wish(self.runs)

    def _study(self) -> None:
        """Learn what comes near by of moving each slider, while nobody asks for anything."""
        if self._studying or self.picture is None or self.picture.near:
            return
        self._studying = True
        task = asyncio.get_running_loop().create_task(self._learn())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _learn(self) -> None:
        try:
            while not (self.held or self._newest.unanswered):
                nearby = self._worlds(self.settings.seed, 1).nearby
                if not nearby.left:
                    self.on_learned()
                    break
                await in_pool(nearby.learn)
                await asyncio.sleep(PAUSE)
        finally:
            self._studying = False

    async def settled(self) -> Picture | None:
        """Return the picture when it has been simulated: what is told, saved or decided on is."""
        while self.picture is not None and self.picture.near:
            await asyncio.sleep(PAUSE)
        return self.picture

    def _fail(self, wish: Wish, error: Exception) -> None:  # noqa: ARG002 (the newest failed)
        self.on_error(error)
        self._study()


def _worked_out(wish: Wish) -> Picture:
    began = perf_counter()
    results = None
    if wish.near is not None:
        results = wish.near.known.results(wish.near.settled, wish.near.moved, wish.changes)
    near = results is not None and wish.near is not None and bool(wish.near.moved)
    if results is None:
        results = wish.world.results(wish.changes)
    return Picture(wish, results, compare(results, wish.view), perf_counter() - began, near)


def _parts(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}
