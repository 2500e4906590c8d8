"""The studies of planned evaluations that visitors look at: each once, for all of them together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sisim.analysis.variants import canonical
from sisim.engine.simulation import Progress
from sisim.evaluation.growing_study import GrowingStudy
from sisim.evaluation.participant_course import ParticipantCourse, participant_course
from sisim.evaluation.study import EvaluationStudy, evaluated
from sisim.live.computations import AT_ONCE
from sisim.live.limits import require_allowed
from sisim.loading.load import changed
from sisim.loading.sample import of_size
from sisim.report.analysis.evaluation_report import OF
from sisim.scenario.scenario import Scenario

MOST = 32
"""Studies whose rows are kept, those asked for last: some hundred numbers a municipality.

No more of them than are simulated at a time keep what simulates.
"""


@dataclass(frozen=True)
class StudyKey:
    """What a study is of, equal to any other of the same.

    Attributes:
        content: A digest of all that the scenario says, before the changes.
        changed: What is changed in it, as text.
        size: How many live there and take part, in times what the scenario says.
        seed: The seed of the first municipality.
        scenario: The scenario.
        changes: Other values by dotted path.
    """

    content: str
    changed: str
    size: float
    seed: int
    scenario: Scenario = field(compare=False)
    changes: Mapping[str, Any] = field(compare=False)

    @classmethod
    def of(
        cls, content: str, scenario: Scenario, changes: Mapping[str, Any], size: float, seed: int
    ) -> StudyKey:
        """Return the key of a scenario with some values changed."""
        return cls(content, canonical(changes), size, seed, scenario, dict(changes))

    def studied(self) -> Scenario:
        """Return the scenario that is studied.

        Raises:
            ScenarioError: If a value does not fit, or it is too much for a page.
        """
        found = changed(self.scenario, self.changes, inside=True) if self.changes else self.scenario
        residents = found.population.residents
        if residents is not None and self.size != 1.0:
            wanted = max(1, round(residents * self.size))
            found = changed(found, of_size(found, wanted), inside=True)
        require_allowed(found, 1)
        return found


class Studies:
    """Studies in use, which all share who ask for the same.

    Args:
        draws: How many municipalities each has.
        most: How many studies are kept.
    """

    def __init__(self, draws: int = OF, most: int = MOST) -> None:
        self.draws, self._most = draws, most
        self._held: OrderedDict[StudyKey, GrowingStudy] = OrderedDict()
        self._courses: OrderedDict[tuple[StudyKey, str, str], ParticipantCourse] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._held)

    def grow(self, key: StudyKey, to: int, progress: Progress | None = None) -> None:
        """Let so many municipalities report; those that have are not asked again.

        Raises:
            ScenarioError: If a value does not fit, or it is too much for a page.
            StudyError: If an evaluation takes longer than the scenario.
        """
        self.of(key).grow(to, progress)

    def of(self, key: StudyKey) -> GrowingStudy:
        """Return a study, which is begun if nobody has.

        Raises:
            ScenarioError: If a value does not fit, or it is too much for a page.
            StudyError: If an evaluation takes longer than the scenario.
        """
        with self._lock:
            found = self._held.get(key)
            if found is None:
                found = GrowingStudy(key.studied(), draws=self.draws, seed=key.seed)
                self._held[key] = found
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
            for one in list(self._held.values())[:-AT_ONCE]:
                one.rest()
        return found

    def reported(self, key: StudyKey) -> EvaluationStudy:
        """Return what has been reported, as whoever asks for it reads it."""
        study = self.of(key).study()
        _ = study.designs  # worked out here, outside the event loop
        return study

    def course(
        self, key: StudyKey, name: str, progress: Progress | None = None
    ) -> ParticipantCourse:
        """Return what those whom an evaluation is of cost in the years around their start.

        Raises:
            ScenarioError: If a value does not fit, or it is too much for a page.
        """
        of = evaluated(key.scenario, key.scenario.evaluations[name])
        with self._lock:
            found = self._courses.get((key, *of))
        if found is None:
            found = participant_course(key.studied(), *of, seed=key.seed, progress=progress)
        with self._lock:
            self._courses[key, *of] = found
            self._courses.move_to_end((key, *of))
            while len(self._courses) > self._most:
                self._courses.popitem(last=False)
        return found

    def release(self) -> None:
        """Let go of all, as nobody looks any more."""
        with self._lock:
            self._held.clear()
            self._courses.clear()
