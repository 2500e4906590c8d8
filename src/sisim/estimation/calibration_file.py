"""A calibration as one file says it: which numbers are free, and what they should agree with."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path as File
from typing import Annotated, Any, Literal

from pydantic import Field

from sisim.calibration.life_histories import histories, plain, run_logged
from sisim.calibration.served_targets import unit_of
from sisim.calibration.targets import MEASURES, Histories
from sisim.checks.issues import Findings
from sisim.engine.compile import compile_scenario
from sisim.estimation.number_prior import NumberPrior, has_prior, with_free_numbers
from sisim.i18n import t
from sisim.loading.figure_units import understood
from sisim.loading.files import asked_for, beside_it, read, shipped
from sisim.loading.key_figure import KeyFigure, own_processing
from sisim.loading.key_figures import read_key_figures
from sisim.loading.load import load_pathway, load_scenario
from sisim.loading.validation import validate
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason, ScenarioError, nearest
from sisim.scenario.numbers import numbers
from sisim.scenario.os_errors import expanded, is_missing, no_file
from sisim.scenario.pathway import Target
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Scenario, Time
from sisim.scenario.seed_range import MOST_SEED
from sisim.scenario.types import MOST, Float, Name, People, Table, Text, Year

NINETY = 1.6448536269514722
"""So many standard deviations from the mean are the ends of the middle 90 % of a normal."""
UNMEASURED = (TypeError, KeyError, ValueError, IndexError, AttributeError, ArithmeticError)
"""What a measure raises if its arguments are not such as it takes."""
TRIED = 200
"""So many people are simulated to see whether measures can be had."""
Positive = Annotated[float, Field(gt=0, le=1e15)]
"""A number above 0."""


class FigureObserved(Table):
    """A key figure in a file that `sisim key-figures` has written."""

    file: str = Field(description="The file of key figures, beside this one.")
    code: str = Field(description="The code of the key figure.")
    year: Year | Annotated[list[Year], Field(min_length=2, max_length=2)] = Field(
        description="The year, or the first and the last of several, whose mean is taken."
    )
    area: str | None = Field(
        None, description="The code or the name of the area; unset: the only one in the file."
    )
    sex: Literal["total", "women", "men"] = Field("total", description="Of whom it is.")


class ObservedError(Table):
    """How uncertain an observed value is: `sd`, or `persons`, or `low` and `high`."""

    sd: Positive | None = Field(None, description="Its standard deviation.")
    persons: Positive | None = Field(
        None, description="How many persons or events were counted in it."
    )
    low: Float | None = Field(None, description="The lower end of its 90% interval.")
    high: Float | None = Field(None, description="The upper end of its 90% interval.")


class CalibrationGoal(Table):
    """What the simulation should agree with: a target of the pathway by its name, or a measure.

    Without an observed value a target of the pathway has its own: the middle of its range, which is
    taken as a 90 % interval.
    """

    measure: str | None = Field(
        None, description="The measure; unset: the pathway's target of that name."
    )
    arguments: dict[str, Any] = Field({}, description="What the measure is given.")
    label: Text | None = Field(None, description="What it is called.")
    unit: Text | None = Field(None, description="The unit of the measure; unset: share.")
    value: Float | None = Field(None, description="What was observed, in the unit of the measure.")
    observed: FigureObserved | None = Field(
        None, description="Where what was observed stands, instead of a value."
    )
    source: str | None = Field(
        None, description="Where the value comes from; unset: the name of this file."
    )
    error: ObservedError | None = Field(None, description="How uncertain what was observed is.")
    discrepancy: Annotated[float, Field(ge=0, le=10)] = Field(
        0.0,
        description="How far the model may be wrong with the right numbers too, as a part of the "
        "value (standard deviation).",
    )
    over_dispersion: Annotated[float, Field(ge=1, le=1000)] = Field(
        1.0, description="How many times greater the variance is than the error tells."
    )


class CalibrationSettings(Table):
    """How numbers are found that agree with what was observed."""

    free: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="The numbers that are found, by their keys with dots; unset: all that are "
        "tuned and have a range.",
    )
    method: Literal["auto", "exact", "emulator"] = Field(
        "auto",
        description="Whether the course is computed exactly or simulated; auto: exactly if that "
        "can be done.",
    )
    draws: Annotated[int, Field(ge=16, le=100_000)] = Field(
        256, description="How many combinations of the numbers are tried, in all waves together."
    )
    replications: Annotated[int, Field(ge=1, le=1000)] = Field(
        4, description="How many seeds each combination is simulated with, the same for all."
    )
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = Field(1, description="The first seed.")
    waves: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="How many times, at most, the search is narrowed to what is not ruled out."
    )
    held_out: list[Name] = Field(
        [], description="Targets that nothing is fitted to, so that they test what was found."
    )
    residents: People | None = Field(
        None, description="How many residents are simulated; unset: as the scenario says."
    )
    targets: Annotated[dict[Name, CalibrationGoal], Field(min_length=1)] = Field(
        description="What the simulation should agree with, by name."
    )


class CalibrationFile(Table):
    """A calibration file."""

    calibration: CalibrationSettings


@dataclass(frozen=True)
class CalibrationTarget:
    """A target with what was observed and how uncertain that is.

    Attributes:
        name: What the file calls it.
        target: What is measured, and how it is called.
        observed: The observed value, in the target's unit.
        error: Its standard deviation.
        discrepancy: That of what the model misses with the right numbers too.
        held_out: Whether nothing is fitted to it.
        source: Where what was observed comes from, as a source of what is calculated from it.
    """

    name: str
    target: Target
    observed: float
    error: float
    discrepancy: float
    held_out: bool
    source: str

    @property
    def label(self) -> str:
        """What it is called, in the current language."""
        return self.target.label.text

    def measured(self, lives: Histories) -> float:
        """Return its value in simulated lives."""
        return MEASURES[self.target.measure](lives, **self.target.arguments)


@dataclass(frozen=True)
class CalibrationPlan:
    """A calibration that has been checked, with what it is of.

    Attributes:
        scenario: The scenario without any investment, over the years in which targets are looked
            for.
        settings: What the file says.
        priors: Of each free number.
        targets: What should agree, those that are held out too.
        unranged: Tuned numbers that are left as they are, as they have no range.
    """

    scenario: Scenario
    settings: CalibrationSettings
    priors: tuple[NumberPrior, ...]
    targets: tuple[CalibrationTarget, ...]
    unranged: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The free numbers, by their keys."""
        return tuple(one.path for one in self.priors)


