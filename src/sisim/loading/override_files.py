"""Files that hold other values for a scenario: what is estimated or calibrated elsewhere."""

from __future__ import annotations

from pathlib import Path as File
from typing import Any

from sisim.loading.files import beside_it, read
from sisim.loading.overrides import Overrider
from sisim.scenario.document import Document
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, dotted, nearest
from sisim.scenario.os_errors import expanded, no_file

KEY = "override_files"
PRIVACY = "privacy"
"""The table that tells how a register was kept private: for who reads the file."""


def apply_override_files(
    document: Document, overrider: Overrider, beside: File | None
) -> list[Problem]:
    """Apply the `[override]` of each file that a scenario names, in order; return what is wrong.

    What the scenario itself overrides comes after, and counts.

    Args:
        document: The scenario.
        overrider: What changes it.
        beside: The folder of the scenario; None where there is none.
    """
    names: Any = document.data.get(KEY)
    problems: list[Problem] = []
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str):
            path = (KEY, number)
            try:
                file = _file(name, document.locate(path), dotted(path), beside)
                _apply(read(file), overrider, file.parent)
            except ScenarioError as error:
                problems += error.problems
    return problems


def _file(name: str, place: Place, key: str, beside: File | None) -> File:
    """Return the file that is meant by what stands at a place.

    Raises:
        ScenarioError: If there is none.
    """
    if beside is None:
        reason = Reason(
            "A scenario that is opened in the page has no file beside it: write the values in "
            "[override]."
        )
        raise ScenarioError([Problem(place, key, reason)])
    file = beside / expanded(name)
    obstacle = no_file(file)
    if obstacle is not None:
        reason = Reason('"{name}" cannot be read: {error}.', name=name, error=obstacle)
        close = nearest(file.name, beside_it(file))
        raise ScenarioError([Problem(place, key, reason, close)])
    return file


def _apply(found: Document, overrider: Overrider, folder: File) -> None:
    """Apply what a file says; the files of draws that it names stand beside it.

    Raises:
        ScenarioError: If there is anything but an `[override]` in it, and what it says of privacy.
    """
    table = found.data.get("override")
    others = [key for key in found.data if key not in ("override", PRIVACY)]
    if others or not isinstance(table, dict):
        reason = Reason(
            "A file of other values has a table [override], and nothing else but `privacy`."
        )
        place = found.locate((others[0],)) if others else Place(found.file, 0)
        raise ScenarioError([Problem(place, others[0] if others else "override", reason)])
    for key, value in table.items():
        draws = value.get("file") if isinstance(value, dict) else None
        if key.startswith("uncertainty.") and isinstance(draws, str):
            value["file"] = str((folder / expanded(draws)).resolve())
        overrider.apply({key: value}, found.locate(("override", key)))
