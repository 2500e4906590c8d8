"""The report on money, section by section: what is said, the tables, and the pictures.

A section is made of four functions; another one is added to `SECTIONS` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sisim.economics.cost_trace import trace_tables
from sisim.economics.valuation import Valuation
from sisim.report.economics import portfolio_report as portfolio
from sisim.report.economics import repayment_report as repayment
from sisim.report.economics.contract_report import (
    contract_pictures,
    contract_shown,
    contract_tables,
    contract_words,
)
from sisim.report.economics.money_tables import shown_tables
from sisim.report.economics.money_words import money_sentences
from sisim.report.result_files import PICTURE_DPI, write_all, write_tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Arms = Sequence[str]
NOTHING: Mapping[str, pd.DataFrame] = {}
Pictures = Mapping[str, "Callable[[], Figure]"]


@dataclass(frozen=True)
class Section:
    """A part of the report on money.

    Attributes:
        words: What is said of some arms, a sentence a line.
        shown: Tables to be read at once, each with its title, numbers as the reader writes them.
        tables: The numbers behind it, one tidy table per subject.
        pictures: What draws each picture, by file name.
        files: Texts laid out as on paper, by file name.
    """

    words: Callable[[Any, Arms], list[str]]
    shown: Callable[[Any, Arms], list[tuple[str, pd.DataFrame]]]
    tables: Callable[[Any, Arms], Mapping[str, pd.DataFrame]]
    pictures: Callable[[Any, Arms], Pictures]
    files: Callable[[Any, Arms], Mapping[str, str]] = lambda *_: {}


def _appraisal_words(result: Valuation, arms: Arms) -> list[str]:
    lines: list[str] = []
    for arm in arms:
        lines += [*([""] if lines else []), *money_sentences(result, arm)]
    return lines


def _appraisal_tables(result: Valuation, arms: Arms) -> Mapping[str, pd.DataFrame]:
    def joined(parts: Iterator[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat(list(parts), ignore_index=True)

    found = {
        "appraisal": joined(result.appraisal[arm].table() for arm in arms),
        "net-position": joined(result.appraisal[arm].course() for arm in arms),
        "who-gains": joined(result.who_gains[arm].matrix().assign(arm=arm) for arm in arms),
        "who-gains-runs": joined(result.who_gains[arm].table() for arm in arms),
        "perspectives": joined(result.perspectives[arm].table() for arm in arms),
        "benefits": joined(result.perspectives[arm].benefits() for arm in arms),
        "cash-ladder": joined(result.cash[arm].table() for arm in arms),
    }
    if result.effectiveness:
        found["cost-effectiveness"] = joined(effect.table() for effect in result.effectiveness)
    return found


def _appraisal_pictures(result: Valuation, arms: Arms) -> Pictures:
    from sisim.report.chart.matplotlib_painter import paint
    from sisim.report.economics.cash_ladder import cash_ladder_chart
    from sisim.report.economics.cost_effectiveness_plane import frontier_chart
    from sisim.report.economics.net_position import net_position_chart
    from sisim.report.economics.who_gains import who_gains_chart

    charts = {
        "who-gains": who_gains_chart,
        "net-position": net_position_chart,
        "cash-ladder": cash_ladder_chart,
    }
    pictures: dict[str, Callable[[], Figure]] = {
        f"{name}-{arm}": lambda chart=chart, arm=arm: paint(chart(result, arm))  # type: ignore[misc]
        for arm in arms
        for name, chart in charts.items()
    }
    if result.effectiveness:
        pictures["cost-effectiveness"] = lambda: paint(frontier_chart(result))
    return pictures


SECTIONS: tuple[Section, ...] = (
    Section(_appraisal_words, shown_tables, _appraisal_tables, _appraisal_pictures),
    Section(
        repayment.words, repayment.shown, repayment.tables, repayment.pictures, repayment.files
    ),
    Section(portfolio.words, lambda *_: [], portfolio.tables, portfolio.pictures),
    Section(contract_words, contract_shown, contract_tables, contract_pictures),
)


def money_words(result: Valuation, arms: Arms) -> list[str]:
    """Return all that is said of some arms, an empty line between sections."""
    lines: list[str] = []
    for section in SECTIONS:
        said = section.words(result, arms)
        lines += [*([""] if lines and said else []), *said]
    return lines


def money_shown(result: Valuation, arms: Arms) -> list[tuple[str, pd.DataFrame]]:
    """Return the tables to be read at once, each with its title."""
    return [one for section in SECTIONS for one in section.shown(result, arms)]


def money_tables(result: Valuation, arms: Arms) -> dict[str, pd.DataFrame]:
    """Return the numbers behind it, one tidy table per subject."""
    return {name: one for part in SECTIONS for name, one in part.tables(result, arms).items()}


def publish_money(
    result: Valuation,
    arms: Arms,
    out: Path,
    *,
    words: Sequence[str] = (),
    more: Mapping[str, pd.DataFrame] = NOTHING,
) -> list[Path]:
    """Write the report on money into a folder, all or nothing.

    Args:
        result: What came out.
        arms: The arms that are told of.
        out: The folder.
        words: What is said beside it, a sentence a line.
        more: Tables to be written beside those on money.

    Returns:
        What was written: each picture as PNG and SVG, each table as CSV and Parquet and in
        `money.xlsx`, `money.txt`, what it was made from, and a `README.txt`.
    """
    from sisim.report.chart.canvas import save

    def write(folder: Path) -> None:
        for section in SECTIONS:
            for name, draw in section.pictures(result, arms).items():
                save(draw(), folder / name, PICTURE_DPI)
            for name, text in section.files(result, arms).items():
                (folder / name).write_text(text, encoding="utf-8", newline="\n")
        tables = {**money_tables(result, arms), **trace_tables(result.settled)}
        write_tables({**tables, **more}, folder)
        text = "\n".join([*money_words(result, arms), *words]) + "\n"
        (folder / "money.txt").write_text(text, encoding="utf-8", newline="\n")

    return write_all(out, write, "money")
