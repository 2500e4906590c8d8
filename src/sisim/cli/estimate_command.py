"""Numbers of a pathway from a register: `sisim estimate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sisim.cli.options import argument, option
from sisim.cli.output import require_file, require_folder, whole_file, write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.user_errors import UserError
from sisim.i18n import t


def estimate(
    file: Annotated[Path | None, argument("FILE", "An estimation file.")] = None,
    /,
    *,
    out: Annotated[
        Path,
        option("FILE", "The file of other values; tables are written beside it. Unset: own.toml."),
    ] = Path("own.toml"),
    example: Annotated[
        Path | None,
        option("FOLDER", "Write the files of an invented municipality there instead, to try with."),
    ] = None,
) -> None:
    """Estimate rates of a pathway, and probabilities of scheduled transitions, from an extract of
    a register, and write them as other values that a scenario takes by `override_files`.

    The file names the pathway, the extract (a row for each time that a person is in a state, looks
    at people now and then, or a table of moves and person-years by age) and which state of the
    pathway each state of the register is. The pathway is simulated as it is, so that the moves
    which came can be held against those that it would give for people of the same ages and times in
    the state; its numbers are multiplied by what came as a part of what was expected. A small
    municipality is drawn towards the pathway, as far as the range of its number says. What the
    register does not tell stays, and that is said. Rows about persons are never written or sent
    anywhere, and small counts are kept back.

    Example: `sisim estimate estimate.toml --out own.toml`
    """
    if example is not None:
        _write_example(example)
        return
    if file is None:
        raise UserError(
            t("Give an estimation file, or --example with a folder for files to try with.")
        )
    if out.suffix.lower() != ".toml":
        raise UserError(t('--out takes a file that ends in .toml: "{path}" does not.', path=out))
    _estimate(file, out)


def _estimate(file: Path, out: Path) -> None:
    """Estimate, say what was found, and write it."""
    from sisim.estimation.estimate_file import load_estimation
    from sisim.estimation.rates import estimate as rates_of
    from sisim.report.estimation_figure import draw_estimates
    from sisim.report.estimation_report import (
        aggregated_table,
        estimated_values,
        estimates_table,
        probabilities_table,
        rate_lines,
        reading_lines,
        sentences,
    )
    from sisim.report.spreadsheet_files import write_csv

    plan = load_estimation(file)
    require_file(out)
    with progress(t("Simulating the pathway")) as tell:
        found = rates_of(plan, tell)
    for line in [*reading_lines(found), *rate_lines(found), *sentences(found)]:
        print(line)
    print(
        t(
            "An extract of a register is personal data even with running numbers: keep it where "
            "such data may be kept."
        )
    )
    tables = {
        "rates": estimates_table(found),
        "probabilities": probabilities_table(found),
        "aggregated": aggregated_table(found),
    }
    with whole_file(out) as partial:
        partial.write_text(estimated_values(found), encoding="utf-8", newline="\n")
    print(out)
    for name, table in tables.items():
        if table.empty:
            continue
        path = out.with_name(f"{out.stem}-{name}.csv")
        with whole_file(path) as partial:
            write_csv(table, partial)
        print(path)
    figure = draw_estimates(found)
    if figure is not None:
        path = out.with_suffix(".png")
        with whole_file(path) as partial:
            figure.savefig(partial)
        print(path)


def _write_example(folder: Path) -> None:
    """Write the files of an invented municipality, and say which they are."""
    from sisim.estimation.example_municipality import write_example

    require_folder(folder)
    with write_errors_answered(folder):
        for path in write_example(folder):
            print(path)
