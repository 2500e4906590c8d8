"""The library of scenarios that visitors open, and the sessions that they share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache

from sisim.analysis.variants import canonical
from sisim.live.analyses import Analyses
from sisim.live.evaluation_studies import Studies
from sisim.live.limits import budget, require_allowed, share
from sisim.live.saved_files import SAVED, SavedFile, Source, listed, source_of
from sisim.live.saved_folder import SavedFolder
from sisim.live.scenario_session import ScenarioSession
from sisim.live.settings import Settings
from sisim.live.sliders import Slider, all_sliders, main_sliders
from sisim.loading.files import find, read, shipped
from sisim.loading.load import load_scenario, read_scenario
from sisim.loading.sample import for_residents
from sisim.scenario.errors import Place
from sisim.scenario.scenario import Figures, Scenario
from sisim.scenario.types import Text

OPENED = 16
"""Scenarios that are held as they were read, those used last."""

Brought = Mapping[str, bytes]
"""Files of a visitor's own, by the name of the scenario: held for that visitor alone, nowhere
written down."""
NOTHING: Brought = {}


class Library:
    """Opens scenarios afresh for each visitor, and shares the sessions behind them.

    Args:
        source: The file, or the ready scenario, that was asked for.
        overrides: Other values in it, by dotted path.
        folder: Where visitors save what they want to keep; unset: nowhere.
    """

    def __init__(
        self,
        source: str,
        overrides: Mapping[str, Any] | None = None,
        folder: SavedFolder | None = None,
    ) -> None:
        self.source, self.folder = source, folder
        self.overrides = dict(overrides or {})
        self._known: dict[tuple[str, int, int], SavedFile] = {}
        self._opened: LRUCache[Any, OpenScenario] = LRUCache(OPENED)
        self._held: OrderedDict[SessionKey, tuple[ScenarioSession, float]] = OrderedDict()
        self._lock = Lock()
        self.studies = Studies()
        self.analyses = Analyses(None if folder is None else folder.path)

    def ready(self) -> dict[str, Path]:
        """Return the ready scenarios by name."""
        return shipped("scenario")

    @cached_property
    def titles(self) -> dict[str, Text]:
        """What the ready scenarios are called, by name."""
        found = {name: read(path).data.get("title", name) for name, path in self.ready().items()}
        return {name: Text.model_validate(title) for name, title in found.items()}

    def path(self, name: str) -> str:
        """Return what is to be opened: a ready scenario, or what was asked for."""
        return name if name in self.ready() else self.source

    def saved(self) -> list[SavedFile]:
        """Return what visitors have saved, the latest first.

        Raises:
            FolderError: If the folder cannot be looked into.
        """
        return [] if self.folder is None else listed(self.folder, self._known)

    def source_of(self, name: str) -> Source:
        """Return the file of a scenario, and other values in it.

        Raises:
            ScenarioError: If there is no such file.
        """
        if self.folder is not None and name.startswith(SAVED):
            return source_of(self.folder, name.removeprefix(SAVED))
        path = self.path(name)
        own = self.overrides if path == self.source else {}
        return str(find(path, "scenario", Place(path, 0)).absolute()), own

    def same(self, name: str, scenario: str) -> bool:
        """Return whether what is saved under a name is of a scenario that somebody looks at.

        Raises:
            ScenarioError: If there is no file of either.
        """
        return self.source_of(f"{SAVED}{name}") == self.source_of(scenario)

    def open(self, settings: Settings, brought: Brought = NOTHING) -> OpenScenario:
        """Return the scenario that a visitor looks at, as its file now says.

        Args:
            settings: What the visitor asks for.
            brought: Files that the visitor has brought, by the name of the scenario.

        Raises:
            ScenarioError: With everything that is wrong in it, or why it is too much for a page.
        """
        name, content = settings.scenario, brought.get(settings.scenario)
        source = self.source_of(name) if content is None else (content, {})
        asked = (source[0], canonical(source[1]), settings.residents, settings.years)
        with self._lock:
            found = self._opened.get(asked)
        if found is None or not found.fresh:
            years = {} if settings.years is None else {"time.years": settings.years}
            read = partial(self._read, name, source)
            scenario, changes = for_residents(read, years, settings.residents)
            found = OpenScenario(with_figures(scenario), changes, read=content is None)
            with self._lock:
                self._opened[asked] = found
        require_allowed(found.scenario, settings.runs)
        return found

    def _read(
        self, name: str, source: tuple[str | bytes, Mapping[str, Any]], changes: Mapping[str, Any]
    ) -> Scenario:
        """Return a scenario from its file or its content, with other values by dotted path."""
        of, own = source
        if isinstance(of, bytes):
            return read_scenario(of, file_of(name), dict(changes))
        return load_scenario(of, {**own, **changes})

    def changed(self, name: str, changes: Mapping[str, Any], brought: Brought) -> Scenario:
        """Return a scenario from its file, with other values by dotted path.

        Raises:
            ScenarioError: With everything that is wrong in it.
        """
        source = (brought[name], {}) if name in brought else self.source_of(name)
        return self._read(name, source, changes)

    def overridden(self, name: str, brought: Brought) -> Mapping[str, Any]:
        """Return the other values that the server was asked to give a scenario, by dotted path."""
        return {} if name in brought else self.source_of(name)[1]

    def called(self, name: str) -> str:
        """Return what the command line calls a scenario."""
        return self.source_of(name)[0] if name.startswith(SAVED) else self.path(name)

    def text(self, settings: Settings, brought: Brought = NOTHING) -> str:
        """Return what the file of the scenario that a visitor looks at says."""
        content = brought.get(settings.scenario)
        if content is None:
            content = Path(self.source_of(settings.scenario)[0]).read_bytes()
        return content.decode("utf-8-sig")

    def session(self, key: SessionKey) -> ScenarioSession:
        """Return the session of a scenario, which all share who look at the same.

        What was used longest ago is closed where there is not memory enough for all.
        """
        with self._lock:
            found = self._held.get(key)
            if found is None:
                kept, size = share(key.scenario, key.runs)
                while self._held and self.memory + size > budget():
                    self._close(next(iter(self._held)))
                found = ScenarioSession(key.scenario, key.seed, key.runs, kept), size
                self._held[key] = found
            self._held.move_to_end(key)
        return found[0]

    @property
    def memory(self) -> float:
        """The bytes that all sessions may take together."""
        return sum(size for _, size in self._held.values())

    def release(self) -> None:
        """Close all sessions, as nobody looks any more."""
        self.studies.release()
        with self._lock:
            self._opened.clear()
            while self._held:
                self._close(next(iter(self._held)))

    def _close(self, key: SessionKey) -> None:
        session, _ = self._held.pop(key)
        session.closed.set()


class OpenScenario:
    """A scenario that has been read, with what all visitors need of it, made once.

    Args:
        scenario: The scenario.
        changes: What is changed in its file, in every arm, by dotted path.
        read: Whether it was read from files, which may change.
    """

    def __init__(self, scenario: Scenario, changes: Mapping[str, Any], *, read: bool) -> None:
        self.scenario, self.changes = scenario, changes
        self._files = sorted(set(scenario.origins[0].values())) if read else []
        self._read = [_stamp(file) for file in self._files]

    @property
    def fresh(self) -> bool:
        """Whether its files are as they were when it was read."""
        return None not in self._read and self._read == [_stamp(file) for file in self._files]

    @cached_property
    def content(self) -> str:
        """A digest of all that it says."""
        return sha256(self.scenario.model_dump_json().encode()).hexdigest()

    @cached_property
    def sliders(self) -> list[Slider]:
        """The sliders that are always seen."""
        return main_sliders(self.scenario)

    @cached_property
    def more(self) -> list[Slider]:
        """A slider for every uncertain number of the scenario."""
        return all_sliders(self.scenario)

    @property
    def ends(self) -> dict[str, tuple[float, float]]:
        """The lowest and the highest value of every slider, by its id."""
        every = [*self.pathway_sliders, *self.more, *self.sliders]
        return {slider.id: (slider.low, slider.high) for slider in every}

    @cached_property
    def pathway_sliders(self) -> list[Slider]:
        """A slider for every uncertain number of the pathway that the scenario does not give."""
        own = {slider.id for slider in self.more}
        every = all_sliders(self.scenario, pathway=True)
        return [slider for slider in every if slider.id not in own]


def _stamp(file: str) -> tuple[int, int] | None:
    """Return what tells whether a file has changed; None where it cannot be looked at."""
    try:
        found = Path(file).stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True)
class SessionKey:
    """What a session is of, equal to any other of a scenario with the same content.

    Attributes:
        content: A digest of all that the scenario says.
        seed: The seed of the first run.
        runs: How many runs.
        scenario: The scenario.
    """

    content: str
    seed: int
    runs: int
    scenario: Scenario = field(compare=False)

    @classmethod
    def of(cls, opened: OpenScenario, seed: int, runs: int) -> SessionKey:
        """Return the key of a scenario."""
        return cls(opened.content, seed, runs, opened.scenario)


def name_for(file: str, content: bytes) -> str:
    """Return the name of a scenario that a visitor brings: that of the file, and what it holds."""
    return f"{file}#{sha256(content).hexdigest()[:8]}"


def file_of(name: str) -> str:
    """Return what the file of a scenario is called that a visitor has brought."""
    return name.rpartition("#")[0]


def with_figures(scenario: Scenario) -> Scenario:
    """Return a scenario that says what its figures show; one that does not is given the obvious.

    That is its first and its last arm, the group of its first outcome, a year midway.
    """
    groups = [one.group for one in scenario.outcomes.values() if one.group is not None]
    groups += list(scenario.pathway.groups)
    if scenario.figures is not None or not scenario.arms or not groups:
        return scenario
    arms = list(scenario.arms)
    years = scenario.time.whole_years or scenario.time.all_years
    year = min(scenario.time.first_year + int(scenario.time.years) // 2, years[-1])
    shown = Figures(project=arms[0], new_way=arms[-1], case=groups[0], year=year)
    return scenario.model_copy(update={"figures": shown})
