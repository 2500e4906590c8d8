"""What full scale takes, year by year, and the versions that a budget affords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.analysis.scale_up import Implementation, Version
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_canvas, records, ticks_across
from sisim.report.formats import decimal, listing, lower, money, runs_of, share_of, unit_for
from sisim.report.present_value import net_words
from sisim.report.style import (
    BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    VERMILION,
    bar,
    fit,
    key_entry,
    label,
    place,
    points,
    scale_ticks,
    write,
)


def draw_years(found: Implementation) -> Figure:
    """Draw what the investment costs by year, what is stopped, what falls elsewhere, the budget."""
    table = found.tables["implementation-years"]
    sums = table.pivot_table(
        index="year", columns="kind", values="amount", aggfunc="sum", observed=True
    ).fillna(0.0)
    years = sums.index.to_numpy()
    parts = {
        kind: sums[kind].to_numpy() if kind in sums else np.zeros(len(years))
        for kind in ("investment", "running", "replaced", "use")
    }
    top = float((parts["investment"] + parts["running"]).max())
    low = float(np.minimum(parts["replaced"] + np.minimum(parts["use"], 0), 0).min())
    unit = unit_for(max(top, -low))
    subject = Subject(found.scenario, found.seeds, found.arm, "net_present_value")
    subtitle = t(
        "{name}, {unit} a year",
        unit=unit.label(),
        name=found.scenario.investments[found.investment].label.text,
    )
    figure = answer_canvas(
        subject, t("What does full scale take?"), subtitle, [_money(found)], discounted=False
    )
    legends = (
        ("investment", t("the project"), ORANGE, "////", DARK_ORANGE),
        ("running", t("the new way of working"), BLUE, None, BLUE),
        ("replaced", t("what is stopped"), PURPLE, "....", "#8A3A6C"),
        ("use", t("other costs, change"), GREEN, "\\\\\\\\", DARK_GREEN),
    )
    left = 20.0
    for _, text, hue, hatch, dark in legends:
        key_entry(figure, left, 78, text, hue, hatch=hatch, color=dark)
        left += 60 + 10.5 * len(text)
    axes = place(figure, 90, 118, 1010, 462)
    high = max(_stack(axes, years, parts, legends), found.budget or 0.0)
    _mark_budget_and_full_scale(axes, years, found, high)
    scale_ticks(axes, 6, unit.size)
    return figure


def _stack(
    axes: Axes,
    years: np.ndarray,
    parts: Mapping[str, np.ndarray],
    legends: Sequence[tuple[str, str, str, str | None, str]],
) -> float:
    """Stack the parts of every year, costs upwards and reductions downwards.

    Returns:
        The height of the highest stack.
    """
    up, down = np.zeros(len(years)), np.zeros(len(years))
    for kind, _, hue, hatch, _dark in legends:
        own = parts[kind]
        above, below = np.maximum(own, 0), np.minimum(own, 0)
        for values, base in ((above, up), (below, down)):
            axes.bar(
                years,
                values,
                bottom=base,
                width=0.72,
                edgecolor=hue,
                hatch=hatch,
                facecolor="white" if hatch else hue,
                linewidth=points(1),
            )
        up, down = up + above, down + below
    axes.set_ylim(bottom=1.12 * min(float(down.min()), 0.0))
    return float(up.max())


def _mark_budget_and_full_scale(
    axes: Axes, years: np.ndarray, found: Implementation, high: float
) -> None:
    """Draw the line of the budget, and shade the first whole year at full scale."""
    low = axes.get_ylim()[0]
    axes.set_ylim(low, 1.15 * high if high > low else low + 1.0)
    axes.axhline(0, color=INK, linewidth=points(1.5))
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    if found.budget is not None:
        axes.axhline(found.budget, color=VERMILION, linewidth=points(3), linestyle=(0, (5, 2)))
        label(
            axes,
            (years[-1] + 0.6, found.budget),
            t("budget\n{n}", n=money(found.budget)),
            shift=(8, 0),
            color="#A84300",
            bold=True,
        )
    step = 1 if len(years) <= 12 else 2 if len(years) <= 24 else 5
    axes.set_xticks(years[::step])
    axes.axvspan(found.year - 0.45, found.year + 0.45, color="#DCEEF8", zorder=0, linewidth=0)
    label(
        axes,
        (found.year, 1.15 * high),
        t("full scale"),
        align="center",
        shift=(0, -10),
        color=MUTED,
    )


def draw_versions(found: Implementation) -> Figure:
    """Draw what each version costs a year, against the budget, and what it gives."""
    costs = np.concatenate([one.costs[:, 0] for one in found.versions])
    unit = unit_for(float(max(costs.max(), found.budget or 0.0)))
    subject = Subject(found.scenario, found.seeds, found.arm, "net_present_value")
    subtitle = t(
        "Cost in {year}, {unit} a year; the budget is for what it costs less what is stopped",
        year=found.year,
        unit=unit.label(),
    )
    figure = answer_canvas(subject, t("What does the budget afford?"), subtitle)
    stopped = t("covered by what is stopped")
    key_entry(figure, 400, 84, t("net"), BLUE)
    key_entry(figure, 520, 84, stopped, PURPLE, hatch="....", color="#8A3A6C")
    write(figure, 1262, 60, subject.label(), align="right", color=MUTED)
    top, row_high = 124.0, 108.0
    shown = [one for one in found.versions if one.affordable or one.lever == "full"]
    tall = row_high * len(shown)
    axes = place(figure, 400, top, 620, tall)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, 1.05 * max(float(costs.max()), found.budget or 0.0) or 1.0)
    table = found.tables["implementation-versions"]
    outcome = next(iter(found.scenario.outcomes), None)
    if outcome is not None:
        name = found.scenario.outcomes[outcome].label.text
        name = f"{name}, {t('more than without')}"
        write(figure, 1262, 84, fit(figure, name, 400), align="right", color=MUTED)
    for row, one in enumerate(shown):
        place_in_table = found.versions.index(one)
        gross, _, net = one.costs.mean(axis=0)
        axes.barh(row, net, height=0.44, color=BLUE, zorder=2)
        bar(axes, row, gross - net, PURPLE, left=net, height=0.44, hatch="....", zorder=2)
        middle = top + row_high * (row + 0.5)
        write(figure, 20, middle - 22, fit(figure, version_label(found, one), 360), bold=True)
        said = t("{n} take part at a time", n=decimal(float(one.treated.mean())))
        write(figure, 20, middle + 4, said, color=MUTED, size=16)
        values = table.iloc[place_in_table]
        worth = money(float(values["net_present_value"]))
        write(figure, 1262, middle - 22, worth, align="right", bold=True)
        if outcome is not None:
            change = float(values[f"outcome.{outcome}"])
            text = ("+" if change > 0 else "") + decimal(change)
            write(figure, 1262, middle + 4, text, align="right", size=16)
    if found.budget is not None:
        _budget_line(axes, found.budget)
    ticks_across(axes, 5, unit.size)
    return figure


def _budget_line(axes: Axes, budget: float) -> None:
    axes.axvline(budget, color=VERMILION, linewidth=points(3), linestyle=(0, (5, 2)), zorder=4)
    label(
        axes,
        (budget, -0.5),
        t("budget {n}", n=money(budget)),
        align="center",
        shift=(0, 2),
        color="#A84300",
        bold=True,
        size=16,
    ).set_verticalalignment("bottom")


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
    lines.append(
        t(
            "Paid by {who}. Starting it takes {start} more, once.",
            who=listing(
                [
                    f"{lower(scenario.payer_label(p).text)} {share_of(s)}"
                    for p, s in spec.new_way.cost.shares.items()
                ]
            ),
            start=money(spec.new_way.cost.start_up.value),
        )
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
