"""What planned evaluations would say: in words, in a picture, and beside it had there been nothing.

A reader thinks of fifty municipalities, and so it is told: shares are rounded to one of fifty, and
called approximate where the Monte Carlo error is greater than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sisim.evaluation.real_data import RealEvaluation
from sisim.evaluation.study import EvaluationStudy, evaluated
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, row_axis
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Key,
    Mark,
    Panel,
    Points,
    Rule,
    Word,
    value_axis,
)
from sisim.report.chart.typesetting import PaperType
from sisim.report.formats import THOUSANDS, decimal, money, percent_sign, quoted, whole_money
from sisim.scenario.economy import FUND
from sisim.scenario.evaluation import Evaluation, StudyOutcome
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OF = 50
"""Municipalities that a reader thinks of, and dots in a row of the picture."""
BINS = 44
"""How many places for dots there are across a picture."""
ROW, AROUND = 84.0, 300.0
"""How high a row of dots is, and what else takes up room."""
DIGITS = 4
"""Decimals of numbers on a screen: what is measured in draws has no more of them."""
GAP_TO_ADJUST, GAP_TOO_WIDE = 0.05, 0.25
"""Differences at the start, in standard deviations, that are to be adjusted for, and that are too
wide for that, by the standards of the What Works Clearinghouse."""
FEW_CLUSTERS = 10
"""With fewer clusters, intervals by cluster are unreliable."""
SIZES = 7.0, 16.0
"""How large a dot is, in pixels, at the least and at the most."""
TICKS, FEW_TICKS = 7, 3
"""About how many values are told along a picture, and along one on a telephone."""
WIDE, GAP = 960.0, 24.0
"""How wide rows of dots are, in pixels, and how far from them a text stands."""
RIGHT, WRONG, FOUND = "with", "#D55E00", "#7B3294"
FEWEST_EXPECTED = 20
"""With fewer simulated evaluations there is no telling between what nine of ten lie."""


def design_words(design: str) -> str:
    """Return what a design is called, within a sentence."""
    return {
        "lottery": t("lottery from the queue"),
        "stepped": t("stepped wedge"),
        "discontinuity": t("regression discontinuity"),
        "difference": t("difference-in-differences"),
        "synthetic": t("synthetic control"),
        "trend": t("projected trend"),
        "matched": t("matched comparison"),
        "other_areas": t("other areas"),
        "earlier_cohorts": t("earlier cohorts"),
        "before_after": t("before–after (same people)"),
        "process": t("process evaluation only"),
    }[design]


def _rule_words(spec: Evaluation) -> str:
    if spec.decision.rule == "significant":
        return t("if it is carried on only where the effect is significant")
    return t("if the estimate itself decides")


def outcome_label(scenario: Scenario, outcome: StudyOutcome) -> str:
    """Return what is compared."""
    pathway = scenario.pathway
    if outcome.transition is not None:
        label = pathway.transitions[outcome.transition].label
        if label is None:
            ends = pathway.tracks[pathway.transitions[outcome.transition].track].states
            label = ends[next(iter(pathway.transitions[outcome.transition].to))].label
        return label.text
    if outcome.group is not None:
        return pathway.groups[outcome.group].label.text
    if outcome.resource is not None:
        return pathway.resources[outcome.resource].label.text
    names = [pathway.administrations[name].label.text for name in outcome.costs_of]
    return t("Costs of {names}", names=", ".join(names))


def happens(outcome: StudyOutcome) -> bool:
    """Return whether what is compared happens to a person or not, and is told per hundred."""
    event = outcome.transition is not None or outcome.group is not None
    return event and outcome.count in (None, "ever")


def effect_words(outcome: StudyOutcome, effect: float, scenario: Scenario) -> str:
    """Return an effect with its unit."""
    if happens(outcome):
        return t("{n} of 100", n=decimal(100 * effect, 1))
    if outcome.costs_of:
        # To the krona, what a few hundred people come to would look surer than it is.
        rounded = abs(effect) >= 10 * THOUSANDS.size
        amount = money(effect, THOUSANDS) if rounded else whole_money(effect)
        return t("{amount} per person", amount=amount)
    if outcome.resource is not None:
        unit = scenario.pathway.resources[outcome.resource].unit.text
    else:
        unit = t("months") if outcome.count == "months" else t("events")
    return t("{n} {unit} per person", n=decimal(effect, 3), unit=unit)


def of_fifty(row: Any, name: str) -> str:
    """Return "18 of 50", or "about 18 of 50" where so many draws cannot tell."""
    share, number = getattr(row, name), round(OF * getattr(row, name))
    # None at all of a few says little, though its Monte Carlo error is nothing.
    error = max(getattr(row, f"{name}_mcse"), 1 / row.draws) if share == share else np.nan
    if not OF * error <= 1 + 1e-9:
        return t("about {n} of {of}", n=number, of=OF)
    return t("{n} of {of}", n=number, of=OF)


def sentences(study: EvaluationStudy) -> list[str]:
    """Return what comes out, the most important first."""
    said: list[str] = []
    for name in study.names:
        said += design_sentences(study, name)
    if "prior" not in study.worlds:
        said.append(
            t(
                "No number of the investment has a range, so there is no telling what an "
                "evaluation is worth before its answer is known: give its effects a low and a high."
            )
        )
    elif not any(study.scenario.evaluations[name].decision.carry_on for name in study.names):
        said.append(
            t(
                "What an evaluation is worth before its answer is known can be told where "
                '"decision.carry_on" names the arm that follows from yes.'
            )
        )
    said += _many_outcomes(study)
    said.append(
        t(
            "In the model: {n} simulated municipalities, the same for every evaluation. What is "
            "true outside it is not known.",
            n=study.municipalities,
        )
    )
    return said


def _many_outcomes(study: EvaluationStudy) -> Iterator[str]:
    """Yield how often luck alone finds something where several outcomes are looked at."""
    specs = [study.scenario.evaluations[name] for name in study.names]
    levels: dict[str, float] = {}
    for spec in specs:
        if spec.outcome is not None:
            key = spec.outcome.model_dump_json()
            levels[key] = max(levels.get(key, 0.0), spec.alpha)
    if len(levels) > 1:
        by_luck = 1 - float(np.prod([1 - level for level in levels.values()]))
        yield t(
            "{n} outcomes are looked at: where nothing has an effect, at least one is significant "
            "by luck in {share} if they have nothing to do with each other. Say in advance which "
            "one counts, or test them by Holm's rule, the smallest p against {level} first.",
            n=len(levels),
            share=t("{n} of {of}", n=round(OF * by_luck), of=OF),
            level=f"{decimal(100 * min(levels.values()) / len(levels), 1)}{percent_sign()}",
        )


def design_sentences(study: EvaluationStudy, name: str) -> Iterator[str]:
    """Yield what comes out of one evaluation, the most important first."""
    rows = {(one.design, one.world): one for one in records(study.designs)}
    spec = study.scenario.evaluations[name]
    label = spec.label.text
    effect, none = rows.get((name, "effect")), rows.get((name, "none"))
    if spec.design == "process":
        if effect is not None:
            yield process_sentence(spec, effect)
        return
    if effect is not None and effect.failed == 1:
        yield t("{label}: no answer, since {why}.", label=label, why=effect.failed_why)
        return
    yield from _decisions(spec, effect, none)
    yield from _wrong_decisions(study, name, effect, none)
    if effect is None:
        return
    assert spec.outcome is not None
    if np.isnan(study.thresholds[name]):
        yield t(
            "{label}: how large the effect must be to pay cannot be told, as {n} municipalities do "
            "not tell the true effect from none: ask for more (--draws), or state "
            '"decision.threshold".',
            label=label,
            n=study.municipalities,
        )
    yield t(
        "{label} finds {mean} avoided on average; the truth is {truth}. The effect is found to be "
        "significant in {power}.",
        label=label,
        mean=effect_words(spec.outcome, effect.mean, study.scenario),
        truth=effect_words(spec.outcome, effect.truth, study.scenario),
        power=of_fifty(effect, "power"),
    )
    if effect.power * effect.wrong_sign * effect.draws >= 1:
        yield t(
            "{label}: significant and of the wrong sign in {share}.",
            label=label,
            share=t("{n} of {of}", n=round(OF * effect.power * effect.wrong_sign), of=OF),
        )
    repaid = _repaid(study, name)
    if repaid is not None:
        yield t(
            "If the fund is repaid by what {label} shows: {estimate} on average, where the true "
            "effect gives {truth}.",
            label=label,
            estimate=money(repaid[0]),
            truth=money(repaid[1]),
        )
    yield from _reservations(spec, effect)
    if effect.net_worth == effect.net_worth:
        yield from _worth(label, effect)


def process_sentence(spec: Evaluation, row: Any) -> str:
    """Return what a process evaluation can show, and what it cannot."""
    asked = spec.measures or ["reach", "fidelity", "drop_out"]
    said = []
    if "reach" in asked and row.reached == row.reached:
        said.append(
            t(
                "A process evaluation can show that {n} of 100 in the target group took part.",
                n=round(100 * row.reached),
            )
        )
    if "fidelity" in asked and row.completed == row.completed:
        said.append(
            t(
                "A process evaluation can show that {n} of 100 were given the intervention as "
                "planned.",
                n=round(100 * row.completed),
            )
        )
    elif "drop_out" in asked and row.completed == row.completed:
        said.append(
            t(
                "A process evaluation can show that {n} of 100 left before it was over.",
                n=round(100 * (1 - row.completed)),
            )
        )
    said.append(t("It says nothing of the effect: there is nothing to compare with."))
    return " ".join(said)


def _decisions(spec: Evaluation, effect: Any, none: Any) -> Iterator[str]:
    """Yield how often it would lead to the wrong decision, with the effect and with none."""
    how, design = _rule_words(spec), quoted(spec.label.text)
    known = bool(spec.decision.threshold or spec.decision.carry_on)
    parts = []
    if effect is not None and effect.stops_good == effect.stops_good:
        share = of_fifty(effect, "stops_good")
        parts.append(
            t("{share} municipalities would close down an investment that pays", share=share)
            if known
            else t("{share} municipalities would close down an investment that works", share=share)
        )
    elif effect is not None and effect.carries_on_bad == effect.carries_on_bad:
        share = of_fifty(effect, "carries_on_bad")
        parts.append(
            t(
                "{share} municipalities would carry on with an investment that does not pay",
                share=share,
            )
        )
    if none is not None and none.carries_on_bad == none.carries_on_bad:
        share = of_fifty(none, "carries_on_bad")
        parts.append(
            t("{share} would carry on with one that has no effect", share=share)
            if parts
            else t(
                "{share} municipalities would carry on with an investment that has no effect",
                share=share,
            )
        )
    if len(parts) == 2:
        both = t("{one}, and {other}", one=parts[0], other=parts[1])
        yield t("With {design}: {what} ({how}).", design=design, how=how, what=both)
    elif parts:
        yield t("With {design}: {what} ({how}).", design=design, how=how, what=parts[0])


def _wrong_decisions(study: EvaluationStudy, name: str, effect: Any, none: Any) -> Iterator[str]:
    """Yield what a wrong decision costs, and what all of them come to in as many municipalities."""
    for row in (effect, none):
        if row is None or (cost := study.wrong_decision(name, row.world)) != cost:
            continue
        stops = row.stops_good == row.stops_good
        share = row.stops_good if stops else row.carries_on_bad
        if not round(OF * share):
            continue
        told = {"cost": money(cost), "all": money(OF * share * cost), "of": OF}
        if stops:
            yield t(
                "To close down wrongly forgoes about {cost} in present value in each municipality; "
                "in {of} municipalities that comes to about {all}.",
                **told,
            )
        elif row.world == "none":
            yield t(
                "To carry on with one that has no effect costs about {cost} in present value in "
                "each; in {of} municipalities that comes to about {all}.",
                **told,
            )
        else:
            yield t(
                "To carry on with one that does not pay costs about {cost} in present value in "
                "each; in {of} municipalities that comes to about {all}.",
                **told,
            )


def _repaid(study: EvaluationStudy, name: str) -> tuple[float, float] | None:
    """Return what is repaid on average by the estimate and by the truth, if anything is."""
    draws = study.draws
    mine = draws[(draws["design"] == name) & (draws["world"] == "effect")]
    found = mine[["repaid_by_estimate", "repaid_by_truth"]].mean()
    if not paid_by_fund(study.scenario, name) or found.isna().any():
        return None
    return float(found.iloc[0]), float(found.iloc[1])


def paid_by_fund(scenario: Scenario, name: str) -> bool:
    """Return whether a fund pays for what an evaluation is of, so that something is repaid."""
    of = scenario.investments[evaluated(scenario, scenario.evaluations[name])[1]]
    return any(payer == FUND or payer in scenario.funds for payer in of.cost.shares)


def _worth(label: str, row: Any) -> Iterator[str]:
    """Yield what it is worth to decide by an evaluation."""
    yield t(
        "To decide by {label} is worth about {worth}, before its own cost of {cost}.",
        label=label,
        worth=money(row.value_of_rule),
        cost=money(row.cost),
    )
    if worse_than_none(row.net_worth):
        yield t("{label} is worse than no evaluation at all.", label=label)


def worse_than_none(net_worth: float) -> bool:
    """Return whether an evaluation costs more than it is worth, as amounts are shown."""
    return net_worth < 0 and money(net_worth) != money(0.0)


def _reservations(spec: Evaluation, row: Any) -> Iterator[str]:
    """Yield what should be known of a design before it is trusted."""
    label = spec.label.text
    if row.treated_later >= 0.5:
        yield n_(
            "{label}: {n} of those compared with takes part while followed.",
            "{label}: {n} of those compared with take part while followed.",
            round(row.treated_later),
            label=label,
        )
    if spec.index == "begun" and spec.design != "before_after":
        yield t(
            "{label}: those who began are compared with others of the target group, and who begins "
            "is no matter of chance.",
            label=label,
        )
    gap = abs(row.baseline_gap_sd)
    if gap > GAP_TO_ADJUST:
        yield (
            t(
                "{label}: the groups differ by {gap} standard deviations at the start: too much to "
                "be adjusted away.",
                label=label,
                gap=decimal(gap, 2),
            )
            if gap > GAP_TOO_WIDE
            else t(
                "{label}: the groups differ by {gap} standard deviations at the start, which is to "
                "be adjusted for.",
                label=label,
                gap=decimal(gap, 2),
            )
        )
    if spec.design == "stepped" and row.clusters < FEW_CLUSTERS:
        yield t(
            "{label}: {n} clusters; intervals by cluster are unreliable under {least}.",
            label=label,
            n=round(row.clusters),
            least=FEW_CLUSTERS,
        )
    if row.failed > 0:
        yield t(
            "{label}: no answer in {share}, most often since {why}.",
            label=label,
            share=of_fifty(row, "failed"),
            why=row.failed_why,
        )


def real_sentences(study: EvaluationStudy, real: RealEvaluation) -> Iterator[str]:
    """Yield what an evaluation says of real people, and what the plan let expect.

    Args:
        study: What the plan would say where the truth is known.
        real: What the evaluation says.
    """
    spec, found = study.scenario.evaluations[real.name], real.estimate
    label, outcome = spec.label.text, spec.outcome
    assert outcome is not None

    def told(effect: float) -> str:
        return effect_words(outcome, effect, study.scenario)

    if real.unread:
        yield t("Columns that were not read: {names}.", names=", ".join(real.unread))
    if found.failed is not None:
        yield t("{label}: no answer, since {why}.", label=label, why=found.failed.text)
        return
    yield t(
        "{label}, with your data: {effect} avoided ({share} interval {low} to {high}, p = {p}), "
        "{treated} treated and {compared} compared with.",
        label=label,
        effect=told(found.value),
        share=f"{decimal(100 * (1 - spec.alpha))}{percent_sign()}",
        low=told(found.low),
        high=told(found.high),
        p=decimal(found.p, 3),
        treated=found.n_treated,
        compared=found.n_comparison,
    )
    if found.lost_treated + found.lost_comparison:
        yield t(
            "{label}: {treated} of those treated and {compared} of those compared with have no "
            "outcome, and are left out.",
            label=label,
            treated=found.lost_treated,
            compared=found.lost_comparison,
        )
    for world, words in (
        ("effect", t("If the effect is as in the file")),
        ("none", t("If there is no effect")),
    ):
        draws = study.draws
        mine = draws[(draws["design"] == real.name) & (draws["world"] == world)]["estimate"]
        if mine.notna().sum() >= FEWEST_EXPECTED:
            low, high = float(mine.quantile(0.05)), float(mine.quantile(0.95))
            yield (
                t(
                    "{world}, nine of ten such evaluations say between {low} and {high}: yours is "
                    "one of them.",
                    world=words,
                    low=told(low),
                    high=told(high),
                )
                if low <= found.value <= high
                else t(
                    "{world}, nine of ten such evaluations say between {low} and {high}: yours is "
                    "outside.",
                    world=words,
                    low=told(low),
                    high=told(high),
                )
            )


def draw_would_say(
    subject: Subject,
    study: EvaluationStudy,
    names: tuple[str, ...],
    real: RealEvaluation | None = None,
) -> Figure:
    """Draw `would_say_chart`."""
    from sisim.report.chart.matplotlib_painter import paint

    return paint(would_say_chart(subject, study, names, real))


def alike(study: EvaluationStudy) -> list[tuple[str, ...]]:
    """Return the evaluations that can stand in one picture: what they compare has one unit."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name in study.names:
        outcome = study.scenario.evaluations[name].outcome
        if study.scenario.evaluations[name].design == "process":
            continue
        assert outcome is not None
        kind = (happens(outcome), bool(outcome.costs_of), outcome.resource, outcome.count)
        groups.setdefault(("per 100",) if happens(outcome) else kind, []).append(name)
    process = [n for n in study.names if study.scenario.evaluations[n].design == "process"]
    found = [tuple(group) for group in groups.values()] or [()]
    return [(*found[0], *process), *found[1:]]