def calibrated_scenario(name: str, residents: int | None = None) -> Scenario:
    """Return a scenario, or a pathway's plain municipality, without any investment.

    Targets are looked for over the years that the pathway's `[calibration]` says.

    Args:
        name: A file, or the name of a ready scenario or pathway.
        residents: How many live there; unset, as the scenario or the pathway says.

    Raises:
        ScenarioError: With all that is wrong in it.
    """
    path = expanded(name)
    if name not in shipped("scenario") and _is_pathway(name, path):
        return plain(load_pathway(name), residents=residents)
    scenario = load_scenario(name)
    usual, people = scenario.pathway.calibration, scenario.population
    if residents is not None:
        size = "residents" if people.cohort is None else "cohort"
        people = people.model_copy(update={size: residents})
    return Scenario(
        name=scenario.name,
        title=scenario.title,
        pathway=scenario.pathway,
        parameters=scenario.parameters,
        time=Time(years=usual.years, warm_up=usual.warm_up),
        population=people,
    )


def _is_pathway(name: str, path: File) -> bool:
    if name in shipped("pathway"):
        return True
    return path.suffix == ".toml" and not is_missing(path) and read(path).kind == "pathway"


def load_calibration(source: str | os.PathLike[str], name: str) -> CalibrationPlan:
    """Return the calibration in a TOML file, checked together with the scenario that it is of.

    Args:
        source: The file.
        name: The scenario or the pathway: see `calibrated_scenario`.

    Raises:
        ScenarioError: With everything that is wrong in it.
    """
    path = asked_for(source, "calibration")
    document = read(path)
    file, problems = validate(CalibrationFile, document)
    if file is None or problems:
        raise ScenarioError(problems)
    scenario = calibrated_scenario(name, file.calibration.residents)
    return _CalibrationCheck(document, file.calibration, scenario, path.parent).plan()


