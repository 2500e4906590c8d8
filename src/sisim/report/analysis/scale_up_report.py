"""What full scale takes, year by year, and the versions that a budget affords."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.scale_up import Implementation, Version
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, row_axis
from sisim.report.chart.chart import (
    Bars,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Panel,
    Rule,
    Span,
    value_axis,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal, listing, lower, money, runs_of, share_of, unit_for
from sisim.report.present_value import net_words

PARTS = {
    "investment": ("extra", True),
    "running": ("with", False),
    "replaced": ("#CC79A7", True),
    "use": ("lower", False),
}
"""The colour of what is paid by year, and whether it is hatched."""
BUDGET = "#A84300"


def draw_years(found: Implementation) -> Figure:
    """Draw `years_chart`."""
    return paint(years_chart(found))


def draw_versions(found: Implementation) -> Figure:
    """Draw `versions_chart`."""
    return paint(versions_chart(found))


def years_chart(found: Implementation) -> Chart:
    """Return what the investment costs by year, what is stopped, what falls elsewhere, the budget.

    Costs are stacked upwards and reductions downwards.
    """
    sums = found.tables["implementation-years"].pivot_table(
        index="year", columns="kind", values="amount", aggfunc="sum", observed=True
    )
    sums = sums.reindex(columns=pd.Index(PARTS, name="kind")).fillna(0.0)
    years = sums.index.to_numpy()
    bars, ends = list[Mark](), {True: np.zeros(len(years)), False: np.zeros(len(years))}
    for kind, (hue, hatched) in PARTS.items():
        for up in (True, False):
            own = sums[kind].to_numpy()
            to = ends[up] + (np.maximum(own, 0) if up else np.minimum(own, 0))
            low, high = np.minimum(ends[up], to), np.maximum(ends[up], to)
            bars.append(
                Bars(f"{kind}-{'up' if up else 'down'}", years, low, high, hue, 0.72, hatched)
            )
            ends[up] = to
    top, bottom = float(ends[True].max()), float(ends[False].min())
    unit = unit_for(max(top, -bottom, found.budget or 0.0))
    full = Span("full", found.year - 0.5, found.year + 0.5, "new_way", (t("full scale"),))
    axis = value_axis(1.1 * bottom, 1.1 * max(top, found.budget or 0.0), 6, unit.size)
    panel = Panel("years", year_axis(years, 10), axis, (full, *bars, *_budget_line(found, years)))
    labels = {
        "investment": t("the project"),
        "running": t("the new way of working"),
        "replaced": t("what is stopped"),
        "use": t("other costs, change"),
    }
    key = tuple(Key(hue, labels[kind], hatched) for kind, (hue, hatched) in PARTS.items())
    subtitle = t(
        "{name}, {unit} a year",
        unit=unit.label(),
        name=found.scenario.investments[found.investment].label.text,
    )
    title, columns = t("What does full scale take?"), [Column((panel,), key=key)]
    return answer_chart(
        _subject(found), title, subtitle, columns, [_money(found)], discounted=False
    )


def _subject(found: Implementation) -> Subject:
    return Subject(found.scenario, found.seeds, found.arm, "net_present_value")


def _budget_line(found: Implementation, years: np.ndarray) -> list[Line]:
    """Return the line of the budget, named where it ends; none without a budget."""
    if found.budget is None:
        return []
    ends = [float(years[0]) - 0.5, float(years[-1]) + 0.5]
    said = t("budget\n{n}", n=money(found.budget))
    return [Line("budget", ends, [found.budget] * 2, said, "", BUDGET, 3.0, "dashed", bold=True)]


def versions_chart(found: Implementation) -> Chart:
    """Return what each version costs a year, against the budget, and what it gives."""
    table = found.tables["implementation-versions"]
    outcome = next(iter(found.scenario.outcomes), None)
    shown = [
        (one, table.iloc[place])
        for place, one in enumerate(found.versions)
        if one.affordable or one.lever == "full"
    ]
    reach = max(*(float(one.costs[:, 0].mean()) for one, _ in shown), found.budget or 0.0)
    unit = unit_for(reach)
    marks, rows = list[Mark](), list[tuple[str, str]]()
    for row, (one, values) in enumerate(shown):
        gross, _, net = one.costs.mean(axis=0)
        worth = money(float(values["net_present_value"]))
        change = "" if outcome is None else _signed(float(values[f"outcome.{outcome}"]))
        said = t("{n} take part at a time", n=decimal(float(one.treated.mean())))
        rows.append((version_label(found, one), said))
        marks += [
            Bars(f"net-{row}", [-row], [0.0], [net], "with", 0.44, across=True),
            Bars(f"covered-{row}", [-row], [net], [gross], "#CC79A7", 0.44, True, across=True),
            Line(f"worth-{row}", [0.0], [-row], worth, change, bold=True),
        ]
    key = [Key("with", t("net")), Key("#CC79A7", t("covered by what is stopped"), hatched=True)]
    if found.budget is not None:
        marks.append(Rule("budget", found.budget, "y", BUDGET, 3.0, "dashed"))
        key.append(Key(BUDGET, t("budget {n}", n=money(found.budget)), line="dashed"))
    axis = value_axis(0.0, 1.05 * reach, 5, unit.size)
    told = {"worth": lower(_subject(found).label())}
    caption = (
        t("In bold: {worth}.", **told)
        if outcome is None
        else t(
            "In bold: {worth}; below it: {outcome}, more than without.",
            outcome=lower(found.scenario.outcomes[outcome].label.text),
            **told,
        )
    )
    panel = Panel("versions", axis, row_axis(rows), tuple(marks))
    subtitle = t(
        "Cost in {year}, {unit} a year; the budget is for what it costs less what is stopped",
        year=found.year,
        unit=unit.label(),
    )
    column = Column((panel,), caption=caption, key=tuple(key))
    return answer_chart(_subject(found), t("What does the budget afford?"), subtitle, [column])


def version_label(found: Implementation, version: Version) -> str:
    """Return what a version is called."""
    if version.lever == "full":
        return t("Full scale")
    value = version.value or 0.0
    if version.lever == "reach":
        return t("Reach {share}", share=share_of(value))
    if version.lever == "capacity":
        return n_("{n} place", "{n} places", round(value))
    return n_("{k} of {n} area", "{k} of {n} areas", len(_areas(found)), k=decimal(value))


def sentences(found: Implementation) -> list[str]:
    """Return what full scale takes and what a budget affords, a sentence a line."""
    scenario = found.scenario
    spec = scenario.investments[found.investment]
    assert spec.new_way is not None
    gross, replaced, net = (float(one) for one in found.full.costs.mean(axis=0))
    lines = [
        t(
            "{name} at full scale costs {gross} a year in {year}, and all of it must be found. "
            "Taking part at a time: {n}.",
            name=spec.label.text,
            gross=money(gross),
            year=found.year,
            n=decimal(float(found.full.treated.mean())),
        )
        if not replaced
        else t(
            "{name} at full scale costs {gross} a year in {year}; {replaced} of it is covered by "
            "what is stopped, and {net} must be found. Taking part at a time: {n}.",
            name=spec.label.text,
            gross=money(gross),
            year=found.year,
            replaced=money(replaced),
            net=money(net),
            n=decimal(float(found.full.treated.mean())),
        ),
    ]
    if not found.at_full_scale:
        lines.append(
            t(
                "Full scale is not reached within the scenario: the figures are those of {year}.",
                year=found.year,
            )
        )
    who = listing(
        [
            f"{lower(scenario.payer_label(p).text)} {share_of(s)}"
            for p, s in spec.new_way.cost.shares.items()
        ]
    )
    start = spec.new_way.cost.start_up.value
    lines.append(
        t("Paid by {who}. Starting it takes {start} more, once.", who=who, start=money(start))
        if start
        else t("Paid by {who}. Starting it takes nothing more.", who=who)
    )
    if spec.new_way.replaces is None:
        lines.append(
            t(
                "The scenario does not say what is stopped to make room: "
                "[investments.{name}.new_way.replaces].",
                name=found.investment,
            )
        )
    lines += [_rollout(found), *_elsewhere(found)]
    return lines if found.budget is None else [*lines, *_within(found, found.budget)]


def _within(found: Implementation, budget: float) -> list[str]:
    """Return what a budget affords: full scale, or smaller versions."""
    if found.full.affordable:
        text = t("The budget of {budget} a year affords full scale.", budget=money(budget))
        return [f"{text} {_runs_within(found.full, budget)}".strip()]
    lines = [
        t(
            "The budget of {budget} a year does not afford it: {lacking} a year more must be "
            "found, or something that costs as much be stopped.",
            budget=money(budget),
            lacking=money(found.lacking or 0.0),
        )
    ]
    table = found.tables["implementation-versions"]
    for row, one in enumerate(found.versions[1:], 1):
        lines.append(_version(found, one, table.iloc[row]))
    lines.append(
        t(
            "A smaller reach or fewer places cut what is paid per participant, fewer areas "
            "also the running cost: of that, a share as large as theirs of the "
            "residents. Areas are taken in the file's order."
        )
    )
    return lines


def _runs_within(version: Version, budget: float) -> str:
    """Return in how many runs a version is within a budget; empty of a single run."""
    runs = len(version.costs)
    if runs < 2:
        return ""
    within = float((version.costs[:, 2] <= budget).mean())
    return t("It is within the budget in {runs}.", runs=runs_of(within, runs))


def _version(found: Implementation, one: Version, row: Any) -> str:
    if not one.affordable:
        return {
            "reach": t(
                "No reach, however small, is within the budget: the running cost alone is over it."
            ),
            "capacity": t(
                "Not even one place is within the budget: the running cost alone is over it."
            ),
            "areas": t("Not even one area is within the budget."),
        }[one.lever]
    changes = [
        f"{measure.label.text} {_signed(float(row[f'outcome.{name}']))}"
        for name, measure in found.scenario.outcomes.items()
    ]
    text = t(
        "Within the budget: {version} ({net} a year, {n} at a time). {what}: {worth}.",
        version=version_label(found, one),
        net=money(float(one.costs[:, 2].mean())),
        n=decimal(float(one.treated.mean())),
        what=net_words(found.scenario.economy.discount_costs.value),
        worth=money(float(row["net_present_value"])),
    )
    if found.budget is not None:
        text = f"{text} {_runs_within(one, found.budget)}".strip()
    if changes:
        text += " " + t(
            "In all years, compared with without: {changes}.", changes="; ".join(changes)
        )
    return text


def _rollout(found: Implementation) -> str:
    rows = found.rollout[found.rollout["begins"].notna()]
    if rows.empty:
        return t("It does not begin within the scenario.")
    if len(rows) < 2 or rows["begins"].nunique() == 1:
        first = rows.iloc[0]
        return t(
            "It begins {begins} and is at full scale {full}.",
            begins=_month(float(first["begins"])),
            full=_month(float(first["full_scale"])),
        )
    parts = [
        t(
            "{area} {begins}–{full}",
            begins=_month(one.begins),
            full=_month(one.full_scale),
            area=found.scenario.population.areas[one.area].label.text,
        )
        for one in records(rows.sort_values("begins"))
    ]
    return t("Area by area, from the start to full scale: {areas}.", areas=", ".join(parts))


def _elsewhere(found: Implementation) -> list[str]:
    """Return whose costs have fallen in the year of full scale."""
    table = found.tables["implementation-years"]
    own = table[(table["year"] == found.year) & (table["kind"] == "use")]
    falls = own[own["amount"] < 0].sort_values("amount")
    if not len(falls):
        return []
    parts = [
        f"{lower(found.scenario.payer_label(one.administration).text)} {money(-one.amount)}"
        for one in records(falls.head(3))
    ]
    return [
        t(
            "That year costs are {total} lower than without (not all of it is money that can be "
            "moved; see `sisim money`): {parts}.",
            total=money(-float(own["amount"].sum())),
            parts=", ".join(parts),
        )
    ]


def _areas(found: Implementation) -> list[str]:
    spec = found.scenario.investments[found.investment].new_way
    assert spec is not None
    return spec.areas or list(found.scenario.population.areas)


def _money(found: Implementation) -> str:
    return t(
        "Mean of the runs, fixed prices, {level}, not discounted, all who pay.",
        level=found.scenario.economy.price_level,
    )


def _signed(value: float) -> str:
    text = decimal(value)
    return f"+{text}" if value > 0 and text != "0" else text


def _month(instant: float) -> str:
    if instant != instant:
        return "–"
    year = int(instant + 1e-6)
    return f"{year}-{1 + round(12 * (instant - year)):02d}"
