"""What a file says of its decision document: who asks for what, and the writer's own words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sisim.scenario.types import Table, Text

Optional = Literal[
    "recommendation",
    "chain",
    "outcomes",
    "years",
    "fund",
    "contract",
    "uncertainty",
    "follow_up",
    "implementation",
    "alternatives",
    "cheers",
    "odd",
    "stress",
    "glossary",
]
"""Sections that may be left out: what a decision must not be taken without is not among them."""
PICTURE_FILE = r"(?i)^[^/\\]+\.(svg|png|jpe?g)$"


class ReportTexts(Table):
    """The writer's own words, each in its section.

    They may have headings, bold, lists and links as in Markdown; anything else is shown as it is
    written.
    """

    need: Text | None = Field(None, description="The need, beside what the catalogue says.")
    intervention: Text | None = Field(None, description="What is done, and what it replaces.")
    setting: Text | None = Field(None, description="The place and the services that it concerns.")
    not_priced: Text | None = Field(
        None, description="What matters for the decision and has no price."
    )
    recommendation: Text | None = Field(
        None, description="What the writer recommends; the program never writes it."
    )
    purpose: Text | None = Field(None, description="What the model is to answer.")
    outcomes: Text | None = Field(None, description="What the writer says of the outcomes.")
    fund: Text | None = Field(None, description="What the writer says of the fund.")
    contract: Text | None = Field(None, description="What the writer says of the contract.")
    uncertainty: Text | None = Field(None, description="What the writer says of the uncertainty.")
    evaluation: Text | None = Field(None, description="What the writer says of the evaluation.")
    follow_up: Text | None = Field(None, description="Who follows up, and what is done then.")
    implementation: Text | None = Field(
        None, description="How the method becomes ordinary work, and who decides."
    )
    alternatives: Text | None = Field(None, description="Other ways that have been weighed.")
    assumptions: Text | None = Field(
        None, description="What the writer says of the assumptions and who has gone through them."
    )
    analysis_plan: Text | None = Field(
        None, description="Whether there was a plan of the analysis, and where it is."
    )
    distribution: Text | None = Field(
        None, description="Whom the investment reaches and whom not, and how that was weighed."
    )
    engagement: Text | None = Field(
        None, description="How those concerned have taken part in the work."
    )
    discussion: Text | None = Field(
        None, description="Limits of the analysis, and where else it may hold."
    )
    funding: Text | None = Field(None, description="Who has paid for the analysis.")
    conflicts: Text | None = Field(None, description="Interests of those who made the analysis.")


class DecisionReport(Table):
    """The decision document that `sisim report` writes: what nobody but its writer can say."""

    applicant: Text | None = Field(None, description="Who applies; unset: as the application says.")
    decision: Text | None = Field(None, description="The decision that is asked for.")
    reference: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="The reference number of the matter."
    )
    date: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")] | None = (
        Field(None, description="The date of the document; unset: none is printed.")
    )
    text: ReportTexts = ReportTexts()
    leave_out: list[Optional] = Field([], description="Sections that are left out.")
    logo: Annotated[str, Field(pattern=PICTURE_FILE)] | None = Field(
        None, description="A picture beside the file, .svg, .png or .jpg, at the top of page one."
    )
