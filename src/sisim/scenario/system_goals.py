"""Goals for the system, rather than for one investment, as a file states them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sisim.scenario.evaluation import StudyOutcome
from sisim.scenario.types import Name, Table

GoalShare = Annotated[float, Field(gt=0, le=1)]


class Better(Table):
    """A share of a target group that is to be markedly better off.

    Each who comes into the target group is followed with the investment and without it. Better off
    is who has at least `at_least` less of the `outcome` (more, if much of it is good).
    """

    investment: Name | None = Field(
        None, description="Whose target group it is; unset: that of the arm's first investment."
    )
    outcome: StudyOutcome
    at_least: Annotated[float, Field(gt=0, le=1e9)] = Field(
        1, description="How much less (or more) of it is markedly better, for each person."
    )
    goal: GoalShare = Field(0.20, description="The share of the group that is aimed at.")


class SystemChange(Table):
    """How far an arm changes the system: what is paid for, for how many, with which resources.

    `procured` is the goal for the share of all that is paid to providers outside that is paid by
    outcome: resources with `bought`, and payments under contracts to private parties.
    `reallocated` is the goal for the share of what would have been spent in the last whole year
    that is spent otherwise: activities that are ended (`replaces`) and costs that budgets see fall.
    """

    arm: Name | None = Field(None, description="Which arm; unset: the last.")
    procured: GoalShare | None = Field(
        None, description="The goal for the share of procurement that is paid by outcome."
    )
    better: Better | None = None
    reallocated: GoalShare = Field(
        0.50, description="The goal for the share of resources that is reallocated."
    )