def would_say_chart(
    subject: Subject,
    study: EvaluationStudy,
    names: tuple[str, ...],
    real: RealEvaluation | None = None,
) -> Chart:
    """Return what each evaluation would say in fifty municipalities, and if there were no effect.

    Args:
        subject: What is asked of which scenario.
        study: What came out.
        names: The evaluations that are drawn, which have one unit.
        real: What one of them says of real people; None: there are none.
    """
    worlds = [world for world in ("effect", "none") if world in study.worlds]
    draws = study.draws[study.draws["draw"] < OF]
    draws = draws[draws["design"].isin(names)]
    shown = draws["estimate"].to_numpy(float)
    outcome = next(
        (spec.outcome for spec in (study.scenario.evaluations[n] for n in names) if spec.outcome),
        None,
    )
    limits = [x for x in (study.thresholds[name] for name in names) if np.isfinite(x)]
    measured = np.nan if real is None or real.name not in names else real.estimate.value
    limits += [measured] if np.isfinite(measured) else []
    ends = np.array([*shown[np.isfinite(shown)], *limits, 0.0])
    rows = DotRows(names, draws, float(ends.min()), float(ends.max()))
    panels = [dots_panel(study, world, rows) for world in worlds]
    if np.isfinite(measured):
        assert real is not None
        row = names.index(real.name)
        mine = Rule("measured", measured, "y", FOUND, 4.0, ends=(-row - 0.42, -row + 0.42))
        panels = [replace(panel, marks=(*panel.marks, mine)) for panel in panels]
    subtitle = measured_in(int(draws["draw"].nunique()), outcome)
    key: tuple[Key, ...] = (
        Key(RIGHT, t("would decide rightly"), shape="circle"),
        Key(WRONG, t("would decide wrongly"), shape="cross"),
    )
    limits = [limit for name in names if np.isfinite(limit := study.thresholds[name])]
    if not limits:
        # Nothing is decided where it is not known from where it pays.
        key = ()
        said = t("A mark is a municipality. Solid line: the true effect.")
    elif any(limits):
        said = t(
            "A mark is a municipality. Solid line: the true effect; dashed: from where it pays."
        )
    else:
        said = t("A mark is a municipality. Solid line: the true effect; dashed: no effect.")
    if np.isfinite(measured):
        key = (*key, Key(FOUND, t("with your data"), line="solid"))
    notes = [said, t("All evaluations meet the same municipalities.")]
    column = Column(tuple(panels), key=key)
    chart = answer_chart(
        subject,
        t("What would the evaluation say?"),
        subtitle,
        [column],
        notes,
        discounted=False,
    )
    return replace(chart, high=AROUND + ROW * len(names) * len(worlds))


