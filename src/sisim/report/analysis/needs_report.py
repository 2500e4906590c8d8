"""Where the needs are: how concentrated costs are, whose they are, what a rule would find."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.needs import ALL, Needs, wanted_groups
from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import duration, n_, number, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    records,
    row_axes,
    ticks_across,
)
from sisim.report.comparison_text import quoted
from sisim.report.formats import capital, decimal, listing, lower, money, percent_sign, share_of
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
    bar,
    fit,
    key_entry,
    label,
    place,
    points,
    swatch,
    wrap,
    write,
)
from sisim.scenario.scenario import Scenario

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, MUTED)
HATCHES = (None, "////", None, "....", "\\\\\\\\", None, "xxxx", "----")
MOST = 9
"""The most groups or rules that are drawn."""
TOP = 0.2
"""The share of residents, the costliest, that is marked on the Lorenz curve."""


def group_label(scenario: Scenario, kind: str, name: str) -> str:
    """Return what a group of people is called."""
    if kind == "everyone":
        return t("Everyone")
    if kind == "target":
        target = scenario.investments[name].label.text
        return t("Target group: {name}", name=target)
    if kind == "rule":
        own = scenario.investments[name].label.text
        return t("The rule {name}", name=quoted(own))
    if kind == "group":
        return capital(scenario.pathway.groups[name].label.text)
    if kind == "area":
        return scenario.population.areas[name].label.text
    if kind == "age":
        return t("Aged {ages}", ages=name.replace("-", "–"))
    attribute, _, category = name.partition(".")
    spec = scenario.pathway.attributes[attribute]
    known = spec.labels.get(category)
    of = spec.label.text if spec.label is not None else attribute
    return f"{capital(of)}: {category if known is None else known.text}"


def rule_label(scenario: Scenario, kind: str, name: str, share: float) -> str:
    """Return what a rule is called."""
    if kind != "risk":
        return group_label(scenario, kind, name)
    known = scenario.pathway.transitions[name].label
    what = name if known is None else known.text
    return t("The {share} at the highest risk of {what}", share=share_of(share), what=lower(what))


def administration_label(scenario: Scenario, name: str) -> str:
    """Return what an administration, or all together, is called."""
    return t("All") if name == ALL else scenario.payer_label(name).text


def subject_of(found: Needs) -> Subject:
    """Return what the pictures are about, for their foot."""
    return Subject(found.scenario, found.seeds, "", "")


def draw_concentration(found: Needs) -> Figure:
    """Draw the Lorenz curve of costs, and in how many administrations' books people are."""
    title = t("How concentrated are the costs?")
    figure = answer_canvas(
        subject_of(found), title, _whose(found), [_money(found)], discounted=False
    )
    _lorenz(figure, found.tables)
    _service_use(figure, found.tables["needs-books"])
    return figure


def _lorenz(figure: Figure, tables: Mapping[str, pd.DataFrame]) -> None:
    """Draw the Lorenz curve, what the costliest have, and the Gini coefficient."""
    head = t("Share of the cost, by share of residents (least costly first)")
    write(figure, 20, 84, head, bold=True, size=17)
    axes = place(figure, 84, 124, 520, 462)
    curve = tables["needs-lorenz"]
    x, y = curve["share_of_people"].to_numpy(), curve["share_of_cost"].to_numpy()
    axes.fill_between(x, y, 0, color=SKY, alpha=0.3, linewidth=0)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=points(1.5), linestyle=(0, (4, 3)))
    axes.plot(x, y, color=BLUE, linewidth=points(4))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    _percent_axes(axes)
    label(
        axes, (0.42, 0.46), t("if all cost the same"), align="right", color=MUTED
    ).set_verticalalignment("bottom")
    below = float(np.interp(1 - TOP, x, y))
    axes.plot([1 - TOP, 1 - TOP], [below, 1], color=VERMILION, linewidth=points(3))
    axes.plot([1 - TOP], [below], marker="o", markersize=points(12), color=VERMILION)
    said = t(
        "the costliest {top}\nof residents: {share}", top=share_of(TOP), share=share_of(1 - below)
    )
    label(axes, (1 - TOP, 0.86), said, align="right", shift=(-12, 0), color="#A84300", bold=True)
    everyone = tables["needs-concentration"].iloc[0]
    label(axes, (0.03, 0.93), t("Gini {gini}", gini=decimal(everyone["gini"], 2)), align="left")


