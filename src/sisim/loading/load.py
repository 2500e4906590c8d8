"""Load scenario and pathway files; everything that is wrong is said at once (law L9)."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from pathlib import Path as File
from typing import Any

from pydantic import BaseModel

from sisim.checks.checks import check_pathway, check_scenario
from sisim.loading.companion_files import include_draws, include_factor_files
from sisim.loading.derived_numbers import DerivedNumbers
from sisim.loading.files import beside_it, expect, find, parsed, read
from sisim.loading.fixed_numbers import Fixed
from sisim.loading.override_files import apply_override_files
from sisim.loading.overrides import Overrider
from sisim.loading.validation import validate
from sisim.scenario.document import Document
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, dotted, nearest
from sisim.scenario.numbers import with_numbers
from sisim.scenario.os_errors import expanded, no_file
from sisim.scenario.pathway import Pathway
from sisim.scenario.positions import Path, Positions
from sisim.scenario.scenario import Scenario

NO_CHANGES: Mapping[str, Any] = {}
SET = Place("--set", 0)
"""Where overrides come from that stand in no file."""


def load_scenario(
    source: str | os.PathLike[str],
    overrides: Mapping[str, Any] = NO_CHANGES,
    places: Mapping[str, Place] = NO_CHANGES,
) -> Scenario:
    """Return the scenario in a file, with its pathway loaded and its overrides applied.

    Args:
        source: A TOML file, or the name of a ready scenario.
        overrides: Other values by dotted path, as in `{"transitions.placed.rate": 0.02}`; looked
            for in the scenario first, then in its pathway.
        places: Where an override is written, by the same path, if in a file.

    Raises:
        ScenarioError: With every problem found in the scenario and its pathway.
    """
    path = find(source, "scenario", Place(os.fspath(source), 0))
    return _loaded(read(path), path.parent, overrides, places)


def read_scenario(content: bytes, name: str, overrides: Mapping[str, Any] = NO_CHANGES) -> Scenario:
    """Return the scenario in the content of a file, wherever it lies; its pathway is a ready one.

    Args:
        content: What the file holds.
        name: What the file is called.
        overrides: Other values by dotted path.

    Raises:
        ScenarioError: With every problem found in the scenario and its pathway.
    """
    return _loaded(parsed(content, name), None, overrides, NO_CHANGES)


def _loaded(
    document: Document,
    beside: File | None,
    overrides: Mapping[str, Any],
    places: Mapping[str, Place],
) -> Scenario:
    problems, folder = _include_pathway(expect(document, "scenario"), beside)
    # A year of the file may be overridden, and so may the name of the file.
    unread = _include_price_index(document, beside) + _include_tail(document, beside)
    overrider = Overrider(document, Scenario)
    unread += apply_override_files(document, overrider, beside)
    if isinstance(document.data.get("override"), dict):
        overrider.apply_table("override")
    unread += _overridden(document, overrider, overrides, places, beside)
    unread += _include_price_index(document, beside)
    unread += _include_factor_files(document, ("pathway", "factors"), folder, beside)
    unread += include_draws(document, beside)
    derived = DerivedNumbers(document, Scenario, written=bool(document.file))
    scenario, found = validate(Scenario, document)
    if problems:  # without its pathway, a scenario can be judged only as to its own form
        problems += [problem for problem in found if problem.key != "pathway"]
    else:
        problems = overrider.problems + found + derived.problems
    problems += unread
    if scenario is not None:
        problems += check_scenario(scenario, document)
    if scenario is None or problems:
        raise ScenarioError(problems)
    changed = {dotted(path): str(place) for path, place in document.changed.items()}
    whole = scenario.with_origin(document.files(), changed, document.before)
    return _with_fixed(whole, derived.fixed)


def changed(
    scenario: Scenario,
    overrides: Mapping[str, Any],
    places: Mapping[str, Place] = NO_CHANGES,
    *,
    inside: bool = False,
) -> Scenario:
    """Return a scenario already loaded with other values, checked as when it is read from a file.

    Args:
        scenario: The scenario.
        overrides: Other values by dotted path.
        places: Where an override is written, by the same path, if in a file.
        inside: Move what a formula gives to where such a number can be, as draws are moved.

    Raises:
        ScenarioError: With every problem found.
    """
    data = scenario.model_dump(by_alias=True, exclude_none=True, exclude_unset=True)
    document = Document(scenario.origin(""), data, Positions(""))
    # What was overridden before is not judged more strictly now.
    files, earlier = scenario.origins
    document.changed = {tuple(path.split(".")): SET for path in earlier}
    fixed = Fixed(data, scenario.fixed)
    overrider = Overrider(document, Scenario, fresh=True)
    unread = _overridden(document, overrider, overrides, places, File())
    unread += _include_price_index(document, File())
    unread += _include_factor_files(document, ("pathway", "factors"), File(), File())
    unread += include_draws(document, File())
    fixed.restore(document.data)
    derived = DerivedNumbers(document, Scenario, written=False, inside=inside)
    found, problems = validate(Scenario, document)
    problems += overrider.problems + derived.problems + unread
    if found is not None:
        problems += check_scenario(found, document)
    if found is None or problems:
        raise ScenarioError(problems)
    written = {dotted(path): str(place) for path, place in document.changed.items()}
    found = found.with_origin(files, written | earlier, document.before | scenario.before)
    return _with_fixed(found, derived.fixed)


def with_checked_numbers(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with other values of some of its numbers, checked as `changed` does.

    That is many times as fast; what is not told is where the values come from.

    Args:
        scenario: The scenario, which has been checked.
        values: The values by dotted path.

    Raises:
        ScenarioError: With what does not fit together.
        LookupError: If not all of them are numbers that can be changed by themselves.
        pydantic.ValidationError: If a number cannot have such a value.
    """
    found = with_numbers(scenario, values)
    document = Document(scenario.origin(""), {}, Positions(""))
    _, earlier = scenario.origins
    document.changed = {tuple(path.split(".")): SET for path in (*earlier, *values)}
    if problems := check_scenario(found, document, scenario.pathway):
        raise ScenarioError(problems)
    return found


