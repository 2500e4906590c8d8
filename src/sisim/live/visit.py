"""One visitor: what is asked for, what has been worked out, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from sisim.live import levers
from sisim.live.charts import ALL, Axes, Look, Option, Reveal, figure
from sisim.live.levers import Lever, all_levers, main_levers
from sisim.live.library import Library, base_changes
from sisim.live.newest import Newest
from sisim.live.room import Places
from sisim.live.session import History, Settings
from sisim.live.telling import STEPS, story
from sisim.live.world import World
from sisim.report.series import WHICH, Comparison, View, Which, compare
from sisim.results import Results
from sisim.scenario.scenario import Scenario

AT_ONCE = 0.15
"""Seconds; what takes longer does not follow a hand."""
GUESSED: Which = "project"
"""The figure whose curve the room is asked to draw."""


@dataclass(frozen=True)
class Wish:
    """What is to be worked out: values of numbers in a world, and how they are to be seen."""

    world: World
    changes: Mapping[str, Any]
    view: View


@dataclass(frozen=True)
class Picture:
    """What has been worked out."""

    wish: Wish
    results: Results
    story: Comparison
    seconds: float


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
        self.scale, self.tall = 1.0, 720.0
        self._places: dict[Which, Places] = {}
        self.axes: Axes | None = None
        self.picture: Picture | None = None
        self.guess: tuple[tuple[int, float], ...] = ()
        self.on_picture: Callable[[], None] = lambda: None
        self.on_change: Callable[[Settings, Settings], None] = lambda *_: None
        self.on_rest: Callable[[], None] = lambda: None
        self.on_error: Callable[[Exception], None] = lambda _: None
        self.tasks: set[asyncio.Task[None]] = set()
        self._before_drag: Settings | None = None
        self._quick = False
        self._answered: World | None = None
        self._newest: Newest[Wish, Picture] = Newest(_worked_out, self._show, self._fail)
        self._open()

    # ------------------------------------------------------------------------ what is asked for

    def _open(self) -> None:
        self.scenario: Scenario = self.library.open(self.settings)
        self.levers = main_levers(self.scenario)
        self.more = all_levers(self.scenario)
        self._pathway: list[Lever] | None = None
        self._worlds = self.library.worlds(self.scenario)
        self.axes = None

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
        # The first picture comes at once, from one run; all of them refine it. Where they are
        # quick enough to follow a hand they are all run at once.
        self._wish(self.runs if self._quick else 1)

    def _wish(self, runs: int) -> None:
        s = self.settings
        world = self._worlds(s.seed, runs)
        view = View(ordinary=s.ordinary, current=s.current, year=s.year)
        self._newest.ask(Wish(world, self.changes, view))

    @property
    def runs(self) -> int:
        """How many runs are wanted."""
        return self.settings.runs or self.scenario.replications

    @property
    def busy(self) -> bool:
        """Whether something better than what is shown is on its way."""
        shown = self.picture is not None and self.picture.wish.world.replications == self.runs
        return self._newest.waiting or not (shown or self.held)

    # ------------------------------------------------------------------------ what is done

    def change(self, **parts: Any) -> None:
        """Change the settings, so that it can be undone."""
        self.history.keep(self.settings)
        self._before_drag = None
        self._set(replace(self.settings, **parts))
        self.on_rest()

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
        if differs("current", "ordinary"):
            self.axes = None
        self.on_change(before, settings)

    # ------------------------------------------------------------------------ what is seen

    @property
    def look(self) -> Look:
        """How pictures are to look."""
        s = self.settings
        return Look(s.dark, self.scale, s.since_start, s.brackets, s.bands, len(self.shown) == 1,
                    self.tall)  # fmt: skip

    def reveal(self, which: Which) -> Reveal:
        """Return how much of a figure is shown."""
        assert self.picture is not None
        s = self.settings
        if s.told is not None:
            step = story(self.picture.story, s.lang)[min(s.told, STEPS - 1)]
            return step.reveal[which]
        if s.guess:
            hidden = Reveal(with_=False, areas=False, brackets=False, claims=False)
            return replace(hidden, guess=self.guess if which == GUESSED else ())
        return replace(ALL, guess=self.guess if which == GUESSED else ())

    def option(self, which: Which) -> Option:
        """Return one of the two figures as it is to be drawn now."""
        assert self.picture is not None
        told = self.picture.story
        if self.axes is None:
            self.axes = Axes.of(told)
        if not self.held:
            self._places[which] = {}
        return figure(
            told, which, self.settings.lang, self.axes, self.look, self.reveal(which),
            self._places.setdefault(which, {}),
        )  # fmt: skip

    @property
    def fits(self) -> bool:
        """Whether all that is drawn has room on the axes."""
        return self.picture is None or self.axes is None or self.axes.hold(self.picture.story)

    def _show(self, wish: Wish, picture: Picture) -> None:
        self.picture = picture
        if wish.world.replications == self.runs:
            # The first answer of a world is slow, as its future without is simulated first.
            known = self._answered == wish.world
            self._quick, self._answered = known and picture.seconds < AT_ONCE, wish.world
        self.on_picture()
        self._refine()

    def _refine(self) -> None:
        """Go on from a first picture to one of all the runs, when no hand moves."""
        shown = self.picture
        if shown is None or self.held or self._newest.waiting:
            return
        if shown.wish.world.replications < self.runs:
            self._wish(self.runs)

    def _fail(self, wish: Wish, error: Exception) -> None:  # noqa: ARG002 (the newest failed)
        self.on_error(error)


def _worked_out(wish: Wish) -> Picture:
    began = perf_counter()
    results = wish.world.results(wish.changes)
    return Picture(wish, results, compare(results, wish.view), perf_counter() - began)


def _parts(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}
