"""What would be repaid by each evaluation, beside what the true effect would give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.evaluation.money_by_estimate import repaid_by_administration
from sisim.evaluation.study import EvaluationStudy
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, records, row_axis
from sisim.report.chart.chart import (
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
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import Unit, money, quoted, unit_for

TALL = 0.19
"""How far above and below its row the line of what is true reaches."""
BY_ESTIMATE, REDUCED = "with", "lower"
ROOM = 0.06
"""What is left free at the ends of the axis, as a share of it."""


def draw_repaid(subject: Subject, study: EvaluationStudy) -> Figure:
    """Draw `repaid_chart`."""
    return paint(repaid_chart(subject, study))


def repaid_chart(subject: Subject, study: EvaluationStudy) -> Chart:
    """Return what is repaid by each evaluation and administration, in both worlds side by side.

    Args:
        subject: What is asked of which scenario.
        study: What came out, of some evaluation whose outcome has a price.
    """
    table = repaid_by_administration(study)
    amounts = table[["true_reduction", "repaid_by_truth", "high"]].to_numpy(float)
    top = float(amounts.max(initial=0.0))
    unit = unit_for(top)
    pairs = list(dict.fromkeys(zip(table["design"], table["administration"], strict=True)))
    worlds = [world for world in ("effect", "none") if (table["world"] == world).any()]
    columns = []
    for world in worlds:
        some = table[table["world"] == world]
        axis = value_axis(-ROOM * top, (1 + 2 * ROOM) * top, 5, unit.size)
        rows = row_axis([_names(study, *pair) for pair in pairs])
        marks = tuple(_marks(some, pairs, unit))
        columns.append(
            Column(
                (Panel(f"repaid-{world}", axis, rows, marks, _world(world)),),
                key=_key() if world == worlds[0] else (),
            )
        )
    n = int(table["municipalities"].max())
    return answer_chart(
        subject,
        t("What is repaid?"),
        t("Repaid in {n} simulated municipalities, {unit}", n=n, unit=unit.label()),
        columns,
        list(_notes(study)),
        discounted=False,
    )


def repaid_words(study: EvaluationStudy) -> Iterator[str]:
    """Yield what would be repaid by each evaluation of an intervention that does nothing."""
    table = repaid_by_administration(study)
    none = table[table["world"] == "none"].groupby("design", sort=False)["repaid_by_estimate"]
    for name, repaid in none.sum().items():
        if money(float(repaid)) == money(0.0):
            continue
        yield t(
            "Had there been no effect, {noise} would still be repaid by {label} on average, by "
            "luck and bias alone.",
            label=quoted(study.scenario.evaluations[str(name)].label.text),
            noise=money(float(repaid)),
        )


def _names(study: EvaluationStudy, design: str, administration: str) -> tuple[str, str]:
    label = study.scenario.evaluations[design].label.text
    return label, study.scenario.payer_label(administration).text


def _world(world: str) -> str:
    if world == "effect":
        return t("If the intervention has its effect")
    return t("If the intervention had no effect at all")


def _key() -> tuple[Key, ...]:
    return (
        Key(BY_ESTIMATE, t("repaid by the evaluation, mean and four of five"), shape="circle"),
        Key("ink", t("repaid by the true effect"), line="solid"),
        Key(REDUCED, t("true lower cost"), shape="diamond"),
    )


def _marks(some: pd.DataFrame, pairs: list[tuple[str, str]], unit: Unit) -> Iterator[Mark]:
    """Yield an interval, a mean, and what is true in each row."""
    yield Rule("nothing", 0.0, "y", "rule", 1.5)
    for row in records(some):
        number = pairs.index((row.design, row.administration))
        y = -float(number)
        yield Rule(f"range-{number}", y, "x", BY_ESTIMATE, 4.0, ends=(row.low, row.high))
        yield Rule(
            f"truth-{number}", row.repaid_by_truth, "y", "ink", 3.0, ends=(y - TALL, y + TALL)
        )
        true = np.array([row.true_reduction])
        yield Points(f"reduced-{number}", true, np.array([y]), REDUCED, 12.0, "diamond")
        mean = np.array([row.repaid_by_estimate])
        yield Points(f"mean-{number}", mean, np.array([y]), BY_ESTIMATE, 13.0)
        said = money(row.repaid_by_estimate, unit)
        yield Word(f"said-{number}", said, row.repaid_by_estimate, y, "center", (0.0, 34.0))


def _notes(study: EvaluationStudy) -> Iterator[str]:
    yield t(
        "The true effect is the expected one. An evaluation that shows a rise repays nothing: luck "
        "one way is paid for, and the other way it is not."
    )
    followed = {fund.repayment.evaluation for fund in study.scenario.funds.values()}
    if not followed & set(study.names):
        yield t(
            "No fund follows these evaluations: shown is what it would be if all that is found to "
            "be saved were repaid, up to what was invested."
        )
