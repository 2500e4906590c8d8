"""The best mix of investments for each budget."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sisim.i18n import t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, row_axis
from sisim.report.chart.chart import Axis, CellGrid, Chart, Column, Key, Panel
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal, listing, money, runs_of, unit_for
from sisim.report.present_value import worth_words

INSIDE, OUTSIDE = "#0072B2", "#EEEEEE"
"""Of what is in the best mix, and of what is not."""


def draw_mix(subject: Subject, table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw `mix_chart`."""
    return paint(mix_chart(subject, table, names))


def mix_chart(subject: Subject, table: pd.DataFrame, names: dict[str, str]) -> Chart:
    """Return what is in the best mix for each budget, and what the mix is worth.

    Args:
        subject: What is asked; its scenario is the first of the cases.
        table: See `sisim.analysis.portfolio_choice.mixes`.
        names: What each "case/option" is called.
    """
    known = table.assign(name=table["case"] + "/" + table["option"])
    chosen = known["worth"].where(known["chosen"].astype(bool))
    grid = known.assign(chosen=chosen).pivot(index="name", columns="budget", values="chosen")
    grid = grid.reindex(list(dict.fromkeys(known["name"])))
    unit = unit_for(float(max(grid.columns.max(), grid.sum().max(), 1.0)))

    def said(amount: float) -> str:
        return "" if amount != amount else decimal(amount / unit.size, unit.digits)

    rows = []
    for one in records(known.drop_duplicates("name")):
        cost, worth = money(float(one.cost), unit), money(float(one.worth), unit)
        text = t("takes {cost}, is worth {worth}", cost=cost, worth=worth)
        rows.append((names[one.name], text))
    amounts = [*grid.to_numpy(), grid.sum().to_numpy()]
    cells = CellGrid(
        "mix",
        [n - 0.5 for n in range(len(grid.columns) + 1)],
        [0.5 - n for n in range(len(amounts) + 1)],
        (
            *(tuple(OUTSIDE if a != a else INSIDE for a in row) for row in grid.to_numpy()),
            ("#FFFFFF",) * len(grid.columns),
        ),
        tuple(tuple(said(amount) for amount in row) for row in amounts),
    )
    budgets = tuple((float(n), said(float(budget))) for n, budget in enumerate(grid.columns))
    panel = Panel(
        "mix",
        Axis(-0.5, len(budgets) - 0.5, budgets),
        row_axis([*rows, (t("The mix is worth"), "")]),
        (cells,),
    )
    after = t("To the right: budget, {unit}.", unit=unit.label())
    key = Key(INSIDE, t("in the best mix")), Key(OUTSIDE, t("not in it"))
    column = Column((panel,), key=key, after=after)
    subtitle = t("Worth net of what it costs, {unit}, {how}", unit=unit.label(), how=_how(subject))
    title = t("What is a budget best spent on?")
    return answer_chart(subject, title, subtitle, [column], subject.few_runs)


def _how(subject: Subject) -> str:
    return worth_words(subject.scenario.economy.discount_costs.value)


def sentences(subject: Subject, table: pd.DataFrame, names: dict[str, str]) -> list[str]:
    """Return the best mix for the highest budget, and in how many runs its parts pay."""
    last = table[table["budget"] == table["budget"].max()]
    inside = last[last["chosen"]]
    budget = money(float(last["budget"].iloc[0]))
    if inside.empty:
        return [t("For {budget} nothing that is worth what it costs can be paid.", budget=budget)]
    chosen = {names[f"{one.case}/{one.option}"]: one for one in records(inside)}
    found = [
        t(
            "For {budget}: {mix}; together worth {worth} ({how}).",
            how=_how(subject),
            budget=budget,
            mix=listing(list(chosen)),
            worth=money(float(inside["worth"].sum())),
        )
    ]
    runs = len(subject.seeds)
    for name, one in chosen.items():
        if runs > 1 and one.positive == one.positive:
            found.append(
                t(
                    "{what}: worth more than it costs in {runs}.",
                    what=name,
                    runs=runs_of(one.positive, runs),
                )
            )
    return [*found, *subject.few_runs]
