"""A notebook for what a check finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Any

from sisim.scenario.distributions import PARAMETERS, is_complete, is_possible
from sisim.scenario.document import Document
from sisim.scenario.errors import MOST_PROBLEMS, Problem, Reason, ScenarioError, Suggestions
from sisim.scenario.numbers import numbers
from sisim.scenario.positions import Path, Paths
from sisim.scenario.types import Number

SHARES_TOLERANCE = 0.0051
"""How far from 1 the sum of shares may be: shares are often written with two decimals."""


MOST_CHANGE = 1.0
"""A yearly change of more is a percentage written as it is said."""


class Findings:
    """Problems in one part of a document: paths are given from `prefix`."""

    def __init__(self, document: Document, prefix: Path = ()):
        self.document = document
        self.prefix = prefix
        self.problems: list[Problem] = []
        self._wrong = Paths()
        self._suggestions = Suggestions()

    def say(
        self,
        path: Path,
        reason: Reason,
        suggestion: str | None = None,
        choices: Iterable[str] = (),
    ) -> None:
        """Note that what stands at `path` is wrong, unless something in it is only made up.

        Raises:
            ScenarioError: If that is one problem too many to look for more.
        """
        full = (*self.prefix, *path)
        if self.document.made_up.within(full):
            return
        self._wrong.add(full)
        place = self.document.locate(full)
        self.problems.append(
            Problem(place, self.document.key(full), reason, suggestion, tuple(choices))
        )
        if len(self.problems) >= MOST_PROBLEMS:
            raise ScenarioError(self.problems)

    def refer(self, path: Path, name: str, valid: Iterable[str], what: Reason) -> bool:
        """Note it if `name` is not among `valid`; return whether it is."""
        names = valid if isinstance(valid, Collection) else list(valid)
        if name in names:
            return True
        reason = Reason('{what} "{name}" does not exist.', what=what, name=name)
        self.say(path, reason, self._suggestions.nearest(name, names), names)
        return False

    def within(self, path: Path, year: str | int, years: range) -> bool:
        """Note it if `year` is not among the years of the scenario; return whether it is."""
        if str(year).isdecimal() and len(str(year)) <= 4 and int(year) in years:
            return True
        reason = Reason(
            "The year {year} lies outside the scenario, {first} to {last}.",
            year=str(year),
            first=str(years[0]),
            last=str(years[-1]),
        )
        self.say(path, reason)
        return False

    def doubtful(self, path: Path) -> bool:
        """Return whether something at or below `path` is wrong, so that nothing follows from it."""
        full = (*self.prefix, *path)
        return self._wrong.within(full) or self.document.made_up.within(full)

    def changed(self, path: Path) -> bool:
        """Return whether something at or below `path` was overridden."""
        full = (*self.prefix, *path)
        return any(
            other[: len(full)] == full or full[: len(other)] == other
            for other in self.document.changed
        )

    def sum_to_one(self, path: Path, shares: Iterable[Number]) -> None:
        """Note it if shares in a file do not sum to 1.

        Of overridden shares only proportions are asked: who changes one need not change the rest.
        """
        total = sum(share.value for share in shares)
        if total <= 0:
            self.say(path, Reason("At least one share must be over 0."))
        elif abs(total - 1) > SHARES_TOLERANCE and not self.changed(path):
            self.say(path, Reason("The shares sum to {total}, and should sum to 1.", total=total))

    def yearly_change(self, path: Path, change: Number) -> None:
        """Note it if a yearly change takes away all there is, or is a percentage as it is said."""
        if change.value <= -1:
            self.say(path, Reason("A yearly change must be over -1 (-100 %)."))
        elif change.value > MOST_CHANGE:
            reason = Reason(
                "A yearly change can be at most {most} ({percent} %). It is written as a share: "
                "2 % as 0.02.",
                most=MOST_CHANGE,
                percent=100 * MOST_CHANGE,
            )
            self.say(path, reason)

    def increasing(self, path: Path, edges: list[float]) -> None:
        """Note it if `edges` do not increase."""
        if any(high <= low for low, high in pairwise(edges)):
            self.say(path, Reason("The limits must increase: {edges}.", edges=edges))

    def bands(self, path: Path, below: list[float], values: list[Any], key: str) -> None:
        """Look at values by band: increasing limits, and one value more than limits."""
        self.increasing((*path, "below"), below)
        if len(values) != len(below) + 1:
            reason = Reason(
                "Values: {values}, limits: {edges}; there should be one value more.",
                values=len(values),
                edges=len(below),
            )
            self.say((*path, key), reason)

    def distributions(self, node: Any) -> None:
        """Look at the distribution of every number in `node`."""
        for name, number in numbers(node):
            if number.distribution is not None:
                parts = (int(p) if p.isdigit() else p for p in name.split("."))
                path = (*parts, "distribution")
                self.parameters(path, number.distribution.name, number.distribution.parameters)

    def parameters(self, path: Path, name: str, values: dict[str, float]) -> None:
        """Look at the parameters of a distribution."""
        if not is_complete(name, values):
            choices = [
                Reason("no parameters") if not c else " + ".join(c) for c in PARAMETERS[name]
            ]
            wanted = (
                choices[0]
                if len(choices) == 1
                else Reason("{one} or {other}", one=choices[0], other=choices[1])
            )
            reason = Reason('The distribution "{name}" needs {wanted}.', name=name, wanted=wanted)
            self.say(path, reason)
        elif not is_possible(name, values):
            reason = Reason('There is no "{name}" distribution with these parameters.', name=name)
            self.say(path, reason)
