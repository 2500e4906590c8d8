"""Numbers that agree with key figures: `sisim calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sisim.cli.options import Workers, argument, flag, option
from sisim.cli.output import print_table, require_file, whole_file, write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.scenario_input import executor, store_errors_answered
from sisim.cli.user_errors import INTERRUPTED, UserError, print_error
from sisim.i18n import t

if TYPE_CHECKING:
    from sisim.estimation.calibrate import Calibrated


def calibrate(
    scenario: Annotated[
        str, argument("SCENARIO", "A scenario or a pathway: a file, or the name of a ready one.")
    ],
    file: Annotated[Path, argument("FILE", "A calibration file.")],
    /,
    *,
    out: Annotated[
        Path,
        option(
            "FILE",
            "The file of other values; draws, tables and pictures are written beside it. Unset: "
            "calibrated.toml.",
        ),
    ] = Path("calibrated.toml"),
    resume: Annotated[
        bool, flag("Go on with a calibration that was interrupted; no run is done again.")
    ] = False,
    workers: Workers = None,
) -> int:
    """Find the numbers of a pathway that agree with key figures, with how sure they are together,
    and write them as other values that a scenario takes by `override_files`.

    The file says which numbers are free (each is searched for within its range), and what the
    simulation should agree with: targets of the pathway or measures of your own, with what was
    observed and how uncertain that is. What comes out without any investment is computed exactly if
    that can be done, and else simulated at many combinations of the numbers, all with the same
    seeds. What is written is drawn from together by `uncertainty`, `evaluate` and `sweep`, so that
    their ranges shrink where the data tell something. It is also said which numbers the data cannot
    tell apart. Interrupt it whenever you like: runs that are done are kept beside the file until it
    is written, and `--resume` goes on to the same answer.

    Example: `sisim calibrate placed-youth calibrate.toml --out calibrated.toml`
    """
    if out.suffix.lower() != ".toml":
        raise UserError(t('--out takes a file that ends in .toml: "{path}" does not.', path=out))
    from sisim.engine.cohort import NotExact
    from sisim.estimation.calibrate import NotCalibrated
    from sisim.estimation.calibrate import calibrate as run
    from sisim.estimation.calibration_file import load_calibration
    from sisim.estimation.finished_runs import FinishedRuns, OtherRunsError

    plan = load_calibration(file, scenario)
    require_file(out)
    runs = out.with_name(f"{out.stem}-runs.jsonl")
    try:
        with (
            store_errors_answered(),
            write_errors_answered(runs),
            progress(t("Simulating")) as tell,
        ):
            kept = FinishedRuns(runs, plan, resume=resume)
            found = run(plan, executor(workers), tell, kept)
    except (NotExact, NotCalibrated, OtherRunsError) as error:
        raise UserError(str(error)) from error
    except KeyboardInterrupt:
        print_error(
            t(
                'Interrupted. What is done is kept in "{file}". Go on with: {command}',
                file=runs,
                command=f"sisim calibrate {scenario} {file} --out {out} --resume",
            )
        )
        return INTERRUPTED
    _publish(found, out)
    runs.unlink(missing_ok=True)
    return 0


def _publish(found: Calibrated, out: Path) -> None:
    """Say what was found, and write it."""
    from sisim.report.calibration_figure import draw_numbers, draw_targets
    from sisim.report.calibration_report import (
        calibrated_values,
        numbers_table,
        sentences,
        shown_numbers,
        shown_targets,
        targets_table,
    )
    from sisim.report.override_text import rounded
    from sisim.report.spreadsheet_files import write_csv

    print_table(shown_targets(found))
    print()
    print_table(shown_numbers(found))
    print()
    print("\n".join(sentences(found)))
    tables = {
        "draws": found.draws.map(rounded),
        "targets": targets_table(found),
        "numbers": numbers_table(found),
    }
    beside = {name: out.with_name(f"{out.stem}-{name}.csv") for name in tables}
    for name, table in tables.items():
        with whole_file(beside[name]) as partial:
            write_csv(table, partial)
    with whole_file(out) as partial:
        text = calibrated_values(found, beside["draws"].name)
        partial.write_text(text, encoding="utf-8", newline="\n")
    for path in (out, *beside.values()):
        print(path)
    for name, draw in {"targets": draw_targets, "numbers": draw_numbers}.items():
        path = out.with_name(f"{out.stem}-{name}.png")
        with whole_file(path) as partial:
            draw(found).savefig(partial)
        print(path)
