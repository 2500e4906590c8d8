"""Writing pictures, the numbers behind them, and the words, into a folder of the reader's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sisim.analysis.comparison import Comparison, View, compare, drawn, headlines
from sisim.economics.cost_trace import trace_tables
from sisim.economics.valuation import Valuation
from sisim.report.comparison_text import sentences
from sisim.report.result_files import PICTURE_DPI, write_all, write_tables
from sisim.report.size_words import size_words
from sisim.report.spreadsheet_files import write_csv
from sisim.report.verdict_words import verdict_tables, verdict_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOTHING: Mapping[str, pd.DataFrame] = {}


def publish(
    result: Valuation,
    out: Path,
    view: View | None = None,
    more: Mapping[str, pd.DataFrame] = NOTHING,
) -> list[Path]:
    """Write the figures, their numbers and their words into `out`, all or nothing.

    Args:
        result: What is published.
        out: The folder.
        view: What the reader asks to see.
        more: Tables to be written beside those of the figures.

    Returns:
        What was written: each picture as PNG and SVG, each table as CSV and Parquet and in
        `words.xlsx`, `words.txt`, what it was made from, and a `README.txt`.
    """
    # The libraries that draw are slow to import: only who publishes waits for them.
    from sisim.report.administrations import administrations_chart
    from sisim.report.chart.canvas import save
    from sisim.report.chart.matplotlib_painter import paint
    from sisim.report.comparison_figures import draw_comparison, draw_comparison_single

    story = compare(result, view)
    pictures: dict[str, Callable[[], Figure]] = {
        "comparison": lambda: draw_comparison(story),
        "figure-1": lambda: draw_comparison_single(story, "project"),
        "figure-2": lambda: draw_comparison_single(story, "new_way"),
        "administrations": lambda: paint(administrations_chart(story)),
    }

    def write(folder: Path) -> None:
        for name, draw in pictures.items():
            save(draw(), folder / name, PICTURE_DPI)
        found = {**tables(story), **verdict_tables(story.result, tail=False), **more}
        write_tables(found, folder)
        write_beside(story.result, folder)
        text = "\n".join([*sentences(story), *words_beside(story.result)]) + "\n"
        (folder / "words.txt").write_text(text, encoding="utf-8", newline="\n")

    return write_all(out, write, "words")


def tables(story: Comparison) -> Mapping[str, pd.DataFrame]:
    """Return the numbers behind the figures, one tidy table per subject."""
    return {
        "curves": drawn(story),
        "headline": headlines(story),
        "costs": story.tables.costs,
        "entries": story.tables.entries,
        "stock": story.tables.stock,
        "participants": story.result.yearly_participants(),
        "outcomes": story.result.outcomes(),
    }


def publish_overview(result: Valuation, out: Path, words: Sequence[str]) -> list[Path]:
    """Write what there is of a scenario without figures into `out`, all or nothing.

    Args:
        result: What is published.
        out: The folder.
        words: What is said of it, a sentence a line.

    Returns:
        What was written: each picture as PNG and SVG, tables, and `words.txt`.
    """
    from sisim.report.chart.canvas import save
    from sisim.report.economics.money_report import money_tables
    from sisim.report.scenario_overview import overview_pictures

    arms = result.counts.arms[1:]
    numbers = {
        "costs": result.yearly_costs(ordinary=True) if result.ledger.lines else None,
        "participants": result.yearly_participants(),
        "outcomes": result.outcomes(),
    }

    def write(folder: Path) -> None:
        for name, draw in overview_pictures(result).items():
            save(draw(), folder / name, PICTURE_DPI)
        for name, table in numbers.items():
            if table is not None:
                write_csv(table, folder / f"{name}.csv")
        money = money_tables(result, arms) if arms else {}
        beside = {**verdict_tables(result, tail=True), **trace_tables(result.settled)}
        write_tables({**money, **beside}, folder)
        write_beside(result, folder)
        text = "\n".join(words) + "\n"
        (folder / "words.txt").write_text(text, encoding="utf-8", newline="\n")

    return write_all(out, write, "words")


def write_beside(result: Valuation, folder: Path) -> None:
    """Write what a scenario asks for beside its figures: goals, and what is measured."""
    if result.scenario.goals:
        from sisim.report.goal_lines import write_goals

        write_goals(result, folder)
    if result.scenario.measurements:
        from sisim.report.measured_lines import write_measured

        write_measured(result, folder)


def words_beside(result: Valuation) -> list[str]:
    """Return what verdicts rest on, if known, and what is said of goals, measures and tails."""
    from sisim.report.economics.later_words import later_lines
    from sisim.report.goal_lines import goal_words
    from sisim.report.measured_lines import measured_words

    size = size_words(result.scenario)
    return [
        *size,
        *verdict_words(result),
        *goal_words(result),
        *measured_words(result),
        *later_lines(result),
    ]
