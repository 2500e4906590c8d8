"""The static calculation line by line, and the bridge from it to what is simulated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.evaluation.static_calculation import PARTS, StaticCalculation
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, row_axis, with_room
from sisim.report.chart.chart import Bars, Chart, Column, Mark, Panel, Rule, Word, value_axis
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal, in_money, money, people, quoted, share_of, unit_for

SURE = 2
"""So many standard errors are told as a margin."""
HIGH = 860.0
"""How high the picture is, in pixels."""


def part_label(found: StaticCalculation, part: str) -> tuple[str, str]:
    """Return what a step of the bridge is called, and what it means."""
    claimed = found.effect is not None
    return {
        "static": (t("Static calculation"), t("participants × effect × unit price × years")),
        "queue": (t("Places and queue"), t("as many take part as do")),
        "regression": (
            (t("The effect stated"), t("beside what it is in the first year"))
            if claimed
            else (t("Regression to the mean"), t("they would have used less anyway"))
        ),
        "fading": (t("Effect year by year"), t("later, longer or shorter than assumed")),
        "return": (t("Returns"), t("who uses more in a later year")),
        "inflow": (t("New people"), t("whom the project does not reach, or who come later")),
        "use": (t("Direct effect on use"), t("and other differences of counting (rest)")),
        "prices": (t("Prices that grow"), t("real price growth")),
        "steps": (t("Step costs"), t("what no budget sees: capacity, parts of steps")),
        "seen": (t("Simulated, as budgets see it"), t("lower costs with the investment")),
    }[part]


def lines_table(found: StaticCalculation) -> pd.DataFrame:
    """Return the lines of the static calculation as a reader has them, and their sum."""
    pathway = found.scenario.pathway
    rows: list[tuple[object, ...]] = [
        (
            found.scenario.payer_label(one.administration).text,
            pathway.resources[one.resource].label.text,
            round(one.participants, 1),
            share_of(one.avoided / one.before),
            round(one.avoided, 3),
            round(one.price),
            round(one.years, 2),
            round(one.amount),
        )
        for one in found.lines
    ]
    rows.append((t("Sum"), "", "", "", "", "", "", round(found.static)))
    columns = [
        t("Administration"),
        t("Resource"),
        t("Participants"),
        t("Effect per participant"),
        t("Units avoided per participant"),
        in_money(t("Unit price")),
        t("Years, fading"),
        in_money(t("Lower costs")),
    ]
    return pd.DataFrame(rows, columns=columns)


def sentences(found: StaticCalculation) -> list[str]:
    """Return what the static calculation and the simulation say, and what is between them."""
    seen = found.seen
    unit = unit_for(max(abs(found.static), float(np.abs(seen).mean())))
    lines = [
        t(
            "The static calculation gives {static} in lower costs; the same file simulated gives "
            "{simulated}{margin}, as budgets see it. The investment costs {static_cost} by its "
            "participants, and {cost} in the simulation.",
            static=money(found.static, unit),
            simulated=money(float(seen.mean()), unit),
            margin=_margin(seen, unit.size, unit.digits),
            static_cost=money(found.static_cost),
            cost=money(float(found.cost.mean())),
        ),
        _basis(found),
    ]
    if parts := _largest(found):
        lines.append(parts)
    if found.static < 0:
        lines.append(
            t(
                "Participants use more in their first year than before, with the investment and "
                "without it: a follow-up without a comparison group finds no saving here. A "
                "calculator then takes the effect of a study: --effect."
            )
        )
    return lines


def _margin(values: np.ndarray, size: float, digits: int) -> str:
    if len(values) < 2:
        return ""
    error = SURE * float(values.std(ddof=1)) / np.sqrt(len(values))
    return " " + t("(± {margin})", margin=decimal(error / size, digits))


def _basis(found: StaticCalculation) -> str:
    level = {"start": t("a year costs as they begin"), "year": t("in the year before")}
    taking = t(
        "Participants counted with: {planned} ({taking} take part). Years: {years}; {share} of the "
        "effect is lost each year.",
        planned=people(found.planned),
        taking=people(float(found.participants.mean())),
        years=str(found.horizon),
        share=share_of(found.fades),
    )
    if found.effect is None:
        how = t(
            "The effect is how much less the same people use in their first year than {level}.",
            level=level[found.level],
        )
    else:
        how = t(
            "The effect is stated: {share} less than {level}.",
            share=share_of(found.effect),
            level=level[found.level],
        )
    return f"{taking} {how}"


def _largest(found: StaticCalculation) -> str:
    """Return the parts that make the most of the difference, of those that the runs carry."""
    told = [
        (str(one.part), float(one.amount))
        for one in records(found.tables["static-bridge"])
        if one.part in PARTS and one.amount and not abs(one.amount) <= SURE * one.error
    ]
    told.sort(key=lambda one: -abs(one[1]))
    if not told:
        return ""
    names = "; ".join(
        f"{part_label(found, part)[0]} {'+' if amount > 0 else ''}{money(amount)}"
        for part, amount in told[:3]
    )
    return t("The most of the difference: {parts}.", parts=names)


def draw_bridge(found: StaticCalculation) -> Figure:
    """Draw `bridge_chart`."""
    return paint(bridge_chart(found))


def bridge_chart(found: StaticCalculation) -> Chart:
    """Return the bridge from the static calculation to what budgets see in the simulation."""
    table = found.tables["static-bridge"]
    amounts = table["amount"].to_numpy(float)
    ends = np.concatenate([[0.0], np.cumsum(amounts[:-1])])
    unit = unit_for(float(np.abs(ends).max()))
    marks: list[Mark] = []
    rows, said = [], []
    for row, one in enumerate(records(table)):
        whole = one.part in ("static", "seen")
        start, end = (0.0, one.amount) if whole else (ends[row], ends[row + 1])
        color = {"static": "with", "seen": "lower"}.get(one.part, "muted")
        low, high = min(start, end), max(start, end)
        marks.append(Bars(f"bar-{row}", [-row], [low], [high], color, 0.62, not whole, across=True))
        text = f"{'' if whole or one.amount <= 0 else '+'}{money(one.amount, unit)}"
        size = SURE * one.error / unit.size
        if size == size and round(size, unit.digits) > 0:
            text += " " + t("(± {margin})", margin=decimal(size, unit.digits))
        said.append(text)
        marks.append(Word(f"said-{row}", text, high, -row, "left", (6.0, 0.0), "ink", bold=whole))
        rows.append(part_label(found, one.part))
    room = with_room(float(ends.min()), float(max(ends.max(), 0.0)), (), said)
    marks.append(Rule("nothing", 0.0, "y", "ink", 1.5))
    panel = Panel("bridge", value_axis(*room, 5, unit.size), row_axis(rows), tuple(marks))
    subject = Subject(found.scenario, found.seeds, found.arm, "")
    subtitle = t(
        "{arm}: lower costs, {unit}, fixed prices, not discounted",
        arm=quoted(subject.arm_label()),
        unit=unit.label(),
    )
    notes = [
        t("The parts are taken in this order, and add up to the krona in every run."),
        t("± is two standard errors of the mean over the runs."),
    ]
    title = t("From the static calculation to the simulation")
    chart = answer_chart(subject, title, subtitle, [Column((panel,))], notes, discounted=False)
    return replace(chart, high=HIGH)