def _service_use(figure: Figure, books: pd.DataFrame) -> None:
    """Draw the shares of residents and of the cost, by how many administrations pay for them."""
    head = t("In how many administrations' books in the same year?")
    write(figure, 690, 84, head, bold=True, size=17)
    key_entry(figure, 690, 116, t("of residents"), BLUE)
    key_entry(figure, 880, 116, t("of the cost"), ORANGE, hatch="////", color=DARK_ORANGE)
    books = books[(books["share_of_people"] > 0) | (books["administrations"] < 2)]
    axes = place(figure, 740, 152, 470, 434)
    axes.grid(visible=False)
    longest = float(max(books["share_of_people"].max(), books["share_of_cost"].max()))
    axes.set_xlim(0, 1.14 * longest or 1.0)
    axes.set_ylim(len(books) - 0.45, -0.55)
    axes.set_yticks(range(len(books)), [str(n) for n in books["administrations"]])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for row, one in enumerate(records(books)):
        axes.barh(row - 0.19, one.share_of_people, height=0.34, color=BLUE)
        bar(axes, row + 0.19, one.share_of_cost, ORANGE, height=0.34, hatch="////")
        for at, share, hue in (
            (-0.19, one.share_of_people, BLUE),
            (0.19, one.share_of_cost, DARK_ORANGE),
        ):
            text = share_of(share, 0 if share >= 0.1 or share == 0 else 1)
            label(axes, (share, row + at), text, shift=(7, 0), color=hue, size=16)


