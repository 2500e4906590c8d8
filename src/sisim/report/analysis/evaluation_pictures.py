"""The pictures of a study of evaluations, by name: those that can be drawn of what it holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.measures import NPV
from sisim.evaluation.money_by_estimate import repaid_by_administration
from sisim.evaluation.real_data import RealEvaluation
from sisim.evaluation.study import EvaluationStudy, evaluated
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.evaluation_report import alike, draw_would_say
from sisim.report.analysis.evaluation_scale import draw_how_many, draw_worth, worth_known
from sisim.report.analysis.repaid_figure import draw_repaid


def study_subject(study: EvaluationStudy) -> Subject:
    """Return what the pictures of a study are about: the arm that its first evaluation studies."""
    seeds = tuple(range(study.seed, study.seed + study.municipalities))
    arm, _ = evaluated(study.scenario, study.scenario.evaluations[study.names[0]])
    return Subject(study.scenario, seeds, arm, NPV)


def sizes_compared(pooled: pd.DataFrame) -> bool:
    """Return whether studies of several numbers of municipalities can be compared."""
    return len(pooled) > 0 and pooled["municipalities"].nunique() > 1


def evaluation_pictures(
    study: EvaluationStudy, pooled: pd.DataFrame, real: RealEvaluation | None = None
) -> dict[str, Callable[[], Figure]]:
    """Return what draws each picture of a study.

    `would-say` (and `would-say-2` …, where outcomes have different units); `how-many`, where
    several numbers of municipalities are compared; `worth`, where it is known what deciding by an
    evaluation is worth; and `repayment`, where something would be repaid.

    Args:
        study: What came out.
        pooled: See `EvaluationStudy.pooled`.
        real: What an evaluation says of real people, marked beside.
    """
    subject = study_subject(study)
    found: dict[str, Callable[[], Figure]] = {}
    for number, group in enumerate(alike(study), start=1):
        name = "would-say" if number == 1 else f"would-say-{number}"
        found[name] = partial(draw_would_say, subject, study, group, real)
    if sizes_compared(pooled):
        found["how-many"] = partial(draw_how_many, subject, study, pooled)
    if worth_known(study):
        found["worth"] = partial(draw_worth, subject, study)
    if len(repaid_by_administration(study)):
        found["repayment"] = partial(draw_repaid, subject, study)
    return found
