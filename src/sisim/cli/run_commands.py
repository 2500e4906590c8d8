"""Commands that simulate a scenario: its result, its figures, its money, one person, the speed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sisim.cli.options import (
    READY,
    Changes,
    Ordinary,
    RunOptions,
    ScenarioName,
    Seed,
    argument,
    count,
    flag,
    option,
)
from sisim.cli.output import print_table, write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.scenario_input import load, open_scenario, require_arms, result_folder
from sisim.cli.user_errors import UserError
from sisim.i18n import t

if TYPE_CHECKING:
    from sisim.analysis.comparison import View
    from sisim.results import Results
    from sisim.scenario.scenario import Scenario


Thorough = Annotated[
    bool,
    flag(
        "Of what a verdict rests on, try also what takes whole runs: the risks of the pathway that "
        "effects act on, and its parameters."
    ),
]


def run(
    scenario: ScenarioName,
    /,
    *,
    thorough: Thorough = False,
    options: RunOptions = RunOptions(),
) -> None:
    """Simulate a scenario, say what came out and what the verdict rests on, and write figures and
    numbers.

    Example: `sisim run my.toml --set time.years=15 --seed 7 --out result`
    """
    loaded, folder = open_scenario(scenario, options)
    _publish(_simulate(loaded, options), folder, None, thorough=thorough)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ViewOptions:
    """How the two figures are seen."""

    ordinary: Ordinary = False
    current: Annotated[bool, flag("In the prices of each year.")] = False
    year: Annotated[int | None, count("YEAR", "The year that is marked.", least=None)] = None


def figures(
    scenario: Annotated[str, argument("SCENARIO", "A scenario with two arms.")] = READY,
    /,
    *,
    seen: ViewOptions = ViewOptions(),
    thorough: Thorough = False,
    options: RunOptions = RunOptions(),
) -> None:
    """Draw the two figures: the project that ends, and the new way of working.

    Without a scenario: those of the ready one. Example: `sisim figures --lang sv`
    """
    from sisim.analysis.comparison import View

    loaded = load(scenario, options.changes, options.residents)
    if loaded.figures is None:
        raise UserError(
            t("The scenario has no [figures] that says what to draw; `sisim run` needs none.")
        )
    if seen.year is not None:
        _require_year(loaded, seen.year)
    folder = result_folder(loaded, options.out)
    view = View(ordinary=seen.ordinary, current=seen.current, year=seen.year)
    _publish(_simulate(loaded, options), folder, view, thorough=thorough)


def money(
    scenario: ScenarioName,
    /,
    *,
    arm: Annotated[
        list[str] | None,
        option("ARM", "Which arm of the scenario; unset: every one. May be repeated."),
    ] = None,
    thorough: Thorough = False,
    options: RunOptions = RunOptions(),
) -> None:
    """Simulate a scenario and say what it comes to in money: the net (a present value where the
    file discounts), payback, who pays and who gains, what a budget sees, what an outcome costs.

    `[economy]` in the file says whose money counts (`perspective`), how it is discounted and
    counted, and whether anything is reckoned with after the last year (`tail`, which needs a
    `basis`). Every result says so too. With `[funds]` it holds the plan of repayment, and with
    `[contracts]` what outcome contracts come to.

    Example: `sisim money my.toml --arm new_way --set economy.perspective=municipality+region`
    """
    loaded = load(scenario, options.changes, options.residents)
    require_arms(loaded, arm or ())
    arms = list(dict.fromkeys(arm or loaded.arms))
    folder = result_folder(loaded, options.out)
    from sisim.report.economics.money_report import money_shown, money_words, publish_money
    from sisim.report.size_words import size_words
    from sisim.report.verdict_words import verdict_tables, verdict_words

    result = _simulate(loaded, options)
    _judge(result, tail=True, thorough=thorough)
    with write_errors_answered(folder):
        size = size_words(loaded)
        said = [*size, *verdict_words(result, tail=True, arms=arms)]
        more = verdict_tables(result, tail=True, arms=arms)
        written = publish_money(result, arms, folder, words=["", *said] if said else (), more=more)
    print("\n".join([*money_words(result, arms), *(["", *said] if said else [])]))
    for title, table in money_shown(result, arms):
        print(f"\n{title}")
        print_table(table)
    print()
    for path in written:
        print(path)


def explain(
    scenario: ScenarioName,
    /,
    *,
    person: Annotated[str | None, option("KEY", "Who: area, month of entry, number in it.")] = None,
    changes: Changes = None,
    seed: Seed = None,
) -> None:
    """Follow one person in every arm, month by month where the lives differ, and say what each
    risk was made of: base × factors.

    Without --person: the first one whose lives differ. Example: `sisim explain my.toml --person
    centre/2026-03/0`
    """
    loaded = load(scenario, changes)
    from sisim.engine.trace import UnknownPerson, trace
    from sisim.report.explanation import explanation

    try:
        with progress(t("Simulating")) as tell:
            text = explanation(trace(loaded, person, seed=seed, progress=tell))
    except UnknownPerson as error:
        text = t(
            'There is no person "{key}" in this run. A key is area/month of entry/number, with '
            'm before the number of who has moved in; there is "{nearest}".',
            key=person,
            nearest=error.nearest,
        )
        raise UserError(text) from error
    print(text)


def _simulate(scenario: Scenario, options: RunOptions) -> Results:
    """Return the result of a scenario, showing how far it has come."""
    from sisim.analysis.switching_values import simulate_retained
    from sisim.results import Results

    seed, replications = options.seed, options.replications
    with progress(t("Simulating")) as tell:
        found = simulate_retained(scenario, seed=seed, replications=replications, progress=tell)
    return Results(*found)


def _judge(result: Results, *, tail: bool, thorough: bool, title: str | None = None) -> None:
    """Work out what each verdict rests on, showing under a title how far it has come."""
    with progress(title or t("What the verdict rests on")) as tell:
        result.judge(tail=tail, thorough=thorough, progress=tell)


def _require_year(scenario: Scenario, year: int) -> None:
    years = scenario.time.whole_years
    if year not in years:
        raise UserError(
            t(
                "--year {year} is not in the scenario, {first}-{last}.",
                year=str(year),
                first=str(years[0]),
                last=str(years[-1]),
            )
        )


def _publish(result: Results, folder: Path, view: View | None, *, thorough: bool) -> None:
    """Say what came out, and write it: figures where the scenario says which, always numbers."""
    from sisim.report.outcome_table import outcome_rows
    from sisim.report.publish import publish_overview, words_beside
    from sisim.report.scenario_overview import overview_words

    if result.scenario.figures is not None:
        _publish_figures(result, folder, view, thorough=thorough)
        return
    _judge(result, tail=True, thorough=thorough)
    with write_errors_answered(folder):
        words = [*overview_words(result), *words_beside(result)]
        written = publish_overview(result, folder, words)
    print("\n".join(words))
    if result.scenario.outcomes:
        print()
        print_table(outcome_rows(result))
    print()
    for path in written:
        print(path)


def _publish_figures(result: Results, folder: Path, view: View | None, *, thorough: bool) -> None:
    """Write the figures, and say what they show, as soon as they can be drawn.

    What the verdict rests on takes as long again: when it is known it is said, and all is written
    anew with it, as the figures say it, too.
    """
    from rich.markup import escape

    from sisim.economics.cost_trace import trace_tables
    from sisim.report.comparison_text import sentences
    from sisim.report.publish import publish, words_beside

    with write_errors_answered(folder):
        # The figures alone come with the numbers behind them; the money is a second's work more.
        money = result.money_tables if view is None else {}
        more = {**money, **trace_tables(result.settled)}
        publish(result, folder, view, more=more)
    print("\n".join(sentences(result, view)), flush=True)
    there = escape(str(folder))
    title = t("The figures are in {folder}. What the verdict rests on", folder=there)
    _judge(result, tail=False, thorough=thorough, title=title)
    with write_errors_answered(folder):
        written = publish(result, folder, view, more=more)
    for line in (*words_beside(result), *written):
        print(line)
