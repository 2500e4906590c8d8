"""A country: its sums, and each municipality against what chance does to one of its size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.country import LIMITS, Country, Funnel, summed
from sisim.i18n import number, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    measure_label,
    scale_for,
    with_room,
)
from sisim.report.analysis.sweep_report import outcomes_asked
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    FilledArea,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import listing, money_unit

MOST_NAMED = 5
CHANCE = "#BFDCED"
"""Of the inner limits, as they look on paper."""
SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
"""Where the axis of residents may have a number."""
PER = 1000
"""People and events are told per so many residents."""


def draw_country(found: Country, arm: str) -> Figure:
    """Draw `country_chart`."""
    return paint(country_chart(found, arm))


def country_chart(found: Country, arm: str) -> Chart:
    """Return a funnel: each municipality by its size, and the limits of what chance does."""
    subject = _subject(found, arm)
    per = 1 if subject.in_money else PER
    funnel = found.funnel(arm, subject.measure)
    notes = [
        t(
            "Each dot is a municipality: the mean of its runs, per resident, against how many live "
            "there. Were all like the whole country, 95 % would lie within the inner limits and "
            "99.8 % within the outer ones: small ones differ more by chance. It is no ranking."
        ),
        t("Each has seeds of its own, by its code."),
        t("Places are whole numbers: small municipalities have some more or fewer per resident."),
    ]
    what = money_unit() if subject.in_money else subject.label()
    subtitle = (
        t("{what}, {unit} per resident, {arm}", what=subject.label(), unit=what, arm=_arm(subject))
        if subject.in_money
        else t("{what} per {n} residents, {arm}", what=what, n=number(PER), arm=_arm(subject))
    )
    key = [Key("with", t("a municipality"), shape="circle")]
    key.append(Key("ink", t("all together"), line="solid"))
    if funnel.deviation == funnel.deviation:
        key.append(Key(CHANCE, t("what chance does, 95 % and 99.8 %")))
    column = Column((_panel(funnel, per),), key=tuple(key), after=t("To the right: residents."))
    title = t("Every municipality, and what chance alone does to one of its size")
    return answer_chart(subject, title, subtitle, [column], notes)


def _arm(subject: Subject) -> str:
    return subject.arm_label()


def _panel(funnel: Funnel, per: float) -> Panel:
    logs = np.log10(funnel.residents)
    low, high = float(logs.min()) - 0.08, float(logs.max()) + 0.08
    at = np.linspace(low, high, 200)
    marks: list[Mark] = []
    ends = [float(one) for one in per * funnel.means]
    if funnel.deviation == funnel.deviation:
        for name, share in zip(("inner", "outer"), LIMITS, strict=True):
            below, above = (per * one for one in funnel.limits(10**at, share))
            marks.append(FilledArea(name, at, below, above, "with", opacity=0.13))
            ends += [float(below[0]), float(above[0])]
    middle = per * funnel.middle
    reach = max(ends) - min(ends)
    if min(ends) - reach <= 0.0 <= max(ends) + reach:  # farther away it would flatten all else
        ends.append(0.0)
        marks.append(Rule("nothing", 0.0, "x", "ink", 1.5, "dashed"))
    marks.append(Line("middle", [low, high], [middle, middle], color="ink", width=2.0))
    marks.append(Points("municipalities", logs, per * funnel.means, "with", 9.0, opacity=0.8))
    bottom, top = with_room(min(ends), max(ends))
    ticks = tuple((float(np.log10(n)), number(n)) for n in SIZES if low <= np.log10(n) <= high)
    return Panel("funnel", Axis(low, high, ticks), value_axis(bottom, top, 6), tuple(marks))


def _subject(found: Country, arm: str) -> Subject:
    asked = [one for one in outcomes_asked(found.study) if one in found.outcomes]
    plan = found.study.plan
    seeds = tuple(range(plan.seed, plan.seed + plan.replications))
    return Subject(plan.scenario, seeds, arm, asked[0])


def sums_shown(found: Country) -> pd.DataFrame:
    """Return what each arm changes in the country, a row for each outcome, as a reader has it."""
    rows = []
    for outcome in found.outcomes:
        means = {arm: summed(found.difference(arm, outcome))[0] for arm in found.arms}
        if not any(means.values()):
            continue
        subject = Subject(found.study.scenario, (), found.arms[0], outcome)
        scale = scale_for(subject, [*means.values()])
        label = subject.label()
        if outcome.startswith("outcome."):
            label = measure_label(found.study.scenario, outcome.removeprefix("outcome."))
        unit = f", {scale.unit}" if scale.unit else ""
        told = {subject.arm_label(arm): scale.text(mean) for arm, mean in means.items()}
        rows.append({t("All municipalities, more than without"): f"{label}{unit}", **told})
    return pd.DataFrame(rows)


def sentences(found: Country, whole: int) -> Iterator[str]:
    """Yield what it comes to, in how many municipalities, and what chance has to do with it.

    Args:
        found: The country.
        whole: How many municipalities there are in its table.
    """
    n = len(found.places)
    if n < whole:
        yield t(
            "Municipalities: {n} of {of}, spread evenly by size; sums are of those alone.",
            n=number(n),
            of=number(whole),
        )
    for arm in found.arms:
        yield from _of_arm(found, arm)


def _of_arm(found: Country, arm: str) -> Iterator[str]:
    subject = _subject(found, arm)
    funnel = found.funnel(arm, subject.measure)
    mean, low, high = summed(found.difference(arm, subject.measure))
    scale = scale_for(subject, [mean])
    told = {
        "arm": subject.arm_label(),
        "what": subject.label(),
        "sum": scale.said(mean),
        "residents": number(round(float(found.residents.sum()))),
        "n": number(len(found.places)),
    }
    text = t("{arm}, municipalities: {n}, residents: {residents}. {what}: {sum} in all.", **told)
    if low == low:
        ends = {"low": scale.said(low), "high": scale.said(high)}
        text += " " + t("95 % interval of the runs: {low} to {high}.", **ends)
    yield text
    above, below = funnel.told()
    values = {"above": number(int((funnel.means > 0).sum())), "of": number(len(found.places))}
    text = t("Municipalities where it is above 0: {above} of {of}.", **values)
    if funnel.deviation != funnel.deviation:
        yield f"{text} " + t(
            "One run of each does not tell differences from chance: ask for more runs in the file."
        )
        return
    yield f"{text} " + t(
        "Beyond chance it is above 0 in {above}, and below 0 in {below}.",
        above=number(int(above.sum())),
        below=number(int(below.sum())),
    )
    yield _outside(found, funnel)


def _outside(found: Country, funnel: Funnel) -> str:
    places = [one for one, out in zip(found.places, funnel.outside(), strict=True) if out]
    if not places:
        return t("No municipality differs from the whole by more than chance may do.")
    names = [one.name for one in places[:MOST_NAMED]]
    if len(places) > MOST_NAMED:
        names.append(t("{n} more", n=number(len(places) - MOST_NAMED)))
    return t(
        "Outside the limits, and different by more than chance: {names}.", names=listing(names)
    )
