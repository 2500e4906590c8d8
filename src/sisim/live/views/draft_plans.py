"""The evaluation plan and the outcome contract of a scenario that is being built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sisim.i18n import t
from sisim.live.scenario_draft import ScenarioDraft
from sisim.live.tags import Tag
from sisim.live.views.draft_fields import DraftFields
from sisim.report.analysis.evaluation_report import design_words
from sisim.report.formats import capital, money_unit
from sisim.scenario.evaluation import OWN_KEYS
from sisim.scenario.types import Text

DESIGNS = (
    "before_after",
    "earlier_cohorts",
    "other_areas",
    "difference",
    "trend",
    "lottery",
    "matched",
)
"""What those who take part can be compared with here; a file can say more."""

Payers = Mapping[str, str]
"""What administrations are called."""


def arms_of(draft: ScenarioDraft) -> dict[str, str]:
    """Return what the arms of a draft are called."""
    arms = draft.data.get("arms", {})
    return {name: Text.model_validate(arm["label"]).text for name, arm in arms.items()}


class DraftEvaluation:
    """The part of the builder that plans an evaluation."""

    def __init__(
        self, draft: ScenarioDraft, fields: DraftFields, payers: Mapping[str, str]
    ) -> None:
        self._draft, self._fields, self._payers = draft, fields, payers

        def put(on: bool) -> None:
            draft.plan_evaluation(there=on)
            self._fill()

        text = t("An evaluation is planned")
        fields.tick(("evaluations",), text, draft.plan is not None, put)
        self._place = Tag("div")
        self._fill()

    def _fill(self) -> None:
        draft, fields = self._draft, self._fields
        self._place.clear()
        if draft.plan is None:
            return
        key = ("evaluations", draft.plan)
        fields.forget(key)
        with self._place:
            fields.text((*key, "label"), t("What the evaluation is called"))
            fields.choice((*key, "arm"), t("What is evaluated"), arms_of(draft))
            designs = {name: capital(design_words(name)) for name in DESIGNS}
            fields.choice((*key, "design"), t("Compared with"), designs, self._design)
            self._own_place = Tag("div")
            self._own()
            fields.text((*key, "cohorts", "from"), t("Those who begin from the month"))
            fields.text((*key, "cohorts", "below"), t("until, but not in, the month"))
            pathway = draft.pathway
            groups = {name: capital(one.label.text) for name, one in pathway.groups.items()}
            fields.choice((*key, "outcome", "group"), t("What is counted"), groups)
            fields.number((*key, "outcome", "within"), t("Each is followed for"), t("months"))
            fields.number((*key, "cost", "once"), t("What the evaluation costs"), money_unit())
            fields.choice((*key, "cost", "payer"), t("Who pays for it"), self._payers)
            fields.place_for(key)

    def _design(self, design: str) -> None:
        self._draft.choose_design(design)
        self._own()

    def _own(self) -> None:
        """Add the fields that this design has and others have not."""
        draft, fields = self._draft, self._fields
        assert draft.plan is not None
        key = ("evaluations", draft.plan)
        own = OWN_KEYS.get(draft.get((*key, "design")) or "", ())
        for part in ("years_before", "areas", "match_on"):
            fields.forget((*key, part))
        self._own_place.clear()
        with self._own_place:
            if "years_before" in own:
                before = t("years before those who take part")
                fields.number((*key, "years_before"), t("Compared with so many"), before)
            if "areas" in own:
                Tag("p", t("Areas that are compared with (they are added under 2):"))
                fields.ticks((*key, "areas"), draft.areas)
                fields.place_for((*key, "areas"))
            if "match_on" in own:
                fields.ticks((*key, "match_on"), {"age": t("Age"), "area": t("Area")})
                fields.place_for((*key, "match_on"))


class DraftContract:
    """The part of the builder that lets an investor pay, and be paid by what is achieved."""

    def __init__(
        self, draft: ScenarioDraft, fields: DraftFields, payers: Mapping[str, str]
    ) -> None:
        self._draft, self._fields, self._payers = draft, fields, payers

        def put(on: bool) -> None:
            draft.pay_by_outcome(there=on)
            self._fill()

        text = t("An outcome contract: an investor pays, and is paid by what is achieved")
        fields.tick(("contracts",), text, draft.contract is not None, put)
        self._place = Tag("div")
        self._fill()

    def _fill(self) -> None:
        draft, fields = self._draft, self._fields
        self._place.clear()
        if draft.contract is None:
            return
        key = ("contracts", draft.contract)
        fields.forget(key)
        capital_, outcome = ((*key, "payments", name) for name in ("capital", "outcome"))
        with self._place:
            fields.place_for(key)
            if draft.get(outcome) is None or draft.get(capital_) is None:
                Tag("p", t("The contract is as in its file."))
                return
            fields.text((*key, "parties", "investor"), t("Who invests"))
            fields.choice((*key, "arm"), t("In which future"), arms_of(draft))
            year = next(iter(draft.get((*capital_, "amounts")) or {}), draft.first_year)
            told = t("Capital that is paid in {year}", year=year)
            fields.number((*capital_, "amounts", year), told, money_unit())
            fields.choice((*outcome, "from"), t("Who pays for what is achieved"), self._payers)
            fields.choice((*outcome, "measure", "outcome"), t("What is measured"), self._outcomes())
            for at, text in ((0, t("From the year")), (1, t("To the year"))):
                fields.number((*outcome, "measure", "periods", 0, at), text)
            fields.owned((*outcome, "price"), t("Paid for each fewer"), money_unit())
            least = t("Nothing is paid below a reduction of")
            fields.number((*outcome, "threshold"), least, t("0 to 1"))
            fields.owned((*outcome, "cap"), t("The most that is paid"), money_unit())

    def _outcomes(self) -> dict[str, str]:
        found: dict[str, Any] = self._draft.data.get("outcomes", {})
        return {
            name: capital(Text.model_validate(one["label"]).text) for name, one in found.items()
        }
