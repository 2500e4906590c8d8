"""The best mix of investments for each budget."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.i18n import t
from sisim.report.analysis.analysis_frame import Subject, answer_canvas, name_row, records
from sisim.report.formats import decimal, listing, money, runs_of, unit_for
from sisim.report.present_value import worth_words
from sisim.report.style import BLUE, INK, MUTED, label, place, points, write


def draw_mix(subject: Subject, table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw what the best mix is worth for each budget, and what is in it.

    Args:
        subject: What is asked; its scenario is the first of the cases.
        table: See `sisim.analysis.portfolio_choice.mixes`.
        names: What each "case/option" is called.
    """
    budgets = np.unique(table["budget"])
    options = list(dict.fromkeys(f"{one.case}/{one.option}" for one in records(table)))
    chosen = {(one.budget, f"{one.case}/{one.option}") for one in records(table) if one.chosen}
    worth = table[table["chosen"]].groupby("budget")["worth"].sum().reindex(budgets, fill_value=0)
    unit = unit_for(float(max(budgets.max(), worth.max(), 1.0)))
    subtitle = t(
        "Filled: in the best mix. Worth net of what it costs, {unit}, {how}",
        unit=unit.label(),
        how=_how(subject),
    )
    title = t("What is a budget best spent on?")
    figure = answer_canvas(subject, title, subtitle, subject.few_runs)
    axes = place(figure, 480, 100, 770, 440)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_xlim(-0.6, len(budgets) - 0.4)
    axes.set_ylim(len(options) + 0.5, -0.6)
    for row, option in enumerate(options):
        for column, budget in enumerate(budgets):
            inside = (budget, option) in chosen
            fill, edge = (BLUE, BLUE) if inside else ("white", MUTED)
            axes.plot(
                [column],
                [row],
                marker="s",
                markersize=points(26),
                zorder=3,
                color=fill,
                markeredgecolor=edge,
            )
        own = table[(table["case"] + "/" + table["option"]) == option].iloc[0]
        middle = 100 + 440 * (row + 0.6) / (len(options) + 1.1)
        said = t(
            "takes {cost}, is worth {worth}",
            cost=money(float(own["cost"]), unit),
            worth=money(float(own["worth"]), unit),
        )
        name_row(figure, middle, names[option], said, 440)
    for column, budget in enumerate(budgets):
        text = decimal(float(worth.loc[budget]) / unit.size, unit.digits)
        label(axes, (column, len(options)), text, align="center", bold=True)
    middle = 100 + 440 * (len(options) + 0.6) / (len(options) + 1.1)
    write(figure, 20, middle - 10, t("The mix is worth"), bold=True)
    axes.set_xticks(
        range(len(budgets)), [decimal(float(b) / unit.size, unit.digits) for b in budgets]
    )
    text = t("Budget, {unit} →", unit=unit.label())
    write(figure, 1250, 590, text, align="right", color=INK)
    return figure


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