def _with_fixed(scenario: Scenario, fixed: Mapping[Path, str]) -> Scenario:
    """Return a scenario told the formulas of its numbers without an owner, and so its pathway."""
    if not fixed:
        return scenario
    own = {path[1:]: formula for path, formula in fixed.items() if path[0] == "pathway"}
    pathway = scenario.pathway.with_fixed(own)
    return scenario.model_copy(update={"pathway": pathway}).with_fixed(fixed)


def _overridden(
    document: Document,
    overrider: Overrider,
    overrides: Mapping[str, Any],
    places: Mapping[str, Place],
    beside: File | None,
) -> list[Problem]:
    """Apply overrides, a tail that is named first: others may be of what stands in it."""
    unread: list[Problem] = []
    for key in sorted(overrides, key=lambda key: key != "time.tail"):
        overrider.apply({key: overrides[key]}, places.get(key, SET))
        if key == "time.tail":
            unread += _include_tail(document, beside)
    return unread or _include_tail(document, beside)


def load_pathway(
    source: str | os.PathLike[str], overrides: Mapping[str, Any] = NO_CHANGES
) -> Pathway:
    """Return the pathway in a file, or the ready pathway of that name.

    Raises:
        ScenarioError: With every problem found.
    """
    path = find(source, "pathway", Place(os.fspath(source), 0))
    document = expect(read(path), "pathway")
    return _checked_pathway(document, path.parent, overrides)


def authored_pathway(tables: Mapping[str, Any]) -> Pathway:
    """Return the pathway that tables say, as a file would have them.

    Args:
        tables: What stands in a pathway file; parts of it may be models already.

    Raises:
        ScenarioError: With every problem found.
    """
    return _checked_pathway(Document("", authored(tables), Positions("")), File(), NO_CHANGES)


def authored_scenario(tables: Mapping[str, Any]) -> Scenario:
    """Return the scenario that tables say, as a file would have them.

    Args:
        tables: What stands in a scenario file; parts of it may be models already, and the pathway
            may be one, or its tables, as well as a name.

    Raises:
        ScenarioError: With every problem found.
    """
    data, pathway = authored(tables), tables.get("pathway")
    if isinstance(pathway, Pathway):
        Fixed(data["pathway"], pathway.fixed).restore(data["pathway"])
    return _loaded(Document("", data, Positions("")), File(), NO_CHANGES, NO_CHANGES)


def authored(node: Any) -> Any:
    """Return tables, lists, numbers and models of Python as they would be read from a file."""
    if isinstance(node, BaseModel):
        return node.model_dump(by_alias=True, exclude_none=True, exclude_unset=True)
    if isinstance(node, Mapping):
        return {str(key): authored(part) for key, part in node.items() if part is not None}
    if isinstance(node, list | tuple | set | frozenset | range):
        return [authored(part) for part in node]
    if isinstance(node, os.PathLike):
        return os.fspath(node)
    return node.item() if hasattr(node, "item") else node


def _changed_pathway(pathway: Pathway, values: Mapping[str, Any]) -> Pathway:
    """Return a pathway already loaded with other values, checked as when it is read from a file."""
    data = authored(pathway)
    return _checked_pathway(
        Document("", data, Positions("")), File(), values, Fixed(data, pathway.fixed)
    )


