"""The library of scenarios that visitors open, and the sessions that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sisim.live.scenario_session import ScenarioSession
from sisim.live.settings import Settings
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario, read_scenario
from sisim.scenario.scenario import Figures, Scenario

KEPT = 6
"""Sessions that are kept, those used last."""

Brought = Mapping[str, bytes]
"""Files of a visitor's own, by the name of the scenario: held for that visitor alone, nowhere
written down."""
NOTHING: Brought = {}


class Library:
    """Opens scenarios afresh for each visitor, and shares the sessions behind them.

    Args:
        source: The file, or the ready scenario, that was asked for.
        overrides: Other values in it, by dotted path.
    """

    def __init__(self, source: str, overrides: Mapping[str, Any] | None = None) -> None:
        self.source = source
        self.overrides = dict(overrides or {})
        self._session = lru_cache(KEPT)(_session)

    def ready(self) -> dict[str, Path]:
        """Return the ready scenarios by name."""
        return shipped("scenario")

    def path(self, name: str) -> str:
        """Return what is to be opened: a ready scenario, or what was asked for."""
        return name if name in self.ready() else self.source

    def open(self, settings: Settings, brought: Brought = NOTHING) -> Scenario:
        """Return the scenario that a visitor looks at, read from its file.

        Args:
            settings: What the visitor asks for.
            brought: Files that the visitor has brought, by the name of the scenario.

        Raises:
            ScenarioError: With everything that is wrong in it.
        """
        name, base = settings.scenario, base_changes(settings)
        if name in brought:
            return with_figures(read_scenario(brought[name], file_of(name), base))
        own = self.overrides if self.path(name) == self.source else {}
        return with_figures(load_scenario(self.path(name), {**own, **base}))

    def text(self, settings: Settings, brought: Brought = NOTHING) -> str:
        """Return what the file of the scenario that a visitor looks at says."""
        content = brought.get(settings.scenario)
        if content is None:
            source = Path(self.path(settings.scenario))
            content = (source if source.is_file() else self.ready()[str(source)]).read_bytes()
        return content.decode("utf-8-sig")

    def sessions(self, scenario: Scenario) -> Callable[[int, int], ScenarioSession]:
        """Return a function that gives the session of a scenario for a seed and a number of runs.

        Visitors who have opened equal scenarios share their sessions.
        """
        opened = _Opened(scenario.model_dump_json(), scenario)
        return lambda seed, runs: self._session(opened, seed, runs)


@dataclass(frozen=True)
class _Opened:
    """A scenario, equal to any other of the same content."""

    content: str
    scenario: Scenario = field(compare=False)


def _session(opened: _Opened, seed: int, runs: int) -> ScenarioSession:
    return ScenarioSession(opened.scenario, seed, runs)


def name_for(file: str, content: bytes) -> str:
    """Return the name of a scenario that a visitor brings: that of the file, and what it holds."""
    return f"{file}#{sha256(content).hexdigest()[:8]}"


def file_of(name: str) -> str:
    """Return what the file of a scenario is called that a visitor has brought."""
    return name.rpartition("#")[0]


def base_changes(settings: Settings) -> dict[str, Any]:
    """Return what settings change in the scenario itself, in every arm."""
    found: dict[str, Any] = {}
    if settings.residents is not None:
        found["population.residents"] = settings.residents
    if settings.years is not None:
        found["time.years"] = settings.years
    return found


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
