"""Commands on who decides and what changes: the silo game, system change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sisim.cli.analysis_commands import publish, titles_of
from sisim.cli.options import Arm, RunOptions, ScenarioName, argument, flag, values
from sisim.cli.output import print_table
from sisim.cli.progress import progress
from sisim.cli.scenario_input import (
    chosen_arm,
    open_scenario,
    require_arms,
    require_one_currency,
    result_folder,
    warn_of_size,
)
from sisim.cli.user_errors import UserError
from sisim.i18n import t

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sisim.analysis.silo import SiloGame
    from sisim.economics.valuation import Valuation
    from sisim.scenario.scenario import Scenario

    Pages = Mapping[str, Callable[[], Sequence[Figure]]]
    Pictures = Mapping[str, Callable[[], Figure]]


def silo(
    scenarios: Annotated[
        list[str], argument("SCENARIO", "A scenario file, or the name of a ready one.")
    ],
    /,
    *,
    paper: Annotated[bool, flag("Also a version to print, for a room, with its answers.")] = False,
    options: RunOptions = RunOptions(),
) -> None:
    """Say who would say yes to each investment if each looked at its own costs only, and what is
    left undone: each alone, for one year, a fund, principals together, everybody.

    A decider says yes where the costs that fall in its own purse, within its own horizon, are at
    least what it pays. `[silo]` in the file says which arms are projects, who delivers each
    (`decider`), which principals decide together (`joint`), how many years count (`horizon`) and
    how sure a decider must be (`sure`). Several files are one portfolio; who decides is then said
    by the first. You also see whose reductions hang on whose payments, who bears the risk, and the
    incentive models side by side: alone, a fund that is repaid or not, an outcome contract.

    Example: `sisim silo silo-game --paper`
    """
    loaded = loaded_scenarios(scenarios, options)
    folder = result_folder(next(iter(loaded.values())), options.out)
    game = simulated_game(loaded, options)
    _publish_silo(folder, game, _names(game, loaded), paper=paper)


def simulated_game(loaded: Mapping[str, Scenario], options: RunOptions) -> SiloGame:
    """Return the silo game of some scenarios by file, which are simulated."""
    from sisim.analysis.silo import NoDeciderError, deciders, silo_game

    try:
        for scenario in loaded.values():
            if not deciders(scenario):
                raise UserError(
                    t("{file} has no arm with an investment to decide on.", file=scenario.name)
                )
    except NoDeciderError as error:
        raise UserError(
            t(
                'Which administration decides on "{name}"? A fund pays for it: say so under '
                "[silo], as decider = {example}.",
                name=error.investment,
                example=f"{{ {error.investment} = ... }}",
            )
        ) from error
    # What goes well or badly together is looked at run by run: all have as many.
    runs = options.replications or max(one.replications for one in loaded.values())
    results = {Path(file).stem: _simulated(one, options.seed, runs) for file, one in loaded.items()}
    return silo_game(results)


def loaded_scenarios(scenarios: Sequence[str], options: RunOptions) -> dict[str, Scenario]:
    """Return the scenarios by file, for so many residents as are asked for."""
    from functools import partial

    from sisim.loading.load import load_scenario
    from sisim.loading.sample import for_residents

    given, found = values(options.changes), {}
    for file in dict.fromkeys(scenarios):
        found[file], _ = for_residents(partial(load_scenario, file), given, options.residents)
        warn_of_size(found[file])
    require_one_currency(found.values())
    for scenario in found.values():
        require_arms(scenario)
    return found


def _simulated(scenario: Scenario, seed: int | None, runs: int) -> Valuation:
    from sisim.economics.valuation import Valuation
    from sisim.engine.replications import simulate

    with progress(t("Simulating")) as tell:
        counts = simulate(scenario, seed=seed, replications=runs, progress=tell)
    return Valuation(counts)


def _names(game: SiloGame, loaded: Mapping[str, Scenario]) -> dict[str, str]:
    """Return what each project is called: by its arm, and with several files by its title too."""
    titles = {Path(file).stem: title for file, title in titles_of(loaded).items()}
    names = {}
    for one in game.projects:
        label = one.result.scenario.arms[one.arm].label.text
        stem, _, arm = one.name.rpartition("/")
        names[one.name] = f"{titles[stem]}: {label}" if stem and arm else label
    return names


def _publish_silo(folder: Path, game: SiloGame, names: dict[str, str], *, paper: bool) -> None:
    """Say what came out, and write it."""
    from sisim.report.analysis import silo_handout
    from sisim.report.analysis.analysis_frame import Subject
    from sisim.report.analysis.silo_report import (
        SiloWords,
        answer_table,
        applications_table,
        dependence_table,
        draw_silo,
        model_table,
        sentences,
    )
    from sisim.report.analysis.silo_years_figure import draw_years, years_sentences

    first = game.projects[0]
    subject = Subject(first.result.scenario, first.result.seeds, first.arm, "net_present_value")
    said = SiloWords(game, names)
    title = first.result.scenario.title.text
    pages: Pages = {}
    if paper:
        pages = {
            "silo-paper": lambda: silo_handout.handout(said, title),
            "silo-paper-answers": lambda: [silo_handout.answers(said, title)],
        }
    for heading, table in (
        (t("Who says yes"), answer_table(said)),
        (t("Whose reductions hang on whose payments"), dependence_table(said)),
        (t("Incentive models side by side"), model_table(said)),
        (t("Which applications come to a fund"), applications_table(said)),
    ):
        print(heading)
        print_table(table)
        print()
    tables = {
        "silo": game.answers(),
        "silo-regimes": game.regimes(),
        "silo-dependence": game.dependence(),
        "silo-risk": game.risks(),
        "silo-applications": game.applications(),
        "silo-models": game.models,
        "silo-years": game.yearly,
    }
    pictures: Pictures = {
        "silo": lambda: draw_silo(subject, said),
        "silo-years": lambda: draw_years(subject, said),
    }
    words = [*sentences(said), *years_sentences(said), *subject.few_runs]
    publish(folder, "silo", pictures, tables, words, pages=pages)


def system(
    scenario: ScenarioName, /, *, arm: Arm = None, options: RunOptions = RunOptions()
) -> None:
    """Say how far an investment changes the system: how much of what is procured is paid by
    outcome, how large a share of a target group is markedly better off, how much of the resources
    is reallocated, each with its goal and the effect that would reach it.

    `[system]` in the file states the goals; what is bought of providers outside is marked with
    `bought = true` in the pathway. How many are better off rests on the two lives of each having
    the same luck.

    Example: `sisim system my.toml --arm new_way`
    """
    loaded, folder = open_scenario(scenario, options)
    if loaded.system is None:
        raise UserError(
            t(
                "The scenario has no [system] that states goals. What may stand there is told by "
                "sisim explain-key system.better.goal."
            )
        )
    chosen = chosen_arm(loaded, arm or loaded.system.arm)
    if not loaded.arms[chosen].investments:
        raise UserError(t('The arm "{name}" has no investment.', name=chosen))
    from sisim.evaluation.system_change import system_change
    from sisim.report.analysis.analysis_frame import Subject
    from sisim.report.analysis.system_report import draw_system, sentences

    with progress(t("Simulating")) as tell:
        found = system_change(
            loaded,
            chosen,
            seed=options.seed,
            replications=options.replications,
            progress=tell,
        )
    subject = Subject(loaded, found.seeds, chosen, "net_present_value")
    words = [*sentences(found), *subject.few_runs]
    pictures: dict[str, Callable[[], Figure]] = {}
    if found.gauges:
        pictures["system"] = lambda: draw_system(subject, found)
    publish(folder, "system", pictures, {"system": found.table()}, words)
