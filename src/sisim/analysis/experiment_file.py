"""An experiment as one file says it: a scenario, what is varied and how, and what is kept.

Three things are kept apart: levers (what we choose), uncertainties (how the world may be) and
chance (seeds). Every combination of levers meets the same draws and the same luck, as the arms do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import product, zip_longest
from pathlib import Path as File
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from sisim.analysis.measures import chosen, names
from sisim.analysis.variants import with_arms
from sisim.analysis.varied import VariedNumber, factors
from sisim.checks.issues import Findings
from sisim.loading.files import asked_for, expect, find, read
from sisim.loading.load import changed, load_scenario
from sisim.loading.municipalities import MunicipalityRow, read_municipality_rows
from sisim.loading.sample import in_proportion
from sisim.loading.validation import validate
from sisim.scenario.document import Document
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest
from sisim.scenario.numbers import numbers
from sisim.scenario.os_errors import expanded
from sisim.scenario.positions import Path
from sisim.scenario.psa_draws import is_uncertain
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Distribution, Name, Table, Text

OUTSIDE = 0.01
"""Of an unbounded distribution, more than this outside what is allowed is refused."""
MOST_TRIED = 250
"""So many settings of levers are tried when the file is read; of more, these."""
Value = Any
"""What a lever can be set to: whatever `--set` takes."""


class Steps(Table):
    """Evenly spaced values, both ends among them."""

    from_: float = Field(alias="from", description="The first value.")
    to: float = Field(description="The last value.")
    steps: Annotated[int, Field(ge=2, le=10_000)] = Field(
        description="How many values, both ends among them."
    )

    @property
    def values(self) -> list[float]:
        """The values, in order."""
        return [float(value) for value in np.linspace(self.from_, self.to, self.steps)]


class Together(Table):
    """Several numbers that always have the same value: a lever by a name of one's own."""

    paths: Annotated[list[str], Field(min_length=1)] = Field(
        description="The keys that always have the same value."
    )
    values: list[Value] | Steps


class Spread(Table):
    """How an uncertain number is drawn: empty, as the scenario says.

    `low` and `high`: a triangular distribution with the scenario's value as its mode.
    """

    low: float | None = Field(None, description="The lowest value.")
    high: float | None = Field(None, description="The highest value.")
    distribution: Distribution | None = None


class Chance(Table):
    """Seeds: the first, and how many; unset, as the scenario says."""

    seed: Annotated[int, Field(ge=0)] | None = Field(
        None, description="The first seed; unset: that of the scenario."
    )
    replications: Annotated[int, Field(gt=0)] | None = Field(
        None, description="How many seeds; unset: as the scenario says."
    )


class Design(Table):
    """How levers are combined and uncertainties drawn.

    `levers`: `grid`, every combination; `list`, the first values together, then the second ones.
    `sampling`: `random`, `latin_hypercube` (every block of draws covers each range evenly) or
    `sobol` (a scrambled low-discrepancy sequence); numbers that `[uncertainty]` of the scenario
    draws together are drawn at random whatever it is.
    """

    levers: Literal["grid", "list"] = Field(
        "grid", description="Whether levers are combined in every way or in step."
    )
    sampling: Literal["random", "latin_hypercube", "sobol"] = Field(
        "latin_hypercube", description="How uncertain numbers are drawn."
    )
    draws: Annotated[int, Field(gt=0)] | None = Field(None, description="How many draws.")
    block: Annotated[int, Field(gt=0)] | None = Field(
        None, description="Draws in a block of the Latin hypercube; unset: all of `draws`."
    )
    seed: Annotated[int, Field(ge=0)] = Field(1, description="The seed of the draws.")


class CountryPlace(Table):
    """A municipality of a country."""

    code: str = Field(description="What it is known by; its seed follows from it.")
    name: str = Field(description="What it is called.")
    region: str = Field("", description="Its region.")
    group: str = Field("", description="The group that it is compared within.")
    residents: Annotated[int, Field(gt=0)] = Field(description="How many live there.")


