"""What an application to a social investment fund says in words, beside what is simulated."""

from __future__ import annotations

from pydantic import Field

from sisim.scenario.types import Table, Text


class Application(Table):
    """The words of an application to a social investment fund.

    What a file says elsewhere (the method, the target group, effects and their sources, costs, the
    evaluation) is not said again here: `sisim check --application` shows all of it together.
    """

    applicant: Text | None = Field(None, description="Who applies.")
    problem: Text | None = Field(None, description="Which need is met, and how it is known.")
    method: Text | None = Field(None, description="What is done; unset: as the catalogue says.")
    target_group: Text | None = Field(
        None, description="For whom, and how they are found; unset: as the catalogue says."
    )
    evidence: Text | None = Field(
        None, description="What is known of the method's effect, and where it has been tried."
    )
    risks: Text | None = Field(None, description="What may go wrong, and what is then done.")
    implementation: Text | None = Field(
        None, description="How the method becomes ordinary work if it holds, and who decides."
    )
    responsible: Text | None = Field(None, description="Who answers for the result.")
    follow_up: Text | None = Field(
        None, description="Who follows up, how often, and what is done if it falls short."
    )