def measured_in(municipalities: int, outcome: StudyOutcome | None) -> str:
    """Return what dots show, and in what unit."""
    unit = unit_of_effect(outcome)
    return t("Measured effect in {n} simulated municipalities: {unit}", n=municipalities, unit=unit)


def unit_of_effect(outcome: StudyOutcome | None) -> str:
    """Return the unit in which effects are drawn."""
    if outcome is None or happens(outcome):
        return t("so many fewer of 100")
    if outcome.costs_of:
        return t("{unit} less per person", unit=THOUSANDS.label())
    return t("so much less per person")


def size_of_unit(outcome: StudyOutcome | None) -> float:
    """Return how much one unit of a drawn effect is."""
    if outcome is None or happens(outcome):
        return 0.01
    return THOUSANDS.size if outcome.costs_of else 1.0


def world_title(world: str) -> str:
    """Return what is true in a world."""
    if world == "effect":
        return t("If the intervention has its effect")
    return t("If the intervention had no effect at all")


@dataclass(frozen=True)
class DotRows:
    """Rows of dots, an evaluation each, and where they stand.

    Attributes:
        names: The evaluations, from above.
        draws: The rows of `EvaluationStudy.draws` that are drawn.
        low: Where the least of them stands.
        high: Where the greatest does.
        tall: How high a row is on a page, in pixels, where the dots are known apart and what is
            said of them stands around the picture; unset: on paper.
        wide: How wide a place for dots is there, in pixels.
        remarks: What is said beside the title of a world.
    """

    names: tuple[str, ...]
    draws: pd.DataFrame
    low: float
    high: float
    tall: float | None = None
    wide: float = SIZES[1]
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """How wide a place for dots is."""
        return (self.high - self.low or 1.0) / BINS


