"""Where the needs are: how concentrated costs are, whose they are, what a rule would find."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.needs import ALL, Needs, wanted_groups
from sisim.i18n import number, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    lower,
    records,
    ticks_across,
)
from sisim.report.formats import decimal, listing, money, percent_sign, share_of
from sisim.report.style import (
    BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    fit,
    label,
    place,
    points,
    swatch,
    wrap,
    write,
)
from sisim.report.summary import quoted
from sisim.scenario.scenario import Scenario

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, MUTED)
HATCHES = (None, "////", None, "....", "\\\\\\\\", None, "xxxx", "----")
MOST = 9
"""So many groups or rules have room."""
TOP = 0.2


def group_label(scenario: Scenario, kind: str, name: str, lang: str) -> str:
    """Return what a group of people is called."""
    if kind == "everyone":
        return t("Everyone", lang)
    if kind == "target":
        target = scenario.investments[name].label.in_language(lang)
        return t("Target group: {name}", lang, name=target)
    if kind == "rule":
        own = scenario.investments[name].label.in_language(lang)
        return t("The rule {name}", lang, name=quoted(own, lang))
    if kind == "group":
        return _upper(scenario.pathway.groups[name].label.in_language(lang))
    if kind == "area":
        return scenario.population.areas[name].label.in_language(lang)
    if kind == "age":
        return t("Aged {ages}", lang, ages=name.replace("-", "–"))
    attribute, _, category = name.partition(".")
    spec = scenario.pathway.attributes[attribute]
    known = spec.labels.get(category)
    of = spec.label.in_language(lang) if spec.label is not None else attribute
    return f"{_upper(of)}: {category if known is None else known.in_language(lang)}"


def rule_label(scenario: Scenario, kind: str, name: str, share: float, lang: str) -> str:
    """Return what a rule is called."""
    if kind != "risk":
        return group_label(scenario, kind, name, lang)
    known = scenario.pathway.transitions[name].label
    what = name if known is None else known.in_language(lang)
    return t("The {share} at the highest risk of {what}", lang, share=share_of(share, lang),
             what=lower(what))  # fmt: skip


def administration_label(scenario: Scenario, name: str, lang: str) -> str:
    """Return what an administration, or all together, is called."""
    return t("All", lang) if name == ALL else scenario.payer_label(name).in_language(lang)


def subject_of(found: Needs) -> Subject:
    """Return what the pictures are about, for their foot."""
    return Subject(found.scenario, found.seeds, "", "")


def draw_concentration(found: Needs, lang: str) -> Figure:
    """Draw the Lorenz curve of costs, and in how many administrations' books people are."""
    tables = found.tables
    title = t("How concentrated are the costs?", lang)
    figure = answer_canvas(subject_of(found), title, _whose(found, lang), lang,
                           [_money(found, lang)], discounted=False)  # fmt: skip
    write(figure, 20, 84, t("Share of the cost, by share of residents (least costly first)", lang),
          bold=True, size=17)  # fmt: skip
    axes = place(figure, 84, 124, 520, 462)
    curve = tables["needs-lorenz"]
    x, y = curve["share_of_people"].to_numpy(), curve["share_of_cost"].to_numpy()
    axes.fill_between(x, y, 0, color=SKY, alpha=0.3, linewidth=0)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=points(1.5), linestyle=(0, (4, 3)))
    axes.plot(x, y, color=BLUE, linewidth=points(4))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    _percent_axes(axes, lang)
    label(axes, 0.42, 0.46, t("if all cost the same", lang), align="right", color=MUTED,
          middle="bottom")  # fmt: skip
    below = float(np.interp(1 - TOP, x, y))
    axes.plot([1 - TOP, 1 - TOP], [below, 1], color=VERMILION, linewidth=points(3))
    axes.plot([1 - TOP], [below], marker="o", markersize=points(12), color=VERMILION)
    said = t("the costliest {top}\nof residents: {share}", lang, top=share_of(TOP, lang),
             share=share_of(1 - below, lang))  # fmt: skip
    label(axes, 1 - TOP, 0.86, said, align="right", shift=(-12, 0), color="#A84300", bold=True)
    everyone = tables["needs-concentration"].iloc[0]
    label(axes, 0.03, 0.93, t("Gini {gini}", lang, gini=decimal(everyone["gini"], lang, 2)),
          align="left")  # fmt: skip

    write(figure, 690, 84, t("In how many administrations' books in the same year?", lang),
          bold=True, size=17)  # fmt: skip
    swatch(figure, 690, 116, BLUE)
    write(figure, 714, 116, t("of residents", lang), color=BLUE)
    swatch(figure, 880, 116, ORANGE, "////")
    write(figure, 904, 116, t("of the cost", lang), color=DARK_ORANGE)
    books = tables["needs-books"]
    books = books[(books["share_of_people"] > 0) | (books["administrations"] < 2)]
    axes = place(figure, 740, 152, 470, 434)
    axes.grid(visible=False)
    axes.set_xlim(0, 1.14 * max(books["share_of_people"].max(), books["share_of_cost"].max()))
    axes.set_ylim(len(books) - 0.45, -0.55)
    axes.set_yticks(range(len(books)), [str(n) for n in books["administrations"]])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for row, one in enumerate(records(books)):
        axes.barh(row - 0.19, one.share_of_people, height=0.34, color=BLUE)
        axes.barh(row + 0.19, one.share_of_cost, height=0.34, facecolor="white", edgecolor=ORANGE,
                  hatch="////", linewidth=points(1))  # fmt: skip
        for at, share, hue in ((-0.19, one.share_of_people, BLUE),
                               (0.19, one.share_of_cost, DARK_ORANGE)):  # fmt: skip
            text = share_of(share, lang, 0 if share >= 0.1 or share == 0 else 1)
            label(axes, share, row + at, text, shift=(7, 0), color=hue, size=16)
    return figure


