"""The state of one visitor's view: the settings, the way back, and the picture they lead to."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import fields, replace
from math import isfinite
from typing import Any

from sisim.analysis.comparison import WHICH, View, Which
from sisim.live.ballot import Ballot
from sisim.live.chart_options import Look, Option, figure
from sisim.live.computations import computations
from sisim.live.evaluation_studies import StudyKey
from sisim.live.limits import require_allowed
from sisim.live.narration import STEPS, narration_steps
from sisim.live.refinement import Callbacks, Picture, Refinement, Wanted
from sisim.live.scenario_library import Library, OpenScenario, SessionKey, name_for
from sisim.live.settings import SHOWS, History, Settings, Show
from sisim.live.sliders import Slider, changes
from sisim.report.chart.label_placement import KeptNotes
from sisim.report.comparison_chart import ALL, Reveal, Scales
from sisim.scenario.errors import ScenarioError

SCENARIO_DEFAULTS: dict[str, Any] = {
    "values": {},
    "year": None,
    "residents": None,
    "years": None,
    "runs": None,
    "arm": "",
    "only": None,
    "told": None,
    "guess": False,
    "evaluation": "",
    "size": 1.0,
    "course": False,
}
"""Settings that another scenario begins with, as they mean nothing outside the one before."""
NOTES = 56.0
"""How much higher the speaker's notes are than the sliders, in pixels of a window of 1280."""
MOST_BROUGHT = 8
"""So many files of a visitor's own are held, those brought last."""
GUESSED: Which = "project"
"""The figure whose curve the audience is asked to draw."""