def dots_panel(study: EvaluationStudy, world: str, of: DotRows) -> Panel:
    """Return the rows of dots of one world."""
    rows = {one.design: one for one in records(study.designs) if one.world == world}
    names, width = of.names, of.width
    stacks = [_stack(of, world, name, study.thresholds[name]) for name in names]
    tallest = max((int(height.max(initial=0)) for _, height, *_ in stacks), default=0) + 1
    step, size = min(0.8 / tallest, 0.14), SIZES[0]
    if of.tall is not None:
        largest = min(SIZES[1], of.wide)
        step = min(0.8 / tallest, (largest + 1.0) / of.tall)
        size = max(min(step * of.tall, largest) - 2.0, 3.0)
    marks: list[Mark] = []
    paper = of.tall is None
    beside = {name: _beside(rows[name]) for name in names if name in rows and paper}
    dots = of.low - width, of.high + width
    # As much room in both worlds, so that one is seen below the other.
    said = [_beside(one) for one in records(study.designs) if one.design in beside]
    left, right = _with_room(*dots, said) if paper else dots
    for row, (name, (x, height, wrong, ids)) in enumerate(zip(names, stacks, strict=True)):
        spec = study.scenario.evaluations[name]
        bottom = -row - 0.42
        if spec.design == "process":
            text = t("says nothing of the effect: there is nothing to compare with")
            marks.append(Word(f"nothing-{row}", text, left + width, -row, color="muted"))
            continue
        y = bottom + step * (height + 0.5)
        marks.append(Rule(f"floor-{row}", bottom, "x", "rule", 1.0))
        truth = study.truths[name, world]
        high = (bottom, -row + 0.42)
        marks.append(Rule(f"truth-{row}", truth, "y", "ink", 2.5, ends=high))
        limit = study.thresholds[name]
        if np.isfinite(limit):
            marks.append(Rule(f"pays-{row}", limit, "y", "muted", 1.5, "dashed", ends=high))
        for kind, which, color, shape in (
            ("right", ~wrong, RIGHT, "circle"),
            ("wrong", wrong, WRONG, "cross"),
        ):
            if which.any():
                sign = Points(
                    f"{kind}-{world}-{row}",
                    x[which],
                    y[which],
                    color,
                    size,
                    shape,  # type: ignore[arg-type]
                    ids=() if paper else tuple(ids[which]),
                )
                marks.append(sign)
        if name in beside:
            marks.append(Word(f"said-{row}", beside[name], right, -row, align="right"))
    outcomes = [study.scenario.evaluations[name].outcome for name in names]
    unit = max(map(size_of_unit, outcomes))
    ticks = TICKS if paper or of.wide > SIZES[0] else FEW_TICKS
    axis = replace(value_axis(*dots, ticks, unit), high=right, line=paper)
    if all(study.scenario.evaluations[name].design == "process" for name in names):
        axis = Axis(left, right, line=False)
    up = row_axis(_row_labels(study, names)) if paper else Axis(-0.5, 0.5)
    remark = of.remarks.get(world, "")
    return Panel(world, axis, up, tuple(marks), world_title(world), remark)


