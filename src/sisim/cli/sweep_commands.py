"""Commands that run an experiment, and run it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from sisim.cli.options import RESULTS, OutFolder, Workers, argument, count, flag, option
from sisim.cli.output import print_table, require_folder
from sisim.cli.progress import progress
from sisim.cli.scenario_input import executor, store_errors_answered, warn_of_size
from sisim.cli.user_errors import INTERRUPTED, UserError, print_error
from sisim.i18n import n_, number, set_currency, t
from sisim.report.formats import decimal, runs_of

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame

    from sisim.analysis.executors import Executor
    from sisim.analysis.experiment_file import Plan
    from sisim.analysis.sweep import Study
    from sisim.scenario.scenario import Scenario

MOST_ROWS = 40
"""Rows of the summary that are printed; all are in the folder."""
Cluster = Annotated[
    str | None, option("ADDRESS", "Run on the Dask cluster whose scheduler is there.")
]


def sweep(
    file: Annotated[str, argument("FILE", "An experiment file.")],
    /,
    *,
    resume: Annotated[
        bool, flag("Go on with what is in the folder; nothing finished is run again.")
    ] = False,
    expand: Annotated[
        int | None,
        count("N", "Add so many draws, or replications where nothing is drawn, to a result."),
    ] = None,
    out: OutFolder = None,
    workers: Workers = None,
    cluster: Cluster = None,
) -> int:
    """Run an experiment: every combination of levers, draw of the uncertainties and seed.

    The file names a scenario, `[levers]` (what we choose), `[uncertainties]` (how the world may
    be), `[chance]` (seeds), `[design]` (how they are combined) and the `outcomes` that are kept.
    The result is a folder of Parquet files that pandas, R and DuckDB read. Interrupt it whenever
    you like: what is finished stays, and `--resume` goes on.

    Example: `sisim sweep experiments/two-figures.toml --out result`, then `sisim sweep
    experiments/two-figures.toml --out result --resume`
    """
    from sisim.analysis.design import count as count_cells
    from sisim.analysis.experiment_file import load_experiment

    plan = load_experiment(file)
    if plan.experiment.municipalities is not None:
        raise UserError(t("This is a country; run it with `sisim country`."))
    where = executor(workers, cluster)
    study = run_study(plan, f"sisim sweep {file}", out, where, resume=resume, expand=expand)
    if study is None:
        return INTERRUPTED
    print(_size(count_cells(study.plan), study))
    _publish(study, study.store.folder)
    return 0


def run_study(
    plan: Plan,
    command: str,
    out: Path | None,
    where: Executor,
    *,
    resume: bool,
    expand: int | None = None,
) -> Study | None:
    """Run an experiment into a folder, and tell of what had to be mended there.

    Args:
        plan: The experiment.
        command: What runs it, to go on with.
        out: The folder; None: one by its name.
        where: Where it runs.
        resume: Whether to go on with what is in the folder.
        expand: How many more draws or replications.

    Returns:
        The result; None if it was interrupted.
    """
    from sisim.analysis.sweep import open_study
    from sisim.analysis.sweep import sweep as run

    set_currency(plan.scenario.pathway.currency)
    if plan.experiment.municipalities is None:  # whose places and costs are in proportion
        warn_of_size(_of_another_size(plan))
    folder = out or RESULTS / plan.experiment.name
    require_folder(folder)
    try:
        with store_errors_answered(), progress(t("Simulating")) as tell:
            study = run(plan, folder, executor=where, resume=resume, expand=expand, progress=tell)
    except KeyboardInterrupt:
        with store_errors_answered():
            study = open_study(folder)
        print_error(
            t(
                'Interrupted: {n} of {cells} finished, kept in "{folder}". Go on with: {command}',
                n=number(study.finished),
                cells=n_("{n} cell", "{n} cells", study.cells),
                folder=folder,
                command=f"{command} --resume" + (f" --out {out}" if out else ""),
            )
        )
        return None
    if study.healed:
        text = t(
            'In "{folder}" there were files that were damaged, missing or of another result, and '
            "their cells have been simulated again: {files}.",
            folder=folder,
            files=", ".join(study.healed),
        )
        print(text)
    return study


def _publish(study: Study, folder: Path) -> None:
    """Say in a sentence what came out; write a picture, and a table with the spread."""
    from sisim.cli.analysis_commands import publish
    from sisim.report.analysis.sweep_report import draw_sweep, outcomes_asked, sweep_sentences

    _summary(study)
    print()
    with store_errors_answered():
        spread = study.spread(outcomes_asked(study))
    pictures = {"sweep": lambda: draw_sweep(study, spread)}
    publish(folder, "sweep", pictures, {"sweep": spread}, sweep_sentences(study, spread))


def _of_another_size(plan: Plan) -> Scenario:
    """Return the scenario of an experiment, with the first other number of people that it tries."""
    scenario = plan.scenario
    for key in ("population.residents", "population.cohort"):
        lever = plan.experiment.levers.get(key)
        tried = [one for one in lever if isinstance(one, int)] if isinstance(lever, list) else []
        now = scenario.population.residents or scenario.population.cohort
        if others := [one for one in tried if one != now]:
            return scenario.with_values({key: others[0]})
    return scenario


def _size(cells: int, study: Study) -> str:
    """Return how many cells there are, and of what."""
    choices, plan = len(study.experiment.choices), study.plan
    draws, seeds = plan.draws, plan.replications
    return t(
        "{cells}: {choices} × {draws} × {seeds}.",
        cells=n_("1 cell", "{n} cells", cells),
        choices=n_("1 combination of levers", "{n} combinations of levers", choices),
        draws=n_("1 draw", "{n} draws", draws),
        seeds=n_("1 seed", "{n} seeds", seeds),
    )


def _summary(study: Study) -> None:
    """Print the mean of each outcome, by combination of levers and arm."""
    from sisim.report.analysis.sweep_report import lever_label, lever_values, outcomes_asked

    levers = {study.experiment.paths(key)[0]: key for key in study.experiment.levers}
    # In the order that the file asks for them: the first ones are those with room on a terminal.
    outcomes = outcomes_asked(study)
    table = study.table([*dict.fromkeys(["choice", *levers, "arm", *outcomes])])
    by = ["choice", *levers, "arm"]
    groups = table.groupby(by, sort=False)[outcomes]
    means = groups.mean().reset_index().drop(columns="choice")
    runs = groups.size().to_numpy()
    shown = _named(means, groups.count(), runs, study.plan.scenario).head(MOST_ROWS)
    for path in levers:
        shown[path] = lever_values(study, path, shown[path])
    labels = {path: lever_label(study, key) for path, key in levers.items()}
    hidden = print_table(shown.rename(columns=labels), leading=len(by) - 1)
    if len(means) > MOST_ROWS:
        print(n_("… and {n} row more.", "… and {n} rows more.", len(means) - MOST_ROWS))
    if hidden:
        print(n_("… and {n} column more.", "… and {n} columns more.", hidden))
    _print_undefined(table, outcomes, study.plan.scenario)


def _print_undefined(table: DataFrame, outcomes: list[str], scenario: Scenario) -> None:
    """Print in how many runs with an investment each outcome is undefined, and why."""
    from sisim.analysis.measures import why_undefined
    from sisim.engine.counts import WITHOUT
    from sisim.report.analysis.analysis_frame import Subject

    own = table[table["arm"] != WITHOUT]
    for name in outcomes:
        undefined = int(own[name].isna().sum())
        if undefined:
            print(
                t(
                    "{what} has no value in {runs}, as {why}.",
                    what=Subject(scenario, (), "", name).label(),
                    runs=runs_of(undefined / len(own), len(own)),
                    why=why_undefined(name),
                )
            )


def _named(means: DataFrame, defined: DataFrame, runs: Any, scenario: Scenario) -> DataFrame:
    """Return the means with arms and outcomes as a reader calls them.

    A mean over some of the runs only says of how many; – has no value in any.

    Args:
        means: A row per combination and arm: levers, arm, outcomes.
        defined: In how many runs each outcome is defined, in the same rows.
        runs: How many runs there are in each row, (rows,).
        scenario: The scenario.
    """
    from sisim.report.analysis.analysis_frame import Subject, scale_for

    columns: dict[str, str] = {}
    cells: dict[str, Any] = {}
    for one in map(str, defined):
        subject = Subject(scenario, (), "", one)
        columns[one] = subject.label()
        scale = scale_for(subject, means[one].to_numpy())
        texts: list[Any] = []
        for value, n, of in zip(means[one], defined[one], runs, strict=True):
            shown: Any = "–" if not n else value if scale.first_year is None else scale.text(value)
            if 0 < n < of:
                figure = decimal(value, 2) if shown is value else shown
                shown = t("{value} ({runs})", value=figure, runs=runs_of(n / of, of))
            texts.append(shown)
        cells[one] = texts
    arms = [Subject(scenario, (), arm, "").arm_label() for arm in means["arm"]]
    return means.assign(**cells, arm=arms).rename(columns={**columns, "arm": t("Arm")})
