"""A stage gate: how often it is passed, and what it is worth beside always and never."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sisim.analysis.measures import NPV
from sisim.analysis.question import share_interval
from sisim.evaluation.stage_gate import CHOICES, StageGate
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, row_axis, with_room
from sisim.report.chart.chart import Bars, Chart, Column, Line, Mark, Panel, Rule, Word, value_axis
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import Unit, decimal, lower, money, quoted, share_of, unit_for

SURE = 2.0
"""So many Monte Carlo errors from nothing, a difference is carried by the runs."""


def draw_gate(found: StageGate) -> Figure:
    """Draw `gate_chart`."""
    return paint(gate_chart(found))


def subject_of(found: StageGate) -> Subject:
    """Return what is asked of which scenario."""
    study = found.study
    seeds = tuple(range(study.seed, study.seed + study.municipalities))
    return Subject(found.scenario, seeds, found.plan.arm, NPV)


def gate_chart(found: StageGate) -> Chart:
    """Return what each choice is worth, world by world, with four standard errors around it."""
    subject, rows = subject_of(found), records(found.choices)
    reach = [getattr(row, name) for row in rows for name in CHOICES]
    unit = unit_for(float(np.abs(reach).max()))
    said = [_number(value, unit) for value in reach]
    errors = [SURE * getattr(row, f"{name}_mcse") for row in rows for name in CHOICES]
    ends = np.add(reach, errors), np.subtract(reach, errors)
    low, high = with_room(min(0.0, ends[1].min()), max(0.0, ends[0].max()), after=said)
    # Columns share the width.
    high += (len(rows) - 1) * 0.12 * (high - low)
    axis = value_axis(low, high, 3, unit.size)
    columns = [
        Column(
            (Panel(f"{row.world}-worth", axis, _rows(row), _marks(row, unit), ""),), _heading(row)
        )
        for row in rows
    ]
    notes = [
        t("Perfect: the effect, but not the luck, is known before the project ends."),
        t("Thin lines: the mean give or take two standard errors."),
        t("Outcome contracts are left out."),
    ]
    title = t("Carry on if the evaluation holds?")
    subtitle = t("{what}, {unit}", what=subject.label(), unit=unit.label())
    return answer_chart(subject, title, subtitle, columns, notes)


def _number(amount: float, unit: Unit) -> str:
    """Return an amount without its unit, which stands above the picture."""
    return decimal(amount / unit.size, unit.digits)


def _rows(row: Any) -> Any:
    passes = t("passed in {share}", share=share_of(row.passes))
    details = {"gated": passes}
    return row_axis([(text, details.get(name, "")) for name, text in choice_words().items()])


def _marks(row: Any, unit: Unit) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    colors = {"never": "muted", "always": "extra", "gated": "with", "perfect": "lower"}
    for place, name in enumerate(CHOICES):
        value, error = float(getattr(row, name)), SURE * float(getattr(row, f"{name}_mcse"))
        at = -float(place)
        marks += [
            Bars(
                f"{row.world}-{name}",
                [at],
                [min(value, 0.0)],
                [max(value, 0.0)],
                colors[name],
                0.5,
                hatched=name == "perfect",
                across=True,
            ),
            Line(f"{row.world}-{name}-error", [value - error, value + error], [at, at], width=2.0),
            Word(
                f"{name}-said", _number(value, unit), max(value + error, 0.0), at, shift=(8.0, 0.0)
            ),
        ]
    return (*marks, Rule("nothing", 0.0, "y", "ink", 1.0))


def choice_words() -> Mapping[str, str]:
    """Return what the choices are called."""
    return {
        "never": t("Never carry on"),
        "always": t("Always carry on"),
        "gated": t("If the evaluation holds"),
        "perfect": t("With perfect knowledge"),
    }


def _heading(row: Any) -> str:
    return {
        "effect": t("With the effect of the file"),
        "none": t("With no effect"),
        "prior": t("With effects from its range"),
    }[row.world]


def sentences(found: StageGate) -> Iterator[str]:
    """Yield how often the gate is passed, what it is worth, and what that rests on."""
    plan, scenario = found.plan, found.scenario
    spec = scenario.evaluations[plan.gate.evaluation]
    what = {
        "gate": quoted(spec.label.text),
        "investment": scenario.investments[plan.investment].label.text,
    }
    if not found.decided:
        yield t("{investment}: {gate} never leads to a decision here, so nothing passes.", **what)
    rows = records(found.choices)
    for row in rows:
        yield from _passes(row)
    yield _waiting(found)
    for row in rows:
        yield t(
            "{world}, {measure}: never carrying on {never}, always {always}, by the evaluation "
            "{gated}, with perfect knowledge {perfect}.",
            world=_heading(row),
            measure=lower(subject_of(found).label()),
            **{name: money(getattr(row, name)) for name in CHOICES},
        )
        yield _verdict(row)
    if "prior" not in {row.world for row in rows}:
        yield t(
            "What the gate is worth before anybody knows the effect is not told: no number of the "
            "investment has a range to be drawn from, or these municipalities do not tell the "
            "effect."
        )


def _passes(row: Any) -> Iterator[str]:
    if row.world == "prior":
        for share, text in (
            (row.passes_good, t("worth carrying on with")),
            (row.passes_bad, t("not worth carrying on with")),
        ):
            if share == share:
                yield t(
                    "{world}: the gate is passed by {share} of what is {text}.",
                    world=_heading(row),
                    share=share_of(share),
                    text=text,
                )
        return
    passed = round(row.passes * row.municipalities)
    low, high = share_interval(passed, row.municipalities)
    yield t(
        "{world}: municipalities in which the gate is passed: {k} of {n} (95% interval: "
        "{low} to {high}).",
        world=_heading(row),
        k=passed,
        n=row.municipalities,
        low=share_of(low),
        high=share_of(high),
    )


def _waiting(found: StageGate) -> str:
    plan = found.plan
    spec = found.scenario.evaluations[plan.gate.evaluation]
    month = f"{spec.answered // 12}-{1 + spec.answered % 12:02d}"
    if not plan.wait:
        return t("The answer comes {month}, before the project has ended.", month=month)
    if plan.gate.meanwhile == "continues":
        return n_(
            "The answer comes {month}, {n} month after the project would have ended; until then it "
            "continues.",
            "The answer comes {month}, {n} months after the project would have ended; until then "
            "it continues.",
            plan.wait,
            month=month,
        )
    return n_(
        "The answer comes {month}, {n} month after the project has ended; until then there is a "
        "pause.",
        "The answer comes {month}, {n} months after the project has ended; until then there is a "
        "pause.",
        plan.wait,
        month=month,
    )


def _verdict(row: Any) -> str:
    """Return which of always and never the gate is better or worse than, where the runs tell."""
    parts = list[str]()
    for other, words in (("never", t("never carrying on")), ("always", t("always carrying on"))):
        gap = float(getattr(row, f"gated_less_{other}"))
        error = SURE * float(getattr(row, f"gated_less_{other}_mcse"))
        told = abs(gap) > error
        # Fixed costs alone do not differ between municipalities.
        margin = "" if money(error) == money(0.0) else f" (± {money(error)})"
        amount = f"{money(abs(gap))}{margin}"
        if not told and gap:
            parts.append(t("these runs do not tell it from {other}", other=words))
        elif not gap:
            parts.append(t("the same as {other}", other=words))
        elif gap > 0:
            parts.append(t("{money} better than {other}", money=amount, other=words))
        else:
            parts.append(t("{money} worse than {other}", money=amount, other=words))
    return t("{world}, by the evaluation: {parts}.", world=_heading(row), parts="; ".join(parts))