def draw_groups(found: Needs, lang: str) -> Figure:
    """Draw, for each group, its share of the residents and of the cost, by administration."""
    scenario = found.scenario
    table = found.tables["needs-groups"]
    table = table[(table["kind"] != "everyone") & (table["people"] > 0)]
    first = table[table["kind"].isin(["target", "rule", "group"])].head(MOST - 4)
    others = table[~table.index.isin(first.index)]
    others = others.assign(over=others["share_of_cost"] / others["share_of_people"])
    rows = pd.concat([first, others.sort_values("over", ascending=False).head(MOST - len(first))])
    title = t("Whose are the costs?", lang)
    figure = answer_canvas(subject_of(found), title, _whose(found, lang), lang,
                           [_money(found, lang)], discounted=False)  # fmt: skip
    payers = [a for a in scenario.pathway.administrations if float(rows[f"cost.{a}"].max()) > 0]
    for n, name in enumerate(payers):
        hue, hatch = COLOURS[n % len(COLOURS)], HATCHES[n % len(HATCHES)]
        text = fit(figure, administration_label(scenario, name, lang), 310, 16)
        row, column = divmod(n, 3)
        left = 20.0 + 350 * column
        swatch(figure, left, 78 + 26 * row, hue, hatch)
        write(figure, left + 24, 78 + 26 * row, text, size=16)
    write(figure, 1262, 78, t("per person", lang), size=16, color=MUTED, align="right")
    write(figure, 1262, 104, t("and year", lang), size=16, color=MUTED, align="right")
    start, broad = 400.0, 690.0
    top = 92.0 + 26 * -(-len(payers) // 3)
    tall = min(580 - top, 50.0 * len(rows) + 20)
    axes = place(figure, start, top, broad, tall)
    axes.grid(visible=False)
    axes.grid(axis="x", color="#E5E5E5", linewidth=points(1))
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    reach = float(max(rows["share_of_cost"].max(), rows["share_of_people"].max()))
    axes.set_xlim(0, 1.06 * reach)
    for row, one in enumerate(rows.to_dict("records")):
        share, at = float(one["share_of_cost"]), 0.0
        for n, name in enumerate(payers):
            part = share * float(one[f"cost.{name}"]) / max(float(one["cost"]), 1e-9)
            hatch = HATCHES[n % len(HATCHES)]
            hue = COLOURS[n % len(COLOURS)]
            axes.barh(row - 0.1, part, left=at, height=0.44, edgecolor=hue, hatch=hatch,
                      facecolor="white" if hatch else hue, linewidth=points(1))  # fmt: skip
            at += part
        axes.barh(row + 0.26, one["share_of_people"], height=0.16, color=INK)
        middle = top + tall * (row + 0.6) / (len(rows) + 0.2)
        name = group_label(scenario, str(one["kind"]), str(one["group"]), lang)
        write(figure, 20, middle - 14, fit(figure, name, start - 40))
        cost = money(float(one["cost"]), lang)
        write(figure, 1262, middle - 14, cost, align="right", bold=True)
    ticks_across(axes, lang, 5, 0.01)
    _percent_ticks(axes, lang)
    write(figure, start, top + tall + 38,
          t("Bars: share of the cost. Thin black bars: share of residents.", lang),
          size=16, color=MUTED)  # fmt: skip
    return figure


def draw_rules(found: Needs, lang: str) -> Figure:
    """Draw what each rule finds of a group, and how many it points out rightly."""
    scenario = found.scenario
    rows = found.tables["needs-rules"].head(MOST - 2)
    case = scenario.pathway.groups[found.find].label.in_language(lang)
    title = t("What would a rule find?", lang)
    subtitle = t("Rules at the start, to find who is in the group {group} within {years} years",
                 lang, group=quoted(lower(case), lang),
                 years=decimal(found.years, lang))  # fmt: skip
    figure = answer_canvas(subject_of(found), title, subtitle, lang, [_judged(found, lang)],
                           discounted=False)  # fmt: skip
    start, broad, top = 470.0, 520.0, 124.0
    tall = min(460.0, 66.0 * len(rows) + 20)
    swatch(figure, start, 84, BLUE)
    write(figure, start + 24, 84, t("found, of all cases", lang), color=BLUE)
    swatch(figure, start + 300, 84, GREEN, "////")
    write(figure, start + 324, 84, t("cases, of all pointed out", lang), color=DARK_GREEN)
    write(figure, 1262, 84, t("pointed out", lang), align="right", color=MUTED)
    axes = place(figure, start, top, broad, tall)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_xlim(0, 1.1)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    for row, one in enumerate(records(rows)):
        for at, share, hue, dark, hatch in (
            (-0.2, one.sensitivity, BLUE, BLUE, None),
            (0.2, one.positive_predictive_value, GREEN, DARK_GREEN, "////"),
        ):
            share = 0.0 if share != share else share
            axes.barh(row + at, share, height=0.36, edgecolor=hue, hatch=hatch,
                      facecolor="white" if hatch else hue, linewidth=points(1))  # fmt: skip
            label(axes, share, row + at, share_of(share, lang, 0 if share >= 0.1 else 1),
                  shift=(7, 0), color=dark, size=16)  # fmt: skip
        middle = top + tall * (row + 0.6) / (len(rows) + 0.2)
        name = rule_label(scenario, one.kind, one.rule, one.share, lang)
        lines = wrap(figure, name, start - 40).split("\n")[:2]
        for line, text in enumerate(lines):
            write(figure, 20, middle - 11 * len(lines) + 22 * line - 3, text)
        write(figure, 1262, middle - 12, decimal(one.flagged, lang), align="right", bold=True)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
    _percent_ticks(axes, lang)
    return figure


def sentences(found: Needs, lang: str) -> list[str]:
    """Return where the needs are, a sentence a line."""
    scenario, tables = found.scenario, found.tables
    everyone = tables["needs-groups"].iloc[0]
    spread = tables["needs-concentration"].iloc[0]
    lines = [
        t("{whose}: {people} people, who cost {cost} each a year.", lang, whose=_whose(found, lang),
          people=decimal(everyone["people"], lang), cost=money(everyone["cost"], lang)),
        t("The costliest 20% have {top} of the cost, the costliest 1% have {one}; {nothing} cost "
          "nothing. Gini {gini}.", lang, top=share_of(spread["top_20"], lang),
          one=share_of(spread["top_1"], lang), nothing=share_of(1 - spread["share_with_cost"],
                                                                lang),
          gini=_with_error(spread["gini"], spread["gini_error"], lang)),
    ]  # fmt: skip
    books = tables["needs-books"]
    several = books[books["administrations"] > 1]
    lines.append(
        t("In a year {people} are in at least two administrations' books, and they have {cost} of "
          "the cost.", lang, people=share_of(several["share_of_people"].sum(), lang, 1),
          cost=share_of(several["share_of_cost"].sum(), lang))
    )  # fmt: skip
    overlap = tables["needs-overlap"]
    pairs = overlap[(overlap["administration"] != overlap["other"]) & (overlap["people"] > 0)]
    for one in records(
        pairs.sort_values("people", ascending=False).drop_duplicates("people").head(2)
    ):
        lines.append(
            t("Of those in the books of {one}, {share} are in those of {other} in the same year.",
              lang, one=administration_label(scenario, one.administration, lang),
              share=share_of(one.share, lang),
              other=administration_label(scenario, one.other, lang))
        )  # fmt: skip
    groups = tables["needs-groups"]
    for one in groups[groups["kind"].isin(["target", "rule", "group"])].to_dict("records"):
        if one["people"] > 0:
            lines.append(_group_sentence(found, one, lang))
    case = lower(scenario.pathway.groups[found.find].label.in_language(lang))
    for one in records(tables["needs-rules"]):
        lines.append(_rule_sentence(found, one, case, lang))
    lines.append(t("The people are simulated: what is seen follows from the pathway's assumptions.",
                   lang))  # fmt: skip
    return lines


def _group_sentence(found: Needs, one: dict[Hashable, Any], lang: str) -> str:
    scenario = found.scenario
    paid = {a: one[f"cost.{a}"] for a in scenario.pathway.administrations}
    most = sorted(paid, key=lambda a: -paid[a])[:2]
    total = max(one["cost"], 1e-9)
    who = listing([
        f"{administration_label(scenario, a, lang)} {share_of(paid[a] / total, lang)}"
        for a in most if paid[a] > 0
    ], lang)  # fmt: skip
    text = t("{group}: {people} people ({share} of residents) with {cost} of the cost, {each} each "
             "a year ({who}).", lang, group=group_label(scenario, one["kind"], one["group"], lang),
             people=decimal(one["people"], lang), share=share_of(one["share_of_people"], lang, 1),
             cost=share_of(one["share_of_cost"], lang), each=money(one["cost"], lang),
             who=who)  # fmt: skip
    others = [g for g in wanted_groups(scenario, found.find)
              if not (one["kind"] == "group" and one["group"] == g)]  # fmt: skip
    if others:
        shares = [
            f"{lower(scenario.pathway.groups[g].label.in_language(lang))} "
            f"{share_of(one[f'in.{g}'], lang)}" for g in others
        ]  # fmt: skip
        text += " " + t("In these years: {shares}.", lang, shares=", ".join(shares))
    return text


def _rule_sentence(found: Needs, one: Any, case: str, lang: str) -> str:
    name = rule_label(found.scenario, one.kind, one.rule, one.share, lang)
    if not one.flagged:
        return t("{rule} points nobody out.", lang, rule=name)
    return t(
        "{rule} points out {flagged} and finds {sensitivity} of those in the group {case} "
        "(sensitivity); {ppv} of those pointed out are in it (positive predictive value), and "
        "{specificity} of the others are left alone (specificity).",
        lang, rule=name, flagged=decimal(one.flagged, lang), case=quoted(case, lang),
        sensitivity=_share(one.sensitivity, lang),
        ppv=_share(one.positive_predictive_value, lang), specificity=_share(one.specificity, lang),
    )  # fmt: skip


def _share(value: float, lang: str) -> str:
    return "–" if value != value else share_of(value, lang)


def _with_error(value: float, error: float, lang: str) -> str:
    """Return a number with two standard errors, where there are runs enough to tell them."""
    text = decimal(value, lang, 3)
    return text if error != error else f"{text} (± {decimal(2 * error, lang, 3)})"


def _whose(found: Needs, lang: str) -> str:
    return t("Residents at the start, {years} years from {start}, if nothing is invested", lang,
             years=decimal(found.years, lang), start=found.scenario.time.start)  # fmt: skip


def _money(found: Needs, lang: str) -> str:
    text = t("Costs of all who pay, fixed prices, {level}, not discounted.", lang,
             level=found.scenario.economy.price_level)  # fmt: skip
    if found.ordinary:
        return f"{text} {t('With what everyone has.', lang)}"
    return f"{text} {t('Without what everyone has, such as school for all.', lang)}"


def _judged(found: Needs, lang: str) -> str:
    if found.new:
        return t("Judged among residents who are not in the group already.", lang)
    return t("Judged among all residents; who is in the group already is a case too.", lang)


def _percent_axes(axes: Any, lang: str) -> None:
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_yticks(np.linspace(0, 1, 6))
    sign = percent_sign(lang)
    shown = [f"{number(100 * value, lang)}{sign}" for value in np.linspace(0, 1, 6)]
    axes.set_xticklabels(shown)
    axes.set_yticklabels(shown)


def _percent_ticks(axes: Any, lang: str) -> None:
    ticks = axes.get_xticks()
    digits = 0 if all(abs(100 * tick - round(100 * tick)) < 1e-9 for tick in ticks) else 1
    axes.set_xticks(ticks, [share_of(float(tick), lang, digits) for tick in ticks])


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
