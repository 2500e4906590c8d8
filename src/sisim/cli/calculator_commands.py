"""Commands that set beside the simulation what is calculated without one: SROI, a static sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from sisim.cli.analysis_commands import publish
from sisim.cli.options import Arm, RunOptions, ScenarioName, option
from sisim.cli.output import print_table
from sisim.cli.progress import progress
from sisim.cli.scenario_input import chosen_arm, open_scenario
from sisim.cli.user_errors import UserError
from sisim.i18n import t

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sisim.evaluation.static_calculation import Level
    from sisim.scenario.scenario import Scenario


def sroi(
    scenario: ScenarioName,
    /,
    *,
    arm: Arm = None,
    options: RunOptions = RunOptions(),
) -> None:
    """Say what the social return on investment (SROI) is, as guessed and as simulated.

    An SROI map records a change among participants and takes away, by percentages that are
    guessed, what would have happened anyway (deadweight), what others lose (displacement), what
    other investments bring about (attribution), and what is lost year by year (drop-off). Here the
    same people without the investment are known, so that each of them is counted. The file says
    what is valued under `[sroi]`; what nobody pays is no part of the ledger.

    Example: `sisim sroi service-trainee --arm project`
    """
    loaded, folder = open_scenario(scenario, options)
    chosen = chosen_arm(loaded, arm)
    if loaded.sroi is None or not loaded.sroi.values:
        raise UserError(
            t(
                "The scenario says of no value what it is worth: write [sroi.values.NAME] with "
                "outcome, per_unit and stakeholder. What may stand there is told by sisim "
                "explain-key sroi.values.NAME.per_unit."
            )
        )
    _require_investment(loaded, chosen)
    from sisim.evaluation.social_return import social_return
    from sisim.report.analysis.social_return_report import (
        draw_social_return,
        filters_table,
        sentences,
    )

    with progress(t("Simulating")) as tell:
        found = social_return(
            loaded, chosen, seed=options.seed, replications=options.replications, progress=tell
        )
    pictures: dict[str, Callable[[], Figure]] = {"sroi": lambda: draw_social_return(found)}
    publish(folder, "sroi", pictures, found.tables, sentences(found))
    print_table(filters_table(found))


def _level(given: str | None) -> Level | None:
    """Return what use falls from, as `--level` says."""
    from sisim.evaluation.static_calculation import LEVELS

    if given is None:
        return None
    for level in LEVELS:
        if level == given:
            return level
    raise UserError(t('--level takes start or year; "{given}" is neither.', given=given))


def _require_investment(scenario: Scenario, arm: str) -> None:
    """Make sure that an arm has an investment, and that of `[sroi]` if it names one."""
    own = scenario.arms[arm].investments
    if not own:
        raise UserError(t('Nothing is invested in the arm "{name}".', name=arm))
    asked = None if scenario.sroi is None else scenario.sroi.investment
    if asked is not None and asked not in own:
        raise UserError(
            t(
                'sroi.investment is "{name}", which is not in the arm "{arm}"; it has {names}. '
                "Choose another arm with --arm.",
                name=asked,
                arm=arm,
                names=", ".join(own),
            )
        )


def static(
    scenario: ScenarioName,
    /,
    *,
    arm: Arm = None,
    participants: Annotated[
        float | None,
        option(
            "N",
            "How many participants the calculation counts with; unset: as many as there is room "
            "for.",
            least=0,
        ),
    ] = None,
    effect: Annotated[
        float | None,
        option(
            "SHARE",
            "The share that each is said to use less, 0.2 being a fifth; unset: what a follow-up "
            "of the same people sees.",
            least=-1,
            most=1,
        ),
    ] = None,
    level: Annotated[
        str | None,
        option(
            "LEVEL",
            "What use falls from: what a year costs as participants begin (start), or the year "
            "before (year); unset: the costlier.",
        ),
    ] = None,
    options: RunOptions = RunOptions(),
) -> None:
    """Set the calculation per participant that calculators make beside what is simulated, and say
    what the difference is made of.

    A calculator multiplies participants by what each uses less, by a unit price, and by years in
    which the effect fades: a line for each administration and resource. The same file simulated
    gives something else. The difference is split into parts that add up: places, regression to the
    mean, the effect year by year, returns, people who come later, direct effects on use, prices,
    and what no budget sees. Years and fading are those of `[sroi]`; without it, five years and a
    tenth a year.

    Example: `sisim static service-trainee --arm project --effect 0.2`
    """
    loaded, folder = open_scenario(scenario, options)
    chosen = chosen_arm(loaded, arm)
    _require_investment(loaded, chosen)
    from sisim.evaluation.static_calculation import static_calculation
    from sisim.report.analysis.static_calculation_report import (
        draw_bridge,
        lines_table,
        sentences,
    )

    with progress(t("Simulating")) as tell:
        found = static_calculation(
            loaded,
            chosen,
            level=_level(level),
            effect=effect,
            planned=participants,
            seed=options.seed,
            replications=options.replications,
            progress=tell,
        )
    pictures: dict[str, Callable[[], Figure]] = {"static": lambda: draw_bridge(found)}
    publish(folder, "static", pictures, found.tables, sentences(found))
    print_table(lines_table(found))