def _checked_pathway(
    document: Document,
    folder: File,
    overrides: Mapping[str, Any],
    fixed: Fixed | None = None,
) -> Pathway:
    overrider = Overrider(document, Pathway)
    overrider.apply(authored(overrides), SET)
    unread = _include_factor_files(document, ("factors",), folder, File())
    if fixed is not None:
        fixed.restore(document.data)
    derived = DerivedNumbers(document, Pathway, written=bool(document.file))
    pathway, problems = validate(Pathway, document)
    problems += overrider.problems + derived.problems + unread
    if pathway is not None:
        problems += check_pathway(pathway, document)
    if pathway is None or problems:
        raise ScenarioError(problems)
    return pathway.with_fixed(derived.fixed)


def _include_pathway(document: Document, beside: File | None) -> tuple[list[Problem], File | None]:
    """Let the pathway stand in the scenario; return what is wrong with it, and its folder."""
    name = document.data.get("pathway")
    place = document.locate(("pathway",))
    if isinstance(name, dict) and not document.file:  # of Python: there it may be built, too
        return [], beside
    try:
        if not isinstance(name, str):
            reason = Reason('The scenario must name its pathway, as in pathway = "child-youth".')
            raise ScenarioError([Problem(place, "pathway", reason)])
        path = find(name, "pathway", place, beside)
        document.include(("pathway",), expect(read(path), "pathway"))
    except ScenarioError as error:
        document.data = {key: value for key, value in document.data.items() if key != "pathway"}
        return list(error.problems), None
    return [], path.parent


def _include_factor_files(
    document: Document, path: Path, folder: File | None, beside: File | None
) -> list[Problem]:
    """Let factors have the tables in their files; return what is wrong with these.

    Args:
        document: What a file says.
        path: Where its factors stand.
        folder: The folder of the file that they stand in.
        beside: The folder of what overrides them.
    """
    size = len(path)
    given = {
        str(at[size])
        for at in document.changed
        if at[:size] == path and (len(at) == size + 1 or at[size + 1 :] == ("file",))
    }
    return include_factor_files(document, path, {"": folder, **dict.fromkeys(given, beside)})


def _include_price_index(document: Document, beside: File | None) -> list[Problem]:
    """Let a file that is named as the price index stand there; return what is wrong with it."""
    path = ("economy", "price_index")
    economy: Any = document.data.get("economy")
    name = economy.get("price_index") if isinstance(economy, dict) else None
    if not isinstance(name, str):
        return []
    place = document.locate(path)
    try:
        if beside is None:
            reason = Reason(
                "A scenario that is opened in the page has no file beside it: write the years as a "
                "table, [economy.price_index]."
            )
            raise ScenarioError([Problem(place, dotted(path), reason)])
        file = beside / expanded(name)
        obstacle = no_file(file)
        if obstacle is not None:
            reason = Reason('"{name}" cannot be read: {error}.', name=name, error=obstacle)
            close = nearest(file.name, beside_it(file))
            raise ScenarioError([Problem(place, dotted(path), reason, close)])
        document.include(path, read(file))
    except ScenarioError as error:
        document.data = {**document.data, "economy": {**economy, "price_index": {}}}
        document.made_up.add(path)
        return list(error.problems)
    return []


def _include_tail(document: Document, beside: File | None) -> list[Problem]:
    """Let the pathway that is named as the tail stand there; return what is wrong with it."""
    path = ("time", "tail")
    time: Any = document.data.get("time")
    name = time.get("tail") if isinstance(time, dict) else None
    if name is None or (isinstance(name, dict) and ("tracks" in name or not document.file)):
        return []
    place = document.locate(path)
    try:
        if not isinstance(name, str):
            reason = Reason('The tail is the name of a pathway, as in tail = "adult-life".')
            raise ScenarioError([Problem(place, dotted(path), reason)])
        file = find(name, "pathway", place, beside)
        inner = expect(read(file), "pathway")
        # What was read is kept for who reads it next, and formulas get their values in place.
        inner.data = copy.deepcopy(inner.data)
        document.include(path, inner)
        return _include_factor_files(document, (*path, "factors"), file.parent, beside)
    except ScenarioError as error:
        kept = {key: value for key, value in time.items() if key != "tail"}
        document.data = {**document.data, "time": kept}
        return [
            Problem(one.place, one.key or dotted(path), one.reason, one.suggestion, one.choices)
            for one in error.problems
        ]


def _changed_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    return changed(scenario, authored(values))


Scenario.changer = _changed_values
Pathway.changer = _changed_pathway
