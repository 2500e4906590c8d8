"""Where the needs are: how concentrated costs are, whose they are, what a rule would find."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.needs import ALL, Needs, wanted_groups
from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import duration, n_, t
from sisim.report.administrations import hue_of
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    records,
    row_axis,
    share_axis,
    with_room,
)
from sisim.report.chart.chart import (
    Bars,
    Chart,
    Column,
    FilledArea,
    Key,
    Line,
    Mark,
    Note,
    Panel,
    Points,
    Rule,
    Word,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import capital, decimal, listing, lower, money, quoted, share_of
from sisim.scenario.scenario import Scenario

MOST = 9
"""The most groups or rules that are drawn."""
TOP = 0.2
"""The share of residents, the costliest, that is marked on the Lorenz curve."""
MARKED = "#A84300"
"""Of what is marked there."""


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
    """Draw `concentration_chart`."""
    return paint(concentration_chart(found))


def draw_groups(found: Needs) -> Figure:
    """Draw `groups_chart`."""
    return paint(groups_chart(found))


def draw_rules(found: Needs) -> Figure:
    """Draw `rules_chart`."""
    return paint(rules_chart(found))


def concentration_chart(found: Needs) -> Chart:
    """Return the Lorenz curve of costs, and in how many administrations' books people are."""
    columns = [_lorenz(found.tables), _service_use(found.tables["needs-books"])]
    title = t("How concentrated are the costs?")
    return answer_chart(
        subject_of(found), title, _whose(found), columns, [_money(found)], discounted=False
    )


def _lorenz(tables: Mapping[str, pd.DataFrame]) -> Column:
    """Return the Lorenz curve, what the costliest have, and the Gini coefficient."""
    curve = tables["needs-lorenz"]
    x, y = curve["share_of_people"].to_numpy(), curve["share_of_cost"].to_numpy()
    marks: list[Mark] = [
        FilledArea("curve-area", x, np.zeros(len(x)), y, "with", opacity=0.15),
        Line("alike", [0.0, 1.0], [0.0, 1.0], color="muted", width=1.5, dash="dashed"),
        Line("curve", x, y, color="with", width=4.0),
        *_costliest(float(np.interp(1 - TOP, x, y))),
        Note(
            "alike-said",
            (t("if all cost the same"),),
            ((0.45, 0.45), (0.3, 0.3)),
            ((-110.0, 12.0),),
            color="muted",
        ),
    ]
    gini = float(tables["needs-concentration"].iloc[0]["gini"])
    return Column(
        (Panel("lorenz", share_axis(0.0, 1.0, 5), share_axis(0.0, 1.0, 5), tuple(marks)),),
        caption=t("Share of the cost, by share of residents (least costly first)"),
        after=_no_cost() if gini != gini else t("Gini {gini}", gini=decimal(gini, 2)),
    )


def _costliest(below: float) -> list[Mark]:
    """Return the mark of what the costliest have, from the share of the others; none of no cost."""
    if below != below:
        return []
    said = t(
        "the costliest {top}\nof residents: {share}", top=share_of(TOP), share=share_of(1 - below)
    )
    middle = (1 - TOP, (1 + below) / 2)
    return [
        Rule("top", 1 - TOP, "y", MARKED, 3.0, ends=(below, 1.0)),
        Points("top-at", [1 - TOP], [below], MARKED, 13.0),
        Note("top-said", (said,), (middle,), ((-125.0, 40.0),), color=MARKED, bold=True),
    ]


def _no_cost() -> str:
    return t("Nothing that they use costs anything, so no cost is concentrated.")


def _pair(
    row: int, shares: tuple[float, float], looks: tuple[tuple[str, str], tuple[str, str]]
) -> list[Mark]:
    """Return two bars of a row, the lower one hatched, each with its share.

    Args:
        row: The row, counted from above.
        shares: What the bars are as long as; undefined: no bar, and "–".
        looks: The colour of each bar, and of its text.
    """
    marks = list[Mark]()
    for n, (share, (color, dark)) in enumerate(zip(shares, looks, strict=True)):
        at, size = (0.2 if n == 0 else -0.2) - row, share if share == share else 0.0
        text = share_of(share, 0 if share >= 0.1 or share == 0 else 1)
        marks += [
            Bars(f"bar-{row}-{n}", [at], [0.0], [size], color, 0.36, n == 1, across=True),
            Word(f"said-{row}-{n}", text, size, at, shift=(7.0, 0.0), color=dark),
        ]
    return marks


