"""What the files are that visitors have saved: scenarios, settings, and what is neither, with why.

A setting is what the address of the page says, in a file of its own: which scenario, where the
sliders stand, which view. The scenario that it is of is a ready one, one in the same folder, or a
file elsewhere, and is not copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import Field

from sisim.live.saved_folder import SUFFIX, FolderError, SavedFolder
from sisim.loading.files import expect, find, read
from sisim.loading.load import load_scenario
from sisim.loading.validation import validate
from sisim.scenario.document import Document
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError
from sisim.scenario.types import Table, Text

SAVED = "saved:"
"""What the name of a scenario begins with that is in the folder, or that a setting there is of."""

Source = tuple[str, Mapping[str, Any]]
"""The path of a scenario file, and other values in it, by dotted path."""


class SavedSetting(Table):
    """A setting of the page: `shown` as its address says it, `override` as `--set` does."""

    scenario: str = Field(
        description="A ready scenario, or a file: a path, from the folder where this is."
    )
    shown: dict[str, str] = Field({}, description="What is shown, as the page's address says it.")
    override: dict[str, Any] = Field(
        {}, description="Other values in the scenario, by their keys with dots."
    )

    @property
    def content(self) -> bytes:
        """What its file holds."""
        return tomli_w.dumps({"setting": self.model_dump(exclude_defaults=True)}).encode()


class SettingFile(Table):
    """The file of a setting."""

    setting: SavedSetting


@dataclass(frozen=True)
class SavedFile:
    """A file in the folder.

    Attributes:
        name: Its name.
        kind: What it is; None for what cannot be opened.
        title: What a scenario is called; of a setting, the scenario that it is of.
        changed: When it was last written, in seconds since 1970.
        error: Why it cannot be opened.
    """

    name: str
    kind: Literal["scenario", "setting"] | None
    title: Text
    changed: float
    error: ScenarioError | None = None


def source_of(folder: SavedFolder, name: str) -> Source:
    """Return the scenario that a file in the folder is, or that it is a setting of.

    Raises:
        ScenarioError: If there is none.
    """
    document = _document(folder, name)
    if document.kind != "setting":
        return str(folder.file(name)), {}
    setting = _setting(document)
    asked_at = Place(document.file, 0)
    return str(find(setting.scenario, "scenario", asked_at, folder.path)), setting.override


def setting_in(folder: SavedFolder, name: str) -> SavedSetting | None:
    """Return the setting in a file of the folder; None where it is a scenario.

    Raises:
        ScenarioError: If it is neither.
    """
    document = _document(folder, name)
    return _setting(document) if document.kind == "setting" else None


def rename(folder: SavedFolder, name: str, other: str) -> None:
    """Give a file in the folder another name, also where settings there name it.

    Raises:
        FolderError: If it cannot be done.
    """
    old, new = folder.file(name).name, folder.file(other).name
    folder.rename(name, other)
    for one in folder.names():
        try:
            setting = setting_in(folder, one)
        except ScenarioError:
            continue
        if setting is not None and setting.scenario == old:
            moved = setting.model_copy(update={"scenario": new})
            folder.save(one, moved.content, replace=True)


def listed(folder: SavedFolder, known: dict[tuple[str, int, int], SavedFile]) -> list[SavedFile]:
    """Return what is in the folder, the latest first, and why what cannot be opened cannot.

    Args:
        folder: The folder.
        known: Scenarios that have been read before, by name, time and size; others are added.

    Raises:
        FolderError: If the folder cannot be looked into.
    """
    found = [one for name in folder.names() if (one := _listed(folder, name, known)) is not None]
    return sorted(found, key=lambda one: -one.changed)


def _listed(
    folder: SavedFolder, name: str, known: dict[tuple[str, int, int], SavedFile]
) -> SavedFile | None:
    try:
        stat = (folder.path / f"{name}{SUFFIX}").stat()
    except OSError:  # it has gone meanwhile
        return None
    stamp = (name, stat.st_mtime_ns, stat.st_size)
    if stamp in known:
        return known[stamp]
    try:
        setting = setting_in(folder, name)
        if setting is not None:
            source, _ = source_of(folder, name)
            title = read(Path(source)).data.get("title", setting.scenario)
            return SavedFile(name, "setting", _text(title, setting.scenario), stat.st_mtime)
        scenario = load_scenario(folder.file(name))
    except ScenarioError as error:
        return SavedFile(name, None, _text(name, name), stat.st_mtime, error)
    known[stamp] = SavedFile(name, "scenario", scenario.title, stat.st_mtime)
    return known[stamp]


def _text(said: Any, otherwise: str) -> Text:
    """Return what a file says as a text; where that is none, something else."""
    known = isinstance(said, str) or (isinstance(said, dict) and {"sv", "en"} <= set(said))
    return Text.model_validate(said if known else otherwise)


def _document(folder: SavedFolder, name: str) -> Document:
    try:
        document = read(folder.file(name))
    except FolderError as error:
        raise ScenarioError([Problem(Place(name, 0), "", error.reason)]) from error
    if document.kind is None:
        reason = Reason("This is neither a scenario nor a setting of the page.")
        raise ScenarioError([Problem(Place(document.file, 0), "", reason)])
    return document if document.kind == "setting" else expect(document, "scenario")


def _setting(document: Document) -> SavedSetting:
    file, problems = validate(SettingFile, document)
    if file is None or problems:
        raise ScenarioError(problems)
    return file.setting
