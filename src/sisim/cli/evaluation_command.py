"""The command that says what planned evaluations would have said, where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sisim.cli.analysis_commands import publish
from sisim.cli.options import (
    EvaluationOptions,
    ScenarioName,
    argument,
    count,
    option,
)
from sisim.cli.output import print_table, write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.scenario_input import executor, open_scenario, store_errors_answered
from sisim.cli.user_errors import UserError
from sisim.i18n import t

if TYPE_CHECKING:
    from sisim.evaluation.participant_course import ParticipantCourse
    from sisim.evaluation.real_data import RealEvaluation
    from sisim.evaluation.study import EvaluationStudy, World
    from sisim.scenario.scenario import Scenario

DRAWS = 500
WORLD_OF: dict[str, World] = {"file": "effect", "null": "none", "prior": "prior"}
"""What `--effect` may name, and the world that is then simulated alone."""


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
        str | None,
        option(
            "N,N…",
            "How many a year take part: residents and places in proportion. Several are compared.",
        ),
    ] = None,
    municipalities: Annotated[
        str | None,
        option("K,K…", "How many municipalities evaluate together; unset: 1,2,5,10,20."),
    ] = None,
    data: Annotated[
        Path | None,
        option("FILE", "Real people of one evaluation, CSV or XLSX: what it says, and the plan."),
    ] = None,
    options: EvaluationOptions = EvaluationOptions(),
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
    sizes = _whole_numbers("--size", size)
    joined = _whole_numbers("--municipalities", municipalities)
    worlds, another = _worlds(options.effect)
    options = replace(options, changes=[*(options.changes or ()), *another])
    loaded, folder = open_scenario(scenario, options.of_runs)
    from sisim.evaluation.study import StudyError, sized

    chosen = _chosen(loaded, names, worlds)
    if sizes and options.residents is not None:
        raise UserError(t("--size and --residents exclude each other."))
    real = None if data is None else _real(data, loaded, chosen)

    try:
        scaled = [sized(loaded, chosen, one, seed=options.seed) for one in sizes] or [loaded]
        # Each size keeps what is finished by itself.
        places = [folder / f"size-{one}" for one in sizes] if len(sizes) > 1 else [folder]
        studies = [
            _simulated(one, chosen, draws, worlds, kept, options)
            for one, kept in zip(scaled, places, strict=True)
        ]
    except StudyError as error:
        raise UserError(error.render()) from error
    if len(sizes) > 1:
        _publish_sizes(folder, dict(zip(sizes, studies, strict=True)))
        return
    study = studies[0]
    course = _course(study, options.seed)
    _publish(folder, study, course, joined, real)


def _simulated(
    scenario: Scenario,
    names: list[str],
    draws: int,
    worlds: tuple[World, ...] | None,
    folder: Path,
    options: EvaluationOptions,
) -> EvaluationStudy:
    """Return a study, whose finished part is kept in a folder until it is whole."""
    from sisim.evaluation.study import evaluate as study_of
    from sisim.evaluation.study_log import FILE

    if not options.resume:
        (folder / FILE).unlink(missing_ok=True)
    telling = progress(t("Simulating"))
    with telling as tell, store_errors_answered(), write_errors_answered(folder):
        return study_of(
            scenario,
            names,
            draws=draws,
            worlds=worlds,
            seed=options.seed,
            executor=executor(options.workers),
            progress=tell,
            folder=folder,
        )


def _whole_numbers(name: str, given: str | None) -> tuple[int, ...]:
    """Return the whole numbers in a list with commas, in order.

    Raises:
        UserError: If one is not a whole number above 0.
    """
    found = []
    for text in (given or "").split(",") if given is not None else ():
        if not text.strip().isdecimal() or int(text) < 1:
            raise UserError(
                t(
                    '{name} takes whole numbers with commas between, as 60,120,240; "{text}" is '
                    "none.",
                    name=name,
                    text=text.strip(),
                )
            )
        found.append(int(text))
    return tuple(sorted(set(found)))


def _worlds(effect: str | None) -> tuple[tuple[World, ...] | None, tuple[str, ...]]:
    """Return the worlds that are simulated (None: all), and another value of the file's."""
    if effect is None:
        return None, ()
    if effect in WORLD_OF:
        return (WORLD_OF[effect],), ()
    if "=" in effect:
        return None, (effect,)
    raise UserError(
        t('--effect takes file, null, prior or KEY=VALUE; "{given}" is none.', given=effect)
    )