class ViewState:
    """What one visitor asks for and sees.

    Args:
        library: Where scenarios are opened.
        usual: The settings where nothing is asked for.
        settings: The settings that are asked for.
        callbacks: What is called when something has happened.

    Raises:
        ScenarioError: With everything that is wrong in the scenario.
    """

    def __init__(
        self,
        library: Library,
        usual: Settings,
        settings: Settings,
        callbacks: Callbacks | None = None,
    ) -> None:
        self.library, self.usual, self.settings = library, usual, settings
        self.callbacks = callbacks or Callbacks()
        self.history = History()
        self.brought: dict[str, bytes] = {}
        self.window_scale, self.window_height, self.window_width = 1.0, 720.0, 1280.0
        self.axes: Scales | None = None
        self.guess: tuple[tuple[int, float], ...] = ()
        self.ballot: Ballot | None = None
        self._label_positions: dict[Which, KeptNotes] = {}
        self._axes_provisional = False  # made for a picture that a better one follows
        self._refinement = Refinement(self.callbacks)
        self._open(library.open(settings))

    # ------------------------------------------------------------------------ what is asked for

    def _open(self, opened: OpenScenario) -> None:
        self._opened, self.scenario = opened, opened.scenario
        self.sliders, self.more = opened.sliders, opened.more
        self.axes = None
        self._refinement.forget()

    @property
    def pathway_sliders(self) -> list[Slider]:
        """A slider for every uncertain number of the pathway that the scenario does not give."""
        return self._opened.pathway_sliders

    def slider(self, name: str) -> Slider | None:
        """Return the slider of a name, of all there are."""
        shown = [*self.sliders, *self.more]
        found = next((slider for slider in shown if slider.id == name), None)
        return found or next((one for one in self.pathway_sliders if one.id == name), None)

    def value(self, slider: Slider) -> float:
        """Return where a slider stands."""
        return self.settings.values.get(slider.id, slider.value)

    @property
    def changes(self) -> dict[str, Any]:
        """The numbers that the sliders now describe, by dotted path."""
        moved = [one for name in self.settings.values if (one := self.slider(name)) is not None]
        own = {slider.id for slider in self.sliders}
        # What is finer, in the drawer, has the last word.
        moved.sort(key=lambda slider: slider.id not in own)
        return changes(moved, self.settings.values)

    @property
    def described(self) -> dict[str, Any]:
        """All that differs from the file: what is changed in every arm, and by the sliders."""
        return {**self._opened.changes, **self.changes}

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
    def shows(self) -> tuple[Show, ...]:
        """The views that there are of the scenario."""
        planned = bool(self.scenario.evaluations)
        return tuple(show for show in SHOWS if planned or show != "evaluation")

    @property
    def show(self) -> Show:
        """The view that is shown."""
        return self.settings.show if self.settings.show in self.shows else "figures"

    @property
    def evaluation(self) -> str:
        """Which planned evaluation is shown, where there is one."""
        names = list(self.scenario.evaluations)
        return self.settings.evaluation if self.settings.evaluation in names else names[0]

    @property
    def study_key(self) -> StudyKey:
        """What the study of the planned evaluations is of."""
        s, opened = self.settings, self._opened
        return StudyKey.of(opened.content, opened.scenario, self.changes, s.size, s.seed)

    @property
    def runs(self) -> int:
        """How many runs are wanted."""
        return self.settings.runs or self.scenario.replications

    @property
    def session_key(self) -> SessionKey:
        """What the session is of that all runs are simulated in."""
        return SessionKey.of(self._opened, self.settings.seed, self.runs)

    def ask(self) -> None:
        """Compute what the settings ask for."""
        if self.scenario.figures is None:
            return
        s, key = self.settings, self.session_key
        self._refinement.ask(
            Wanted(
                scenario=self.scenario,
                key=key,
                session=lambda: self.library.session(key),
                seed=s.seed,
                runs=self.runs,
                changes=self.changes,
                values=s.values,
                defaults={slider.id: slider.value for slider in self.sliders},
                view=View(ordinary=s.ordinary, current=s.current, year=s.year),
            )
        )

    # ------------------------------------------------------------------------ what is done

    def change(self, **parts: Any) -> None:
        """Change the settings, so that it can be undone, or tell why that is refused."""
        self._refinement.dragging = False
        try:
            self._set(replace(self.settings, **parts), undoable=True)
        except ScenarioError as error:
            self.callbacks.refused(error)
        else:
            self.callbacks.rest()

    async def bring(self, file: str, content: bytes) -> None:
        """Look at a scenario in a file of the visitor's own.

        Raises:
            ScenarioError: With everything that is wrong in it; what is looked at stays.
        """
        name = name_for(file, content)
        wanted = replace(self.settings, **SCENARIO_DEFAULTS, scenario=name)
        await computations.result(name, lambda _: self.library.open(wanted, {name: content}))
        self.brought[name] = content
        if len(self.brought) > MOST_BROUGHT:
            del self.brought[next(iter(self.brought))]
        self.take(name)

    def take(self, name: str) -> None:
        """Look at another scenario."""
        self.change(**SCENARIO_DEFAULTS, scenario=name)

    def drag(self, name: str, value: float) -> None:
        """Move a slider that is still held."""
        values = dict(self.settings.values)
        slider = self.slider(name)
        if slider is not None:  # a page sends no more, but somebody else may
            value = min(max(value, slider.low), slider.high) if isfinite(value) else slider.value
        if slider is None or abs(value - slider.value) < 1e-9:
            values.pop(name, None)
        else:
            values[name] = value
        self._begin_drag()
        if values != self.settings.values:
            self._set(replace(self.settings, values=values))

    def mark(self, year: int) -> None:
        """Move the marked year, which is still held."""
        self._begin_drag()
        if year != self.settings.year:
            self._set(replace(self.settings, year=year))

    def release(self) -> None:
        """End a drag."""
        self._refinement.dragging = False
        self.callbacks.rest()
        self._refinement.release()

    def undo(self) -> None:
        """Go back to what was before the latest change."""
        back = self.history.back()
        if back is not None:
            self._refinement.dragging = False
            try:
                self._set(back)
            except ScenarioError as error:
                self.callbacks.refused(error)
            else:
                self.callbacks.rest()

    def reset(self) -> None:
        """Return to where the scenario begins; language and colours stay."""
        s = self.settings
        kept = {"lang": s.lang, "dark": s.dark, "scenario": s.scenario, "show": s.show}
        self.rescale()
        self.change(**{**_as_dict(self.usual), **kept})

    def rescale(self) -> None:
        """Let the axes fit what is drawn."""
        self.axes = None

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine for this visitor."""
        self._refinement.start(work)

    def pause(self) -> None:
        """Compute nothing, as the visitor is away."""
        self._refinement.pause()

    def resume(self) -> None:
        """Go on for a visitor who is back."""
        self._refinement.resume()

    def close(self) -> None:
        """Compute nothing any more."""
        self._refinement.close()

    def _begin_drag(self) -> None:
        if not self.dragging:
            self._refinement.dragging = True
            self.history.keep(self.settings)

    def _set(self, settings: Settings, *, undoable: bool = False) -> None:
        before = self.settings

        def differs(*parts: str) -> bool:
            return any(getattr(before, part) != getattr(settings, part) for part in parts)

        if differs("scenario", "residents", "years"):
            self._open(self.library.open(settings, self.brought))
        elif differs("runs"):
            require_allowed(self.scenario, settings.runs)
        if undoable:
            self.history.keep(before)
        self.settings = settings
        if differs("scenario"):
            self._refinement.picture, self.guess, self.ballot = None, (), None
        if differs("current", "ordinary"):
            self.axes = None
        self.callbacks.change(before, settings)

    # ------------------------------------------------------------------------ what is seen

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown."""
        return self._refinement.picture

    @property
    def dragging(self) -> bool:
        """Whether a slider, or the marked year, is held."""
        return self._refinement.dragging

    @property
    def busy(self) -> bool:
        """Whether something better than what is shown is on its way."""
        return self._refinement.busy

    async def settled(self) -> Picture | None:
        """Return the picture once it has been simulated, which saving and telling need."""
        return await self._refinement.settled()

    @property
    def look(self) -> Look:
        """How pictures are to look."""
        s = self.settings
        told = s.told is not None and s.notes
        return Look(
            s.dark,
            self.window_scale,
            s.since_start,
            s.brackets,
            s.bands,
            len(self.shown) == 1,
            self.window_height - (NOTES if told else 0.0),
            self.window_width,
        )

    def reveal(self, which: Which) -> Reveal:
        """Return how much of a figure is shown."""
        assert self.picture is not None
        s = self.settings
        if s.told is not None:
            step = narration_steps(self.picture.comparison)[min(s.told, STEPS - 1)]
            return step.reveal[which]
        guess = self.guess if which == GUESSED else ()
        if s.guess:
            return Reveal(with_=False, areas=False, brackets=False, claims=False, guess=guess)
        return replace(ALL, guess=guess)

    def option(self, which: Which) -> Option:
        """Return one of the two figures as it is to be drawn now."""
        picture, now = self.picture, self.settings
        assert picture is not None
        if self.axes is None or (self._axes_provisional and not self.dragging):
            self.axes = Scales.of(picture.comparison)
            older = (picture.seed, picture.request.wanted.values) != (now.seed, now.values)
            self._axes_provisional = older or picture.runs < self.runs
        if not self.dragging:
            self._label_positions[which] = {}
        return figure(
            picture.comparison,
            which,
            self.axes,
            self.look,
            self.reveal(which),
            self._label_positions.setdefault(which, {}),
        )

    @property
    def fits(self) -> bool:
        """Whether all that is drawn has room on the axes."""
        return self.picture is None or self.axes is None or self.axes.hold(self.picture.comparison)


def _as_dict(settings: Settings) -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}
