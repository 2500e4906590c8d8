"""The commands, built in the reader's language."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from sisim.cli.answers import add_answers
from sisim.cli.catalogue import add_catalogue
from sisim.cli.options import RESULTS, Options, values
from sisim.cli.output import (
    politely,
    print_table,
    refuse_early,
    refuse_file_early,
    whole_file,
)
from sisim.cli.planning import add_planning
from sisim.cli.progress import progress
from sisim.cli.speech import Refusal, SpeakingCommand, SpeakingGroup
from sisim.cli.sweeping import add_sweeping
from sisim.cli.teaching import add_teaching
from sisim.cli.watching import add_watching
from sisim.i18n import current_language, t
from sisim.loading.files import shipped
from sisim.loading.load import load_pathway, load_scenario
from sisim.loading.summary import contents
from sisim.portable import write_what_fits
from sisim.scenario.json_schema import schema as json_schema

if TYPE_CHECKING:
    from sisim.analysis.comparison import View

# The engine, the reports and pandas are imported inside the commands that need them: help and
# checks should come at once.

READY = "placed-youth"
"""The scenario of `sisim figures` when none is named."""
PICTURES = (".svg", ".png", ".pdf")


def main() -> None:
    """Run the command line in the reader's language."""
    write_what_fits()
    build()()


