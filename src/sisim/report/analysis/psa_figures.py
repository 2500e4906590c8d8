"""Pictures of a probabilistic analysis: plane, acceptability, who breaks even, what to learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.psa import Probabilistic
from sisim.engine.counts import WITHOUT
from sisim.i18n import n_, t
from sisim.report.administrations import hue_of
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    between_ends,
    gained_label,
    records,
    row_axis,
    scale_for,
    share_axis,
    upwards,
    with_room,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.chart.chart import (
    Bars,
    Chart,
    Column,
    Dash,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    Word,
    value_axis,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.economics.cost_effectiveness_plane import HUES
from sisim.report.formats import capital, decimal, lower, money, unit_for
from sisim.report.present_value import net_words, valued
from sisim.scenario.scenario import Scenario

SIGNS: tuple[Literal["circle", "diamond", "square", "triangle"], ...] = (
    "circle",
    "diamond",
    "square",
    "triangle",
)
"""Of the draws of each arm."""
DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted", "dashdot")
MOST = 6
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

    def frontier(self) -> list[str]:
        """Return which arm is the best on average, from which worth on, and how likely that is."""
        if self.effect is None:
            return []
        worths = [float(x) for x in np.linspace(0.0, self.worth, 101)]
        curve = self.analysis.acceptability(self.effect, worths)
        best = curve[curve["optimal"]].reset_index(drop=True)
        arms = best["arm"].to_numpy()
        firsts = np.flatnonzero(np.r_[True, arms[1:] != arms[:-1]])
        found = []
        for n, first in enumerate(firsts):
            last = firsts[n + 1] - 1 if n + 1 < len(firsts) else len(best) - 1
            told = {
                "arm": arm_label(self.analysis.scenario, str(arms[first])),
                "low": money(float(best["worth"][first])),
                "high": money(float(best["worth"][last])),
                "least": decimal(100 * float(best["probability"][first : last + 1].min())),
                "most": decimal(100 * float(best["probability"][first : last + 1].max())),
            }
            found.append(
                t(
                    "{arm}: the best choice on average at a worth of {low} to {high} a unit, and "
                    "the best in {least} to {most}% of the draws.",
                    **told,
                )
            )
        return found

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


def arm_label(scenario: Scenario, arm: str) -> str:
    """Return what an arm is called."""
    known = scenario.arms.get(arm)
    return t("Without") if known is None else known.label.text


def draw_plane(subject: Subject, analysis: Probabilistic, name: str) -> Figure:
    """Draw `plane_chart`."""
    return paint(plane_chart(subject, analysis, name))


def plane_chart(subject: Subject, analysis: Probabilistic, name: str) -> Chart:
    """Return every draw on the cost-effectiveness plane, an arm a colour and a sign."""
    costs, effects = analysis.costs[:, 1:], analysis.effects(name)[:, 1:]
    unit = unit_for(float(np.abs(costs).max()))
    what = capital(gained_label(analysis.scenario, name))
    rate = subject.scenario.economy.discount_costs.value
    cost = valued(t("Net cost compared with without"), rate)
    clouds, means, said = list[Mark](), list[Mark](), list[str]()
    for number, arm in enumerate(analysis.arms[1:]):
        hue, sign = HUES[number % len(HUES)], SIGNS[number % len(SIGNS)]
        x, y = effects[:, number], costs[:, number]
        clouds.append(Points(arm, x, y, hue, 9.0, sign, 0.45))
        means.append(Points(f"{arm}-mean", [x.mean()], [y.mean()], hue, 19.0, sign))
        said.append(f"{subject.arm_label(arm)}: {'; '.join(_quadrants(x, y))}.")
    across, up = (
        between_ends(min(0.0, float(values.min())), max(0.0, float(values.max())), 0.08)
        for values in (effects, costs)
    )
    panel = Panel(
        "plane",
        value_axis(*across, 6),
        value_axis(*up, 6, unit.size),
        (Rule("no-effect", 0.0, "y", width=1.5), *clouds, *means),
        title=upwards(f"{cost}, {unit.label()}", what),
    )
    key = tuple(
        Key(HUES[number % len(HUES)], subject.arm_label(arm), shape=SIGNS[number % len(SIGNS)])
        for number, arm in enumerate(analysis.arms[1:])
    )
    column = Column((panel,), key=key, after="\n".join(said))
    subtitle = t("A small sign is a draw of all uncertain numbers, a large one the mean of all")
    title = t("How sure is it, and what is gained?")
    return answer_chart(subject, title, subtitle, [column], [_draws(analysis)])


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
    """Draw `acceptability_chart`."""
    return paint(acceptability_chart(subject, analysis, name, curve))


def acceptability_chart(
    subject: Subject, analysis: Probabilistic, name: str, curve: pd.DataFrame
) -> Chart:
    """Return how likely each arm is to be the best choice, by what a unit is worth.

    Args:
        subject: What is asked.
        analysis: The analysis.
        name: The outcome whose units are worth something.
        curve: See `Probabilistic.acceptability`.
    """
    what = lower(gained_label(analysis.scenario, name))
    worths = np.unique(curve["worth"])
    unit = unit_for(float(worths[-1]))
    marks = list[Mark]()
    for number, arm in enumerate(analysis.arms):
        own = curve[curve["arm"] == arm]
        hue = "without" if arm == WITHOUT else HUES[(number - 1) % len(HUES)]
        dash: Dash = "dashed" if arm == WITHOUT else "solid"
        x, y = own["worth"].to_numpy(), own["probability"].to_numpy()
        best = np.where(own["optimal"], y, np.nan)
        marks += [
            Line(f"{arm}-best", x, best, color=hue, width=9.0),
            Line(arm, x, y, subject.arm_label(arm), "", hue, 2.5, dash, bold=True),
        ]
    panel = Panel(
        "curves",
        value_axis(float(worths[0]), float(worths[-1]), 5, unit.size),
        share_axis(-0.02, 1.02),
        tuple(marks),
        title=t(
            "To the right: what a unit is worth, {unit} ({what}).", unit=unit.label(), what=what
        ),
    )
    subtitle = t(
        "Probability of being the best choice, by what a unit is worth; thick: the best on average"
    )
    title = t("Which is the best choice?")
    column = Column((panel,), ends=300.0)
    return answer_chart(subject, title, subtitle, [column], [_draws(analysis)])


def draw_who_breaks_even(subject: Subject, analysis: Probabilistic, table: pd.DataFrame) -> Figure:
    """Draw `who_breaks_even_chart`."""
    return paint(who_breaks_even_chart(subject, analysis, table))


def who_breaks_even_chart(subject: Subject, analysis: Probabilistic, table: pd.DataFrame) -> Chart:
    """Return how likely each administration is to have its money back, year by year.

    Args:
        subject: What is asked; its arm is drawn.
        analysis: The analysis.
        table: See `Probabilistic.break_even_by_year`.
    """
    own = table[table["arm"] == subject.arm]
    # The payers of the investment first, then in the order of the file.
    lines = [
        Line(
            str(payer),
            course["year"].to_numpy(),
            course["probability"].to_numpy(),
            subject.scenario.payer_label(str(payer)).text,
            "",
            hue_of(subject.scenario, str(payer)),
            3.5,
            DASHES[number % len(DASHES)],
        )
        for number, (payer, course) in enumerate(own.groupby("administration", sort=False))
    ]
    years = np.unique(own["year"].to_numpy(int)) if len(own) else np.zeros(1, int)
    panel = Panel("curves", year_axis(years, 9), share_axis(-0.02, 1.02), tuple(lines[:MOST]))
    subtitle = t(
        "{arm}: probability that accumulated costs are no higher than without",
        arm=subject.arm_label(),
    )
    return answer_chart(
        subject,
        t("Who has its money back, and when?"),
        subtitle,
        [Column((panel,), ends=280.0)],
        [_draws(analysis)],
        everyone=True,
        discounted=False,
    )


def draw_information(
    subject: Subject, table: pd.DataFrame, whole: float, grades: dict[str, str], note: str = ""
) -> Figure:
    """Draw `information_chart`."""
    return paint(information_chart(subject, table, whole, grades, note))


def information_chart(
    subject: Subject, table: pd.DataFrame, whole: float, grades: dict[str, str], note: str = ""
) -> Chart:
    """Return what it is worth to know each number, and everything.

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
    worth = [*rows["evppi"], whole]
    scale, words = scale_for(subject, worth), Assumptions(subject.scenario)
    subtitle = t(
        "Expected value of perfect information for one such decision, {unit}", unit=scale.unit
    )
    notes = [*([note] if note else []), *_information_notes(bool(telling.any()), left)]
    title = t("What is worth finding out?")
    if whole <= 0:
        text = t("Nothing: the same choice is the best in every draw.")
        return answer_chart(subject, title, subtitle, [Column((), caption=text)], notes)
    names = [(words.name(key), words.grade(grades.get(key))) for key in rows["key"]]
    texts = [scale.text(one) for one in worth]
    _, high = with_room(0.0, max(worth), (), texts)
    marks: list[Mark] = [
        *(
            Bars(f"worth-{n}", [-n], [0.0], [one], "with", 0.6, across=True)
            for n, one in enumerate(rows["evppi"])
        ),
        Bars("everything", [-len(rows)], [0.0], [whole], "ink", 0.6, True, across=True),
        *(
            Word(f"said-{n}", text, one, -n, shift=(8.0, 0.0), bold=n == len(rows))
            for n, (one, text) in enumerate(zip(worth, texts, strict=True))
        ),
    ]
    axis = value_axis(0.0, high, 5, scale.size)
    panel = Panel("worth", axis, row_axis([*names, (t("Everything"), "")]), tuple(marks))
    return answer_chart(subject, title, subtitle, [Column((panel,))], notes)


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
    if analysis.why_simulated is not None:
        error = analysis.why_simulated
        text = t(
            "Simulated, as there is no exact answer: {why} (“{part}”).",
            part=error.part,
            why=error.why.text,
        )
        found.append(text)
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
    decision = decided or Decision(analysis)
    return [*found, *decision.frontier(), decision.perfect()]


def _draws(analysis: Probabilistic) -> str:
    """Return how many draws there are of what, and which way they were worked out."""
    if analysis.exact:
        return t(
            "{draws} of {numbers}; each computed exactly.",
            draws=n_("1 draw", "{n} draws", len(analysis.drawn)),
            numbers=n_("{n} uncertain number", "{n} uncertain numbers", analysis.drawn.shape[1]),
        )
    runs, of_file = analysis.table["replication"].nunique(), analysis.scenario.replications
    said = t(
        "{draws} of {numbers}; runs per draw: {runs}.",
        draws=n_("1 draw", "{n} draws", len(analysis.drawn)),
        numbers=n_("{n} uncertain number", "{n} uncertain numbers", analysis.drawn.shape[1]),
        runs=runs,
    )
    if runs >= of_file:
        return said
    fewer = t(
        "The file says {of_file} runs: with --replications {of_file} less of the spread is chance.",
        of_file=str(of_file),
    )
    return f"{said} {fewer}"