class CountryTable(Table):
    """The municipalities of a country: each has its own residents, numbers and luck."""

    file: str = Field(
        description="A CSV or XLSX file beside this one, a row for each: municipality, residents; "
        "also code, region, group, and numbers of the scenario with keys as headings."
    )
    places: list[CountryPlace] = Field(
        [], description="What the file says of them, the largest first; sisim fills it in."
    )


class Experiment(Table):
    """An experiment file.

    `levers`: values by dotted path, listed or in `{ from, to, steps }`; or, by any name, `{ paths,
    values }` for several paths that change together. `uncertainties`: by dotted
    path (`*` stands for anything), `{}` for the range or distribution that the scenario gives, or
    one of its own; or `all = true`. `override`: other values in every cell. `outcomes`: measures,
    or patterns of them; unset: all but those by year. `municipalities`: the levers are what a table
    says of each of them.
    """

    name: Name = Field(description="The name of the experiment.")
    title: Text
    description: Text | None = None
    scenario: str = Field(
        description="The scenario: a file beside this one, or the name of a ready one."
    )
    arms: list[Name] = Field([], description="The arms that are simulated; unset: all.")
    outcomes: list[str] = Field(
        [], description="The measures that are kept; unset: all but those by year."
    )
    override: dict[str, Any] = Field(
        {}, description="Other values in every cell, by keys with dots."
    )
    levers: dict[str, list[Value] | Steps | Together] = Field(
        {}, description="What we choose: values by keys with dots."
    )
    uncertainties: dict[str, Spread] = Field(
        {}, description="How the world may be: numbers that are drawn."
    )
    municipalities: CountryTable | None = None
    chance: Chance = Chance()
    design: Design = Design()

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: _flattened(key, part) for key, part in data.items()}

    @property
    def values(self) -> dict[str, list[Any]]:
        """The values of each lever, in order, by its key."""
        own = {k: v.values if isinstance(v, Together) else v for k, v in self.levers.items()}
        return {key: v.values if isinstance(v, Steps) else v for key, v in own.items()}

    def paths(self, key: str) -> list[str]:
        """Return the paths that a lever sets."""
        lever = self.levers[key]
        return list(lever.paths) if isinstance(lever, Together) else [key]

    @property
    def chosen(self) -> list[str]:
        """Every path that a lever sets."""
        return [path for key in self.levers for path in self.paths(key)]

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The combinations of levers, in order: values by path."""
        listed = self.values
        rows = (
            zip(*listed.values(), strict=True)
            if self.design.levers == "list" and listed
            else (product(*listed.values()))
        )
        return [
            {
                path: value
                for key, value in zip(listed, row, strict=True)
                for path in self.paths(key)
            }
            for row in rows
        ]


@dataclass(frozen=True)
class Plan:
    """An experiment that has been checked, with the scenario that it is about.

    Attributes:
        experiment: What the file says.
        scenario: What is changed in each cell: its overrides and ranges are already in it.
        text: The file itself.
        draws: How many draws of the uncertain numbers; 1 if there are none.
        replications: How many seeds.
    """

    experiment: Experiment
    scenario: Scenario
    text: str
    draws: int
    replications: int

    @property
    def seed(self) -> int:
        """The seed of the first replication."""
        own = self.experiment.chance.seed
        return self.scenario.seed if own is None else own

    def seed_of(self, choice: int, replication: int) -> int:
        """Return the seed of a cell.

        Combinations of levers share luck. Municipalities do not: theirs follows from their code, so
        that one more moves no other.
        """
        of = self.experiment.municipalities
        if of is None:
            return self.seed + replication
        said = f"{self.seed} {of.places[choice].code}".encode()
        own = int.from_bytes(hashlib.blake2b(said, digest_size=7).digest(), "big")
        return own + replication

    @property
    def block(self) -> int:
        """How many draws a block of the Latin hypercube has."""
        return self.experiment.design.block or self.experiment.design.draws or 1

    @cached_property
    def uncertain(self) -> list[VariedNumber]:
        """The numbers that are drawn each by itself."""
        joint = {path for one in self.scenario.uncertainty.values() for path in one.paths}
        return [
            one
            for one in uncertain_numbers(self.scenario)
            if one.key not in joint and self._drawn(one.key)
        ]

    @cached_property
    def together(self) -> list[str]:
        """The paths of the numbers that the scenario draws together, as it writes them."""
        joint = self.scenario.uncertainty.values()
        return [p for one in joint for p in one.paths if self._drawn(p.removeprefix("pathway."))]

    @property
    def drawn(self) -> list[str]:
        """The path of every number that differs between draws."""
        return [*(one.key for one in self.uncertain), *self.together]

    @property
    def varied(self) -> list[str]:
        """Every path that differs between cells: levers, then uncertainties."""
        return [*self.experiment.chosen, *self.drawn]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The measures that are kept."""
        return tuple(chosen(self.scenario, self.experiment.outcomes))

    def expanded(self, draws: int = 0, replications: int = 0) -> Plan:
        """Return the plan with so many draws and replications more."""
        return replace(
            self, draws=self.draws + draws, replications=self.replications + replications
        )

    def _drawn(self, key: str) -> bool:
        patterns = self.experiment.uncertainties
        wanted = any(pattern == "all" or fnmatchcase(key, pattern) for pattern in patterns)
        return wanted and key not in self.experiment.chosen


