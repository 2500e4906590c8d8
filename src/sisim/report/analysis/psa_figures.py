"""Pictures of a probabilistic analysis: plane, acceptability, who breaks even, what to learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from sisim.analysis.psa import Probabilistic
from sisim.engine.counts import WITHOUT
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    gained_label,
    name_row,
    records,
    row_axes,
    scale_for,
    ticks_across,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.economics.cost_effectiveness_plane import HUES, MARKS
from sisim.report.formats import capital, decimal, lower, money, percent_sign, unit_for
from sisim.report.labels import EndLabels
from sisim.report.present_value import net_words, valued
from sisim.report.style import (
    BLUE,
    INK,
    MUTED,
    PROJECTOR,
    label,
    place,
    points,
    scale_ticks,
    wrap,
    write,
)

MOST = 6
FEWEST_ROWS = 4
"""Bars are no thicker than if there were so many."""
WORTH_SHOWING = 0.01
"""A number worth less than this share of the whole is not shown."""


@dataclass(frozen=True)
class Decision:
    """The rule by which a choice between arms is taken: net benefit, or money alone.

    Attributes:
        analysis: The analysis.
        effect: The outcome or weight whose units are worth something; None: money alone.
        worth: What a unit of it is worth, SEK.
    """

    analysis: Probabilistic
    effect: str | None = None
    worth: float = 0.0

    def rule(self) -> str:
        """Return the rule as a sentence."""
        if self.effect is None:
            return t("The decision is by money alone.")
        return t(
            "The decision is by net benefit, at {worth} a unit ({what}).",
            worth=money(self.worth),
            what=lower(gained_label(self.analysis.scenario, self.effect)),
        )

    def perfect(self) -> str:
        """Return what it is worth to know everything, as a sentence."""
        n = money(self.analysis.perfect(self.effect, self.worth))
        if self.effect is None:
            return t(
                "To know everything would be worth {n} for one such decision by money alone.", n=n
            )
        return t(
            "To know everything would be worth {n} for one such decision by net benefit, at "
            "{worth} a unit ({what}).",
            n=n,
            worth=money(self.worth),
            what=lower(gained_label(self.analysis.scenario, self.effect)),
        )


def draw_plane(subject: Subject, analysis: Probabilistic, name: str) -> Figure:
    """Draw every draw on the cost-effectiveness plane, an arm a colour and a mark."""
    costs, effects = analysis.costs[:, 1:], analysis.effects(name)[:, 1:]
    unit = unit_for(float(np.abs(costs).max()))
    what = gained_label(analysis.scenario, name)
    rate = subject.scenario.economy.discount_costs.value
    cost = valued(t("Net cost compared with without"), rate)
    subtitle = t(
        "{what}, {unit}; a mark is a draw of all uncertain numbers",
        what=cost,
        unit=unit.label(),
    )
    figure = answer_canvas(
        subject, t("How sure is it, and what is gained?"), subtitle, [_draws(analysis)]
    )
    axes = place(figure, 110, 96, 780, 470)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=MUTED, linewidth=points(1.5), zorder=1)
    axes.axvline(0, color=MUTED, linewidth=points(1.5), zorder=1)
    for values, put in ((effects, axes.set_xlim), (costs, axes.set_ylim)):
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        room = 0.08 * (high - low) or 1.0
        put(low - room, high + room)
    scale_ticks(axes, 6, unit.size)
    ticks_across(axes, 6)
    write(figure, 890, 604, f"{capital(what)} →", align="right", color=MUTED)
    top = 110.0
    for number, arm in enumerate(analysis.arms[1:]):
        hue, mark = HUES[number % len(HUES)], MARKS[number % len(MARKS)]
        axes.scatter(
            effects[:, number],
            costs[:, number],
            s=points(8) ** 2,
            color=hue,
            marker=mark,
            alpha=0.45,
            linewidth=0,
            zorder=2 + number,
        )
        axes.plot(
            [effects[:, number].mean()],
            [costs[:, number].mean()],
            marker=mark,
            color=hue,
            markersize=points(18),
            markeredgecolor="white",
            zorder=9,
        )
        for line in wrap(figure, subject.arm_label(arm), 330, bold=True).split("\n"):
            write(figure, 930, top, line, bold=True, color=hue)
            top += 24
        for text in _quadrants(effects[:, number], costs[:, number]):
            for line in wrap(figure, text, 330).split("\n"):
                write(figure, 930, top, line)
                top += 24
        top += 20
    return figure


def _quadrants(effects: np.ndarray, costs: np.ndarray) -> list[str]:
    """Return in which shares of the draws an arm is better or dearer."""
    shares = {
        t("better and cheaper: {n}%", n="{n}"): (effects > 0) & (costs <= 0),
        t("better and dearer: {n}%", n="{n}"): (effects > 0) & (costs > 0),
        t("worse and cheaper: {n}%", n="{n}"): (effects <= 0) & (costs <= 0),
        t("worse and dearer: {n}%", n="{n}"): (effects <= 0) & (costs > 0),
    }
    return [
        text.format(n=decimal(100 * held.mean())) for text, held in shares.items() if held.any()
    ]


def draw_acceptability(
    subject: Subject, analysis: Probabilistic, name: str, curve: pd.DataFrame
) -> Figure:
    """Draw how likely each arm is to be the best choice, by what a unit is worth.

    Args:
        subject: What is asked.
        analysis: The analysis.
        name: The outcome whose units are worth something.
        curve: See `Probabilistic.acceptability`.
    """
    what = gained_label(analysis.scenario, name)
    subtitle = t(
        "Probability of being the best choice, by what a unit is worth; thick: the best on average"
    )
    figure = answer_canvas(subject, t("Which is the best choice?"), subtitle, [_draws(analysis)])
    axes = place(figure, 90, 96, 820, 470)
    worths = np.unique(curve["worth"])
    axes.set_xlim(worths[0], worths[-1])
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=percent_sign(), decimals=0))
    unit = unit_for(float(worths[-1]))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: money(x, unit)))
    ends = EndLabels(axes)
    for number, arm in enumerate(analysis.arms):
        own = curve[curve["arm"] == arm]
        hue = INK if arm == WITHOUT else HUES[(number - 1) % len(HUES)]
        style = "dashed" if arm == WITHOUT else "solid"
        axes.plot(
            own["worth"],
            own["probability"],
            color=hue,
            linewidth=points(2.5),
            linestyle=style,
            zorder=3,
        )
        best = own["probability"].where(own["optimal"])
        axes.plot(
            own["worth"],
            best,
            color=hue,
            linewidth=points(8),
            alpha=0.55,
            zorder=2,
            solid_capstyle="round",
        )
        text = wrap(figure, subject.arm_label(arm), 320)
        ends.add(float(own["probability"].iloc[-1]), text, color=hue, bold=True)
    ends.settle()
    axis = t("Worth of a unit – {what} →", what=lower(what))
    write(figure, 910, 604, axis, align="right", color=MUTED)
    return figure


def draw_who_breaks_even(subject: Subject, analysis: Probabilistic, table: pd.DataFrame) -> Figure:
    """Draw how likely each administration is to have its money back, year by year.

    Args:
        subject: What is asked; its arm is drawn.
        analysis: The analysis.
        table: See `Probabilistic.break_even_by_year`.
    """
    own = table[table["arm"] == subject.arm]
    subtitle = t(
        "{arm}: probability that accumulated costs are no higher than without",
        arm=subject.arm_label(),
    )
    figure = answer_canvas(
        subject,
        t("Who has its money back, and when?"),
        subtitle,
        [_draws(analysis)],
        everyone=True,
        discounted=False,
    )
    axes = place(figure, 90, 96, 850, 470)
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=percent_sign(), decimals=0))
    ends = EndLabels(axes)
    styles = ("solid", (0, (6, 2)), (0, (2, 2)), (0, (8, 2, 2, 2)), (0, (1, 1)), (0, (4, 4)))
    # The payers of the investment first, then in the order of the file.
    payers = list(dict.fromkeys(own["administration"]))[: len(HUES)]
    for number, payer in enumerate(payers):
        course = own[own["administration"] == payer]
        hue = HUES[number % len(HUES)]
        axes.plot(
            course["year"],
            course["probability"],
            color=hue,
            linewidth=points(3.5),
            linestyle=styles[number % len(styles)],
            zorder=3,
        )
        name = wrap(figure, subject.scenario.payer_label(payer).text, 300)
        ends.add(float(course["probability"].iloc[-1]), name, color=hue)
    if len(own):
        first, last = int(own["year"].min()), int(own["year"].max())
        axes.set_xlim(first, max(last, first + 1))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
    ends.settle()
    return figure


def draw_information(
    subject: Subject, table: pd.DataFrame, whole: float, grades: dict[str, str], note: str = ""
) -> Figure:
    """Draw what it is worth to know each number, and everything.

    Args:
        subject: What is asked.
        table: See `Probabilistic.information`.
        whole: What it is worth to know everything.
        grades: What each number is built on, by key.
        note: What the decision is taken by.
    """
    telling = table["evppi"] > WORTH_SHOWING * whole
    rows = table[telling & table["beyond_chance"]].head(MOST)
    left = int((telling & ~table["beyond_chance"]).sum())
    scale = scale_for(subject, [whole, *rows["evppi"]])
    subtitle = t(
        "Expected value of perfect information for one such decision, {unit}", unit=scale.unit
    )
    notes = [*([note] if note else []), *_information_notes(bool(telling.any()), left)]
    title = t("What is worth finding out?")
    figure = answer_canvas(subject, title, subtitle, notes)
    if whole <= 0:
        text = t("Nothing: the same choice is the best in every draw.")
        write(figure, 20, 130, text, bold=True)
        return figure
    places = max(len(rows), FEWEST_ROWS) + 1.2
    axes = row_axes(figure, 480, 88, 700, 490, places - 0.2)
    axes.set_xlim(0, 1.15 * (max([whole, *rows["evppi"]]) or 1.0))
    words = Assumptions(subject.scenario)
    for row, one in enumerate(records(rows)):
        axes.barh(row, one.evppi, height=0.6, color=BLUE, zorder=2)
        label(axes, (one.evppi, row), scale.text(one.evppi), shift=(8, 0))
        middle = 88 + 490 * (row + 0.6) / places
        name_row(figure, middle, words.name(one.key), words.grade(grades.get(one.key)), 420)
    axes.barh(
        len(rows),
        whole,
        height=0.6,
        facecolor="white",
        edgecolor=INK,
        hatch="////",
        linewidth=points(1.5),
        zorder=2,
    )
    label(axes, (whole, len(rows)), scale.text(whole), shift=(8, 0), bold=True)
    middle = 88 + 490 * (len(rows) + 0.6) / places
    write(figure, 20, middle - 0.55 * PROJECTOR, t("Everything"), bold=True)
    ticks_across(axes, 5, scale.size)
    return figure


def _information_notes(telling: bool, left_out: int) -> list[str]:
    """Return how the bars are to be read, and how many numbers chance has left out."""
    notes = []
    if not telling:
        notes.append(t("No number alone would change the choice."))
    if left_out:
        notes.append(
            t(
                "Left out, as chance would have any seem worth as much with so few draws: {n}.",
                n=left_out,
            )
        )
    notes.append(
        t(
            "An upper limit to what it is worth to find out; the numbers overlap, and their "
            "sum is not the whole."
        )
    )
    return notes


def sentences(
    subject: Subject, analysis: Probabilistic, decided: Decision | None = None
) -> list[str]:
    """Return what came out: how likely each arm is to pay, and how far it reaches.

    `decided`: the rule by which it is told what to know everything is worth; unset: by money.
    """
    found = [_draws(analysis)]
    for one in records(analysis.chance):
        told = {
            "arm": subject.arm_label(one.arm),
            "what": lower(net_words(subject.scenario.economy.discount_costs.value)),
            "chance": decimal(100 * one.chance),
            "k": decimal(round(one.chance * len(analysis.drawn))),
            "draws": n_("1 draw", "{n} draws", len(analysis.drawn)),
            "least": decimal(100 * one.chance_low),
            "most": decimal(100 * one.chance_high),
            "mean": money(one.mean),
            "low": money(one.low),
            "high": money(one.high),
        }
        found.append(
            t(
                "{arm}: pays for itself in {k} of {draws}, a probability of {chance}% (95% "
                "interval: {least} to {most}%); {what} {mean}, all draws from {low} to {high}.",
                **told,
            )
            if analysis.few
            else t(
                "{arm}: pays for itself in {k} of {draws}, a probability of {chance}% (95% "
                "interval: {least} to {most}%); {what} {mean}, 95% of the draws from {low} to "
                "{high}.",
                **told,
            )
        )
        noise = analysis.noise[one.arm]
        if noise == noise:
            found.append(
                t(
                    "Of the spread between draws, {n}% is chance between seeds.",
                    n=decimal(100 * min(noise, 1.0)),
                )
            )
    return [*found, (decided or Decision(analysis)).perfect()]


def _draws(analysis: Probabilistic) -> str:
    runs = analysis.table["replication"].nunique()
    return t(
        "{draws} of {numbers}; runs per draw: {runs}.",
        draws=n_("1 draw", "{n} draws", len(analysis.drawn)),
        numbers=n_("{n} uncertain number", "{n} uncertain numbers", analysis.drawn.shape[1]),
        runs=runs,
    )
