"""Money year by year in a silo game: who pays, who gains, and what a fund gets back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.incentive_models import MODELS, Model, fund_of
from sisim.arrays import Floats
from sisim.economics.ledger import ORE
from sisim.i18n import n_, t
from sisim.report.administrations import hue_of, stacked
from sisim.report.analysis.analysis_frame import Subject, between_ends
from sisim.report.analysis.silo_report import SiloWords, model_label
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Panel,
    Rule,
    value_axis,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_text import footer
from sisim.report.formats import money, unit_for

FUND = "extra"
"""The colour of funds, which are hatched as well."""
BESIDE = 3
"""So many models have room beside each other."""


def years_sentences(said: SiloWords) -> Iterator[str]:
    """Yield what a fund that is repaid gets back of each project, and when: it can go to others."""
    table = said.game.yearly
    for project in said.game.projects:
        own = table[(table["project"] == project.name) & (table["model"] == "fund_repaid")]
        fund = own[own["party"] == fund_of(project)]
        paid, back = float(fund["paid"].sum()), -fund["repaid"]
        if paid <= ORE:
            continue
        label = said.names[project.name]
        if back.sum() <= ORE:
            yield t(
                "{project}: of the {paid} that a fund pays, nothing comes back.",
                project=label,
                paid=money(paid),
            )
            continue
        yield t(
            "{project}: of the {paid} that a fund pays, {back} has come back by {year} and can go "
            "to other projects.",
            project=label,
            paid=money(paid),
            back=money(float(back.sum())),
            year=str(int(fund["year"][back > ORE].max())),
        )


def draw_years(subject: Subject, said: SiloWords) -> Figure:
    """Draw `years_chart`."""
    return paint(years_chart(subject, said))


def years_chart(subject: Subject, said: SiloWords) -> Chart:
    """Return what each party pays and gains in each year, under each incentive model.

    Args:
        subject: What is asked; its scenario is the first of the game.
        said: The game, in words.
    """
    table = said.game.yearly
    models = [model for model in MODELS if model in set(table["model"])]
    nets = {model: _nets(table[table["model"] == model]) for model in models}
    lines = {model: _accumulated(said, model) for model in models}
    low, high = _ends(nets, lines)
    unit = unit_for(max(abs(low), abs(high)))
    axis = value_axis(low, high, 5, unit.size)
    columns = [_column(said, model, nets[model], lines[model], axis) for model in models]
    # Four are two and two: three and one would be read as three and something else.
    wide = 2 if len(columns) > BESIDE else max(len(columns), 1)
    rows = [(1.0, tuple(columns[n : n + wide])) for n in range(0, len(columns), wide)]
    count = len(said.game.projects)
    return Chart(
        rows=((0.22 * len(rows), (Column((), key=_key(said, nets)),)), *rows),
        title=t("Who pays, and who gains, each year?"),
        subtitle=n_(
            "The project: lower costs less what is paid, {unit} per year, not discounted",
            "All {n} projects: lower costs less what is paid, {unit} per year, not discounted",
            count,
            unit=unit.label(),
        ),
        notes=(
            " ".join(
                [
                    t(
                        "The people are the same under all terms: money is moved, and none is "
                        "made. Fixed prices, means of the runs."
                    ),
                    *subject.few_runs,
                ]
            ),
            footer(subject),
        ),
        high=520.0 if len(rows) == 1 else 860.0,
    )


def _nets(table: pd.DataFrame) -> pd.DataFrame:
    """Return the net of each party (columns) in each year (rows), SEK."""
    order = list(dict.fromkeys(table["party"]))
    wide = table.pivot_table(index="year", columns="party", values="net", aggfunc="sum")
    return wide[order].fillna(0.0)


def _accumulated(said: SiloWords, model: Model) -> pd.Series | None:
    """Return what has accumulated for those who pay for the projects; None under a contract."""
    if model == "contract":
        return None
    table = said.game.yearly
    found = []
    for one in said.game.projects:
        payer = one.delivers if model == "alone" else fund_of(one)
        mine = (table["project"] == one.name) & (table["model"] == model)
        found.append(table[mine & (table["party"] == payer)].set_index("year")["accumulated"])
    every: pd.Series = pd.concat(found)
    return every.groupby(level=0).sum()


def _ends(
    nets: dict[Model, pd.DataFrame], lines: dict[Model, pd.Series | None]
) -> tuple[float, float]:
    """Return the ends of an axis that holds all bars and lines."""
    lows, highs = [0.0], [0.0]
    for model, wide in nets.items():
        _, down, up = stacked(_parts(wide))
        line = lines[model]
        lows += [float(down.min()), *([] if line is None else [float(line.min())])]
        highs += [float(up.max()), *([] if line is None else [float(line.max())])]
    return between_ends(min(lows), max(highs), 0.06)


def _parts(wide: pd.DataFrame) -> list[Floats]:
    return [wide[party].to_numpy(float) for party in wide]


def _hue(said: SiloWords, party: str) -> str:
    if party in _funds(said):
        return FUND
    return hue_of(said.game.projects[0].result.scenario, party)


def _funds(said: SiloWords) -> set[str]:
    return {fund_of(one) for one in said.game.projects}


def _key(said: SiloWords, nets: dict[Model, pd.DataFrame]) -> tuple[Key, ...]:
    parties = dict.fromkeys(str(party) for wide in nets.values() for party in wide)
    funds = _funds(said)
    return (
        *(Key(_hue(said, p), said.party(p), hatched=p in funds) for p in parties),
        Key("ink", t("accumulated for who pays the project"), line="solid"),
    )


def _column(
    said: SiloWords,
    model: Model,
    wide: pd.DataFrame,
    line: pd.Series | None,
    axis: Axis,
) -> Column:
    """Return the bars of one model, stacked from zero, and the line of what has accumulated."""
    years, parts, funds = wide.index.to_numpy(int), _parts(wide), _funds(said)
    bottoms, _, _ = stacked(parts)
    marks: list[Mark] = []
    for party, part, bottom in zip(wide, parts, bottoms, strict=True):
        drawn = np.flatnonzero(np.abs(part) > ORE)
        low, high = bottom[drawn], (bottom + part)[drawn]
        marks.append(
            Bars(
                f"{model}-{party}",
                years[drawn],
                np.minimum(low, high),
                np.maximum(low, high),
                _hue(said, str(party)),
                0.72,
                hatched=party in funds,
            )
        )
    marks.append(Rule(f"{model}-zero", 0.0, "x", width=1.5))
    if line is not None:
        x, y = line.index.to_numpy(int), line.to_numpy(float)
        marks.append(Line(f"{model}-accumulated", x, y, color="ink", markers=True))
    own = said.game.yearly
    projects = dict.fromkeys(own.loc[own["model"] == model, "project"])
    only = said.listed(projects) if len(projects) < len(said.game.projects) else ""
    panel = Panel(model, year_axis(years, 6), axis, tuple(marks))
    return Column((panel,), heading=model_label(model), caption=only)
