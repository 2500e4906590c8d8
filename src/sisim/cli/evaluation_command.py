"""The command that says what planned evaluations would have said, where the truth is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from sisim.cli.analysis_commands import publish
from sisim.cli.options import ScenarioName, StudyOptions, argument, count
from sisim.cli.output import print_table
from sisim.cli.progress import progress
from sisim.cli.scenario_input import executor, open_scenario, store_errors_answered
from sisim.cli.user_errors import UserError
from sisim.i18n import t

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sisim.evaluation.participant_course import ParticipantCourse
    from sisim.evaluation.study import EvaluationStudy
    from sisim.scenario.scenario import Scenario

DRAWS = 500


def evaluate(
    scenario: ScenarioName,
    names: Annotated[
        list[str] | None, argument("NAME", "Which evaluations of the file; unset: all.")
    ] = None,
    /,
    *,
    draws: Annotated[
        int, count("N", "How many simulated municipalities; unset: 500.", least=2)
    ] = DRAWS,
    size: Annotated[
        int | None,
        count("N", "How many a year take part: residents and places in proportion.", least=1),
    ] = None,
    options: StudyOptions = StudyOptions(),
) -> None:
    """Say what planned evaluations would have said in many municipalities just like yours, where
    the truth is known.

    The evaluations are those of the file (`[evaluations.NAME]`). Every municipality has people and
    luck of its own, and all evaluations meet the same ones. Two worlds stand side by side: the
    effect as in the file, and none at all; a third, where the numbers of the investment have
    ranges, with an effect drawn anew for each municipality. You see how often each evaluation
    would lead to the wrong decision, how far it is from the truth on average, and how often it
    finds the effect. A process evaluation has nothing to compare with, and gives no number.

    Example: `sisim evaluate my-scenario.toml lottery difference --draws 200`
    """
    loaded, folder = open_scenario(scenario, options.of_runs)
    from sisim.evaluation.study import StudyError, sized
    from sisim.evaluation.study import evaluate as study_of

    if not loaded.evaluations:
        raise UserError(
            t(
                "The scenario has no evaluation: plan one under [evaluations.NAME]. What may stand "
                "there is told by sisim explain-key evaluations.NAME.design."
            )
        )
    for name in names or ():
        if name not in loaded.evaluations:
            there = ", ".join(loaded.evaluations)
            raise UserError(
                t('There is no evaluation "{name}"; there is {names}.', name=name, names=there)
            )
    if size is not None and options.residents is not None:
        raise UserError(t("--size and --residents exclude each other."))
    if size is not None:
        try:
            loaded = sized(loaded, names or (), size, seed=options.seed)
        except StudyError as error:
            raise UserError(error.render()) from error
    with progress(t("Simulating")) as tell, store_errors_answered():
        try:
            study = study_of(
                loaded,
                names or (),
                draws=draws,
                seed=options.seed,
                executor=executor(options.workers),
                progress=tell,
            )
        except StudyError as error:
            raise UserError(error.render()) from error
    from sisim.evaluation.participant_course import participant_course

    first = study.scenario.evaluations[study.names[0]]
    arm = first.arm or next(iter(loaded.arms))
    with progress(t("Participants before and after")) as tell:
        course = participant_course(loaded, arm, first.investment, seed=options.seed, progress=tell)
    _publish(folder, loaded, study, course)


def _publish(
    folder: object, loaded: Scenario, study: EvaluationStudy, course: ParticipantCourse
) -> None:
    from pathlib import Path

    from sisim.analysis.measures import NPV
    from sisim.evaluation.money_by_estimate import repaid_by_administration
    from sisim.report.analysis import participant_course_report
    from sisim.report.analysis.analysis_frame import Subject
    from sisim.report.analysis.evaluation_report import (
        alike,
        designs_table,
        draw_would_say,
        sentences,
    )
    from sisim.report.analysis.repaid_figure import draw_repaid, repaid_words

    seeds = tuple(range(study.seed, study.seed + study.municipalities))
    subject = Subject(loaded, seeds, course.arm, NPV)
    pictures: dict[str, Callable[[], Figure]] = {}
    for number, group in enumerate(alike(study), start=1):
        stem = "would-say" if number == 1 else f"would-say-{number}"

        def draw(group: tuple[str, ...] = group) -> Figure:
            return draw_would_say(subject, study, group)

        pictures[stem] = draw
    pictures["participants"] = lambda: participant_course_report.draw_course(course)
    tables = {"draws": study.draws, "designs": study.designs, "participants": course.table()}
    words = [*sentences(study), *participant_course_report.sentences(course)]
    if len(repaid := repaid_by_administration(study)):
        pictures["repaid"] = lambda: draw_repaid(subject, study)
        tables["repaid"] = repaid
        words += repaid_words(study)
    assert isinstance(folder, Path)
    publish(folder, "evaluation", pictures, tables, words)
    print_table(designs_table(study))
