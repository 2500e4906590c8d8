"""What a room has done and left undone in each round, beside what the decision rule would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sisim.economics.silo_rounds import Outcome
from sisim.i18n import t
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Mark,
    Panel,
    Rule,
    Word,
    value_axis,
)
from sisim.report.formats import Unit, decimal

ROOM_FOR_WORDS = 0.34
"""How much of the picture's width is left for what stands at the end of a bar."""


@dataclass(frozen=True)
class RoundRow:
    """A bar of the picture.

    Attributes:
        label: What stands before it.
        detail: What stands below that, in small type.
        outcome: What came of it; None: not played yet, or not revealed.
        room: Whether it is what people have answered, rather than the decision rule.
    """

    label: str
    detail: str
    outcome: Outcome | None
    room: bool


def rounds_chart(rows: Sequence[RoundRow], best: float, unit: Unit) -> Chart:
    """Return a bar for each round: what was done solid, what was left undone hatched.

    Args:
        rows: The bars, from above.
        best: What all that is worth doing is worth; SEK.
        unit: What amounts are told in.
    """
    known = [row.outcome for row in rows if row.outcome is not None]
    low = min([0.0, *(one.value for one in known)])
    high = max([best, *(max(one.value, 0.0) + one.undone for one in known)])
    wide = (high - low) / (1 - ROOM_FOR_WORDS)
    marks: list[Mark] = [Rule("zero", 0.0, "y", "ink", 1.0)]
    for n, row in enumerate(rows, 1):
        marks += _bar(n, row, unit)
    axis = value_axis(low, max(low + wide, low + unit.size), 5, unit.size)
    last = max(low + wide * (1 - ROOM_FOR_WORDS / 2), unit.size)
    ticks = tuple(tick for tick in axis.ticks if tick[0] <= last)
    x = Axis(axis.low, axis.high, ticks, grid=True)
    names = tuple((-float(n), row.label) for n, row in enumerate(rows, 1))
    y = Axis(-0.5 - len(rows), -0.5, names, details=tuple(row.detail for row in rows))
    panel = Panel("rounds", x, y, tuple(marks))
    key = (
        Key("with", t("Done: the room")),
        Key("muted", t("Done: the decision rule")),
        Key("extra", t("Left undone, though worth more than it costs"), hatched=True),
    )
    return Chart(
        rows=((1.0, (Column((panel,), key=key),)),),
        title=t("What was done and what was left undone"),
        subtitle=t("Worth to all, per municipality, {unit}", unit=unit.label()),
        high=130.0 + 52.0 * len(rows),
    )


def _bar(n: int, row: RoundRow, unit: Unit) -> list[Mark]:
    if row.outcome is None:
        return [Word(f"none-{n}", "?", 0.0, -n, "left", (8, 0), "muted", bold=True)]
    done, undone = row.outcome.value, row.outcome.undone
    end = max(done, 0.0)
    thick = 0.62 if row.room else 0.4
    color = "with" if row.room else "muted"
    told = t(
        "done {done}, undone {undone}",
        done=decimal(done / unit.size, unit.digits),
        undone=decimal(undone / unit.size, unit.digits),
    )
    return [
        Bars(f"done-{n}", [-n], [min(done, 0.0)], [end], color, thick, across=True),
        Bars(f"undone-{n}", [-n], [end], [end + undone], "extra", thick, True, across=True),
        Word(f"told-{n}", told, end + undone, -n, "left", (8, 0), bold=row.room),
    ]