def draw_groups(found: Needs) -> Figure:
    """Draw, for each group, its share of the residents and of the cost, by administration."""
    scenario = found.scenario
    table = found.tables["needs-groups"]
    table = table[(table["kind"] != "everyone") & (table["people"] > 0)]
    first = table[table["kind"].isin(["target", "rule", "group"])].head(MOST - 4)
    others = table[~table.index.isin(first.index)]
    others = others.assign(over=others["share_of_cost"] / others["share_of_people"])
    rows = pd.concat([first, others.sort_values("over", ascending=False).head(MOST - len(first))])
    title = t("Whose are the costs?")
    figure = answer_canvas(
        subject_of(found), title, _whose(found), [_money(found)], discounted=False
    )
    payers = [a for a in scenario.pathway.administrations if float(rows[f"cost.{a}"].max()) > 0]
    _payer_key(figure, scenario, payers)
    write(figure, 1262, 78, t("per person"), size=16, color=MUTED, align="right")
    write(figure, 1262, 104, t("and year"), size=16, color=MUTED, align="right")
    start, broad = 400.0, 690.0
    top = 92.0 + 26 * -(-len(payers) // 3)
    tall = min(580 - top, 50.0 * len(rows) + 20)
    axes = row_axes(figure, start, top, broad, tall, len(rows))
    axes.grid(axis="x", color="#E5E5E5", linewidth=points(1))
    reach = float(max(rows["share_of_cost"].max(), rows["share_of_people"].max()))
    axes.set_xlim(0, 1.06 * reach or 1.0)
    for row, one in enumerate(rows.to_dict("records")):
        share, at = float(one["share_of_cost"]), 0.0
        for n, name in enumerate(payers):
            part = share * float(one[f"cost.{name}"]) / max(float(one["cost"]), 1e-9)
            hatch = HATCHES[n % len(HATCHES)]
            hue = COLOURS[n % len(COLOURS)]
            bar(axes, row - 0.1, part, hue, left=at, height=0.44, hatch=hatch)
            at += part
        axes.barh(row + 0.26, one["share_of_people"], height=0.16, color=INK)
        middle = top + tall * (row + 0.6) / (len(rows) + 0.2)
        name = group_label(scenario, str(one["kind"]), str(one["group"]))
        write(figure, 20, middle - 14, fit(figure, name, start - 40))
        cost = money(float(one["cost"]))
        write(figure, 1262, middle - 14, cost, align="right", bold=True)
    ticks_across(axes, 5, 0.01)
    _percent_ticks(axes)
    write(
        figure,
        start,
        top + tall + 38,
        t("Bars: share of the cost. Thin black bars: share of residents."),
        size=16,
        color=MUTED,
    )
    return figure


def _payer_key(figure: Figure, scenario: Scenario, payers: list[str]) -> None:
    """Write the key of colours and hatches of the administrations, three in a row."""
    for n, name in enumerate(payers):
        hue, hatch = COLOURS[n % len(COLOURS)], HATCHES[n % len(HATCHES)]
        text = fit(figure, administration_label(scenario, name), 310, 16)
        row, column = divmod(n, 3)
        left, top = 20.0 + 350 * column, 78.0 + 26 * row
        swatch(figure, left, top, hue, hatch)
        write(figure, left + 24, top, text, size=16)


def draw_rules(found: Needs) -> Figure:
    """Draw what each rule finds of a group, and how many it points out rightly."""
    scenario = found.scenario
    rows = found.tables["needs-rules"].head(MOST - 2)
    case = scenario.pathway.groups[found.find].label.text
    title = t("What would a rule find?")
    subtitle = t(
        "Rules at the start, to find who is in the group {group} within {length}",
        group=quoted(lower(case)),
        length=duration(found.years),
    )
    figure = answer_canvas(subject_of(found), title, subtitle, [_judged(found)], discounted=False)
    start, broad, top = 470.0, 520.0, 124.0
    tall = min(460.0, 66.0 * len(rows) + 20)
    found_, right = t("found, of all cases"), t("cases, of all pointed out")
    key_entry(figure, start, 84, found_, BLUE)
    key_entry(figure, start + 300, 84, right, GREEN, hatch="////", color=DARK_GREEN)
    write(figure, 1262, 84, t("pointed out"), align="right", color=MUTED)
    axes = row_axes(figure, start, top, broad, tall, len(rows))
    axes.set_xlim(0, 1.1)
    for row, one in enumerate(records(rows)):
        for at, share, hue, dark, hatch in (
            (-0.2, one.sensitivity, BLUE, BLUE, None),
            (0.2, one.positive_predictive_value, GREEN, DARK_GREEN, "////"),
        ):
            size = 0.0 if share != share else share
            bar(axes, row + at, size, hue, height=0.36, hatch=hatch)
            label(
                axes,
                (size, row + at),
                share_of(share, 0 if share >= 0.1 else 1),
                shift=(7, 0),
                color=dark,
                size=16,
            )
        middle = top + tall * (row + 0.6) / (len(rows) + 0.2)
        name = rule_label(scenario, one.kind, one.rule, one.share)
        lines = wrap(figure, name, start - 40).split("\n")[:2]
        for line, text in enumerate(lines):
            write(figure, 20, middle - 11 * len(lines) + 22 * line - 3, text)
        write(figure, 1262, middle - 12, decimal(one.flagged), align="right", bold=True)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
    _percent_ticks(axes)
    return figure


def sentences(found: Needs) -> list[str]:
    """Return where the needs are, a sentence a line."""
    scenario, tables = found.scenario, found.tables
    everyone = tables["needs-groups"].iloc[0]
    spread = tables["needs-concentration"].iloc[0]
    lines = [
        t(
            "{whose}: {people}, who cost {cost} each a year.",
            whose=_whose(found),
            people=_people(float(everyone["people"])),
            cost=money(everyone["cost"]),
        ),
    ]
    if not everyone["cost"]:
        lines.append(t("Nothing that they use costs anything, so no cost is concentrated."))
        return [*lines, *_who_and_rules(found)]
    lines.append(
        t(
            "The costliest 20% have {top} of the cost, the costliest 1% have {one}; {nothing} cost "
            "nothing. Gini {gini}.",
            top=share_of(spread["top_20"]),
            one=share_of(spread["top_1"]),
            nothing=share_of(1 - spread["share_with_cost"]),
            gini=_with_error(found, spread["gini"], spread["gini_error"]),
        )
    )
    books = tables["needs-books"]
    several = books[books["administrations"] > 1]
    lines.append(
        t(
            "In a year {people} are in at least two administrations' books, and they have {cost} "
            "of the cost.",
            people=share_of(several["share_of_people"].sum(), 1),
            cost=share_of(several["share_of_cost"].sum()),
        )
    )
    overlap = tables["needs-overlap"]
    pairs = overlap[(overlap["administration"] != overlap["other"]) & (overlap["people"] > 0)]
    for one in records(
        pairs.sort_values("people", ascending=False).drop_duplicates("people").head(2)
    ):
        lines.append(
            t(
                "Of those in the books of {one}, {share} are in those of {other} in the same year.",
                one=lower(administration_label(scenario, one.administration)),
                share=share_of(one.share),
                other=lower(administration_label(scenario, one.other)),
            )
        )
    return [*lines, *_who_and_rules(found)]


def _who_and_rules(found: Needs) -> list[str]:
    """Return what each group costs, what each rule finds, and what it all follows from."""
    scenario, tables = found.scenario, found.tables
    lines = []
    groups = tables["needs-groups"]
    for one in groups[groups["kind"].isin(["target", "rule", "group"])].to_dict("records"):
        if one["people"] > 0:
            lines.append(_group_sentence(found, one))
    case = lower(scenario.pathway.groups[found.find].label.text)
    for one in records(tables["needs-rules"]):
        lines.append(_rule_sentence(found, one, case))
    lines.append(
        t("The people are simulated: what is seen follows from the pathway's assumptions.")
    )
    return lines


def _group_sentence(found: Needs, one: dict[Hashable, Any]) -> str:
    scenario = found.scenario
    paid = {a: one[f"cost.{a}"] for a in scenario.pathway.administrations}
    most = sorted(paid, key=lambda a: -paid[a])[:2]
    total = max(one["cost"], 1e-9)
    who = listing(
        [
            f"{lower(administration_label(scenario, a))} {share_of(paid[a] / total)}"
            for a in most
            if paid[a] > 0
        ]
    )
    told = {
        "group": group_label(scenario, one["kind"], one["group"]),
        "people": _people(float(one["people"])),
        "share": share_of(one["share_of_people"], 1),
    }
    if who:
        text = t(
            "{group}: {people} ({share} of residents) with {cost} of the cost, {each} each "
            "a year ({who}).",
            cost=share_of(one["share_of_cost"]),
            each=money(one["cost"]),
            who=who,
            **told,
        )
    else:
        text = t("{group}: {people} ({share} of residents), at no cost.", **told)
    others = [
        g
        for g in wanted_groups(scenario, found.find)
        if not (one["kind"] == "group" and one["group"] == g)
    ]
    if others:
        shares = [
            f"{lower(scenario.pathway.groups[g].label.text)} {share_of(one[f'in.{g}'])}"
            for g in others
        ]
        text += " " + t("In these years: {shares}.", shares=", ".join(shares))
    return text


def _people(count: float) -> str:
    text = decimal(count)
    return n_("{n} person", "{n} people", 1 if text == "1" else 2, n=text)


def _rule_sentence(found: Needs, one: Any, case: str) -> str:
    name = rule_label(found.scenario, one.kind, one.rule, one.share)
    if not one.flagged:
        return t("{rule} points nobody out.", rule=name)
    return t(
        "{rule} points out {flagged} and finds {sensitivity} of those in the group {case} "
        "(sensitivity); {ppv} of those pointed out are in it (positive predictive value), and "
        "{specificity} of the others are left alone (specificity).",
        rule=name,
        flagged=decimal(one.flagged),
        case=quoted(case),
        sensitivity=share_of(one.sensitivity),
        ppv=share_of(one.positive_predictive_value),
        specificity=share_of(one.specificity),
    )


def _with_error(found: Needs, value: float, error: float) -> str:
    """Return a number with two standard errors, where there are runs enough to tell them."""
    text = decimal(value, 3)
    few = error != error or len(found.seeds) < BAND_FROM
    return text if few else f"{text} (± {decimal(2 * error, 3)})"


def _whose(found: Needs) -> str:
    return t(
        "Residents at the start, {length} from {start}, if nothing is invested",
        length=duration(found.years),
        start=found.scenario.time.start,
    )


def _money(found: Needs) -> str:
    text = t(
        "Costs of all who pay, fixed prices, {level}, not discounted.",
        level=found.scenario.economy.price_level,
    )
    if found.ordinary:
        return text + " " + t("With what everyone has.")
    return text + " " + t("Without what everyone has, such as school for all.")


def _judged(found: Needs) -> str:
    if found.new:
        return t("Judged among residents who are not in the group already.")
    return t("Judged among all residents; who is in the group already is a case too.")


def _percent_axes(axes: Any) -> None:
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_yticks(np.linspace(0, 1, 6))
    sign = percent_sign()
    shown = [f"{number(100 * value)}{sign}" for value in np.linspace(0, 1, 6)]
    axes.set_xticklabels(shown)
    axes.set_yticklabels(shown)


def _percent_ticks(axes: Any) -> None:
    ticks = axes.get_xticks()
    digits = 0 if all(abs(100 * tick - round(100 * tick)) < 1e-9 for tick in ticks) else 1
    axes.set_xticks(ticks, [share_of(float(tick), digits) for tick in ticks])