def load_experiment(
    source: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None
) -> Plan:
    """Return the experiment in a TOML file, checked together with its scenario.

    Args:
        source: The file. The scenario that it names is looked for beside it.
        overrides: Other values of the scenario in every cell, as by `--set`.

    Raises:
        ScenarioError: With everything that is wrong in it.
    """
    path = asked_for(source, "experiment")
    document = expect(read(path), "experiment")
    _name_places(document)
    experiment, problems = validate(Experiment, document)
    if experiment is None or problems:
        raise ScenarioError(problems)
    return _Check(experiment, document, path, overrides or {}).plan()


class _Check(Findings):
    """An experiment held against its scenario."""

    def __init__(
        self, experiment: Experiment, document: Document, path: File, overrides: Mapping[str, Any]
    ) -> None:
        super().__init__(document)
        self.experiment = experiment
        self.path = path
        self.overrides = overrides

    def plan(self) -> Plan:
        """Return the plan, or raise all that is wrong."""
        experiment = self.experiment
        asked_at = self.document.locate(("scenario",))
        source = find(experiment.scenario, "scenario", asked_at, self.path.parent)
        places = {
            key: self.document.locate(("override", key))
            for key in experiment.override
            if key not in self.overrides
        }
        base = load_scenario(source, {**experiment.override, **self.overrides}, places)
        self._arms(base)
        self._outcomes(base)
        if experiment.municipalities is None:
            self._levers(base)
        else:
            experiment = self.experiment = self._country(base, experiment.municipalities)
        scenario = self._spreads(with_arms(base, experiment.arms))
        self._sizes()
        if self.problems:
            raise ScenarioError(self.problems)
        design, chance = experiment.design, experiment.chance
        return Plan(
            experiment,
            scenario,
            self.path.read_text(encoding="utf-8-sig"),
            design.draws or 1,
            chance.replications or base.replications,
        )

    def _arms(self, base: Scenario) -> None:
        for number, arm in enumerate(self.experiment.arms):
            self.refer(("arms", number), arm, base.arms, Reason("The arm"))

    def _outcomes(self, base: Scenario) -> None:
        known = names(base)
        for number, pattern in enumerate(self.experiment.outcomes):
            if not chosen(base, [pattern]):
                self.refer(("outcomes", number), pattern, known, Reason("The measure"))

    def _levers(self, base: Scenario) -> None:
        listed: dict[str, list[Any]] = {}
        for key, values in self.experiment.values.items():
            path: Path = ("levers", key)
            lever = self.experiment.levers[key]
            steps = lever.values if isinstance(lever, Together) else lever
            if key in ("seed", "replications"):
                self.say(path, Reason("This is chance, and belongs in [chance]."))
            elif isinstance(steps, Steps) and steps.from_ >= steps.to:
                self._upside_down(path, steps.from_, steps.to)
            elif not values:
                self.say(path, Reason("A lever needs at least one value."))
            elif not isinstance(steps, Steps) and _stands_twice(values):
                self.say(path, Reason("A value stands twice."))
            else:
                listed[key] = values
        others: set[str] = set()
        for key in listed:
            paths = self.experiment.paths(key)
            for moved in (path for path in paths if path in others):
                self.say(("levers", key), Reason("Another lever sets {path} too.", path=moved))
            others |= set(paths)
        if self.experiment.design.levers == "list" and len({len(v) for v in listed.values()}) > 1:
            counts = [f"{key}: {len(values)}" for key, values in listed.items()]
            reason = Reason(
                "Levers in a list need equally many values; here {counts}.", counts=counts
            )
            self.say(("levers",), reason)
        places = {
            path: self.document.locate(("levers", key))
            for key in listed
            for path in self.experiment.paths(key)
        }
        unknown: set[Problem] = set()
        # The first values of all, then the second ones: each value is tried once.
        for row in _tried(list(zip_longest(*listed.values(), fillvalue=_NONE))):
            tried = {
                path: value
                for key, value in zip(listed, row, strict=True)
                if value is not _NONE
                for path in self.experiment.paths(key)
            }
            try:
                changed(base, tried, places)
            except ScenarioError as error:
                unknown |= set(error.problems)
        self.problems += unknown

    def _country(self, base: Scenario, table: CountryTable) -> Experiment:
        """Return the experiment with what its table says of each municipality as levers."""
        if self.experiment.levers:
            reason = Reason("What differs between municipalities stands in their table: no levers.")
            self.say(("levers",), reason)
        if base.population.residents is None:
            reason = Reason("The scenario follows a cohort. A country takes one with residents.")
            self.say(("scenario",), reason)
        if self.problems:
            raise ScenarioError(self.problems)
        path = self.path.parent / expanded(table.file)
        rows = sorted(read_municipality_rows(path), key=lambda one: (-one.residents, one.code))
        if not rows:
            self.say(("municipalities", "file"), Reason("There is no municipality in the file."))
            raise ScenarioError(self.problems)
        self._headings(base, rows)
        settings = []
        for row in rows:
            settings.append(self._municipality(base, row))
            if self.problems:  # the same is wrong in every row, as a rule
                raise ScenarioError(self.problems)
        places = [
            CountryPlace(
                code=row.code,
                name=row.name,
                region=row.region,
                group=row.group,
                residents=round(row.residents),
            )
            for row in rows
        ]
        return self.experiment.model_copy(
            update={
                "levers": {key: [one[key] for one in settings] for key in settings[0]},
                "design": self.experiment.design.model_copy(update={"levers": "list"}),
                "municipalities": table.model_copy(update={"places": places}),
            }
        )

    def _headings(self, base: Scenario, rows: Sequence[MunicipalityRow]) -> None:
        """Find headings that are nothing of the scenario, by the first number below each."""
        for key in rows[0].values:
            filled = ((row, row.values[key]) for row in rows)
            row, value = next((one for one in filled if one[1] is not None), (rows[0], 0.0))
            try:
                changed(base, {key: _plain(value or 0.0)}, {key: row.row.place_of(key)})
            except ScenarioError as error:
                self.problems += error.problems
        if self.problems:
            raise ScenarioError(self.problems)

    def _municipality(self, base: Scenario, row: MunicipalityRow) -> dict[str, Any]:
        """Return the values of a municipality, by dotted path."""
        residents = max(round(row.residents), 1)
        found = in_proportion(base, residents, residents / (base.population.residents or residents))
        known = {key.removeprefix("pathway."): number.value for key, number in numbers(base)}
        for key, value in row.values.items():
            own = known.get(key.removeprefix("pathway.")) if value is None else value
            if own is None:
                self.problems.append(row.row.problem(key, Reason("Nothing stands here.")))
            else:
                found[key] = _plain(own)
        own_values = {key: found[key] for key in row.values if key in found}
        try:
            if own_values:
                changed(base, own_values, {key: row.row.place_of(key) for key in own_values})
        except ScenarioError as error:
            self.problems += error.problems
        return found

    def _spreads(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the ranges and distributions that the experiment gives."""
        own: dict[str, Any] = {}
        places: dict[str, Place] = {}
        known = {path.removeprefix("pathway."): number for path, number in numbers(scenario)}
        uncertain = [one.key for one in uncertain_numbers(scenario)]
        together = [p for joint in scenario.uncertainty.values() for p in joint.paths]
        for key, spread in self.experiment.uncertainties.items():
            path: Path = ("uncertainties", key)
            if key in self.experiment.chosen:
                self.say(path, Reason("What is a lever cannot be uncertain too."))
            elif key == "all" or "*" in key:
                pattern = "*" if key == "all" else key
                if not any(fnmatchcase(name, pattern) for name in [*uncertain, *together]):
                    self.say(path, Reason("Nothing in the scenario has a range or a distribution."))
            elif key not in known:
                reason = Reason("There is nothing called so to change.")
                self.say(path, reason, nearest(key, known))
            elif spread == Spread():
                if key not in [*uncertain, *together]:
                    reason = Reason(
                        "The scenario gives it no range and no distribution: give it one here, as "
                        "in {example}.",
                        example="{ low = 0.5, high = 0.9 }",
                    )
                    self.say(path, reason)
            elif self._possible(path, spread, known[key].value):
                places[key] = self.document.locate(path)
                # A distribution of its own takes away the range of the scenario.
                given = spread.model_dump(exclude_none=True)
                own[key] = {"value": known[key].value, **given}
        if self.problems or not own:
            return scenario
        found = changed(scenario, _as_tables(own, known), places)
        for one in uncertain_numbers(found):
            if one.key in own:
                self._allowed(("uncertainties", one.key), one)
        return found

    def _possible(self, path: Path, spread: Spread, value: float) -> bool:
        before = len(self.problems)
        if spread.distribution is not None:
            drawn = spread.distribution.model_dump(exclude={"name"}, exclude_none=True)
            self.parameters((*path, "distribution"), spread.distribution.name, drawn)
            if spread.low is not None or spread.high is not None:
                self.say(path, Reason("Give either a distribution, or low and high."))
        elif spread.low is None or spread.high is None:
            self.say(path, Reason("A range needs both low and high."))
        elif spread.low >= spread.high:
            self._upside_down(path, spread.low, spread.high)
        elif not spread.low <= value <= spread.high:
            reason = Reason(
                "The value {value} lies outside its own range {low} to {high}.",
                value=value,
                low=spread.low,
                high=spread.high,
            )
            self.say(path, reason)
        return len(self.problems) == before

    def _upside_down(self, path: Path, low: float, high: float) -> None:
        reason = Reason(
            "The range is upside down: it begins at {low} and ends at {high}.", low=low, high=high
        )
        self.say(path, reason)

    def _allowed(self, path: Path, factor: VariedNumber) -> None:
        """Say it if a distribution leaves what such a number can be."""
        low, high = factor.distribution.support()
        outside = factor.distribution.cdf(factor.floor) + factor.distribution.sf(factor.ceiling)
        ends = (np.isfinite(low) and low < factor.floor) or (
            np.isfinite(high) and high > factor.ceiling
        )
        if ends or outside > OUTSIDE:
            allowed = (
                Reason("at least {low}", low=factor.floor)
                if np.isinf(factor.ceiling)
                else Reason("from {low} to {high}", low=factor.floor, high=factor.ceiling)
            )
            reason = Reason(
                "The distribution leaves what is allowed here, which is {allowed}.", allowed=allowed
            )
            self.say(path, reason)

    def _sizes(self) -> None:
        design = self.experiment.design
        if self.experiment.uncertainties and design.draws is None:
            reason = Reason("How many draws of the uncertainties? Give {key}.", key="draws = 100")
            self.say(("design",), reason)
        if not self.experiment.uncertainties and design.draws is not None:
            self.say(("design", "draws"), Reason("There are draws, but nothing is uncertain."))


_NONE: Any = object()


def uncertain_numbers(scenario: Scenario) -> list[VariedNumber]:
    """Return the numbers of a scenario and its pathway that have a range or a distribution."""
    some = any(is_uncertain(number) for _, number in numbers(scenario))
    return factors(scenario, ["*"]) if some else []


def _stands_twice(values: list[Any]) -> bool:
    """Return whether a value stands twice."""
    return len({v if isinstance(v, Hashable) else ("", repr(v)) for v in values}) < len(values)


def _tried(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the settings of levers that are tried: all, or the extremes and some evenly spread."""
    if len(rows) <= MOST_TRIED:
        return rows
    chosen = {round(at) for at in np.linspace(0, len(rows) - 1, MOST_TRIED)}
    for column in zip(*rows, strict=True):
        numeric = [n for n, value in enumerate(column) if type(value) in (int, float)]
        chosen |= {edge(numeric, key=column.__getitem__) for edge in (min, max) if numeric}
    return [rows[n] for n in sorted(chosen)]


def _as_tables(own: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers with ranges as whole tables, which keep their source and their grade."""
    kept = ("source", "grade", "note", "per")
    return {
        key: {k: getattr(known[key], k) for k in kept if getattr(known[key], k, None) is not None}
        | table
        for key, table in own.items()
    }


def _plain(value: float) -> float:
    """Return a number as a file would have it: whole ones without a decimal mark."""
    return int(value) if float(value).is_integer() else value


def _flattened(key: str, part: Any) -> Any:
    """Return tables whose keys are dotted paths with one key for each path."""
    if key not in ("override", "levers", "uncertainties") or not isinstance(part, dict):
        return part
    return {".".join(map(str, path)): value for path, value in _leaves(key, part)}


def _leaves(kind: str, node: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    ends = {
        "levers": {"from", "to", "steps", "paths", "values"},
        "uncertainties": {"low", "high", "distribution"},
    }
    for key, value in node.items():
        inner = isinstance(value, dict) and value and not ends.get(kind, set()) & set(value)
        if inner and kind != "override":
            yield from _leaves(kind, value, (*path, key))
        else:
            # `all = true`: as the scenario says, for all of them.
            yield (*path, key), {} if kind == "uncertainties" and value is True else value


def _name_places(document: Document) -> None:
    """Let the places of dotted paths be found, however the file has nested them.

    Raises:
        ScenarioError: If a path stands twice, once nested and once in quotes.
    """
    data = dict(document.data)
    problems = []
    for kind in ("override", "levers", "uncertainties"):
        if isinstance(data.get(kind), dict):
            found = list(_leaves(kind, data[kind]))
            data[kind] = {".".join(map(str, path)): value for path, value in found}
            for path, _ in found:
                place, key = document.locate((kind, *path)), ".".join(map(str, path))
                if (kind, key) in document.changed:
                    reason = Reason("The key stands twice in the same table.")
                    problems.append(Problem(place, key, reason))
                document.changed[kind, key] = place
    if problems:
        raise ScenarioError(problems)
    document.data = data
