"""The plan of follow-up, and what was observed beside it: pictures, a table, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.monitoring import (
    ENOUGH,
    PROCESS,
    RESULTS,
    FollowUp,
    Indicator,
    evaluations_of,
    responsible,
)
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, share_axis
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
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import (
    capital,
    decimal,
    listing,
    lower,
    money,
    percent_sign,
    percentage_points,
    quoted,
    share_of,
    signed_money,
    spread,
    unit_for,
)
from sisim.report.spreadsheet_files import FillInTable

MOST = 6
"""The most measures that are drawn."""
BESIDE = 3
"""So many have room beside each other."""
OUTSIDE = "#D55E00"
"""Of what was observed outside its range."""


def measure_label(plan: FollowUp, measure: Indicator) -> str:
    """Return what a measure is called."""
    what = ""
    if measure.measurement is not None:
        what = plan.scenario.measurement_label(measure.measurement).text
    if measure.outcome is not None:
        what = plan.scenario.outcomes[measure.outcome].label.text
    head = measure.name.partition(".")[0]
    text = {
        "target": t("In the target group so far"),
        "begun": t("Have begun"),
        "treated": t("Take part now"),
        "spent": t("Money spent"),
        "reach": t("Reached, of the target group"),
        "fidelity": t("Given all of it, of those who are done"),
        "drop_out": t("Left early, of those who have begun"),
        "participants": t("Of those who have begun: {what}", what=lower(what)),
        "outcome": capital(what),
        "measured": capital(what),
    }[head]
    if measure.investment is None or len(plan.scenario.arms[plan.arm].investments) < 2:
        return text
    whose = plan.scenario.investments[measure.investment].label.text
    return f"{whose}: {lower(text)}"


def by_whom(plan: FollowUp, measure: Indicator, *, inside: bool = False) -> str:
    """Return who measures it, as the scenario says or who has it in their books.

    With `inside`, as it stands inside a sentence.
    """
    spec = plan.scenario.follow_up
    head = measure.name.partition(".")[0]
    if spec is not None and head in spec.by:
        return spec.by[head].text
    if measure.kind in PROCESS and measure.investment is not None:
        for one in evaluations_of(plan.scenario, plan.arm, measure.investment):
            if one.responsible is not None:
                return lower(one.responsible.text) if inside else one.responsible.text
    payers = responsible(plan.scenario, measure)
    labels = [plan.scenario.payer_label(one).text for one in payers]
    return listing([lower(label) if inside else label for label in labels])


def plan_table(plan: FollowUp) -> pd.DataFrame:
    """Return the plan with what is measured and by whom, in the reader's language.

    Columns: month, measure, what, by, and those of `FollowUp.plan`. What the scenario adds of its
    own stands last, without a range.
    """
    table = plan.plan
    known = {one.name: one for one in plan.measures}
    own = [known[name] for name in table["measure"]]
    table.insert(2, "what", [measure_label(plan, one) for one in own])
    table.insert(3, "by", [by_whom(plan, one) for one in own])
    return pd.concat([table, _others(plan)], ignore_index=True)


def observed_form(plan: FollowUp) -> FillInTable:
    """Return the table to be filled in: month, measure, what it is, and an empty value."""
    value = t("value")
    headings = [t("month"), t("measure"), t("what is measured"), value]
    rows = [
        [month, one.name, measure_label(plan, one), None]
        for month in plan.months
        for one in plan.measures
    ]
    widths = {headings[0]: 9, headings[1]: 28, value: 16}
    return FillInTable(t("What was observed"), headings, rows, widths, [value])


def draw_follow_up(plan: FollowUp, observed: pd.DataFrame | None = None) -> Figure:
    """Draw `follow_up_chart`."""
    return paint(follow_up_chart(plan, observed))


def follow_up_chart(plan: FollowUp, observed: pd.DataFrame | None = None) -> Chart:
    """Return the range of each measure by month, and what was observed.

    Args:
        plan: The plan.
        observed: See `sisim.analysis.monitoring.deviations`.
    """
    title = t("How should it go?") if observed is None else t("How did it go?")
    subject = Subject(plan.scenario, plan.seeds, plan.arm, "")
    told = {"arm": subject.arm_label(), "start": plan.scenario.time.start}
    subtitle = (
        t("{arm}: where all runs lie, by months from {start}", **told)
        if plan.few
        else t("{arm}: where nine runs of ten lie, by months from {start}", **told)
    )
    key = [
        Key("with", t("with the investment")),
        Key("muted", t("without it"), hatched=True),
    ]
    if observed is not None:
        key += [
            Key("lower", t("observed, in the range"), shape="circle"),
            Key(OUTSIDE, t("observed, outside it"), shape="diamond"),
        ]
    columns = [_column(plan, one, observed) for one in drawn(plan, observed)]
    columns += [Column(())] * (-len(columns) % BESIDE)
    chart = answer_chart(subject, title, subtitle, columns, [_ranges(plan)], discounted=False)
    rows = [(1.0, tuple(columns[n : n + BESIDE])) for n in range(0, len(columns), BESIDE)]
    return replace(chart, rows=((0.12, (Column((), key=tuple(key)),)), *rows))


def drawn(plan: FollowUp, observed: pd.DataFrame | None) -> list[Indicator]:
    """Return the measures that a picture has room for: one of each kind first."""
    case = plan.scenario.figures.case if plan.scenario.figures is not None else None
    seen = set() if observed is None else set(observed["measure"])

    def rank(measure: Indicator) -> tuple[bool, bool, int]:
        head = measure.name.partition(".")[0]
        order = (
            *("begun", "reach", "participants", "measured", "target"),
            *("spent", "outcome", "fidelity", "drop_out", "treated"),
        )
        again = False
        if measure.outcome is not None:
            group = plan.scenario.outcomes[measure.outcome].group
            names = [n for n, o in plan.scenario.outcomes.items() if o.group == case]
            again = (
                group != case if names else measure.outcome != next(iter(plan.scenario.outcomes))
            )
        return (bool(seen) and measure.name not in seen, again, order.index(head))

    chosen = sorted(plan.measures, key=rank)[:MOST]
    return [one for one in plan.measures if one in chosen]


def _column(plan: FollowUp, measure: Indicator, observed: pd.DataFrame | None) -> Column:
    """Return the range of a measure by month, what was observed, and who measures it."""
    own = plan.plan[plan.plan["measure"] == measure.name]
    x, known = own["month"].to_numpy(float), ["high", "without_high"]
    marks: list[Mark] = [
        FilledArea(
            "with-band", x, own["low"].to_numpy(), own["high"].to_numpy(), "with", opacity=0.3
        )
    ]
    if own["without_middle"].notna().any():
        low, high = own["without_low"].to_numpy(), own["without_high"].to_numpy()
        middle = own["without_middle"].to_numpy()
        marks += [
            FilledArea("without-band", x, low, high, "muted", hatched=True),
            Line("without", x, middle, color="without", width=2.5, dash="dashed"),
        ]
    marks.append(Line("with", x, own["middle"].to_numpy(), color="with"))
    top = float(np.nanmax(own[known].to_numpy(float), initial=0.0))
    if observed is not None:
        seen = observed[observed["measure"] == measure.name]
        inside = (seen["outside"] == 0).to_numpy()
        month, value = seen["month"].to_numpy(float), seen["observed"].to_numpy(float)
        marks += [
            Points("inside", month[inside], value[inside], "lower", 13.0),
            Points("outside", month[~inside], value[~inside], OUTSIDE, 13.0, "diamond"),
        ]
        top = max(top, float(value.max(initial=0.0)))
    name, top = measure_label(plan, measure), 1.1 * top or 1.0
    unit = unit_for(top) if measure.kind == "cost" else None
    if measure.is_share:
        axis = share_axis(0.0, top)
    else:
        axis = value_axis(0.0, top, 4, 1.0 if unit is None else unit.size)
    months = Axis(min(0.0, x[0]), x[-1] + 1, tuple((month, f"{month:g}") for month in x))
    who = by_whom(plan, measure)
    return Column(
        (Panel(measure.name, months, axis, tuple(marks)),),
        caption=name if unit is None else f"{name}, {unit.label()}",
        after=t("by: {who}", who=who) if who else "",
    )


def sentences(plan: FollowUp, observed: pd.DataFrame | None = None) -> list[str]:
    """Return the plan in words, or what was observed and what its deviation says."""
    lines = [_ranges(plan)]
    if observed is not None:
        return [*lines, *deviation_sentences(plan, observed)]
    alike: list[str] = []
    for measure in plan.measures:
        own = plan.plan[plan.plan["measure"] == measure.name]
        said = [
            n_(
                "{n} month {range}",
                "{n} months {range}",
                int(one.month),
                range=_range(measure, one.low, one.high),
            )
            for one in records(own)
            if one.middle == one.middle
        ]
        line = f"{measure_label(plan, measure)}: {'; '.join(said)}."
        who = by_whom(plan, measure, inside=True)
        if who:
            line += " " + t("Measured by: {who}.", who=who)
        last = own.iloc[-1]
        if measure.kind in RESULTS and last["without_middle"] == last["without_middle"]:
            low, high = float(last["effect_low"]), float(last["effect_high"])
            line += " " + t(
                "A good comparison would show {range} at the end.",
                range=_difference(measure, low, high),
            )
            line += " " + t(
                "Without the investment at the end: {range}.",
                range=_range(measure, float(last["without_low"]), float(last["without_high"])),
            )
            if last["low"] <= last["without_middle"] <= last["high"]:
                alike.append(measure_label(plan, measure))
        lines.append(line)
    for one in records(_others(plan).drop_duplicates("measure")):
        lines.append(
            t(
                "{what}: no range, as the pathway does not know it. Measured by: {who}.",
                what=one.what,
                who=one.by,
            )
        )
    if alike:
        lines.append(
            t(
                "With and without overlap for {n} of {all} results: levels alone do not tell "
                "whether there is an effect.",
                n=len(alike),
                all=sum(one.kind in RESULTS for one in plan.measures),
            )
        )
    lines.append(_where_told(plan))
    return lines


def _where_told(plan: FollowUp) -> str:
    """Return where the effect will be told: follow-up by itself tells none."""
    planned = [
        t("{label} (answer in {year})", label=quoted(one.label.text), year=str(one.answer_year))
        for name in plan.scenario.arms[plan.arm].investments
        for one in evaluations_of(plan.scenario, plan.arm, name)
        if one.design != "process"
    ]
    if planned:
        return t(
            "What is followed up among participants alone shows no effect. The effect is told by "
            "the planned evaluations: {evaluations}.",
            evaluations=listing(planned),
        )
    return t(
        "An effect is only seen against a comparison: earlier cohorts, other areas, or "
        "a lottery among those in the queue."
    )


def deviation_sentences(plan: FollowUp, observed: pd.DataFrame) -> list[str]:
    """Return, for all that was observed, plan, outcome, deviation, and what it says."""
    lines = []
    for one in records(observed.sort_values("month", kind="stable")):
        measure = plan.measure(one.measure)
        lines.append(
            t(
                "Month {month}, {what}: planned {range}, observed {value} ({deviation}). {verdict}",
                month=one.month,
                what=lower(measure_label(plan, measure)),
                range=_range(measure, one.low, one.high),
                value=_value(measure, one.observed),
                deviation=_value(measure, one.deviation, signed=True),
                verdict=verdict_words(measure, one.verdict),
            )
        )
    lines += _of_themselves(plan, observed)
    outside = int((observed["outside"] != 0).sum())
    if plan.few:
        lines.append(
            t(
                "{n} of {all} lie outside. The runs are too few to say how often chance alone does "
                "so: at least {least} are needed.",
                n=outside,
                all=len(observed),
                least=ENOUGH,
            )
        )
    elif not outside:
        lines.append(t("All that was observed lies where nine runs of ten do."))
    else:
        lines.append(
            t(
                "{n} of {all} lie outside. By chance alone one in ten does.",
                n=outside,
                all=len(observed),
            )
        )
    return lines


def _of_themselves(plan: FollowUp, observed: pd.DataFrame) -> Iterator[str]:
    """Yield, where participants are better off than before, how they would be without it all.

    People are taken in when matters are at their worst: what is better from one time to another is
    no effect.
    """
    for name, own in observed.groupby("measure", sort=False):
        ends = list(records(own.sort_values("month", kind="stable")))
        first, last = ends[0], ends[-1]
        measure = plan.measure(str(name))
        if measure.kind != "participants":
            continue
        good = plan.scenario.outcomes[str(measure.outcome)].good
        rise = last.observed - first.observed
        known = first.without_middle == first.without_middle
        if not known or (rise >= 0 if good == "low" else rise <= 0):
            continue
        yield t(
            "{what}: from {a} in month {first} to {b} in month {last}. That is no effect: without "
            "the investment the same people are reckoned to go from {c} to {d}, as they are taken "
            "in when matters are at their worst (regression to the mean).",
            what=measure_label(plan, measure),
            first=first.month,
            last=last.month,
            a=_value(measure, first.observed),
            b=_value(measure, last.observed),
            c=_value(measure, first.without_middle),
            d=_value(measure, last.without_middle),
        )


def verdict_words(measure: Indicator, verdict: str) -> str:
    """Return what a deviation says."""
    if verdict in ("above", "below"):
        above = verdict == "above"
        return {
            "inflow": t("A larger inflow than assumed.")
            if above
            else t("A smaller inflow than assumed."),
            "activity": t("More activity than planned.") if above else t("Too little activity."),
            "reach": t("More are reached than planned.")
            if above
            else t("Too few of the target group are reached."),
            "fidelity": t("More are given all of it than planned.")
            if above
            else t("Fewer are given all of it than planned."),
            "drop_out": t("More leave early than planned.")
            if above
            else t("Fewer leave early than planned."),
            "cost": t("Dearer than planned.") if above else t("Less is spent than planned."),
        }[measure.kind]
    return {
        "as_planned": t("Within chance of the plan.")
        if measure.kind not in RESULTS
        else t(
            "Within chance of the plan, and outside what is to be expected without the investment."
        ),
        "cannot_tell": t("Within chance of the plan, but so it would be without any effect."),
        "better": t("Better than planned."),
        "no_effect": t(
            "Worse than planned though activity and reach are as planned: reached, but "
            "the effect is not there."
        ),
        "too_little": t(
            "Worse than planned, with too little activity or reach: there is no more "
            "to judge the effect by."
        ),
        "unexplained": t(
            "Worse than planned; as neither activity nor reach was observed, it cannot be said why."
        ),
        "other_inflow": t(
            "Worse than planned, with another inflow than assumed: compare with what "
            "the inflow gives."
        ),
    }[verdict]


def _others(plan: FollowUp) -> pd.DataFrame:
    spec = plan.scenario.follow_up
    rows: list[dict[str, Any]] = []
    for name, one in (spec.others if spec is not None else {}).items():
        what = one.label.text
        if one.instrument is not None:
            what = f"{what} ({one.instrument.text})"
        rows += [
            {
                "month": month,
                "measure": f"other.{name}",
                "what": what,
                "by": one.by.text,
                "kind": "other",
            }
            for month in one.months
        ]
    return pd.DataFrame(rows, columns=["month", "measure", "what", "by", "kind"])


def _ranges(plan: FollowUp) -> str:
    how = {
        "nothing": t("Ranges of chance alone, all numbers as in the file"),
        "investments": t("Ranges of chance and of what is uncertain about the investment"),
        "everything": t("Ranges of chance and of all that is uncertain"),
    }[plan.drawn]
    runs = len(plan.seeds)
    text = (
        t(
            "{how}: from the lowest to the highest of {runs}.",
            how=how,
            runs=n_("{n} run", "{n} runs", runs),
        )
        if plan.few
        else t("{how}: nine runs in ten, of {runs}.", how=how, runs=runs)
    )
    if plan.scenario.pathway.step != "week":
        return text
    return text + " " + t("A month is read at the end of the nearest week.")


def _range(measure: Indicator, low: float, high: float) -> str:
    if measure.kind == "cost" and high == high:
        unit = unit_for(high)
        ends = [decimal(end / unit.size, unit.digits) for end in (low, high)]
        text = "–".join(dict.fromkeys(ends))
        return unit.of(text)
    if measure.is_share and low == low and high == high:
        ends = [decimal(100 * end) for end in (low, high)]
        return "–".join(dict.fromkeys(ends)) + percent_sign()
    return "–".join(dict.fromkeys(_value(measure, end) for end in (low, high)))


def _difference(measure: Indicator, low: float, high: float) -> str:
    size = 100 if measure.is_share else 1
    text = spread(size * low, size * high) or decimal(size * high)
    return percentage_points(text) if measure.is_share else text


def _value(measure: Indicator, value: float, *, signed: bool = False) -> str:
    if value != value:
        return "–"
    if measure.kind == "cost":
        return signed_money(value) if signed else money(value)
    if measure.is_share:
        text = share_of(value)
        if signed:
            text = percentage_points(decimal(100 * value))
    else:
        text = decimal(value, 1 if measure.kind == "measured" else 0)
    return f"+{text}" if signed and value > 0 else text
