"""What a decision document is made of: a simulated scenario, and what has been asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sisim.analysis.comparison import Comparison, compare
from sisim.analysis.decision_findings import main_arm
from sisim.analysis.psa import Probabilistic
from sisim.analysis.retained_one_way import RetainedOneWay
from sisim.analysis.scale_up import Implementation
from sisim.economics.valuation import Valuation
from sisim.report.document.blocks import Block, WriterText
from sisim.scenario.decision_report import DecisionReport
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Text


@dataclass(frozen=True)
class DocumentSource:
    """What came out, and what is told of how.

    Attributes:
        result: What was simulated and priced.
        analysis: What came of draws of the uncertain numbers; None: none were drawn.
        one_way: What each number alone does to the net of the main arm; None: it was not asked.
        implementation: What full scale takes; None: it was not asked, or there is no new way.
        command: The command that writes the document again.
        files: Digest of each file that was read, by its name.
        logo: A picture as a data address; empty: none.
    """

    result: Valuation
    analysis: Probabilistic | None = None
    one_way: RetainedOneWay | None = None
    implementation: Implementation | None = None
    command: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    logo: str = ""

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.result.scenario

    @property
    def asked(self) -> DecisionReport:
        """What the file says of the document."""
        return self.scenario.report or DecisionReport()

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms with investments."""
        return tuple(self.scenario.arms)

    @property
    def main(self) -> str | None:
        """The arm that is told of first: the new way of the figures, else the last; None: none."""
        return main_arm(self.scenario)

    @property
    def costs(self) -> bool:
        """Whether anything costs anything."""
        return bool(self.result.ledger.lines)

    @cached_property
    def story(self) -> Comparison | None:
        """The comparison of the two figures; None where the file says of none."""
        return None if self.scenario.figures is None else compare(self.result)

    def label(self, arm: str) -> str:
        """Return what an arm is called."""
        return self.scenario.arms[arm].label.text

    def written(self, key: str) -> tuple[Block, ...]:
        """Return the writer's own words under a key of `[report.text]`, if there are any."""
        text: Text | None = getattr(self.asked.text, key)
        return () if text is None or not text.text.strip() else (WriterText(text.text),)


def file_digests(scenario: Scenario) -> Mapping[str, str]:
    """Return the SHA-256 of each file that a scenario was read from, by its name."""
    files, _ = scenario.origins
    paths = {Path(name).name: Path(name) for name in files.values() if name}
    return {
        name: sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(paths.items())
        if path.is_file()
    }
