"""The decision document of what the sliders describe, to be taken home.

It is what `sisim report` writes of the scenario's file with the same changes, which its appendix
names as a command: numbers that cannot be made again are no basis for a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from nicegui import ui

from sisim.engine.simulation import Progress
from sisim.i18n import current_language, in_currency, t
from sisim.live.computations import GivenUp, computations
from sisim.live.exports import toml_value
from sisim.live.scenario_library import file_of
from sisim.live.view_state import ViewState
from sisim.live.visitor_context import in_page
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

Tell = Callable[[str, int, int], None]
"""Called with the part that is worked out, the steps done and the steps in all."""
TENTH = 10
"""How far it has come is told in tenths: a screen reader says each."""


class ReportDownload:
    """The decision document that a visitor asks for, one at a time.

    Args:
        state: What the visitor's sliders say.

    Attributes:
        said: How far it has come, or how it ended; empty: none has been asked for.
        running: Whether one is being written.
    """

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self.said = ""
        self.running = False

    def begin(self) -> None:
        """Write the document of what the sliders now say, and send it home."""
        if self.running:
            return
        self.running = True
        asked = AskedReport.of(self._state)
        download = in_page(ui.download.content)
        name = f"{self._state.scenario.name}-report-{current_language()}.html"

        async def work() -> None:
            try:
                page = await computations.result(
                    object(), lambda go_on: asked.page(go_on, self._tell)
                )
            except (GivenUp, ScenarioError) as error:
                self.said = str(error)
            else:
                download(page, name, "text/html")
                self.said = t("The decision document has been saved.")
            finally:
                self.running = False

        self._tell(t("Simulating"), 0, 1)
        self._state.start(work())

    def _tell(self, part: str, done: int, of: int) -> None:
        tenths = TENTH * done // max(of, 1)
        self.said = t("{what}: {n}%", what=part, n=100 // TENTH * tenths)


@dataclass(frozen=True)
class AskedReport:
    """A decision document that is asked for.

    Attributes:
        read: Reads the scenario with the changes.
        currency: That of its amounts.
        command: The command that writes the same.
        brought: Digests of the files that the visitor has brought, by name.
    """

    read: Callable[[], Scenario]
    currency: str
    command: str
    brought: Mapping[str, str]

    @classmethod
    def of(cls, state: ViewState) -> AskedReport:
        """Return what a visitor's sliders now ask for."""
        library, settings, brought = state.library, state.settings, dict(state.brought)
        own = {"seed": settings.seed, "replications": state.runs}
        changes = {**state.described, **own}
        changed = {**library.overridden(settings.scenario, brought), **changes}
        name = settings.scenario
        source = file_of(name) if name in brought else library.called(name)
        return cls(
            lambda: library.changed(settings.scenario, changes, brought),
            state.scenario.pathway.currency,
            command_of(source, changed),
            {source: sha256(brought[name]).hexdigest()} if name in brought else {},
        )

    def page(self, go_on: Progress, tell: Tell) -> bytes:
        """Return the document, as HTML.

        Args:
            go_on: Called now and then; raises when it is to be given up.
            tell: Called with how far it has come.

        Raises:
            ScenarioError: If the scenario is too large.
            GivenUp: If others need the place.
        """
        from sisim.analysis.decision_findings import RETAINED, Part, decision_findings
        from sisim.analysis.switching_values import Judged, simulate_retained
        from sisim.report.document.document_source import DocumentSource, file_digests
        from sisim.report.document.write_report import report_page

        def told_as(part: str) -> Progress:
            def told(done: int, of: int) -> None:
                go_on(done, of)
                tell(part, done, of)

            return told

        words = {
            "verdict": t("What the verdict rests on"),
            "one_way": t("One number at a time"),
        }

        @contextmanager
        def told(part: Part) -> Iterator[Progress]:
            yield told_as(words[part])

        scenario = self.read()
        simulated = simulate_retained(scenario, retain=RETAINED, progress=told_as(t("Simulating")))
        result = Judged(*simulated)
        asked = decision_findings(result, told)
        found = DocumentSource(
            result,
            one_way=asked.one_way,
            implementation=asked.implementation,
            command=self.command,
            files={**file_digests(scenario), **self.brought},
        )
        told_as(t("Writing"))(0, 1)
        with in_currency(self.currency):
            return report_page(found).encode()


def command_of(source: str, changes: Mapping[str, Any]) -> str:
    """Return the command that writes the document of a scenario with some changes.

    Examples:
        >>> command_of("placed-youth", {"investments.team.reach": 0.5, "seed": 3})
        'sisim report placed-youth --set "investments.team.reach=0.5" --set "seed=3"'
    """

    def text(value: Any) -> str:
        return value if isinstance(value, str) else toml_value(value)

    given = [f'--set "{key}={text(value)}"' for key, value in changes.items()]
    return " ".join([f"sisim report {source}", *given])
