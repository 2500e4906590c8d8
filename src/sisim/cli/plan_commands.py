"""Commands around a decision: where needs are, the plan of follow-up, what full scale takes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from sisim.cli.analysis_commands import publish
from sisim.cli.options import (
    Arm,
    ManyRuns,
    Ordinary,
    RunOptions,
    ScenarioName,
    StudyOptions,
    count,
    flag,
    option,
)
from sisim.cli.progress import progress
from sisim.cli.scenario_input import chosen_arm, executor, open_scenario
from sisim.cli.user_errors import UserError, require_known
from sisim.i18n import duration_in_months, t

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sisim.analysis.monitoring import FollowUp
    from sisim.engine.simulation import Progress
    from sisim.evaluation.participant_course import ParticipantCourse
    from sisim.scenario.scenario import Scenario

YEARS = 5
GATES = 60
SPREADS = 200


def needs(
    scenario: ScenarioName,
    /,
    *,
    find: Annotated[
        str | None,
        option("GROUP", "The group that a rule should find; unset: that of the figures."),
    ] = None,
    rule: Annotated[
        list[str] | None,
        option("CONDITION", "Who is pointed out, as `target` in a file: { … }. May be repeated."),
    ] = None,
    risk_of: Annotated[
        list[str] | None,
        option(
            "TRANSITION", "Point out those at the highest risk of a transition. May be repeated."
        ),
    ] = None,
    new: Annotated[
        bool, flag("Judge rules among those only who are not in the group already.")
    ] = False,
    years: Annotated[
        float, option("N", "How many years are looked at; unset: 5.", least=0.1)
    ] = YEARS,
    ordinary: Ordinary = False,
    options: RunOptions = RunOptions(),
) -> None:
    """Say where the needs are: outcomes and costs by group and administration, how concentrated
    the costs are, who is in several administrations' books, and what a rule would find.

    Looked at are those who live here at the start and the years that follow, if nothing is
    invested. Each person's own costs are added up, so that they can be ranked (Lorenz curve,
    Gini). A rule points out people at the start; `--find` names the group that one wants to find,
    and the rule's errors are told: sensitivity, specificity, positive predictive value. The target
    groups of the file are tried anyhow; `--rule` takes a condition as `target` is written there,
    `--risk-of` ranks people by the risk of a transition.

    Example: `sisim needs placed-youth --find placed --rule '{ age = { from = 7, below = 16 },
    visits.referral = { from = 1 } }' --risk-of placed_for_behaviour`
    """
    rules = {text: _condition(text) for text in rule or []}
    loaded, folder = open_scenario(scenario, options)
    _require_search(loaded, find, risk_of or [])
    from sisim.analysis.needs import Search
    from sisim.analysis.needs import needs as needs_of
    from sisim.report.analysis.needs_report import (
        draw_concentration,
        draw_groups,
        draw_rules,
        sentences,
    )

    with progress(t("Simulating")) as tell:
        result = needs_of(
            loaded,
            years=years,
            search=Search(find, rules, risk_of or []),
            ordinary=ordinary,
            new=new,
            seed=options.seed,
            replications=options.replications,
            progress=tell,
        )
    pictures: dict[str, Callable[[], Figure]] = {
        "needs": lambda: draw_concentration(result),
        "needs-groups": lambda: draw_groups(result),
    }
    if len(result.found):
        pictures["needs-rules"] = lambda: draw_rules(result)
    publish(folder, "needs", pictures, result.tables, sentences(result))


def _require_search(scenario: Scenario, find: str | None, risk_of: Sequence[str]) -> None:
    """Make sure that there is the group to be found, and the transitions."""
    groups, transitions = scenario.pathway.groups, scenario.pathway.transitions
    if not groups:
        raise UserError(t("The pathway has no [groups], so there is nobody to find."))
    require_known(find, groups, t('There is no group "{name}".', name=find))
    for name in risk_of:
        require_known(name, transitions, t('There is no transition "{name}".', name=name))


def _require_ends_of_steps(scenario: Scenario, months: Sequence[int]) -> None:
    """Make sure that months in which something is followed up end a step of the pathway."""
    inside = [one for one in months if not scenario.pathway.ends_step(one)]
    if inside:
        whole = [str(one) for one in range(1, 61) if scenario.pathway.ends_step(one)]
        raise UserError(
            t(
                "--month {month} lies inside a step of the pathway; a step ends at month {whole} …",
                month=inside[0],
                whole=", ".join(whole[:5]),
            )
        )


def follow_up(
    scenario: ScenarioName,
    /,
    *,
    observed: Annotated[
        Path | None, option("FILE", "What was observed, CSV or XLSX: month, measure, value.")
    ] = None,
    arm: Arm = None,
    month: Annotated[
        list[int] | None, count("N", "When, in months from the start. May be repeated.")
    ] = None,
    certain: Annotated[bool, flag("Ranges of chance alone: every number as in the file.")] = False,
    everything: Annotated[
        bool,
        flag(
            "Draw what is uncertain about the rest too, the pathway's numbers above all.",
            name="--all",
        ),
    ] = False,
    options: ManyRuns = ManyRuns(),
) -> None:
    """Write the plan of follow-up: what is measured, when, by whom, and in what range it should
    lie if all goes as assumed.

    Activity, reach and results at 6, 12, 24 and 36 months (those that end a step of the pathway),
    or as `[follow_up]` in the file says.
    The ranges hold nine of ten runs, each with chance of its own and its own draw of what is
    uncertain about the investment. Beside the plan an empty table is written,
    `follow-up-observed`, as .xlsx and as .csv: fill in its values in a spreadsheet program, save
    it, and give it back with `--observed`. You then get plan, outcome and deviation, and what the
    deviation says: chance, another inflow, too little activity, or no effect.

    What an evaluation in the file asks for (`measures`) is followed up too. What participants cost
    before and after is shown with the investment and without it: a fall among them is no effect.

    Example: `sisim follow-up placed-youth --arm project --observed observed.csv`
    """
    if certain and everything:
        raise UserError(t("--certain and --all exclude each other."))
    loaded, folder = open_scenario(scenario, options)
    chosen = chosen_arm(loaded, arm)
    from sisim.analysis.monitoring import deviations, moments
    from sisim.analysis.monitoring import follow_up as plan_of
    from sisim.analysis.observed import read_observed

    _require_ends_of_steps(loaded, month or [])
    if not (months := moments(loaded, month)):
        raise UserError(
            t(
                "The scenario ends after {length}, before anything is followed up.",
                length=duration_in_months(12 * loaded.time.years),
            )
        )
    # What is wrong in the file is said before a long computation.
    seen = None if observed is None else read_observed(observed, loaded, chosen, months)
    with progress(t("Simulating")) as tell:
        plan = plan_of(
            loaded,
            chosen,
            months=months,
            runs=options.replications,
            seed=options.seed,
            progress=tell,
            drawn="nothing" if certain else "everything" if everything else "investments",
        )
    course = _course(loaded, chosen, options)
    _publish_follow_up(folder, plan, course, None if seen is None else deviations(plan, seen))


def _course(scenario: Scenario, arm: str, options: ManyRuns) -> ParticipantCourse | None:
    """Return what participants cost around their start, if there are any and they cost anything."""
    from sisim.evaluation.participant_course import RUNS, YEARS, participant_course

    if not scenario.arms[arm].investments:
        return None
    with progress(t("Participants before and after")) as tell:
        runs = min(RUNS, options.replications)
        found = participant_course(scenario, arm, runs=runs, seed=options.seed, progress=tell)
    return found if (found.cost[:, 0, YEARS] > 0).any() else None


def _publish_follow_up(
    folder: Path, plan: FollowUp, course: ParticipantCourse | None, deviation: pd.DataFrame | None
) -> None:
    """Write the plan with an empty form for what is observed, or what came of it."""
    from sisim.report.analysis import participant_course_report
    from sisim.report.analysis.monitoring_report import (
        draw_follow_up,
        observed_form,
        plan_table,
        sentences,
    )

    tables, forms = {"follow-up-plan": plan_table(plan)}, {}
    if deviation is None:
        stem, forms["follow-up-observed"] = "follow-up", observed_form(plan)
    else:
        stem, tables["follow-up-deviations"] = "follow-up-outcome", deviation
    pictures: dict[str, Callable[[], Figure]] = {stem: lambda: draw_follow_up(plan, deviation)}
    words = sentences(plan, deviation)
    if course is not None:
        pictures["participants"] = lambda: participant_course_report.draw_course(course)
        tables["participants"] = course.table()
        words += participant_course_report.sentences(course)
    publish(folder, stem, pictures, tables, words, forms=forms)


def implement(
    scenario: ScenarioName,
    /,
    *,
    budget: Annotated[
        float | None, option("N", "An amount a year for the new way; unset: only full scale.")
    ] = None,
    arm: Annotated[
        str | None, option("ARM", "Which arm; unset: the last with a new way of working.")
    ] = None,
    investment: Annotated[
        str | None,
        option("NAME", "Which investment; unset: the arm's first with a new way of working."),
    ] = None,
    options: RunOptions = RunOptions(),
) -> None:
    """Say what the new way of working costs at full scale, and the largest version that a budget
    affords.

    To be asked before the start: if there is no money for everyone in need, a smaller version
    should be weighed. `--budget` is kronor a year in ordinary operation, over and above what the
    new way lets be stopped (`replaces` in the file). Reach, places and areas are each taken as far
    as the budget goes, and you see what each version costs and gives.

    Example: `sisim implement placed-youth --budget 8e6`
    """
    if budget is not None and not 0 < budget < float("inf"):
        raise UserError(t("--budget takes an amount over 0."))
    loaded, folder = open_scenario(scenario, options)
    from sisim.analysis.scale_up import chosen, implementation
    from sisim.report.analysis.scale_up_report import draw_versions, draw_years, sentences

    if arm is not None:
        chosen_arm(loaded, arm)
    unknown = t('There is no investment "{name}".', name=investment)
    require_known(investment, loaded.investments, unknown)
    try:
        chosen(loaded, arm, investment)
    except LookupError as error:
        raise UserError(
            t(
                "No such investment becomes a new way of working: give it [investments.NAME."
                'new_way], and in an arm the ending "new_way_of_working".'
            )
        ) from error
    with progress(t("Simulating")) as tell:
        result = implementation(
            loaded,
            arm,
            investment=investment,
            budget=budget,
            seed=options.seed,
            replications=options.replications,
            progress=tell,
        )
    pictures: dict[str, Callable[[], Figure]] = {"implementation": lambda: draw_years(result)}
    if len(result.versions) > 1:
        pictures["implementation-versions"] = lambda: draw_versions(result)
    publish(folder, "implementation", pictures, result.tables, sentences(result))


def gate(
    scenario: ScenarioName,
    /,
    *,
    arm: Annotated[
        str | None, option("ARM", "Which arm with a stage gate; unset: the last.")
    ] = None,
    draws: Annotated[
        int, count("N", "How many simulated municipalities; unset: 60.", least=2)
    ] = GATES,
    options: StudyOptions = StudyOptions(),
) -> None:
    """Say what it leads to that an evaluation decides how an investment ends: carry on if it
    holds.

    The arm ends `gated`, and [investments.NAME.gate] says which evaluation decides. Each simulated
    municipality has people and luck of its own, evaluates as it is planned, and lives on by its own
    answer, when that has come: with the effect of the file, with none, and with effects drawn from
    their range. Beside it stand always carrying on, never, and perfect knowledge of the effect.

    Example: `sisim gate team-nystart --draws 50`
    """
    loaded, folder = open_scenario(scenario, options.of_runs)
    from sisim.evaluation.stage_gate import stage_gate
    from sisim.evaluation.study import StudyError
    from sisim.report.analysis.stage_gate_report import draw_gate, sentences

    if not loaded.gated:
        raise UserError(
            t(
                'No arm has a stage gate: let an investment end "gated" in an arm, and give '
                "[investments.NAME.gate] the evaluation that decides."
            )
        )
    if arm is not None and arm not in loaded.gated:
        there = ", ".join(loaded.gated)
        raise UserError(
            t('The arm "{arm}" has no stage gate; there is {names}.', arm=arm, names=there)
        )
    with ExitStack() as stack:

        def tell(what: str) -> Progress:
            said = {"evaluation": t("Evaluating"), "lives": t("Simulating")}[what]
            return stack.enter_context(progress(said))

        try:
            found = stage_gate(
                loaded,
                arm,
                draws=draws,
                seed=options.seed,
                executor=executor(options.workers),
                progress=tell,
            )
        except StudyError as error:
            raise UserError(error.render()) from error
    tables = {"gate": found.choices, "gate-municipalities": found.table}
    publish(folder, "gate", {"gate": lambda: draw_gate(found)}, tables, list(sentences(found)))


def spread(
    scenario: ScenarioName,
    /,
    *,
    municipalities: Annotated[
        Path | None,
        option("FILE", "Municipalities, CSV or XLSX: name, residents, region; unset: made up."),
    ] = None,
    runs: Annotated[
        int, count("N", "How many runs of the spread; unset: 200.", least=10)
    ] = SPREADS,
    arm: Arm = None,
    options: RunOptions = RunOptions(),
) -> None:
    """Say how an investment may spread between municipalities, and what that comes to for people
    and purses.

    Each municipality starts of its own accord, or after what others have credibly shown, by p and q
    under [spread]: both are assumed. Each starter gains what the simulated municipality does, by
    its residents and from the year in which it starts. With [spread.support] and
    [spread.programme] you see support of capacity, for all that come, against a programme for one.
    With an `evaluation` there, its power is what makes others see; with `stages`, not all go on.

    Example: `sisim spread team-nystart --municipalities municipalities.csv`
    """
    loaded, folder = open_scenario(scenario, options)
    from sisim.analysis.diffusion import diffusion
    from sisim.evaluation.credible_spread import with_evaluated_power
    from sisim.evaluation.study import StudyError
    from sisim.loading.municipalities import read_municipalities
    from sisim.report.analysis.diffusion_report import draw_spread, power_sentence, sentences

    chosen = chosen_arm(loaded, arm)
    places = None if municipalities is None else read_municipalities(municipalities)
    with progress(t("Evaluating")) as tell:
        try:
            loaded, power = with_evaluated_power(loaded, seed=options.seed, progress=tell)
        except StudyError as error:
            raise UserError(error.render()) from error
    with progress(t("Simulating")) as tell:
        found = diffusion(
            loaded,
            chosen,
            places=places,
            runs=runs,
            seed=options.seed,
            replications=options.replications,
            progress=tell,
        )
    tables = {"spread": found.adoption, "spread-totals": found.totals}
    if loaded.spread is not None and loaded.spread.stages:
        tables["spread-stages"] = found.stages
    words = [*sentences(found), *([] if power is None else [power_sentence(loaded, power)])]
    publish(folder, "spread", {"spread": lambda: draw_spread(found)}, tables, words)


def _condition(text: str) -> dict[str, Any]:
    """Return the condition that is written as in a file, with or without its braces."""
    inner = text.strip()
    inner = inner if inner.startswith("{") else f"{{ {inner} }}"
    try:
        condition: dict[str, Any] = tomllib.loads(f"rule = {inner}")["rule"]
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            t(
                "--rule takes a condition as in a file, such as {example}; not {text}.",
                example="{ age = { from = 7, below = 16 } }",
                text=text,
            )
        ) from error
    return condition