def build() -> typer.Typer:
    """Return the command line with everything it says in the current language."""
    group = type(
        "Group", (SpeakingGroup,), {"lang": current_language(), "other": staticmethod(_command)}
    )
    spoken = SpeakingCommand
    app = typer.Typer(
        cls=group,
        name="sisim",
        no_args_is_help=True,
        rich_markup_mode="markdown",
        options_metavar=t("[OPTIONS]"),
        subcommand_metavar=t("COMMAND …"),
        add_completion=False,
        help=t(
            "Simulate social investments person by person, with and without, all else equal.\n\n"
            "Begin with `sisim figures`, which draws the two figures of a ready scenario. Then "
            "copy the scenario, change it, `sisim check` it and `sisim run` it.\n\n"
            "`--lang sv` or `--lang en`, anywhere on the line, chooses the language."
        ),
    )

    @app.callback()
    def _all() -> None:
        pass

    def command(name: str, text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        return app.command(
            name,
            cls=spoken,
            help=text,
            options_metavar=t("[OPTIONS]"),
            rich_help_panel=t("Commands"),
        )

    options = Options()
    argument, option = options.argument, options.option
    Scenario = Annotated[str, options.scenario]  # noqa: N806 (types)
    Changes = Annotated[list[str] | None, options.changes]  # noqa: N806
    Seed = Annotated[int | None, options.seed]  # noqa: N806
    Replications = Annotated[int | None, options.replications]  # noqa: N806
    Out = Annotated[Path | None, options.out]  # noqa: N806

    @command(
        "run",
        t(
            "Simulate a scenario, say what came out, and write figures and numbers.\n\n"
            "Example: `sisim run my.toml --set time.years=15 --seed 7 --out result`"
        ),
    )
    def run(
        scenario: Scenario,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
    ) -> None:
        _simulate(scenario, changes, seed, replications, out)

    @command(
        "figures",
        t(
            "Draw the two figures: the project that ends, and the new way of working.\n\n"
            "Without a scenario: those of the ready one. Example: `sisim figures --lang sv`"
        ),
    )
    def figures(
        scenario: Annotated[str, argument(t("SCENARIO"), t("A scenario with two arms."))] = READY,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
        ordinary: Annotated[
            bool,
            option(
                "--ordinary", None, t("With what everyone has too: ordinary preschool and school.")
            ),
        ] = False,
        current: Annotated[
            bool, option("--current", None, t("In the prices of each year."))
        ] = False,
        year: Annotated[
            int | None, option("--year", t("YEAR"), t("The year that is marked."))
        ] = None,
    ) -> None:
        from sisim.analysis.comparison import View

        view = View(ordinary=ordinary, current=current, year=year)
        _simulate(scenario, changes, seed, replications, out, view=view)

    @command(
        "money",
        t(
            "Simulate a scenario and say what it comes to in money: net present value, payback, "
            "who pays and who gains, what a budget sees, what an outcome costs.\n\n"
            "`[economy]` in the file says whose money counts (`perspective`), how it is "
            "discounted and counted, and whether anything is reckoned with after the last year "
            "(`tail`, which needs a `basis`). Every result says so too. With `[funds]` it holds "
            "the plan of repayment, and with `[contracts]` what outcome contracts come to.\n\n"
            "Example: `sisim money my.toml --arm new_way --set economy.perspective="
            "municipality+region`"
        ),
    )
    def money(
        scenario: Scenario,
        arm: Annotated[
            list[str] | None,
            option(
                "--arm",
                t("ARM"),
                t("Which arm of the scenario; unset: every one. May be repeated."),
            ),
        ] = None,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        arms = _arms(loaded, arm)
        folder = out or RESULTS / loaded.name
        refuse_early(folder)
        from sisim.engine.replications import simulate
        from sisim.report.economics.money_report import money_shown, money_words, publish_money
        from sisim.results import Results

        with progress(t("Simulating")) as tell:
            counts = simulate(loaded, seed=seed, replications=replications, progress=tell)
        result = Results(counts)
        with politely(folder):
            written = publish_money(result, arms, folder)
        print("\n".join(money_words(result, arms)))
        for title, table in money_shown(result, arms):
            print(f"\n{title}")
            print_table(table)
        print()
        for path in written:
            print(path)

    add_watching(command, options, READY)
    add_teaching(command, options, READY)
    add_sweeping(command, options)
    add_answers(command, options)
    add_planning(command, options)
    add_catalogue(command, options)

    @command(
        "check",
        t(
            "Say what is wrong in a scenario or pathway file, or that all is well and what the "
            "file contains.\n\nExample: `sisim check my.toml`"
        ),
    )
    def check(
        file: Annotated[str, argument(t("FILE"), t("A scenario file or a pathway file."))],
        changes: Changes = None,
    ) -> None:
        for line in contents(file, values(changes)):
            print(line)

    @command(
        "explain",
        t(
            "Follow one person in every arm, month by month where the lives differ, and say what "
            "each risk was made of: base × factors.\n\n"
            "Without --person: the first one whose lives differ. "
            "Example: `sisim explain my.toml --person centre/2026-03/0`"
        ),
    )
    def explain(
        scenario: Scenario,
        person: Annotated[
            str | None,
            option("--person", t("KEY"), t("Who: area, month of entry, number in it.")),
        ] = None,
        changes: Changes = None,
        seed: Seed = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        from sisim.report.explanation import UnknownPerson
        from sisim.report.explanation import explain as explain_person

        try:
            with progress(t("Simulating")) as tell:
                text = explain_person(loaded, person, seed=seed, progress=tell)
        except UnknownPerson as error:
            text = t(
                'There is no person "{key}" in this run. A key is area/month of entry/number, with '
                'm before the number of who has moved in; there is "{nearest}".',
                key=person,
                nearest=error.nearest,
            )
            raise Refusal(text) from error
        print(text)

    @command(
        "pathway",
        t(
            "Say what a pathway contains, draw it, and hold it against its targets.\n\n"
            "A plain municipality is simulated, without any investment, and what comes out is "
            "shown beside what statistics say.\n\n"
            "Example: `sisim pathway child-youth --out child-youth.svg --residents 20000`"
        ),
    )
    def pathway(
        name: Annotated[
            str,
            argument(
                t("NAME"),
                t(
                    "A ready pathway, or a pathway file: {names}.",
                    names=", ".join(shipped("pathway")) or "-",
                ),
            ),
        ],
        changes: Changes = None,
        out: Annotated[
            Path | None,
            option("--out", t("FILE"), t("Draw it in this file: .svg, .png or .pdf.")),
        ] = None,
        residents: Annotated[
            int | None,
            option(
                "--residents",
                t("N"),
                t("How many people are simulated; unset: as the pathway says."),
                min=1,
            ),
        ] = None,
        years: Annotated[
            float | None,
            option(
                "--years",
                t("N"),
                t("How many years they are observed; unset: as the pathway says."),
                min=1,
            ),
        ] = None,
        seed: Annotated[int, option("--seed", t("N"), t("The seed of the first run."), min=0)] = 1,
        seeds: Annotated[
            int,
            option("--seeds", t("N"), t("How many runs, each with its seed."), min=1),
        ] = 1,
    ) -> None:
        picture = out or RESULTS / f"{Path(name).stem}.svg"
        if picture.suffix not in PICTURES:
            raise Refusal(t("A drawing is .svg, .png or .pdf."))
        refuse_file_early(picture)
        overrides = values(changes)
        loaded = load_pathway(name, overrides)
        for line in contents(name, overrides, "pathway"):
            print(line)
        from sisim.report.pathway_diagram import draw_pathway

        with whole_file(picture) as partial:
            draw_pathway(loaded).savefig(partial)
        print(picture, flush=True)
        if not loaded.targets:
            print(t("The pathway has no targets to hold it against."))
            return
        from pandas import DataFrame

        from sisim.calibration.life_histories import targets
        from sisim.report.target_table import target_rows, target_words

        with progress(t("Simulating")) as tell:
            table = targets(
                loaded,
                residents=residents,
                years=years,
                seeds=range(seed, seed + seeds),
                progress=tell,
            )
        print_table(DataFrame(target_rows(table)))
        print("\n".join(target_words(table)))

    @command(
        "assumptions",
        t(
            "Print the register of assumptions: every number, its range and grade. With `--out`, "
            "its source and note too.\n\n"
            "Example: `sisim assumptions my.toml --out register.csv`"
        ),
    )
    def assumptions(
        scenario: Scenario,
        changes: Changes = None,
        out: Annotated[
            Path | None, option("--out", t("FILE"), t("Write it as CSV instead."))
        ] = None,
    ) -> None:
        from sisim.scenario.register import assumptions as register

        table = register(load_scenario(scenario, values(changes)))
        if out is None:
            from sisim.report.register_table import register_rows

            print_table(register_rows(table))
        else:
            refuse_file_early(out)
            with whole_file(out) as partial:
                table.to_csv(partial, index=False, lineterminator="\n")
            print(out)

    @command(
        "schema",
        t(
            "Print the JSON Schema of scenario files, for an editor that completes and explains "
            "while you write.\n\nExample: `sisim schema > scenario.schema.json`, and `#:schema "
            "scenario.schema.json` on the first line of the scenario."
        ),
    )
    def schema(
        of_pathway: Annotated[
            bool, option("--pathway", None, t("That of pathway files instead."))
        ] = False,
    ) -> None:
        print(json.dumps(json_schema("pathway" if of_pathway else "scenario"), indent=2))

    @command(
        "bench",
        t(
            "Measure how fast this computer simulates.\n\nExample: `sisim bench --json`, or "
            "`sisim bench --cells 1000` for a long sweep alone"
        ),
    )
    def bench(
        as_json: Annotated[
            bool, option("--json", None, t("Print the measurements as JSON."))
        ] = False,
        cells: Annotated[
            int | None,
            option(
                "--cells",
                t("N"),
                t("Measure a sweep alone, of so many cells, on one core and on two."),
                min=1,
            ),
        ] = None,
    ) -> None:
        from sisim.bench.bench_engine import bench as measure
        from sisim.bench.bench_sweep import bench_sweep

        if cells is None:
            with progress(t("Measuring")) as tell:
                measured = measure(tell)
        else:
            measured = bench_sweep(cells)
        if as_json:
            print(json.dumps(measured, indent=2))
        else:
            for name, value in measured.items():
                print(f"{name}: {value}")

    return app


def _command() -> Any:
    return get_command(build())


def _simulate(
    name: str,
    changes: list[str] | None,
    seed: int | None,
    replications: int | None,
    out: Path | None,
    *,
    view: "View | None" = None,
) -> None:
    """Simulate and publish; a view asks for the figures, and says how they are to be seen."""
    scenario = load_scenario(name, values(changes))
    if view is not None and scenario.figures is None:
        text = t("The scenario has no [figures] that says what to draw; `sisim run` needs none.")
        raise Refusal(text)
    if view is not None and view.year is not None:
        start = int(scenario.time.start[:4])
        first, last = start - int(scenario.time.history), start + int(scenario.time.years) - 1
        if not first <= view.year <= last:
            raise Refusal(
                t(
                    "--year {year} is not in the scenario, {first}-{last}.",
                    year=str(view.year),
                    first=str(first),
                    last=str(last),
                )
            )
    folder = out or RESULTS / scenario.name
    refuse_early(folder)
    from sisim.engine.replications import simulate
    from sisim.results import Results

    with progress(t("Simulating")) as tell:
        counts = simulate(scenario, seed=seed, replications=replications, progress=tell)
    result = Results(counts)
    with politely(folder):
        written = _publish(result, folder, view)
    for path in written:
        print(path)


def _arms(scenario: Any, chosen: list[str] | None) -> list[str]:
    """Return the arms that were asked for, or all of them."""
    if not scenario.arms:
        raise Refusal(t("The scenario has no [arms], so there is nothing to compare."))
    for name in chosen or []:
        if name not in scenario.arms:
            text = t(
                'The scenario has no arm "{name}"; it has {names}.',
                name=name,
                names=", ".join(scenario.arms),
            )
            raise Refusal(text)
    return list(dict.fromkeys(chosen or scenario.arms))


def _publish(result: Any, folder: Path, view: "View | None") -> list[Path]:
    """Say what came out, and write it: figures where the scenario says which, always numbers."""
    from sisim.report.outcome_table import outcome_rows
    from sisim.report.publish import publish, write_all, write_tables
    from sisim.report.summary import sentences

    if result.scenario.figures is not None:
        # The figures alone come with the numbers behind them; the money is a second's work more.
        more = result.money_tables if view is None else {}
        written = publish(result, folder, view, more=more)
        print("\n".join([*sentences(result, view), *_of_goals(result)]))
        return written

    def write(partial: Path) -> None:
        result.yearly_costs(ordinary=True).to_csv(
            partial / "costs.csv", index=False, lineterminator="\n"
        )
        result.yearly_participants().to_csv(
            partial / "participants.csv", index=False, lineterminator="\n"
        )
        result.outcomes().to_csv(partial / "outcomes.csv", index=False, lineterminator="\n")
        write_tables(result.money_tables, partial)
        if result.scenario.goals:
            from sisim.report.goal_lines import write_goals

            write_goals(result, partial)

    written = write_all(folder, write)
    if result.scenario.outcomes:
        print_table(outcome_rows(result))
    else:
        print(
            t("The scenario asks for no [outcomes]; what it costs, year by year, is in the files.")
        )
    for line in _of_goals(result):
        print(line)
    return written


def _of_goals(result: Any) -> list[str]:
    """Return what is said of the scenario's goals, if it has any."""
    if not result.scenario.goals:
        return []
    from sisim.report.goal_lines import goal_words

    return goal_words(result)
