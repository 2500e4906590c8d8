"""An estimation as one file says it: a pathway, extracts of a register, and their states."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path as File
from typing import Annotated, Literal

from pydantic import Field

from sisim.checks.issues import Findings
from sisim.estimation.category_moves import varying
from sisim.loading.files import asked_for, beside_it, find, read
from sisim.loading.load import load_pathway
from sisim.loading.validation import validate
from sisim.scenario.dates import is_date, months_through, months_until
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason, ScenarioError, nearest
from sisim.scenario.os_errors import expanded, no_file
from sisim.scenario.pathway import Pathway
from sisim.scenario.positions import Path
from sisim.scenario.types import Name, Table

Day = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])(-\d{2})?$")]
"""A day, "2019-05-01", or the first of a month, "2019-05"."""
States = Name | Annotated[list[Name], Field(min_length=1)]
"""A state of the pathway, or several that the register does not tell apart."""
Kind = Literal["spells", "looks", "aggregated"]
FIELDS: dict[Kind, tuple[str, ...]] = {
    "spells": ("person", "state", "from", "to", "born"),
    "looks": ("person", "state", "seen"),
    "aggregated": ("transition", "age_from", "age_below", "events", "person_years", "persons"),
}
"""What an extract has a column of, by its kind."""


class Observed(Table):
    """The days between which the register was kept, both included: nobody is seen outside."""

    from_: Day = Field(alias="from", description="The first day.")
    to: Day = Field(description="The last day; of a month, the whole of it.")

    @property
    def years(self) -> tuple[float, float]:
        """The beginning and the end, in years."""
        return months_until(self.from_) / 12, months_through(self.to) / 12


class Extract(Table):
    """An extract of a register: what people have been through on a track.

    `kind`: with `spells` the file has a row for each time that a person is in a state; with `looks`
    one for each time that it was seen which state somebody was in, as once a year; with
    `aggregated` it has moves and person-years by age, and no persons. `states`: what the register
    calls each state, and which state of the pathway that is, or which ones where it does not tell
    them apart. `between`: the states in which somebody without a row is (after their first row,
    until the end of the observation); unset, every move is in the file. In a state of `left_out`
    nobody is seen, nor moves to or from it. To an aggregated table `states` and `between` are those
    of the spells that it was made of.
    """

    kind: Kind = Field(
        "spells",
        description="What a row is: a time in a state, a look at somebody, or some ages' moves.",
    )
    file: str = Field(description="The file, beside this one: CSV, XLSX or Parquet.")
    track: Name = Field(description="The track whose states it holds.")
    states: Annotated[dict[str, States], Field(min_length=1)] = Field(
        description="The states of the pathway, by what the register calls them."
    )
    observed: Observed | None = Field(
        None, description="When the register was kept; of spells it must be told."
    )
    columns: dict[Name, str] = Field(
        {}, description="The headings of the file, by what they head; unset: the same words."
    )
    between: States | None = Field(
        None, description="The states in which somebody without a row is."
    )
    left_out: list[str] = Field(
        [],
        description="States of the register in which nobody is followed, as having moved away.",
    )
    to_included: bool = Field(
        False, description="Whether `to` is the last day of a time, so that the next is after it."
    )
    overlap: Literal["refused", "ended"] = Field(
        "refused",
        description="Whether times in different states that overlap are refused, or the earlier "
        "one ends where the later begins.",
    )

    @property
    def years(self) -> tuple[float, float]:
        """Between which years somebody may be seen; always, if the file does not tell."""
        return (-inf, inf) if self.observed is None else self.observed.years

    @property
    def headings(self) -> dict[str, tuple[str, ...]]:
        """The heading of each column of its kind."""
        return {name: (self.columns.get(name, name),) for name in FIELDS[self.kind]}

    @property
    def mapped(self) -> dict[str, tuple[str, ...]]:
        """The states of the pathway by those of the register."""
        return {name: _listed(states) for name, states in self.states.items()}

    @property
    def categories(self) -> tuple[frozenset[str], ...]:
        """The sets of states that the register tells apart, no two alike."""
        listed = [*self.mapped.values(), *([self.unregistered] if self.unregistered else [])]
        return tuple(dict.fromkeys(frozenset(states) for states in listed))

    @property
    def numbers(self) -> dict[str, int]:
        """The number of the category of each state of the register."""
        return {
            name: self.categories.index(frozenset(states)) for name, states in self.mapped.items()
        }

    @property
    def unregistered(self) -> tuple[str, ...]:
        """The states of somebody without a row; none where every move is in the file."""
        return () if self.between is None else _listed(self.between)


class Told(Table):
    """How a transition is estimated.

    `prior`: with `pathway` the pathway's number weighs as much as its range says, so that a small
    municipality is drawn towards it; with `none` only the data count.
    """

    prior: Literal["pathway", "none"] = Field(
        "pathway", description="Whether the pathway's number and its range weigh in."
    )


class Privacy(Table):
    """What is kept back so that nobody can be found in what is written."""

    least_persons: Annotated[int, Field(ge=3, le=1000)] = Field(
        5, description="Counts above 0 and below this are not written."
    )
    base: Annotated[int, Field(ge=1, le=1000)] = Field(
        1, description="Counts are written rounded to the nearest multiple of this; 1: as they are."
    )


class Estimation(Table):
    """An estimation file."""

    pathway: str = Field(
        description="The pathway: a file beside this one, or the name of a ready one."
    )
    source: str = Field(description="What is written as the source of each number.")
    data: Annotated[dict[Name, Extract], Field(min_length=1)] = Field(
        description="The extracts, by any name."
    )
    transitions: dict[Name, Told] = Field({}, description="How transitions are estimated, by name.")
    privacy: Privacy = Privacy()
    residents: Annotated[int, Field(ge=1000, le=10_000_000)] | None = Field(
        None,
        description="How many residents the pathway is simulated with to be compared; unset: as it "
        "says.",
    )


@dataclass(frozen=True)
class EstimationPlan:
    """An estimation that has been checked, with its pathway.

    Attributes:
        estimation: What the file says.
        pathway: The pathway.
        files: The file of each extract.
    """

    estimation: Estimation
    pathway: Pathway
    files: Mapping[str, File]


def load_estimation(source: str | os.PathLike[str]) -> EstimationPlan:
    """Return the estimation in a TOML file, checked together with its pathway.

    Raises:
        ScenarioError: With everything that is wrong in it.
    """
    path = asked_for(source, "estimation")
    document = read(path)
    estimation, problems = validate(Estimation, document)
    if estimation is None or problems:
        raise ScenarioError(problems)
    asked_at = document.locate(("pathway",))
    pathway = load_pathway(find(estimation.pathway, "pathway", asked_at, path.parent))
    return _EstimationCheck(document, estimation, pathway, path.parent).plan()


class _EstimationCheck(Findings):
    """An estimation held against its pathway."""

    def __init__(
        self, document: Document, estimation: Estimation, pathway: Pathway, folder: File
    ) -> None:
        super().__init__(document)
        self.estimation, self.pathway, self.folder = estimation, pathway, folder

    def plan(self) -> EstimationPlan:
        """Return the plan, or raise all that is wrong."""
        for name in self.estimation.transitions:
            self.refer(
                ("transitions", name), name, self.pathway.transitions, Reason("The transition")
            )
        files = {name: self._extract(name, one) for name, one in self.estimation.data.items()}
        first = dict[str, str]()
        for name, one in self.estimation.data.items():
            other = first.setdefault(one.track, name)
            if other != name:
                reason = Reason('Another extract is of this track: "{name}".', name=other)
                self.say(("data", name, "track"), reason)
        if self.problems:
            raise ScenarioError(self.problems)
        return EstimationPlan(self.estimation, self.pathway, files)

    def _extract(self, name: str, extract: Extract) -> File:
        at = ("data", name)
        file = self.folder / expanded(extract.file)
        obstacle = no_file(file)
        if obstacle is not None:
            reason = Reason('"{name}" cannot be read: {error}.', name=extract.file, error=obstacle)
            close = nearest(file.name, beside_it(file, "*.*"))
            self.say((*at, "file"), reason, close)
        for column in extract.columns:
            self.refer((*at, "columns", column), column, FIELDS[extract.kind], Reason("The column"))
        self._observed((*at, "observed"), extract)
        if extract.kind == "looks" and extract.between is not None:
            self.say((*at, "between"), Reason("Looks tell nothing of the time between them."))
        for number, state in enumerate(extract.left_out):
            if state in extract.states:
                reason = Reason("This stands among `states`, too: a row is used or left out.")
                self.say((*at, "left_out", number), reason)
        if extract.kind != "spells":
            for key in ("left_out", "to_included", "overlap"):
                if key in extract.model_fields_set:
                    self.say((*at, key), Reason("This is of spells alone."))
        if self.refer((*at, "track"), extract.track, self.pathway.tracks, Reason("The track")):
            known = self.pathway.tracks[extract.track].states
            given: list[tuple[Path, tuple[str, ...]]] = [
                (("states", own), states) for own, states in extract.mapped.items()
            ]
            for where, states in [*given, (("between",), extract.unregistered)]:
                for state in states:
                    self.refer((*at, *where), state, known, Reason("The state"))
            if extract.kind == "looks":
                self._same_for_everyone((*at, "kind"), extract)
        return file

    def _same_for_everyone(self, at: Path, extract: Extract) -> None:
        """Note it if rates differ between people: looks miss short spells and favour the long."""
        names = varying(self.pathway, extract.track, extract.categories)
        if names:
            reason = Reason(
                "Looks tell rates only where these are the same for everyone, and not of: {names}. "
                "Give spells, or an aggregated table.",
                names=", ".join(names),
            )
            self.say(at, reason)

    def _observed(self, at: Path, extract: Extract) -> None:
        observed = extract.observed
        if observed is None:
            if extract.kind == "spells":
                self.say(at, Reason('The key "{key}" is missing.', key="observed"))
            return
        for end, date in (("from", observed.from_), ("to", observed.to)):
            if not is_date(date):
                self.say((*at, end), Reason("There is no such day."))
        if not self.problems and observed.years[0] >= observed.years[1]:
            self.say(at, Reason("The last day comes before the first."))


def _listed(states: str | list[str]) -> tuple[str, ...]:
    return (states,) if isinstance(states, str) else tuple(states)
