"""What a decision document tells of a scenario: its runs, and what is asked of them.

One simulation serves all: verdicts and one-way sensitivity reuse its runs, and full scale is told
of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

from sisim.analysis.retained_one_way import RetainedOneWay, retained_one_way
from sisim.analysis.scale_up import Implementation, chosen, implementation
from sisim.analysis.stages import Progress
from sisim.analysis.switching_values import Judged
from sisim.scenario.scenario import Scenario

RETAINED = 10
"""In so many runs at most are numbers taken to both ends of their ranges."""
Part = Literal["verdict", "one_way"]
Told = Callable[[Part], AbstractContextManager[Progress | None]]
"""What shows how far a part has come, while it is worked out."""


@dataclass(frozen=True)
class DecisionFindings:
    """What has been asked of the runs of a scenario.

    Attributes:
        one_way: What each number alone does to the net of the main arm; None: no run is retained,
            or the section is left out.
        implementation: What full scale takes; None: there is no new way, or the section is left
            out.
    """

    one_way: RetainedOneWay | None = None
    implementation: Implementation | None = None


def decision_findings(result: Judged, told: Told = lambda _: nullcontext(None)) -> DecisionFindings:
    """Ask of the runs of a scenario what its decision document tells; its verdicts are judged.

    Args:
        result: What came out, with runs that are retained: `simulate_retained`.
        told: Shows how far each part has come.
    """
    scenario = result.scenario
    arm = main_arm(scenario)
    if arm is None:
        return DecisionFindings()
    with told("verdict") as progress:
        result.judge(progress=progress)
    one_way = None
    if result.ledger.lines and not _left_out(scenario, "uncertainty"):
        with told("one_way") as progress:
            one_way = retained_one_way(result, arm, progress)
    return DecisionFindings(one_way, _full_scale(result))


def main_arm(scenario: Scenario) -> str | None:
    """Return the arm that is told of first: the new way of the figures, else the last, if any."""
    figures = scenario.figures
    if figures is not None and figures.new_way in scenario.arms:
        return figures.new_way
    return next(reversed(scenario.arms), None)


def _full_scale(result: Judged) -> Implementation | None:
    scenario = result.scenario
    try:
        chosen(scenario, None, None)
    except LookupError:
        return None
    left_out = _left_out(scenario, "implementation")
    return None if left_out else implementation(scenario, simulated=result)


def _left_out(scenario: Scenario, section: str) -> bool:
    return scenario.report is not None and section in scenario.report.leave_out
