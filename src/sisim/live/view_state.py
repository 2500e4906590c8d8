"""The state of one visitor's view: the settings, the way back, and the picture they lead to."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import fields, replace
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl

from sisim.analysis.comparison import WHICH, Comparison, View, Which
from sisim.analysis.variants import canonical
from sisim.live.analyses import AnalysisKey, AnalysisKind
from sisim.live.ballot import Ballot
from sisim.live.chart_options import Look, Option, figure
from sisim.live.computations import computations
from sisim.live.evaluation_studies import StudyKey
from sisim.live.latest_only import LatestOnly
from sisim.live.limits import require_allowed
from sisim.live.narration import STEPS, narration_steps
from sisim.live.refinement import (
    Callbacks,
    Picture,
    Refinement,
    Request,
    Wanted,
    simulated_picture,
)
from sisim.live.saved_files import SAVED, SavedSetting, setting_in
from sisim.live.saved_folder import SUFFIX, checked_name
from sisim.live.scenario_draft import ScenarioDraft
from sisim.live.scenario_library import Library, OpenScenario, SessionKey, file_of, name_for
from sisim.live.settings import SHOWS, History, Settings, Show
from sisim.live.sliders import Slider, changes
from sisim.live.visit_phase import REFINING, SETTLED, VisitMachine, VisitPhase
from sisim.report.chart.label_placement import KeptNotes
from sisim.report.comparison_chart import ALL, Reveal, Scales
from sisim.scenario.errors import ScenarioError

SCENARIO_DEFAULTS: dict[str, Any] = {
    "values": {},
    "kept": None,
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
ROWS_OF_KEPT, VERDICT = 45.0, 40.0
"""How high the rows of setting A and of the difference are for each figure, in the same, and what
is said below the figures, which then gives its place to them."""
MOST_BROUGHT = 8
"""So many files of a visitor's own are held, those brought last."""
BESIDE: tuple[Show, ...] = ("build", "analyses")
"""What is shown in place of a view, and is opened from the drawer."""
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
        self.draft: ScenarioDraft | None = None
        self.beside: LatestOnly[Any, Any] | None = None  # what the view works out of its own
        self._label_positions: dict[Which, KeptNotes] = {}
        self._axes_provisional = False  # made for a picture that a better one follows
        self._refinement = Refinement(self.callbacks)
        self._kept_asked: object = None
        self._kept: Comparison | None = None
        self._kept_queue: LatestOnly[Request, Picture] = LatestOnly(
            simulated_picture,
            self._show_kept,
            lambda _, error: self.callbacks.error(error),
            lambda *_: True,
        )
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
        return self._changes(self.settings.values)

    def _changes(self, values: Mapping[str, float]) -> dict[str, Any]:
        moved = [one for name in values if (one := self.slider(name)) is not None]
        own = {slider.id for slider in self.sliders}
        # What is finer, in the drawer, has the last word.
        moved.sort(key=lambda slider: slider.id not in own)
        return changes(moved, values)

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
        return tuple(one for one in SHOWS if one not in BESIDE and (planned or one != "evaluation"))

    @property
    def show(self) -> Show:
        """The view that is shown."""
        asked = self.settings.show
        return asked if asked in (*self.shows, *BESIDE) else "figures"

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

    def analysis_key(self, kind: AnalysisKind, axes: tuple[str, str] = ("", "")) -> AnalysisKey:
        """Return what an analysis is of, as the sliders stand.

        Args:
            kind: Which analysis.
            axes: The keys of the two numbers that a sweep varies.
        """
        opened, seeds = self._opened, (self.settings.seed, self.runs)
        known = opened.content, opened.scenario
        return AnalysisKey.of(kind, known, self.changes, self.arm, seeds, axes)

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
        self._refinement.ask(self._wanted(self.settings.values))
        self._ask_kept()

    def _wanted(self, values: Mapping[str, float]) -> Wanted:
        s, key = self.settings, self.session_key
        return Wanted(
            scenario=self.scenario,
            key=key,
            session=lambda: self.library.session(key),
            seed=s.seed,
            runs=self.runs,
            changes=self._changes(values),
            values=values,
            defaults={slider.id: slider.value for slider in self.sliders},
            view=View(ordinary=s.ordinary, current=s.current, year=s.year),
        )

    def _ask_kept(self) -> None:
        """Compute what setting A comes to, unless it is known."""
        kept = self.settings.kept
        if kept is None:
            self._kept_asked = self._kept = None
            return
        wanted = self._wanted(kept)
        asked = wanted.key, canonical(wanted.changes), wanted.view
        if asked != self._kept_asked:
            self._kept_asked, self._kept = asked, None
            self._kept_queue.ask(Request(wanted, wanted.runs))

    def _show_kept(self, request: Request, picture: Picture) -> None:
        wanted = request.wanted
        if self._kept_asked == (wanted.key, canonical(wanted.changes), wanted.view):
            self._kept = picture.comparison
            if self.picture is not None:
                self.callbacks.picture()

    @property
    def kept(self) -> Comparison | None:
        """What setting A comes to, once it is known."""
        return self._kept

    # ------------------------------------------------------------------------ what is done

    def change(self, **parts: Any) -> None:
        """Change the settings, so that it can be undone, or tell why that is refused."""
        self._refinement.release()
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

    def setting(self) -> SavedSetting:
        """Return what is seen as a setting that can be saved; a file of the visitor's own is saved.

        Raises:
            FolderError: If that file cannot be saved.
            ScenarioError: If the scenario is no longer there.
        """
        s, folder = self.settings, self.library.folder
        assert folder is not None  # nobody is offered to save anything else
        plain = Settings(lang=s.lang, dark=s.dark, scenario=s.scenario)
        shown = dict(parse_qsl(s.query(plain), keep_blank_values=True))
        if s.scenario in self.brought:
            name = file_of(s.scenario).removesuffix(SUFFIX)
            file = folder.save_beside(checked_name(name), self.brought[s.scenario])
            return SavedSetting(scenario=f"{file}{SUFFIX}", shown=shown)
        if s.scenario.startswith(SAVED):
            name = s.scenario.removeprefix(SAVED)
            of = setting_in(folder, name) or SavedSetting(scenario=folder.file(name).name)
            return of.model_copy(update={"shown": shown})
        path, own = self.library.source_of(s.scenario)
        ready = self.library.path(s.scenario)
        named = ready if ready in self.library.ready() else path
        return SavedSetting(scenario=named, shown=shown, override=dict(own))

    def open_saved(self, name: str) -> None:
        """Look at what has been saved under a name: a scenario, or a setting of one."""
        assert self.library.folder is not None
        try:
            saved = setting_in(self.library.folder, name)
            if saved is None:
                self.take(f"{SAVED}{name}")
                return
            wanted = self._saved(name, saved)
        except ScenarioError as error:
            self.callbacks.refused(error)
        else:
            self.change(**_as_dict(wanted))

    def compare_saved(self, name: str) -> None:
        """Let a setting that has been saved be A, beside which that which is seen is B."""
        assert self.library.folder is not None
        try:
            saved = setting_in(self.library.folder, name)
            kept = None if saved is None else self._saved(name, saved).values
        except ScenarioError as error:
            self.callbacks.refused(error)
        else:
            self.change(kept=kept)

    def _saved(self, name: str, saved: SavedSetting) -> Settings:
        """Return the settings that a saved one asks for; language and colours stay."""
        s = self.settings
        plain = Settings(lang=s.lang, dark=s.dark, scenario=f"{SAVED}{name}")
        ends = self.library.open(Settings.of(saved.shown, plain, {}), self.brought).ends
        return Settings.of(saved.shown, plain, ends)

    def keep(self) -> None:
        """Keep the sliders as they stand as setting A; where there is one, drop it."""
        kept = None if self.settings.kept is not None else dict(self.settings.values)
        self.change(kept=kept)

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
        self._refinement.release()
        self.callbacks.rest()

    def undo(self) -> None:
        """Go back to what was before the latest change."""
        back = self.history.back()
        if back is not None:
            self._refinement.release()
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
        self._kept_queue.stop()

    def resume(self) -> None:
        """Go on for a visitor who is back."""
        self._refinement.resume()
        if self.scenario.figures is not None and self._kept is None:
            self._kept_asked = None
            self._ask_kept()

    def close(self) -> None:
        """Compute nothing any more."""
        self._refinement.close()
        self._kept_queue.stop()

    def _begin_drag(self) -> None:
        if not self.visit.held:
            self.visit.hold()
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
    def visit(self) -> VisitMachine:
        """The phase of the picture, and whether a slider, or the marked year, is held."""
        return self._refinement.visit

    @property
    def phase(self) -> VisitPhase:
        """The phase of all that is shown: a view may wait for more than the picture."""
        found, beside = self.visit.phase, self.beside
        waits = self._kept_queue.pending or (beside is not None and beside.pending)
        return REFINING if found is SETTLED and waits else found

    async def settled(self) -> Picture | None:
        """Return the picture once it has been simulated, which saving and telling need."""
        return await self._refinement.settled()

    @property
    def look(self) -> Look:
        """How pictures are to look."""
        s = self.settings
        told = s.told is not None and s.notes
        below = NOTES if told else 0.0
        if s.kept is not None:
            below += ROWS_OF_KEPT * len(self.shown) - VERDICT
        return Look(
            s.dark,
            self.window_scale,
            s.since_start,
            s.brackets and s.kept is None,
            s.bands,
            len(self.shown) == 1,
            self.window_height - below,
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
        if self.axes is None or (self._axes_provisional and not self.visit.held):
            self.axes = Scales.of(picture.comparison)
            if self._kept is not None:
                self.axes = self.axes.joined(Scales.of(self._kept))
            older = (picture.seed, picture.request.wanted.values) != (now.seed, now.values)
            self._axes_provisional = older or picture.runs < self.runs
        if not self.visit.held:
            self._label_positions[which] = {}
        return figure(
            picture.comparison,
            which,
            self.axes,
            self.look,
            self.reveal(which),
            self._label_positions.setdefault(which, {}),
            self._kept,
        )

    @property
    def fits(self) -> bool:
        """Whether all that is drawn has room on the axes."""
        return self.picture is None or self.axes is None or self.axes.hold(self.picture.comparison)


def _as_dict(settings: Settings) -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}