def _service_use(books: pd.DataFrame) -> Column:
    """Return the shares of residents and of the cost, by how many administrations pay for them."""
    books = books[(books["share_of_people"] > 0) | (books["administrations"] < 2)]
    looks = ("with", "with"), ("muted", "muted")
    marks = [
        mark
        for row, one in enumerate(records(books))
        for mark in _pair(row, (one.share_of_people, one.share_of_cost), looks)
    ]
    longest = float(np.nanmax(books[["share_of_people", "share_of_cost"]].to_numpy(float)))
    _, high = with_room(0.0, longest, (), ["100.0%"])
    rows = row_axis([(str(n), "") for n in books["administrations"]])
    return Column(
        (Panel("books", share_axis(0.0, high, 4), rows, tuple(marks)),),
        caption=t("In how many administrations' books in the same year?"),
        key=(
            Key("with", t("of residents")),
            Key("muted", t("of the cost"), hatched=True),
        ),
    )


def groups_chart(found: Needs) -> Chart:
    """Return, for each group, its share of the residents and of the cost, by administration."""
    scenario, table = found.scenario, found.tables["needs-groups"]
    table = table[(table["kind"] != "everyone") & (table["people"] > 0)]
    first = table[table["kind"].isin(["target", "rule", "group"])].head(MOST - 4)
    others = table[~table.index.isin(first.index)]
    others = others.assign(over=others["share_of_cost"] / others["share_of_people"])
    rows = pd.concat([first, others.sort_values("over", ascending=False).head(MOST - len(first))])
    payers = [a for a in scenario.pathway.administrations if float(rows[f"cost.{a}"].max()) > 0]
    marks, names = list[Mark](), list[tuple[str, str]]()
    for row, one in enumerate(rows.to_dict("records")):
        names.append((group_label(scenario, str(one["kind"]), str(one["group"])), ""))
        at = 0.0
        for n, payer in enumerate(payers):
            part = one["share_of_cost"] * one[f"cost.{payer}"] / max(one["cost"], 1e-9)
            hue = hue_of(scenario, payer)
            name, ends = f"{payer}-{row}", ([at], [at + part])
            marks.append(Bars(name, [0.12 - row], *ends, hue, 0.44, n % 2 == 1, across=True))
            at += part
        residents = [one["share_of_people"]]
        marks += [
            Bars(f"people-{row}", [-0.24 - row], [0.0], residents, "ink", 0.16, across=True),
            Line(f"each-{row}", [0.0], [-row], money(float(one["cost"])), bold=True),
        ]
    reach = float(rows[["share_of_cost", "share_of_people"]].to_numpy(float).max(initial=0.0))
    panel = Panel("groups", share_axis(0.0, 1.06 * reach or 1.0, 5), row_axis(names), tuple(marks))
    key = [
        Key(hue_of(scenario, one), administration_label(scenario, one), hatched=n % 2 == 1)
        for n, one in enumerate(payers)
    ]
    column = Column(
        (panel,),
        caption=t("Coloured: share of the cost. In bold: cost per person and year."),
        key=(Key("ink", t("share of residents")), *key),
    )
    return answer_chart(
        subject_of(found),
        t("Whose are the costs?"),
        _whose(found),
        [column],
        [_money(found)],
        discounted=False,
    )


def rules_chart(found: Needs) -> Chart:
    """Return what each rule finds of a group, and how many it points out rightly."""
    scenario = found.scenario
    rows = records(found.tables["needs-rules"].head(MOST - 2))
    subtitle = t(
        "Rules at the start, to find who is in the group {group} within {length}",
        group=quoted(lower(scenario.pathway.groups[found.find].label.text)),
        length=duration(found.years),
    )
    looks = ("with", "with"), ("muted", "muted")
    marks = list[Mark]()
    for row, one in enumerate(rows):
        marks += _pair(row, (one.sensitivity, one.positive_predictive_value), looks)
        marks.append(Line(f"flagged-{row}", [0.0], [-row], decimal(one.flagged), bold=True))
    names = row_axis([(rule_label(scenario, one.kind, one.rule, one.share), "") for one in rows])
    _, high = with_room(0.0, 1.0, (), ["100.0%"])
    column = Column(
        (Panel("rules", replace(share_axis(0.0, 1.0), high=high), names, tuple(marks)),),
        caption=t("In bold: how many are pointed out."),
        key=(
            Key("with", t("found, of all cases")),
            Key("muted", t("cases, of all pointed out"), hatched=True),
        ),
    )
    return answer_chart(
        subject_of(found),
        t("What would a rule find?"),
        subtitle,
        [column],
        [_judged(found)],
        discounted=False,
    )


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
        lines.append(_no_cost())
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
