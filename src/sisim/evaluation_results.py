"""Results of a study of evaluations: its tables, with the figures and words of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Self

from sisim.evaluation.pooling import MUNICIPALITIES
from sisim.evaluation.study import EvaluationStudy
from sisim.i18n import Lang, in_currency, in_language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What draws is slow to import: only who asks for a figure waits.


class EvaluationResults(EvaluationStudy):
    """What planned evaluations would say: tidy tables, figures and words; see `EvaluationStudy`."""

    @classmethod
    def of(cls, study: EvaluationStudy) -> Self:
        """Return the results of a study."""
        return cls(**{field.name: getattr(study, field.name) for field in fields(study)})

    def figure(
        self,
        name: str = "would_say",
        lang: Lang | None = None,
        *,
        municipalities: Sequence[int] = MUNICIPALITIES,
    ) -> Figure:
        """Draw one of the study's figures.

        Args:
            name: `would_say`, what each evaluation would say in fifty municipalities (of further
                units of outcomes: `would_say_2` …); `how_many`, by how many municipalities
                evaluate together; `repayment`, what would be repaid, where the outcome has a price;
                `worth`, what it is worth to decide by each, where its `decision.carry_on` and a
                range of the effect tell.
            lang: The language; unset: the current one.
            municipalities: How many evaluate together, in `how_many`.

        Raises:
            LookupError: If the study has no such figure; with those that it has.
        """
        from sisim.report.analysis.evaluation_pictures import evaluation_pictures

        with in_language(lang), in_currency(self.scenario.pathway.currency):
            drawn = evaluation_pictures(self, self.pooled(municipalities))
            known = {stem.replace("-", "_"): draw for stem, draw in drawn.items()}
            if name not in known:
                names = ", ".join(known)
                raise LookupError(f'this study has no figure "{name}"; it has {names}')
            return known[name]()

    def summary(self, lang: Lang | None = None) -> str:
        """Say what came out, a sentence a line."""
        from sisim.report.analysis.evaluation_report import sentences

        with in_language(lang), in_currency(self.scenario.pathway.currency):
            return "\n".join(sentences(self))
