"""The commands around a decision: where needs are, how it should go, what full scale takes."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from sisim.cli.answers import answer
from sisim.cli.options import RESULTS, Options, values
from sisim.cli.output import refuse_early
from sisim.cli.progress import progress
from sisim.cli.speech import Refusal
from sisim.i18n import t
from sisim.loading.load import load_scenario
from sisim.scenario.errors import nearest
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

YEARS, RUNS = 5, 40


def add_planning(
    command: Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]],
    options: Options,
) -> None:
    """Add the commands around a decision.

    Args:
        command: Makes a command of a function, given a name and a help text.
        options: Makes arguments and options, and has those that commands share.
    """
    option = options.option
    Asked = Annotated[str, options.scenario]  # noqa: N806 (types)
    Changes = Annotated[list[str] | None, options.changes]  # noqa: N806
    Seed = Annotated[int | None, options.seed]  # noqa: N806
    Replications = Annotated[int | None, options.replications]  # noqa: N806
    Out = Annotated[Path | None, options.out]  # noqa: N806
    Arm = Annotated[  # noqa: N806
        str | None,
        option("--arm", t("ARM"), t("Which arm of the scenario; unset: the last.")),
    ]

    @command(
        "needs",
        t(
            "Say where the needs are: outcomes and costs by group and administration, how "
            "concentrated the costs are, who is in several administrations' books, and what a rule "
            "would find.\n\n"
            "Looked at are those who live here at the start and the years that follow, if nothing "
            "is invested. Each person's own costs are added up, so that they can be ranked (Lorenz "
            "curve, Gini). A rule points out people at the start; `--find` names the group that "
            "one wants to find, and the rule's errors are told: sensitivity, specificity, positive "
            "predictive value. The target groups of the file are tried anyhow; `--rule` takes a "
            "condition as `target` is written there, `--risk-of` ranks people by the risk of a "
            "transition.\n\n"
            "Example: `sisim needs placed-youth --find placed --rule '{ age = { from = 7, below = "
            "16 }, visits.referral = { from = 1 } }' --risk-of placed_for_behaviour`"
        ),
    )
    def needs(
        scenario: Asked,
        find: Annotated[
            str | None,
            option(
                "--find",
                t("GROUP"),
                t("The group that a rule should find; unset: that of the figures."),
            ),
        ] = None,
        rule: Annotated[
            list[str] | None,
            option(
                "--rule",
                t("CONDITION"),
                t("Who is pointed out, as `target` in a file: { … }. May be repeated."),
            ),
        ] = None,
        risk_of: Annotated[
            list[str] | None,
            option(
                "--risk-of",
                t("TRANSITION"),
                t("Point out those at the highest risk of a transition. May be repeated."),
            ),
        ] = None,
        new: Annotated[
            bool,
            option(
                "--new", None, t("Judge rules among those only who are not in the group already.")
            ),
        ] = False,
        years: Annotated[
            float,
            option(
                "--years", t("N"), t("How many years are looked at; unset: {n}.", n=YEARS), min=0.1
            ),
        ] = YEARS,
        ordinary: Annotated[
            bool,
            option(
                "--ordinary", None, t("With what everyone has too: ordinary preschool and school.")
            ),
        ] = False,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
    ) -> None:
        rules = {text: _condition(text) for text in rule or []}
        loaded = load_scenario(scenario, values(changes))
        folder = _folder(out, loaded)
        if not loaded.pathway.groups:
            raise Refusal(t("The pathway has no [groups], so there is nobody to find."))
        _known(find, loaded.pathway.groups, t('There is no group "{name}".', name=find))
        for name in risk_of or []:
            text = t('There is no transition "{name}".', name=name)
            _known(name, loaded.pathway.transitions, text)
        from sisim.analysis.needs import needs as where
        from sisim.report.analysis.needs_report import (
            draw_concentration,
            draw_groups,
            draw_rules,
            sentences,
        )

        with progress(t("Simulating")) as tell:
            found = where(
                loaded,
                years=years,
                find=find,
                rules=rules,
                risk_of=risk_of or [],
                ordinary=ordinary,
                new=new,
                seed=seed,
                replications=replications,
                progress=tell,
            )
        pictures: dict[str, Callable[[], Figure]] = {
            "needs": lambda: draw_concentration(found),
            "needs-groups": lambda: draw_groups(found),
        }
        if len(found.found):
            pictures["needs-rules"] = lambda: draw_rules(found)
        answer(folder, "needs", pictures, found.tables, sentences(found))

    @command(
        "follow-up",
        t(
            "Write the plan of follow-up: what is measured, when, by whom, and in what range it "
            "should lie if all goes as assumed.\n\n"
            "Activity, reach and results at 6, 12, 24 and 36 months, or as `[follow_up]` in the "
            "file says. The ranges hold nine of ten runs, each with chance of its own and its own "
            "draw of what is uncertain about the investment. Beside the plan an empty table is "
            "written, `follow-up-observed.csv`: fill in its values and give it back with "
            "`--observed`. You then get plan, outcome and deviation, and what the deviation says: "
            "chance, another inflow, too little activity, or no effect.\n\n"
            "Example: `sisim follow-up placed-youth --arm project --observed observed.csv`"
        ),
    )
    def follow_up(
        scenario: Asked,
        observed: Annotated[
            Path | None,
            option(
                "--observed", t("FILE"), t("What was observed, CSV or XLSX: month, measure, value.")
            ),
        ] = None,
        arm: Arm = None,
        month: Annotated[
            list[int] | None,
            option("--month", t("N"), t("When, in months from the start. May be repeated."), min=1),
        ] = None,
        certain: Annotated[
            bool,
            option("--certain", None, t("Ranges of chance alone: every number as in the file.")),
        ] = False,
        everything: Annotated[
            bool,
            option(
                "--all",
                None,
                t("Draw what is uncertain about the rest too, the pathway's numbers above all."),
            ),
        ] = False,
        changes: Changes = None,
        seed: Seed = None,
        replications: Annotated[
            int,
            option(
                "--replications",
                t("N"),
                t("How many runs, each with its seed; unset: {n}.", n=RUNS),
                min=2,
            ),
        ] = RUNS,
        out: Out = None,
    ) -> None:
        if certain and everything:
            raise Refusal(t("--certain and --all exclude each other."))
        loaded = load_scenario(scenario, values(changes))
        folder = _folder(out, loaded)
        chosen = _arm(loaded, arm)
        from sisim.analysis.monitoring import deviations, moments
        from sisim.analysis.monitoring import follow_up as plan_of
        from sisim.analysis.observed import read_observed, template
        from sisim.report.analysis.monitoring_report import draw_follow_up, plan_table, sentences

        when = moments(loaded, month)
        if not when:
            raise Refusal(
                t(
                    "The scenario ends after {n} months, before anything is followed up.",
                    n=f"{12 * loaded.time.years:g}",
                )
            )
        # What is wrong in the file is said before a long computation.
        seen = None if observed is None else read_observed(observed, loaded, chosen, when)
        with progress(t("Simulating")) as tell:
            plan = plan_of(
                loaded,
                chosen,
                months=when,
                runs=replications,
                seed=seed,
                progress=tell,
                drawn="nothing" if certain else "everything" if everything else "investments",
            )
        tables = {"follow-up-plan": plan_table(plan), "follow-up-observed": template(plan)}
        held = None
        if seen is not None:
            held = deviations(plan, seen)
            tables = {"follow-up-plan": tables["follow-up-plan"], "follow-up-deviations": held}
        stem = "follow-up" if held is None else "follow-up-outcome"
        pictures: dict[str, Callable[[], Figure]] = {stem: lambda: draw_follow_up(plan, held)}
        answer(folder, stem, pictures, tables, sentences(plan, held))

    @command(
        "implement",
        t(
            "Say what the new way of working costs at full scale, and the largest version that a "
            "budget affords.\n\n"
            "To be asked before the start: if there is no money for everyone in need, a smaller "
            "version should be weighed. `--budget` is kronor a year in ordinary operation, over "
            "and above what the new way lets be stopped (`replaces` in the file). Reach, places "
            "and areas are each taken as far as the budget goes, and you see what each version "
            "costs and gives.\n\nExample: `sisim implement placed-youth --budget 8e6`"
        ),
    )
    def implement(
        scenario: Asked,
        budget: Annotated[
            float | None,
            option("--budget", t("N"), t("Kronor a year for the new way; unset: only full scale.")),
        ] = None,
        arm: Annotated[
            str | None,
            option("--arm", t("ARM"), t("Which arm; unset: the last with a new way of working.")),
        ] = None,
        investment: Annotated[
            str | None,
            option(
                "--investment",
                t("NAME"),
                t("Which investment; unset: the arm's first with a new way of working."),
            ),
        ] = None,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
    ) -> None:
        if budget is not None and not 0 < budget < float("inf"):
            raise Refusal(t("--budget takes an amount over 0."))
        loaded = load_scenario(scenario, values(changes))
        folder = _folder(out, loaded)
        from sisim.analysis.scale_up import LEVERS, chosen, implementation
        from sisim.report.analysis.scale_up_report import draw_versions, draw_years, sentences

        if arm is not None:
            _arm(loaded, arm)
        _known(
            investment, loaded.investments, t('There is no investment "{name}".', name=investment)
        )
        try:
            chosen(loaded, arm, investment)
        except LookupError as error:
            raise Refusal(
                t(
                    "No such investment becomes a new way of working: give it [investments.NAME."
                    'new_way], and in an arm the ending "new_way_of_working".'
                )
            ) from error
        with progress(t("Simulating")) as tell:
            done: list[str] = []

            def told(lever: str) -> None:
                done.append(lever)
                tell(len(done) - 1, 1 + len(LEVERS))

            found = implementation(
                loaded,
                arm,
                investment=investment,
                budget=budget,
                seed=seed,
                replications=replications,
                tell=told,
            )
        pictures: dict[str, Callable[[], Figure]] = {"implementation": lambda: draw_years(found)}
        if len(found.versions) > 1:
            pictures["implementation-versions"] = lambda: draw_versions(found)
        answer(folder, "implementation", pictures, found.tables, sentences(found))


def _folder(out: Path | None, scenario: Scenario) -> Path:
    folder = out or RESULTS / scenario.name
    refuse_early(folder)
    return folder


def _arm(scenario: Scenario, arm: str | None) -> str:
    """Return the arm that is meant: the last, unless it is named."""
    if not scenario.arms:
        raise Refusal(t("The scenario has no [arms], so there is nothing to compare."))
    _known(
        arm,
        scenario.arms,
        t(
            'The scenario has no arm "{name}"; it has {names}.',
            name=arm,
            names=", ".join(scenario.arms),
        ),
    )
    return arm or list(scenario.arms)[-1]


def _known(name: str | None, names: Any, text: str) -> None:
    """Refuse a name that is not among `names`."""
    if name is not None and name not in names:
        close = nearest(name, names)
        if close is not None:
            text += " " + t('Did you mean "{name}"?', name=close)
        raise Refusal(text)


def _condition(text: str) -> dict[str, Any]:
    """Return the condition that is written as in a file, with or without its braces."""
    inner = text.strip()
    inner = inner if inner.startswith("{") else f"{{ {inner} }}"
    try:
        found: dict[str, Any] = tomllib.loads(f"rule = {inner}")["rule"]
    except tomllib.TOMLDecodeError as error:
        raise Refusal(
            t(
                "--rule takes a condition as in a file, such as {example}; not {text}.",
                example="{ age = { from = 7, below = 16 } }",
                text=text,
            )
        ) from error
    return found
