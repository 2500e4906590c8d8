"""The commands that run an experiment, and run it again."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sisim.cli.options import RESULTS, Options
from sisim.cli.output import print_table, refuse_early
from sisim.cli.progress import progress
from sisim.cli.speech import INTERRUPTED, Refusal, complain
from sisim.i18n import Lang, number, t
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from pandas import DataFrame

    from sisim.analysis.executors import Executor
    from sisim.analysis.sweep import Study

MOST_ROWS = 40
"""Rows of the summary that are printed; all are in the folder."""
DIFFERS = 1
"""Exit code when another result comes out."""

Spoken = Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]]


def add_sweeping(command: Spoken, options: Options, lang: Lang) -> None:
    """Add `sweep` and `reproduce` to the command line.

    Args:
        command: Makes a command of a function, given a name and a help text.
        options: Makes arguments and options, and has those that commands share.
        lang: The reader's language.
    """
    argument, option = options.argument, options.option
    Workers = Annotated[int | None, options.workers]  # noqa: N806 (types)
    Cluster = Annotated[  # noqa: N806
        str | None,
        option("--cluster", t("ADDRESS", lang),
               t("Run on the Dask cluster whose scheduler is there.", lang)),
    ]  # fmt: skip

    @command(
        "sweep",
        t(
            "Run an experiment: every combination of levers, draw of the uncertainties and seed."
            "\n\n"
            "The file names a scenario, `[levers]` (what we choose), `[uncertainties]` (how the "
            "world may be), `[chance]` (seeds), `[design]` (how they are combined) and the "
            "`outcomes` that are kept. The result is a folder of Parquet files that pandas, R and "
            "DuckDB read. Interrupt it whenever you like: what is finished stays, and `--resume` "
            "goes on.\n\n"
            "Example: `sisim sweep experiments/two-figures.toml --out result`, then `sisim sweep "
            "experiments/two-figures.toml --out result --resume`",
            lang,
        ),
    )
    def sweep(
        file: Annotated[str, argument(t("FILE", lang), t("An experiment file.", lang))],
        resume: Annotated[
            bool,
            option("--resume", None,
                   t("Go on with what is in the folder; nothing finished is run again.", lang)),
        ] = False,
        expand: Annotated[
            int | None,
            option("--expand", t("N", lang),
                   t("Add so many draws, or replications where nothing is drawn, to a result.",
                     lang), min=1),
        ] = None,
        out: Annotated[
            Path | None, option("--out", t("FOLDER", lang), t("Where the result is written.", lang))
        ] = None,
        workers: Workers = None,
        cluster: Cluster = None,
    ) -> None:  # fmt: skip
        from sisim.analysis.design import count
        from sisim.analysis.experiment_file import load_experiment
        from sisim.analysis.sweep import open_study
        from sisim.analysis.sweep import sweep as run

        plan = load_experiment(file)
        folder = out or RESULTS / plan.experiment.name
        refuse_early(folder, lang)
        try:
            with told(lang), progress(t("Simulating", lang), lang) as tell:
                study = run(
                    plan, folder, executor=_executor(workers, cluster),
                    resume=resume, expand=expand, progress=tell,
                )  # fmt: skip
        except KeyboardInterrupt:
            with told(lang):
                study = open_study(folder)
            complain(t(
                'Interrupted: {n} of {all} cells are finished, and are kept in "{folder}". '
                "Go on with: {command}",
                lang, n=number(study.finished, lang), all=number(study.cells, lang), folder=folder,
                command=f"sisim sweep {file} --resume" + (f" --out {out}" if out else ""),
            ))  # fmt: skip
            raise typer.Exit(INTERRUPTED) from None
        print(_size(count(study.plan), study, lang))
        _summary(study, lang)
        print(folder)

    @command(
        "reproduce",
        t(
            "Run a result again, and say whether the same comes out, to the last bit.\n\n"
            "All that is needed is in the folder: the experiment, the scenario, the seed. "
            "Example: `sisim reproduce result --sample 20`",
            lang,
        ),
    )
    def reproduce(
        result: Annotated[Path, argument(t("RESULT", lang), t("The folder of a result.", lang))],
        sample: Annotated[
            int | None,
            option("--sample", t("N", lang),
                   t("Only so many of its cells, spread evenly; unset: all.", lang), min=1),
        ] = None,
        workers: Workers = None,
        cluster: Cluster = None,
    ) -> None:  # fmt: skip
        from sisim.analysis.sweep import open_study

        with told(lang):
            study = open_study(result)
            with progress(t("Simulating", lang), lang) as tell:
                found = study.reproduce(sample, executor=_executor(workers, cluster), progress=tell)
        for change in found.changes:
            print(t("Otherwise than when it was made: {change}", lang, change=change))
        counts = {"n": number(found.ran, lang), "all": number(found.cells, lang)}
        if found.same:
            print(t("The same: {n} of {all} cells were run again, and every number is the same.",
                    lang, **counts))  # fmt: skip
            return
        if not found.ran:
            raise Refusal(t("There is no finished cell to run again.", lang))
        print_table(found.differing.head(MOST_ROWS), lang)
        print(t("Not the same: {n} of {all} cells were run again, and {different} differ.", lang,
                **counts, different=number(found.differing["cell"].nunique(), lang)))  # fmt: skip
        raise typer.Exit(DIFFERS)


@contextmanager
def told(lang: Lang) -> Iterator[None]:
    """Answer what is wrong with a result, in the reader's language.

    Raises:
        Refusal: With what is wrong.
    """
    from sisim.analysis.store import StoreError

    try:
        yield
    except StoreError as error:
        raise Refusal(error.render(lang)) from error


def _executor(workers: int | None, cluster: str | None) -> "Executor":
    from sisim.analysis.executors import dask, in_process, processes

    if cluster is not None:
        return dask(cluster)
    return in_process() if workers == 1 else processes(workers)


def _size(cells: int, study: "Study", lang: Lang) -> str:
    """Return how many cells there are, and of what."""
    choices, plan = len(study.experiment.choices), study.plan
    draws, seeds = plan.draws, plan.replications
    return t(
        "{cells}: {choices} × {draws} × {seeds}.", lang,
        cells=t("1 cell", lang) if cells == 1
        else t("{n} cells", lang, n=number(cells, lang)),
        choices=t("1 combination of levers", lang) if choices == 1
        else t("{n} combinations of levers", lang, n=number(choices, lang)),
        draws=t("1 draw", lang) if draws == 1 else t("{n} draws", lang, n=number(draws, lang)),
        seeds=t("1 seed", lang) if seeds == 1 else t("{n} seeds", lang, n=number(seeds, lang)),
    )  # fmt: skip


def _summary(study: "Study", lang: Lang) -> None:
    """Print the mean of each outcome, by combination of levers and arm."""
    levers = {study.experiment.paths(key)[0]: key for key in study.experiment.levers}
    wanted = study.experiment.outcomes
    outcomes = [name for name in study.plan.outcomes if not name.rpartition(".")[2].isdigit()]
    # In the order that the file asks for them: the first ones are those with room on a terminal.
    outcomes.sort(key=lambda name: [fnmatchcase(name, one) for one in wanted], reverse=True)
    table = study.table([*dict.fromkeys(["choice", *levers, "arm", *outcomes])])
    by = ["choice", *levers, "arm"]
    means = table.groupby(by, sort=False)[outcomes].mean().reset_index().drop(columns="choice")
    shown = _named(means.head(MOST_ROWS), outcomes, study.plan.scenario, lang)
    hidden = print_table(shown.rename(columns=_short(levers)), lang, leading=len(by) - 1)
    if len(means) > MOST_ROWS:
        print(t("… and {n} rows more.", lang, n=number(len(means) - MOST_ROWS, lang)))
    if hidden:
        print(t("… and {n} columns more.", lang, n=number(hidden, lang)))


def _named(means: "DataFrame", outcomes: list[str], scenario: Scenario, lang: Lang) -> "DataFrame":
    """Return the means with arms and outcomes as a reader calls them; what has no value is –."""
    from sisim.analysis.measures import PAYBACK
    from sisim.report.analysis.analysis_frame import Subject

    columns = {one: Subject(scenario, (), "", one).label(lang) for one in outcomes}
    arms = [Subject(scenario, (), arm, "").arm_label(lang) for arm in means["arm"]]
    cells = means[outcomes].astype(object).where(means[outcomes].notna(), "–")
    if PAYBACK in cells:
        cells[PAYBACK] = [x if x == "–" else round(x) for x in cells[PAYBACK]]
    named = means.assign(**cells, arm=arms)
    return named.rename(columns={**columns, "arm": t("Arm", lang)})


def _short(levers: Mapping[str, str]) -> dict[str, str]:
    """Return the ends of the levers' keys that tell them apart, by path."""
    keys = list(levers.values())
    ends = {key: [".".join(key.split(".")[-n:]) for n in range(1, 9)] for key in keys}
    return {
        path: next(
            end
            for end in ends[key]
            if not end[0].isdigit() and not any(end in ends[k] for k in keys if k != key)
        )
        for path, key in levers.items()
    }