class _CalibrationCheck(Findings):
    """A calibration held against its scenario."""

    def __init__(
        self,
        document: Document,
        settings: CalibrationSettings,
        scenario: Scenario,
        folder: File,
    ) -> None:
        super().__init__(document, ("calibration",))
        self.settings, self.scenario, self.folder = settings, scenario, folder
        self._figures: dict[str, tuple[KeyFigure, ...]] = {}

    def plan(self) -> CalibrationPlan:
        """Return the plan, or raise all that is wrong."""
        priors, unranged = self._priors()
        targets = [self._target(name, one) for name, one in self.settings.targets.items()]
        for index, name in enumerate(self.settings.held_out):
            self.refer(("held_out", index), name, self.settings.targets, Reason("The target"))
        if set(self.settings.held_out) >= set(self.settings.targets):
            self.say(("held_out",), Reason("All targets are held out, so nothing is fitted."))
        if not self.problems:
            self._try(priors, targets)
        if self.problems:
            raise ScenarioError(self.problems)
        found = tuple(one for one in targets if one is not None)
        return CalibrationPlan(self.scenario, self.settings, priors, found, unranged)

    def _priors(self) -> tuple[tuple[NumberPrior, ...], tuple[str, ...]]:
        known = {path.removeprefix("pathway."): one for path, one in numbers(self.scenario)}
        if self.settings.free is None:
            tuned = {path: one for path, one in known.items() if one.tuned and one.formula is None}
            free = [path for path, one in tuned.items() if has_prior(one)]
            if not free:
                reason = Reason(
                    "No number of the pathway is tuned and has a range: say which are free, as in "
                    "{example}.",
                    example='free = ["transitions.placed.rate"]',
                )
                self.say(("free",), reason)
            unranged = tuple(path for path in tuned if path not in free)
            return tuple(NumberPrior(path, known[path]) for path in free), unranged
        for index, path in enumerate(self.settings.free):
            at = ("free", index)
            own = path.removeprefix("pathway.")
            if self.settings.free.index(path) < index:
                self.say(at, Reason('"{name}" stands here twice.', name=path))
            elif self.refer(at, own, known, Reason("The number")):
                if known[own].formula is not None:
                    reason = Reason(
                        '"{name}" follows from a formula: free the parameters in it instead.',
                        name=path,
                    )
                    self.say(at, reason)
                elif not has_prior(known[own]):
                    reason = Reason(
                        '"{name}" has neither a range nor a distribution, so that nothing says how '
                        "far it may be moved: give it low and high where it stands.",
                        name=path,
                    )
                    self.say(at, reason)
        free = [path.removeprefix("pathway.") for path in self.settings.free]
        return tuple(NumberPrior(path, known[path]) for path in free if path in known), ()

    def _target(self, name: str, goal: CalibrationGoal) -> CalibrationTarget | None:
        at = ("targets", name)
        target = self._measured(at, name, goal)
        if target is None:
            return None
        own = goal.measure is None
        if goal.value is not None and goal.observed is not None:
            self.say(at, Reason('Give either "value" or "observed".'))
            return None
        if own and goal.value is None and goal.observed is None:
            if goal.error is not None:
                self.say((*at, "error"), Reason("There is an error, but nothing observed."))
            value, source = (target.low + target.high) / 2, target.source
            error = (target.high - target.low) / 2 / NINETY
            if not error:
                self.say(at, Reason("The target's range is a point: give a value and its error."))
        else:
            found = self._observed(at, goal, target)
            if found is None:
                return None
            value, source = found
            error = self._error(at, goal, value, target)
        if error <= 0:
            return None
        return CalibrationTarget(
            name=name,
            target=target,
            observed=value,
            error=error * sqrt(goal.over_dispersion),
            discrepancy=goal.discrepancy * abs(value),
            held_out=name in self.settings.held_out,
            source=source,
        )

    def _measured(self, at: Path, name: str, goal: CalibrationGoal) -> Target | None:
        """Return what is measured: a target of the pathway, or one made of a measure."""
        if goal.measure is None:
            known = self.scenario.pathway.targets
            for key in ("arguments", "unit"):
                if getattr(goal, key):
                    self.say((*at, key), Reason('"{key}" needs a "measure".', key=key))
            if not self.refer(at, name, known, Reason("The target")):
                return None
            own = known[name]
            return own if goal.label is None else own.model_copy(update={"label": goal.label})
        if not self.refer((*at, "measure"), goal.measure, MEASURES, Reason("The measure")):
            return None
        per = goal.arguments.get("per", 1.0)
        if isinstance(per, bool) or not isinstance(per, int | float) or not 0 < per <= MOST:
            self.say((*at, "arguments"), Reason('"per" is a number above 0.'))
            return None
        return Target(
            label=goal.label or Text(sv=name, en=name),
            measure=goal.measure,
            arguments=goal.arguments,
            low=0.0,
            high=0.0,
            unit=goal.unit or Text(sv="andel", en="share"),
            source="",
            grade="measured",
        )

    def _observed(
        self, at: Path, goal: CalibrationGoal, target: Target
    ) -> tuple[float, str] | None:
        """Return the observed value in the target's unit, and where it comes from."""
        if goal.value is not None:
            return goal.value, goal.source or File(self.document.file).name
        if goal.observed is None:
            self.say(at, Reason('Give what was observed: "value", or "observed" with a file.'))
            return None
        here = (*at, "observed")
        figures = self._figures_of(here, goal.observed)
        if figures is None:
            return None
        factor = self._factor((*here, "code"), figures[0], target)
        if factor is None:
            return None
        values = [one.value for one in figures if one.value is not None]
        source = own_processing(figures[0].source or goal.observed.file)
        return factor * sum(values) / len(values), f"{source}: {figures[0].code}"

    def _figures_of(self, at: Path, observed: FigureObserved) -> list[KeyFigure] | None:
        """Return the key figures that are meant, one for each year."""
        every = self._read((*at, "file"), observed.file)
        if every is None:
            return None
        codes = list(dict.fromkeys(one.code for one in every))
        if not self.refer((*at, "code"), observed.code, codes, Reason("The key figure")):
            return None
        own = [one for one in every if one.code == observed.code and one.sex == observed.sex]
        areas = list(dict.fromkeys(one.area_code or one.area for one in own))
        if observed.area is not None:
            if not self.refer((*at, "area"), observed.area, areas, Reason("The area")):
                return None
            own = [one for one in own if observed.area in (one.area_code, one.area)]
        elif len(areas) > 1:
            reason = Reason(
                "The key figure is there for several areas: say which, as in {example}.",
                example=f'area = "{areas[0]}"',
            )
            self.say(at, reason, None, areas)
            return None
        ends = observed.year if isinstance(observed.year, list) else [observed.year] * 2
        asked = [one for one in own if ends[0] <= one.year <= ends[1]]
        found = [one for one in asked if one.value is not None]
        if not found:
            years = sorted({str(one.year) for one in own if one.value is not None})
            self.say((*at, "year"), _no_value(asked), None, years)
            return None
        return found

    def _read(self, at: Path, name: str) -> tuple[KeyFigure, ...] | None:
        file = self.folder / expanded(name)
        obstacle = no_file(file)
        if obstacle is not None:
            reason = Reason('"{name}" cannot be read: {error}.', name=name, error=obstacle)
            self.say(at, reason, nearest(file.name, beside_it(file, "*.*")))
            return None
        if name not in self._figures:
            try:
                self._figures[name] = read_key_figures([str(file)]).figures
            except ScenarioError as error:
                self.problems += error.problems
                return None
        return self._figures[name]

    def _factor(self, at: Path, figure: KeyFigure, target: Target) -> float | None:
        """Return what the key figure is multiplied by to be in the target's unit."""
        unit, wanted = understood(figure.unit), unit_of(target)
        if unit is None or wanted is None or unit.kind != wanted.kind:
            reason = Reason(
                'The unit "{unit}" cannot be converted to that of the target, "{wanted}": give the '
                'value itself, "value".',
                unit=figure.unit,
                wanted=target.unit.text,
            )
            self.say(at, reason)
            return None
        return wanted.per / unit.per

    def _error(self, at: Path, goal: CalibrationGoal, value: float, target: Target) -> float:
        """Return the standard deviation of what was observed; 0 if that is not told."""
        given, here = goal.error, (*at, "error")
        if given is None:
            reason = Reason(
                "Say how uncertain what was observed is: error = {{ sd = … }}, {{ persons = … }}, "
                "or {{ low = …, high = … }} (90%)."
            )
            self.say(at, reason)
            return 0.0
        kinds = [given.sd is not None, given.persons is not None, given.low is not None]
        if sum(kinds) != 1 or (given.low is None) != (given.high is None):
            self.say(here, Reason('Give either "sd", or "persons", or "low" and "high".'))
            return 0.0
        if given.sd is not None:
            return given.sd
        if given.persons is not None:
            if not value:
                reason = Reason("Of a value of 0 persons tell no error: give low and high.")
                self.say(here, reason)
                return 0.0
            share = value / float(target.arguments.get("per") or 1.0)
            left = 1 - share if unit_of(target) is not None and 0 < share < 1 else 1.0
            return abs(value) * sqrt(left / given.persons)
        assert given.low is not None
        assert given.high is not None
        if not given.low <= value <= given.high or given.low == given.high:
            reason = Reason("What was observed does not lie between low and high.")
            self.say(here, reason)
            return 0.0
        return (given.high - given.low) / 2 / NINETY

    def _try(
        self, priors: tuple[NumberPrior, ...], targets: list[CalibrationTarget | None]
    ) -> None:
        """Note which numbers cannot be moved, and by a very small run which measures fail."""
        for index, prior in enumerate(priors):
            try:
                with_free_numbers(self.scenario, {prior.path: prior.number.value})
            except LookupError:
                reason = Reason(
                    '"{name}" is worked out once, where the file is read: more follows from it '
                    "than numbers. Leave it out.",
                    name=prior.path,
                )
                self.say(("free", index) if self.settings.free else ("free",), reason)
        people = self.scenario.population
        size = "residents" if people.cohort is None else "cohort"
        small = self.scenario.model_copy(
            update={
                "population": people.model_copy(update={size: TRIED}),
                "time": Time(years=2, warm_up=0),
            }
        )
        lives = histories(run_logged(compile_scenario(small), 1, threads=1))
        for one in targets:
            if one is None:
                continue
            at = ("targets", one.name, "arguments")
            try:
                inspect.signature(MEASURES[one.target.measure]).bind(lives, **one.target.arguments)
                one.measured(lives)
            except UNMEASURED as error:
                told = t("there is no {name}", name=error) if isinstance(error, KeyError) else error
                reason = Reason(
                    'The measure "{measure}" cannot be had with these arguments: {error}.',
                    measure=one.target.measure,
                    error=str(told),
                )
                self.say(at, reason)


def _no_value(figures: Sequence[KeyFigure]) -> Reason:
    """Return that key figures of a year have no value, and why."""
    states = {one.status for one in figures}
    if "suppressed" in states:
        return Reason(
            "The value of that year is hidden, as it is small: it is not 0. Take several years, or "
            "give a value with low and high that hold what it may be."
        )
    if states:
        return Reason("The value of that year is missing in the file: that does not mean 0.")
    return Reason("There is no value of that year.")
