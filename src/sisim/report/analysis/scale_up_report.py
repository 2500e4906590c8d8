"""What full scale takes, year by year, and the versions that a budget affords."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sisim.analysis.scale_up import Implementation, Version
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import Subject, answer_canvas, records, ticks_across
from sisim.report.formats import decimal, listing, money, share_of, unit_for
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
    fit,
    label,
    place,
    points,
    scale_ticks,
    swatch,
    write,
)


def draw_years(found: Implementation, lang: str) -> Figure:
    """Draw what the investment costs by year, what is stopped, what falls elsewhere, the budget."""
    table = found.tables["implementation-years"]
    sums = table.pivot_table(index="year", columns="kind", values="amount", aggfunc="sum",
                             observed=True).fillna(0.0)  # fmt: skip
    years = sums.index.to_numpy()
    parts = {kind: sums[kind].to_numpy() if kind in sums else np.zeros(len(years))
             for kind in ("investment", "running", "replaced", "use")}  # fmt: skip
    top = float((parts["investment"] + parts["running"]).max())
    low = float(np.minimum(parts["replaced"] + np.minimum(parts["use"], 0), 0).min())
    unit = unit_for(max(top, -low))
    subject = Subject(found.scenario, found.seeds, found.arm, "net_present_value")
    subtitle = t(
        "{name}, {unit} a year",
        lang,
        unit=unit.label(lang),
        name=found.scenario.investments[found.investment].label.in_language(lang),
    )
    figure = answer_canvas(
        subject, t("What does full scale take?", lang), subtitle, lang, [_money(found, lang)],
        discounted=False,
    )  # fmt: skip
    legends = (
        ("investment", t("the project", lang), ORANGE, "////", DARK_ORANGE),
        ("running", t("the new way of working", lang), BLUE, None, BLUE),
        ("replaced", t("what is stopped", lang), PURPLE, "....", "#8A3A6C"),
        ("use", t("other costs, change", lang), GREEN, "\\\\\\\\", DARK_GREEN),
    )
    left = 20.0
    for _, text, hue, hatch, dark in legends:
        swatch(figure, left, 78, hue, hatch)
        write(figure, left + 24, 78, text, color=dark)
        left += 60 + 10.5 * len(text)
    axes = place(figure, 90, 118, 1010, 462)
    up, down = np.zeros(len(years)), np.zeros(len(years))
    for kind, _, hue, hatch, _dark in legends:
        own = parts[kind]
        above, below = np.maximum(own, 0), np.minimum(own, 0)
        for values, base in ((above, up), (below, down)):
            axes.bar(years, values, bottom=base, width=0.72, edgecolor=hue, hatch=hatch,
                     facecolor="white" if hatch else hue, linewidth=points(1))  # fmt: skip
        up, down = up + above, down + below
    high = max(float(up.max()), found.budget or 0.0)
    axes.set_ylim(1.12 * min(float(down.min()), 0.0), 1.15 * high)
    axes.axhline(0, color=INK, linewidth=points(1.5))
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    if found.budget is not None:
        axes.axhline(found.budget, color=VERMILION, linewidth=points(3), linestyle=(0, (5, 2)))
        label(
            axes,
            years[-1] + 0.6,
            found.budget,
            t("budget\n{n}", lang, n=money(found.budget, lang)),
            shift=(8, 0),
            color="#A84300",
            bold=True,
        )
    step = 1 if len(years) <= 12 else 2 if len(years) <= 24 else 5
    axes.set_xticks(years[::step])
    scale_ticks(axes, lang, 6, unit.size)
    axes.axvspan(found.year - 0.45, found.year + 0.45, color="#DCEEF8", zorder=0, linewidth=0)
    label(axes, found.year, 1.15 * high, t("full scale", lang), align="center",
          shift=(0, -10), color=MUTED)  # fmt: skip
    return figure


def draw_versions(found: Implementation, lang: str) -> Figure:
    """Draw what each version costs a year, against the budget, and what it gives."""
    costs = np.concatenate([one.costs[:, 0] for one in found.versions])
    unit = unit_for(float(max(costs.max(), found.budget or 0.0)))
    subject = Subject(found.scenario, found.seeds, found.arm, "net_present_value")
    subtitle = t("Cost in {year}, {unit} a year; the budget is for what it costs less what is "
                 "stopped", lang, year=found.year, unit=unit.label(lang))  # fmt: skip
    figure = answer_canvas(subject, t("What does the budget afford?", lang), subtitle, lang)
    swatch(figure, 400, 84, BLUE)
    write(figure, 424, 84, t("net", lang), color=BLUE)
    swatch(figure, 520, 84, PURPLE, "....")
    write(figure, 544, 84, t("covered by what is stopped", lang), color="#8A3A6C")
    write(figure, 1262, 60, t("net present value", lang), align="right", color=MUTED)
    top, row_high = 124.0, 108.0
    shown = [one for one in found.versions if one.affordable or one.lever == "full"]
    tall = row_high * len(shown)
    axes = place(figure, 400, top, 620, tall)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, 1.05 * max(float(costs.max()), found.budget or 0.0))
    table = found.tables["implementation-versions"]
    outcome = next(iter(found.scenario.outcomes), None)
    if outcome is not None:
        name = found.scenario.outcomes[outcome].label.in_language(lang)
        name = f"{name}, {t('more than without', lang)}"
        write(figure, 1262, 84, fit(figure, name, 400), align="right", color=MUTED)
    for row, one in enumerate(shown):
        number = found.versions.index(one)
        gross, _, net = one.costs.mean(axis=0)
        axes.barh(row, net, height=0.44, color=BLUE, zorder=2)
        axes.barh(row, gross - net, left=net, height=0.44, facecolor="white", edgecolor=PURPLE,
                  hatch="....", linewidth=points(1), zorder=2)  # fmt: skip
        middle = top + row_high * (row + 0.5)
        write(figure, 20, middle - 22, fit(figure, version_label(found, one, lang), 360), bold=True)
        said = t("{n} take part at a time", lang, n=decimal(float(one.treated.mean()), lang))
        write(figure, 20, middle + 4, said, color=MUTED, size=16)
        values = table.iloc[number]
        write(figure, 1262, middle - 22, money(float(values["net_present_value"]), lang),
              align="right", bold=True)  # fmt: skip
        if outcome is not None:
            change = float(values[f"outcome.{outcome}"])
            text = ("+" if change > 0 else "") + decimal(change, lang)
            write(figure, 1262, middle + 4, text, align="right", size=16)
    if found.budget is not None:
        axes.axvline(found.budget, color=VERMILION, linewidth=points(3), linestyle=(0, (5, 2)),
                     zorder=4)  # fmt: skip
        label(axes, found.budget, -0.5, t("budget {n}", lang, n=money(found.budget, lang)),
              align="center", shift=(0, 2), color="#A84300", bold=True, middle="bottom",
              size=16)  # fmt: skip
    ticks_across(axes, lang, 5, unit.size)
    return figure


def version_label(found: Implementation, version: Version, lang: str) -> str:
    """Return what a version is called."""
    if version.lever == "full":
        return t("Full scale", lang)
    value = version.value or 0.0
    if version.lever == "reach":
        return t("Reach {share}", lang, share=share_of(value, lang))
    if version.lever == "capacity":
        return t("{n} places", lang, n=decimal(value, lang))
    return t("{n} of {all} areas", lang, n=decimal(value, lang), all=len(_areas(found)))


def sentences(found: Implementation, lang: str) -> list[str]:
    """Return what full scale takes and what a budget affords, a sentence a line."""
    scenario = found.scenario
    spec = scenario.investments[found.investment]
    assert spec.new_way is not None
    gross, replaced, net = (float(one) for one in found.full.costs.mean(axis=0))
    lines = [
        t("{name} at full scale costs {gross} a year in {year}; {replaced} of it is covered by "
          "what is stopped, and {net} must be found. {n} take part at a time.", lang,
          name=spec.label.in_language(lang), gross=money(gross, lang), year=found.year,
          replaced=money(replaced, lang), net=money(net, lang),
          n=decimal(float(found.full.treated.mean()), lang)),
    ]  # fmt: skip
    if not found.at_full_scale:
        lines.append(t("Full scale is not reached within the scenario: the figures are those of "
                       "{year}.", lang, year=found.year))  # fmt: skip
    lines.append(
        t("Paid by {who}. Starting it takes {start} more, once.", lang,
          who=listing([f"{scenario.payer_label(p).in_language(lang)} {share_of(s, lang)}"
                       for p, s in spec.new_way.cost.shares.items()], lang),
          start=money(spec.new_way.cost.start_up.value, lang))
    )  # fmt: skip
    if spec.new_way.replaces is None:
        lines.append(t("The scenario does not say what is stopped to make room: "
                       "[investments.{name}.new_way.replaces].", lang,
                       name=found.investment))  # fmt: skip
    lines += [_rollout(found, lang), *_elsewhere(found, lang)]
    if found.budget is None:
        return lines
    if found.full.affordable:
        lines.append(t("The budget of {budget} a year affords full scale.", lang,
                       budget=money(found.budget, lang)))  # fmt: skip
        return lines
    lines.append(
        t("The budget of {budget} a year does not afford it: {lacking} a year more must be found, "
          "or something that costs as much be stopped.", lang, budget=money(found.budget, lang),
          lacking=money(found.lacking or 0.0, lang))
    )  # fmt: skip
    table = found.tables["implementation-versions"]
    for number, one in enumerate(found.versions[1:], 1):
        lines.append(_version(found, one, table.iloc[number], lang))
    lines.append(t("A smaller reach or fewer places cut what is paid per participant, fewer areas "
                   "also the running cost: of that, a share as large as theirs of the "
                   "residents. Areas are taken in the file's order.", lang))  # fmt: skip
    return lines


def _version(found: Implementation, one: Version, row: Any, lang: str) -> str:
    if not one.affordable:
        return {
            "reach": t("No reach, however small, is within the budget: the running cost alone is "
                       "over it.", lang),
            "capacity": t("Not even one place is within the budget: the running cost alone is over "
                          "it.", lang),
            "areas": t("Not even one area is within the budget.", lang),
        }[one.lever]  # fmt: skip
    changes = [
        f"{measure.label.in_language(lang)} {_signed(float(row[f'outcome.{name}']), lang)}"
        for name, measure in found.scenario.outcomes.items()
    ]
    text = t("Within the budget: {version} ({net} a year, {n} at a time), net present value "
             "{worth}.", lang, version=version_label(found, one, lang),
             net=money(float(one.costs[:, 2].mean()), lang),
             n=decimal(float(one.treated.mean()), lang),
             worth=money(float(row["net_present_value"]), lang))  # fmt: skip
    if changes:
        text += " " + t("In all years, compared with without: {changes}.", lang,
                        changes="; ".join(changes))  # fmt: skip
    return text


def _rollout(found: Implementation, lang: str) -> str:
    rows = found.rollout[found.rollout["begins"].notna()]
    if len(rows) < 2 or rows["begins"].nunique() == 1:
        first = rows.iloc[0]
        return t(
            "It begins {begins} and is at full scale {full}.",
            lang,
            begins=_month(float(first["begins"])),
            full=_month(float(first["full_scale"])),
        )
    parts = [
        t("{area} {begins}–{full}", lang, begins=_month(one.begins), full=_month(one.full_scale),
          area=found.scenario.population.areas[one.area].label.in_language(lang))
        for one in records(rows.sort_values("begins"))
    ]  # fmt: skip
    return t("Area by area, from the start to full scale: {areas}.", lang, areas=", ".join(parts))


def _elsewhere(found: Implementation, lang: str) -> list[str]:
    """Return whose costs have fallen in the year of full scale."""
    table = found.tables["implementation-years"]
    own = table[(table["year"] == found.year) & (table["kind"] == "use")]
    falls = own[own["amount"] < 0].sort_values("amount")
    if not len(falls):
        return []
    parts = [
        f"{found.scenario.payer_label(one.administration).in_language(lang)} "
        f"{money(-one.amount, lang)}" for one in records(falls.head(3))
    ]  # fmt: skip
    return [
        t("That year costs have fallen by {total} elsewhere (not all of it is money that can be "
          "moved; see `sisim money`): {parts}.", lang, total=money(-float(own["amount"].sum()),
                                                                   lang),
          parts=", ".join(parts))
    ]  # fmt: skip


def _areas(found: Implementation) -> list[str]:
    spec = found.scenario.investments[found.investment].new_way
    assert spec is not None
    return spec.areas or list(found.scenario.population.areas)


def _money(found: Implementation, lang: str) -> str:
    return t("Mean of the runs, fixed prices, {level}, not discounted, all who pay.", lang,
             level=found.scenario.economy.price_level)  # fmt: skip


def _signed(value: float, lang: str) -> str:
    return ("+" if value > 0 else "") + decimal(value, lang, 0 if abs(value) >= 10 else 1)


def _month(instant: float) -> str:
    if instant != instant:
        return "–"
    year = int(instant + 1e-6)
    return f"{year}-{1 + round(12 * (instant - year)):02d}"
