"""The social return on investment: what was guessed beside what is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.evaluation.social_return import FILTERS, READ, JackknifeInterval, SocialReturns
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, row_axis, with_room
from sisim.report.chart.chart import Bars, Chart, Column, Mark, Panel, Rule, Word, value_axis
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import (
    Unit,
    decimal,
    listing,
    lower,
    percent_sign,
    percentage_points,
    quoted,
    share_of,
    unit_for,
    whole_money,
)
from sisim.report.formats import money as amount_of

BOTH = 1010.0
"""How high the picture is, in pixels: two falls of six bars each stand above each other."""


def filter_label(key: str) -> str:
    """Return what one of `READ` is called."""
    return {
        "gross": t("Change recorded"),
        "effect": t("Effect in the first year"),
        "deadweight": t("Deadweight"),
        "displacement": t("Displacement"),
        "attribution": t("Attribution to others"),
        "drop_off": t("Drop-off a year"),
        "fit": t("Fit of the drop-off (R²)"),
        "duration": t("Duration, years"),
    }[key]


def filters_table(found: SocialReturns) -> pd.DataFrame:
    """Return the filters and the ratios as a reader has them: guessed, simulated, difference."""
    rows: list[tuple[str, ...]] = []
    for name, read in found.read.items():
        label = found.scenario.outcomes[found.spec.values[name].outcome].label.text
        for key in READ:
            one, said = read[key], found.guessed(key)
            difference = one.value - said
            rows.append(
                (
                    label,
                    filter_label(key),
                    _number(key, said),
                    _number(key, one.value),
                    _between(key, one),
                    "" if difference != difference else _change(key, difference),
                )
            )
    before, after = (found.ratios[name] for name in ("guessed", "simulated"))
    difference = after.value - before.value
    told = "" if difference != difference else _change("ratio", difference)
    texts = [_number("ratio", before.value), _number("ratio", after.value)]
    rows.append(("", t("Ratio"), *texts, _between("ratio", after), told))
    columns = [
        t("Value"),
        t("What"),
        t("Guessed"),
        t("Simulated"),
        t("Interval"),
        t("Difference"),
    ]
    return pd.DataFrame(rows, columns=columns)


def _number(key: str, value: float) -> str:
    if value != value:
        return "–"
    if key in FILTERS:
        return share_of(value, 1)
    return decimal(value, {"duration": 0, "fit": 2, "ratio": 2}.get(key, 3))


def _change(key: str, value: float) -> str:
    sign = "+" if value > 0 else ""
    if key in FILTERS:
        return sign + percentage_points(decimal(100 * value, 1))
    return sign + _number(key, value)


def _between(key: str, one: JackknifeInterval) -> str:
    if key == "fit" or one.low != one.low or one.high - one.low < 1e-9:
        return ""
    ends = (_number(key, end).removesuffix(percent_sign()) for end in one[1:])
    return t("{low} to {high}", low=next(ends), high=next(ends))


def sentences(found: SocialReturns) -> list[str]:
    """Return what the filters are, both ratios, and what a ratio lacks, a sentence a line."""
    lines = []
    for name in found.values:
        lines += _value(found, name)
    lines += _ratios(found)
    lines.append(
        t(
            "The ratio counts values too that nobody pays. It has no comparison group (question "
            "16); here the comparison is simulated."
        )
    )
    return lines


def _value(found: SocialReturns, name: str) -> list[str]:
    read, spec = found.read[name], found.spec.values[name]
    outcome = found.scenario.outcomes[spec.outcome]
    gross, effect = read["gross"], read["effect"]
    followed = int(found.values[name].followed.sum())
    if not followed:
        return [
            t(
                "{outcome}: no participant can be followed, so that nothing can be told.",
                outcome=quoted(outcome.label.text),
            )
        ]
    level = t("the year before") if found.spec.years_before is None else t("earlier cohorts")
    lines = [
        t(
            "{outcome}, per participant in the first year: {gross} better than {level}, and "
            "{effect} better than the same people without the investment{margin}. Deadweight is "
            "{deadweight}, and was guessed as {guessed}.",
            outcome=quoted(outcome.label.text),
            gross=_number("gross", gross.value),
            effect=_number("effect", effect.value),
            margin=_margin(effect),
            level=level,
            deadweight=share_of(read["deadweight"].value, 1),
            guessed=share_of(found.guessed("deadweight"), 1),
        )
    ]
    if effect.low < 0 < effect.high and effect.high - effect.low > 1e-12:
        lines.append(
            t(
                "The runs do not tell the effect from none: neither deadweight nor drop-off is "
                "told by them."
            )
        )
    else:
        lines += _displaced(found, name) + _lasting(found, name)
    return lines


def _displaced(found: SocialReturns, name: str) -> list[str]:
    """Return what everybody else gains or loses; nothing where they have the same lives."""
    one = found.read[name]["displacement"]
    if not one.value or one.value != one.value:
        return []
    if one.low <= 0 <= one.high:
        return [t("Whether others lose or gain by it, the runs do not tell.")]
    told = {
        "share": share_of(abs(one.value)),
        "range": "" if one.low != one.low else f" ({_ends(one)})",
        "guessed": share_of(found.guessed("displacement")),
    }
    if one.value > 0:
        text = t(
            "Others lose {share}{range} of what participants gain: displacement, guessed as "
            "{guessed}.",
            **told,
        )
    else:
        text = t(
            "Others gain too, {share}{range} of what participants do: displacement is below 0, "
            "guessed as {guessed}.",
            **told,
        )
    return [text]


def _ends(one: JackknifeInterval) -> str:
    low, high = sorted((abs(one.low), abs(one.high)))
    return t("{low} to {high}", low=share_of(low), high=share_of(high))


def _margin(one: JackknifeInterval) -> str:
    if one.low != one.low:
        return ""
    return " " + t("(± {margin})", margin=decimal(one.high - one.value, 3))


def _lasting(found: SocialReturns, name: str) -> list[str]:
    read, horizon = found.read[name], found.spec.horizon
    rate, lasts = read["drop_off"], read["duration"].value
    if rate.value != rate.value:
        return []
    told = {
        "rate": share_of(abs(rate.value), 1),
        "fit": decimal(read["fit"].value, 2),
        "guessed": share_of(found.guessed("drop_off"), 1),
    }
    if rate.low <= 0 <= rate.high:
        lines = [
            t("Whether the effect falls or grows by year, the runs do not tell."),
        ]
    elif rate.value > 0:
        lines = [t("The effect falls by {rate} a year (R² {fit}; guessed {guessed}).", **told)]
    else:
        lines = [
            t(
                "The effect grows by {rate} a year (R² {fit}), where a fall of {guessed} was "
                "guessed.",
                **told,
            )
        ]
    if lasts < horizon:
        years = round(lasts)
        lines.append(
            n_(
                "After {n} year it is under a tenth of what it was in the first.",
                "After {n} years it is under a tenth of what it was in the first.",
                years,
            )
        )
    else:
        lines.append(
            n_(
                "It is still there at the end of the horizon ({n} year).",
                "It is still there at the end of the horizon ({n} years).",
                horizon,
            )
        )
    return lines


def _ratios(found: SocialReturns) -> list[str]:
    raw, guessed, simulated = (found.ratios[name] for name in ("raw", "guessed", "simulated"))
    lines = []
    if found.sharing == "shapley":
        lines.append(
            t(
                "The arm has several investments: the effect is shared among them by Shapley "
                "values, from simulated arms with each subset of them."
            )
        )
    elif found.sharing == "leave_one_out":
        lines.append(
            t(
                "The arm has more than four investments: this one's own share of the effect is "
                "what is lost without it (leave-one-out)."
            )
        )
    if raw.value != raw.value:
        return [*lines, t("Nothing is paid for the investment, so that there is no ratio.")]
    lines.append(
        t(
            "The ratio of value to cost is {raw} as recorded, {guessed} with what was guessed "
            "taken off, and {simulated} as simulated{interval}. The investment costs {cost} per "
            "participant.",
            raw=decimal(raw.value, 2),
            guessed=decimal(guessed.value, 2),
            simulated=decimal(simulated.value, 2),
            interval=_in_brackets(simulated),
            cost=whole_money(found.cost_each),
        )
    )
    if names := found.meaningless:
        labels = [
            quoted(found.scenario.outcomes[found.spec.values[name].outcome].label.text)
            for name in names
        ]
        lines.append(
            t(
                "The ratio has no meaning here: the deadweight of {what} is under 0 or over "
                "100 per cent.",
                what=listing(labels),
            )
        )
    if len(found.seeds) < 2:
        lines.append(t("A single run tells no interval."))
    return lines


def _in_brackets(one: JackknifeInterval) -> str:
    text = _between("ratio", one)
    return f" ({text})" if text else ""


def draw_social_return(found: SocialReturns) -> Figure:
    """Draw `social_return_chart`."""
    return paint(social_return_chart(found))


def social_return_chart(found: SocialReturns) -> Chart:
    """Return the fall from what is recorded to what is left: guessed above, simulated below."""
    steps = {name: np.array(amounts) for name, amounts in found.steps.items()}
    cost = found.cost_each
    every = np.concatenate([*steps.values(), [0.0, 0.0 if cost != cost else cost]])
    every = every[np.isfinite(every)]
    unit = unit_for(float(np.abs(every).max(initial=1.0)))
    said = [amount_of(float(amount), unit) for amount in every]
    ends = with_room(float(every.min()), float(every.max()), said if every.min() < 0 else (), said)
    titles = {"guessed": t("As guessed"), "simulated": t("As simulated")}
    panels = []
    for name, amounts in steps.items():
        ratio = found.ratios[name]
        told = _number("ratio", ratio.value) + _in_brackets(ratio)
        title = t("{kind}: the ratio is {ratio}", kind=titles[name], ratio=told)
        panels.append(
            Panel(
                name,
                value_axis(*ends, 6, unit.size),
                row_axis(_rows(found, name)),
                tuple(_fall(amounts, cost, unit)),
                title=title,
            )
        )
    subject = Subject(found.scenario, found.seeds, found.arm, "")
    subtitle = t(
        "{investment}: {unit} per participant over {n_years}, discounted by {rate} a year",
        investment=found.scenario.investments[found.investment].label.text,
        unit=unit.label(),
        n_years=n_("{n} year", "{n} years", found.spec.horizon),
        rate=share_of(found.spec.discount.value, 1),
    )
    paid = t("Dashed: the investment costs {cost} per participant.", cost=amount_of(cost, unit))
    caption = paid if cost > 0 else ""
    whom = listing(
        list(dict.fromkeys(lower(one.stakeholder.text) for one in found.spec.values.values()))
    )
    notes = [
        t("Values that nobody pays, for {whom}: no part of the ledger.", whom=whom),
        n_(
            "{people} participants in {n} run.",
            "{people} participants in {n} runs.",
            len(found.seeds),
            people=decimal(float(found.participants.sum())),
        ),
    ]
    column = Column(tuple(panels), caption=caption)
    title = t("What is left of the value that is recorded?")
    chart = answer_chart(subject, title, subtitle, [column], notes, discounted=False)
    return replace(chart, high=BOTH)


def _rows(found: SocialReturns, kind: str) -> list[tuple[str, str]]:
    """Return the names of the bars, each with the share that it takes off."""
    rows = [(t("Recorded"), "")]
    for key in FILTERS:
        if kind == "guessed":
            shares = [found.guessed(key)]
        else:
            shares = [read[key].value for read in found.read.values()]
        told = ", ".join(dict.fromkeys(share_of(one, 1) for one in shares))
        rows.append((filter_label(key), told))
    return [*rows, (t("What is left"), "")]


def _fall(amounts: np.ndarray, cost: float, unit: Unit) -> Sequence[Mark]:
    """Return the bars of a fall: the whole, what each filter takes off or adds, what is left."""
    marks: list[Mark] = []
    ends = [(0.0, amounts[0]), *pairwise(amounts), (0.0, amounts[-1])]
    for row, (start, end) in enumerate(ends):
        if not np.isfinite([start, end]).all():
            continue
        whole = row in (0, len(ends) - 1)
        color = ("with" if row == 0 else "lower") if whole else "muted"
        low, high = min(start, end), max(start, end)
        marks.append(Bars(f"bar-{row}", [-row], [low], [high], color, 0.6, not whole, across=True))
        text = amount_of(float(end if whole else end - start), unit)
        text = f"+{text}" if not whole and end - start > 0.5 * unit.size else text
        marks.append(
            Word(f"said-{row}", text, float(high), -row, "left", (6.0, 0.0), "ink", bold=whole)
        )
    if cost > 0:
        marks.append(Rule("cost", cost, "y", "extra_text", 2.5, "dashed"))
    return [*marks, Rule("nothing", 0.0, "y", "ink", 1.5)]