def _row_labels(study: EvaluationStudy, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return what each row is called, and the design where that does not say it."""
    labels = []
    for name in names:
        label, design = (one := study.scenario.evaluations[name]).label.text, one.design
        words = design_words(design)
        labels.append((label, "" if words == label.lower() else words))
    return labels


def _with_room(low: float, high: float, texts: Iterable[str]) -> tuple[float, float]:
    """Return the ends of an axis of dots, with room for what stands after them."""
    type_ = PaperType()
    room = max((type_.width(text, type_.size) for text in texts), default=0.0) + GAP
    return low, high + (high - low) * room / max(WIDE - room, 0.25 * WIDE)


def _beside(row: Any) -> str:
    """Return how often it leads wrong, as it stands beside a row."""
    if row.stops_good == row.stops_good:
        return t("{share} close down wrongly", share=of_fifty(row, "stops_good"))
    if row.carries_on_bad == row.carries_on_bad:
        share = of_fifty(row, "carries_on_bad")
        return t("{share} carry on in vain", share=share)
    return ""


def _stack(
    of: DotRows, world: str, name: str, limit: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return where dots stand: across, how many are below them, whether they are wrong, and which.

    Places are counted from the threshold, so that no column holds both decisions.
    """
    draws, width = of.draws, of.width
    some = draws[(draws["world"] == world) & (draws["design"] == name)]
    some = some[np.isfinite(some["estimate"].to_numpy(float))].sort_values("draw")
    limit = limit if np.isfinite(limit) else 0.0
    place = np.floor((some["estimate"].to_numpy(float) - limit) / width + 1e-9).astype(int)
    wrong = some["right"].to_numpy(float) == 0
    order = np.lexsort((wrong, place))
    place, wrong = place[order], wrong[order]
    height = np.arange(len(place)) - np.searchsorted(place, place)
    ids = some["draw"].to_numpy().astype(str)[order]
    return limit + (place + 0.5) * width, height, wrong, ids


def designs_table(study: EvaluationStudy) -> pd.DataFrame:
    """Return the table of designs as it is shown on a screen, with headings in words."""
    names = {name: study.scenario.evaluations[name].label.text for name in study.names}
    worlds = {
        "effect": t("as in the file"),
        "none": t("no effect"),
        "prior": t("drawn from its range"),
    }
    designs = study.designs
    return pd.DataFrame(
        {
            t("Evaluation"): designs["design"].map(names),
            t("Effect"): designs["world"].map(worlds),
            t("Maryland scale"): designs["maryland"],
            t("Truth"): designs["truth"],
            t("Mean estimate"): designs["mean"],
            t("Bias"): designs["bias"],
            t("Standard deviation"): designs["sd"],
            t("Power"): designs["power"],
            t("Coverage"): designs["coverage"],
            t("Closes down wrongly"): designs["stops_good"],
            t("Carries on wrongly"): designs["carries_on_bad"],
        }
    ).round(DIGITS)
