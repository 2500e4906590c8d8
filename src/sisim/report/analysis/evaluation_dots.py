"""One evaluation at a time, as its municipalities report: dots in two worlds, and what they tell.

Municipalities that have reported are counted as they are; of how many such municipalities it would
be so is told with an interval, and what follows of it once all have reported.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sisim.analysis.question import share_interval
from sisim.arrays import Floats
from sisim.evaluation.study import ACTING_OR_NOT, STUDIES, EvaluationStudy, World
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import records
from sisim.report.analysis.evaluation_report import (
    BINS,
    OF,
    RIGHT,
    WRONG,
    DotRows,
    alike,
    design_sentences,
    dots_panel,
    effect_words,
    process_sentence,
    size_of_unit,
    unit_of_effect,
    world_title,
)
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    value_axis,
)
from sisim.report.formats import money
from sisim.scenario.dates import months_until
from sisim.scenario.evaluation import Evaluation

REACH = 2.5
"""So many standard errors around what the first one says others are expected to say."""
AROUND = 72.0
"""What is above and below the row of dots of one world, in pixels."""


def dots_chart(study: EvaluationStudy, name: str, size: tuple[float, float]) -> Chart:
    """Return the dots of one evaluation, with the effect above those with none.

    Evaluations that measure the same stand on the same axis: one sees where a municipality goes.

    Args:
        study: What has been reported so far.
        name: The evaluation.
        size: Width and height of the picture, in pixels.
    """
    spec = study.scenario.evaluations[name]
    low, high = _ends(study, name)
    wide, tall = size
    draws = study.draws
    mine = draws[(draws["design"] == name) & (draws["draw"] < OF)]
    remarks: dict[str, str] = {world: counted(study, name, world) for world in ACTING_OR_NOT}
    high_of_row = max(tall / 2 - AROUND, 1.0)
    rows = DotRows((name,), mine, low, high, high_of_row, wide / (BINS + 3), remarks)
    panels = tuple(dots_panel(study, world, rows) for world in ACTING_OR_NOT)
    measures = spec.design != "process"
    unit = unit_of_effect(spec.outcome)
    subtitle = t("Measured effect: {unit}", unit=unit) if measures else ""
    column = Column(panels, key=_key(study, name))
    return Chart(((1.0, (column,)),), title=spec.label.text, subtitle=subtitle, high=tall)


def _ends(study: EvaluationStudy, name: str) -> tuple[float, float]:
    """Return between what dots are expected: all that there are, and about where others will be."""
    group = next(names for names in alike(study) if name in names)
    draws = study.draws[study.draws["design"].isin(group)]
    first = draws[draws["draw"] == draws["draw"].min()]
    near, error = (first[key].to_numpy(float) for key in ("estimate", "error"))
    limits = [study.thresholds[one] for one in group]
    truths = [study.truths.get((one, "effect"), np.nan) for one in group]
    around = [near - REACH * error, near + REACH * error, draws["estimate"].to_numpy(float)]
    known = np.concatenate([*around, limits, truths, [0.0]])
    known = known[np.isfinite(known)]
    return float(known.min()), float(known.max())


def _key(study: EvaluationStudy, name: str) -> tuple[Key, ...]:
    spec, limit = study.scenario.evaluations[name], study.thresholds[name]
    if spec.design == "process":
        return ()
    truth = Key("ink", t("the true effect"), line="solid")
    mine = study.draws[study.draws["design"] == name]
    if not mine["right"].notna().any():
        return (Key(RIGHT, t("a municipality"), shape="circle"), truth)
    found = (
        Key(RIGHT, t("would decide rightly"), shape="circle"),
        Key(WRONG, t("would decide wrongly"), shape="cross"),
        truth,
    )
    if not np.isfinite(limit):
        return found
    pays = t("from where it pays") if limit else t("no effect")
    return (*found, Key("muted", pays, line="dashed"))


def counted(study: EvaluationStudy, name: str, world: World) -> str:
    """Return in how many of those that have reported it leads wrong, and what that costs each.

    Empty where that is not known.

    Args:
        study: What has been reported so far.
        name: The evaluation.
        world: With the effect, or with none.
    """
    right, kind = _decisions(study, name, world)
    if not len(right):
        return ""
    wrong, n = int((~right).sum()), len(right)
    cost = study.wrong_decision(name, world)
    told = {"wrong": wrong, "n": n, "cost": money(cost)}
    if wrong and cost == cost:
        if kind == "stops":
            return t("{wrong} of {n} close down wrongly: each forgoes about {cost}", **told)
        return t("{wrong} of {n} carry on in vain: each loses about {cost}", **told)
    if kind == "stops":
        return t("{wrong} of {n} close down wrongly", wrong=wrong, n=n)
    return t("{wrong} of {n} carry on in vain", wrong=wrong, n=n)


def _decisions(study: EvaluationStudy, name: str, world: str) -> tuple[np.ndarray, str]:
    """Return whether each decision is right, and what the wrong ones do: "stops" or "carries"."""
    draws = study.draws
    some = draws[(draws["design"] == name) & (draws["world"] == world) & draws["right"].notna()]
    right = some["right"].to_numpy(float) == 1
    good = right == (some["decided"].to_numpy(float) == 1)
    return right, "stops" if len(good) and good[0] else "carries"


def words(study: EvaluationStudy, name: str, draws: int) -> list[str]:
    """Return what one evaluation comes to, as far as the runs carry it.

    Args:
        study: What has been reported so far.
        name: The evaluation.
        draws: How many municipalities there are to be.
    """
    spec = study.scenario.evaluations[name]
    if study.municipalities < min(STUDIES, draws):
        return [t("So few municipalities tell nothing of how often the evaluation leads wrong.")]
    said = list(_intervals(study, name))
    if study.municipalities >= draws:
        said = [*design_sentences(study, name), *said]
    elif spec.design == "process":
        rows = (one for one in records(study.designs) if one.design == name)
        said = [process_sentence(spec, one) for one in rows if one.world == "effect"]
    return [*said, *_cost(study, name, spec)]


def _intervals(study: EvaluationStudy, name: str) -> Iterator[str]:
    """Yield of how many municipalities it is so, as far as chance among those seen lets tell."""
    for world in ACTING_OR_NOT:
        right, kind = _decisions(study, name, world)
        if not len(right):
            continue
        low, high = (round(OF * end) for end in share_interval(int((~right).sum()), len(right)))
        between = t("{low}–{high} of {of}", low=low, high=high, of=OF)
        yield (
            t(
                "So many municipalities like this one would close down wrongly, with chance among "
                "the {n} simulated: {between} (95% interval).",
                n=len(right),
                between=between,
            )
            if kind == "stops"
            else t(
                "So many municipalities like this one would carry on with what does not pay, with "
                "chance among the {n} simulated: {between} (95% interval).",
                n=len(right),
                between=between,
            )
            if world == "effect"
            else t(
                "So many would carry on in vain if it had no effect: {between} (95% interval).",
                between=between,
            )
        )


def _cost(study: EvaluationStudy, name: str, spec: Evaluation) -> Iterator[str]:
    rows = [one for one in records(study.designs) if one.design == name and one.world == "effect"]
    for row in rows:
        year = str(spec.answer_year)
        yield (
            t(
                "The evaluation costs {cost}, and answers in {year}.",
                cost=money(row.cost),
                year=year,
            )
            if row.cost
            else t("The evaluation answers in {year}; the file gives it no cost.", year=year)
        )


def per_year(study: EvaluationStudy, name: str) -> float:
    """Return how many a year take part while people come into the study; NaN if nothing tells."""
    spec = study.scenario.evaluations[name]
    months = months_until(spec.cohorts.below) - months_until(spec.cohorts.from_)
    draws = study.draws
    mine = draws[(draws["design"] == name) & (draws["world"] == "effect")]["participants"]
    return float(mine.mean()) * 12 / months


def municipalities_table(study: EvaluationStudy, name: str) -> pd.DataFrame:
    """Return what each municipality would say in either world, for who cannot see dots."""
    draws, outcome = study.draws, study.scenario.evaluations[name].outcome
    mine = draws[draws["design"] == name].set_index(["world", "draw"])
    found: dict[str, list[str]] = {t("Municipality"): []}
    numbers = sorted(set(draws["draw"]))
    found[t("Municipality")] = [str(number + 1) for number in numbers]
    if outcome is None:
        return pd.DataFrame(found)
    for world in ACTING_OR_NOT:
        cells = []
        for number in numbers:
            row = mine.loc[(world, number)]
            text = row["failed"] or effect_words(outcome, row["estimate"], study.scenario)
            cells.append("; ".join(part for part in (text, _verdict(row["right"])) if part))
        found[world_title(world)] = cells
    return pd.DataFrame(found)


def _verdict(right: float) -> str:
    if right != right:
        return ""
    return t("would decide rightly") if right else t("would decide wrongly")


# ------------------------------------------------------------------------ one that a room votes on


def can_be_voted_on(study: EvaluationStudy, name: str) -> list[int]:
    """Return the municipalities whose decision is known to be right or wrong in both worlds."""
    draws = study.draws
    told = draws[(draws["design"] == name) & draws["right"].notna()]
    worlds = told[told["world"].isin(ACTING_OR_NOT)].groupby("draw")["world"].nunique()
    return [int(draw) for draw in worlds.index[worlds == len(ACTING_OR_NOT)]]


def one_chart(
    study: EvaluationStudy, name: str, which: tuple[int, str], *, told: bool, tall: float
) -> Chart:
    """Return what the evaluation says in one municipality, whose truth may be told.

    Args:
        study: What has been reported so far.
        name: The evaluation.
        which: The municipality, and in which world.
        told: Whether the truth is.
        tall: How high the picture is, in pixels.
    """
    row, spec = _row(study, name, which), study.scenario.evaluations[name]
    low, high = _ends(study, name)
    ends: Floats = np.array([row["low"], row["high"]], float)
    marks: list[Mark] = []
    if np.isfinite(ends).all():
        low, high = min(low, float(ends[0])), max(high, float(ends[1]))
        marks.append(Line("interval", ends, np.zeros(2), color=RIGHT, width=4.0))
    marks.append(Points("said", [row["estimate"]], [0.0], RIGHT, 18.0, ids=(str(which[0]),)))
    key = [Key(RIGHT, t("what the evaluation says, and its interval"), shape="circle")]
    limit = study.thresholds[name]
    if np.isfinite(limit):
        marks.append(Rule("pays", limit, "y", "muted", 2.0, "dashed"))
        pays = t("from where it pays") if limit else t("no effect")
        key.append(Key("muted", pays, line="dashed"))
    if told:
        marks.append(Rule("truth", study.truths[name, which[1]], "y", "ink", 3.0))
        key.append(Key("ink", t("the true effect"), line="solid"))
    unit = size_of_unit(spec.outcome)
    room = (high - low or 1.0) / 20
    axis = value_axis(low - room, high + room, 7, unit)
    panel = Panel("one", axis, Axis(-1.0, 1.0), tuple(marks))
    title = t("{label}: municipality {n}", label=spec.label.text, n=which[0] + 1)
    subtitle = t("Measured effect: {unit}", unit=unit_of_effect(spec.outcome))
    return Chart(((1.0, (Column((panel,), key=tuple(key)),)),), title, subtitle, high=tall)


def question(study: EvaluationStudy, name: str, which: tuple[int, str]) -> str:
    """Return what the evaluation says in one municipality, and what is to be decided."""
    row, spec = _row(study, name, which), study.scenario.evaluations[name]
    assert spec.outcome is not None

    def told(effect: float) -> str:
        assert spec.outcome is not None
        return effect_words(spec.outcome, effect, study.scenario)

    said = (
        t(
            "In municipality {n} the evaluation says that {effect} is avoided ({low} to {high}).",
            n=which[0] + 1,
            effect=told(row["estimate"]),
            low=told(row["low"]),
            high=told(row["high"]),
        )
        if np.isfinite([row["low"], row["high"]]).all()
        else t(
            "In municipality {n} the evaluation says that {effect} is avoided.",
            n=which[0] + 1,
            effect=told(row["estimate"]),
        )
    )
    limit = study.thresholds[name]
    pays = t("It pays from {limit}.", limit=told(limit)) if np.isfinite(limit) and limit else ""
    return " ".join(part for part in (said, pays, t("Carry on, or close down?")) if part)


def answer(study: EvaluationStudy, name: str, which: tuple[int, str]) -> str:
    """Return what was true, what was right, and what the rule of the evaluation would have done."""
    row, spec = _row(study, name, which), study.scenario.evaluations[name]
    assert spec.outcome is not None
    if which[1] == "none":
        truth = t("The intervention had no effect at all.")
    else:
        effect = effect_words(spec.outcome, study.truths[name, "effect"], study.scenario)
        truth = t("The intervention had its effect: {effect} is avoided.", effect=effect)
    good = right_to_carry_on(study, name, which)
    right = t("To carry on was right.") if good else t("To close down was right.")
    rule = (
        t("The evaluation would have led right.")
        if row["right"] == 1
        else t("The evaluation would have led wrong.")
    )
    return f"{truth} {right} {rule}"


def right_to_carry_on(study: EvaluationStudy, name: str, which: tuple[int, str]) -> bool:
    """Return whether it was right to carry on."""
    row = _row(study, name, which)
    return bool((row["decided"] == 1) == (row["right"] == 1))


def _row(study: EvaluationStudy, name: str, which: tuple[int, str]) -> pd.Series:
    draws = study.draws
    some = draws[
        (draws["design"] == name) & (draws["draw"] == which[0]) & (draws["world"] == which[1])
    ]
    return some.iloc[0]