def _chosen(
    loaded: Scenario, names: list[str] | None, worlds: tuple[World, ...] | None
) -> list[str]:
    """Return the evaluations that are asked for.

    Raises:
        UserError: If there are none, or not those.
    """
    from sisim.evaluation.study import has_prior

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
    if worlds == ("prior",) and not has_prior(loaded):
        raise UserError(
            t(
                "No number of the investment has a range to be drawn from: give its effects a low "
                "and a high."
            )
        )
    return names or list(loaded.evaluations)


def _real(data: Path, loaded: Scenario, chosen: list[str]) -> RealEvaluation:
    """Return what an evaluation says of real people.

    Raises:
        UserError: If it is not said which evaluation.
        ScenarioError: With everything that is wrong in the file.
    """
    from sisim.evaluation.real_data import evaluate_data

    if len(chosen) > 1:
        raise UserError(
            t(
                "--data holds the people of one evaluation: name it, as in sisim evaluate SCENARIO "
                "{name} --data {file}. There is {names}.",
                name=chosen[0],
                file=data.name,
                names=", ".join(chosen),
            )
        )
    return evaluate_data(data, loaded, chosen[0])


def _course(study: EvaluationStudy, seed: int | None) -> ParticipantCourse:
    from sisim.evaluation.participant_course import participant_course
    from sisim.evaluation.study import evaluated

    loaded = study.scenario
    arm, investment = evaluated(loaded, loaded.evaluations[study.names[0]])
    with progress(t("Participants before and after")) as tell:
        return participant_course(loaded, arm, investment, seed=seed, progress=tell)


def _publish(
    folder: Path,
    study: EvaluationStudy,
    course: ParticipantCourse,
    joined: tuple[int, ...],
    real: RealEvaluation | None,
) -> None:
    from sisim.evaluation.money_by_estimate import repaid_by_administration
    from sisim.evaluation.pooling import MUNICIPALITIES
    from sisim.report.analysis import participant_course_report
    from sisim.report.analysis.evaluation_pictures import evaluation_pictures, sizes_compared
    from sisim.report.analysis.evaluation_report import designs_table, real_sentences, sentences
    from sisim.report.analysis.evaluation_scale import how_many_sentences
    from sisim.report.analysis.repaid_figure import repaid_words

    pooled = study.pooled(joined or MUNICIPALITIES)
    pictures = evaluation_pictures(study, pooled, real)
    tables = {"draws": study.draws, "designs": study.designs, "participants": course.table()}
    words = [] if real is None else list(real_sentences(study, real))
    words += sentences(study)
    if sizes_compared(pooled):
        tables["pooled"] = pooled
        words += how_many_sentences(study, pooled)
    if len(repaid := repaid_by_administration(study)):
        tables["repaid"] = repaid
        words += repaid_words(study)
    pictures["participants"] = lambda: participant_course_report.draw_course(course)
    words += participant_course_report.sentences(course)
    publish(folder, "evaluation", pictures, tables, words)
    print_table(designs_table(study))


def _publish_sizes(folder: Path, studies: dict[int, EvaluationStudy]) -> None:
    """Say how evaluations do by how many a year take part, and write it."""
    import pandas as pd

    from sisim.report.analysis.evaluation_pictures import study_subject
    from sisim.report.analysis.evaluation_scale import draw_by_size, size_sentences

    first = next(iter(studies.values()))
    tables = {
        name: pd.concat(
            [getattr(study, name).assign(per_year=size) for size, study in studies.items()],
            ignore_index=True,
        )
        for name in ("draws", "designs")
    }
    designs = tables["designs"]
    pictures = {"by-size": lambda: draw_by_size(study_subject(first), first, designs)}
    publish(folder, "evaluation", pictures, tables, list(size_sentences(first, designs)))
