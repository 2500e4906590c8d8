"""Who pays, who gains: a bar to either side for each administration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sisim.arrays import Floats
from sisim.economics.appraisal import BAND_FROM, RANGE
from sisim.economics.distribution import WhoGains
from sisim.economics.ledger import INCOME, USED
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.chart.chart import Axis, Bars, Chart, Column, Key, Mark, Panel, Rule, Word
from sisim.report.economics.money_frame import money_chart
from sisim.report.formats import Unit, decimal, spread, unit_for
from sisim.report.present_value import worth_words

MOST = 9
"""So many payers have room."""
LETTER = 0.0165
"""How wide a letter of a label is, about, as a share of the panel."""
NARROW_LETTER = 0.034
"""The same in a picture half as wide."""
FRAME, ROW = 90.0, 60.0
"""How high such a picture is, in pixels: what is around its rows, and each of them."""


def who_gains_chart(result: Valuation, arm: str, *, narrow: bool = False) -> Chart:
    """Return what each administration pays for an arm, what it saves, and the net of both.

    Args:
        result: What was simulated and priced.
        arm: The arm.
        narrow: Whether it is half as wide: amounts stand alone, and the key says what they are.
    """
    gains = result.who_gains[arm]
    saved = -gains.of(*USED, INCOME)
    sides = np.stack([saved - gains.net, saved], axis=-1)  # what is paid, with transfers; saved
    unit = unit_for(float(np.abs(sides.mean(axis=0)).max(initial=1.0)))
    size = np.abs(sides.mean(axis=0)).max(axis=-1)
    least = unit.size / 10**unit.digits / 2
    rows = [int(n) for n in np.argsort(-size, kind="stable")[:MOST] if size[n] >= least]
    runs = np.concatenate([sides[:, rows], sides.sum(axis=1, keepdims=True)], axis=1)
    axis = _names(result, gains, rows, narrow=narrow)
    banded = len(runs) >= BAND_FROM
    subtitle = t(
        "{arm}: {how}, {unit}, compared with without",
        arm=result.scenario.arms[arm].label.text,
        how=worth_words(gains.rate),
        unit=unit.label(),
    )
    share = gains.share_in_other_pockets
    others = t("{n}% of the lower costs benefit others than those who pay", n=decimal(100 * share))
    words = "" if np.isnan(share) else others
    income = not {USED[1], INCOME}.isdisjoint(gains.kinds)
    bars = _bars(runs.mean(axis=0), axis, unit, words, narrow=narrow, income=income)
    net = _net(runs[..., 1] - runs[..., 0], axis, unit, banded=banded)
    chart = money_chart(
        result,
        t("Who pays, who gains"),
        subtitle,
        [(1.0, (bars, net))],
        everyone=True,
        ranges=len(runs) if banded else 0,
    )
    return replace(chart, high=FRAME + ROW * (len(rows) + 1)) if narrow else chart


def _names(result: Valuation, gains: WhoGains, rows: Sequence[int], *, narrow: bool) -> Axis:
    """Return an axis with a row for each payer, its principal below, and the total last."""
    principals = result.scenario.pathway.principals
    known = [principals.get(gains.principals[n]) for n in rows]
    names = [result.scenario.payer_label(gains.payers[n]).text for n in rows]
    if narrow:  # its rows are low: a name stands on one line
        names = [name.replace(" ", "\N{NO-BREAK SPACE}") for name in names]
    ticks = tuple((float(n), name) for n, name in enumerate([*names, t("Total")]))
    labels = [one.label.text if one and not narrow else "" for one in known]
    told = [label if label != name else "" for label, name in zip(labels, names, strict=True)]
    details = (*told, "")
    return Axis(len(rows) + 0.6, -0.6, ticks, details=details)


def _bars(
    means: Floats, rows: Axis, unit: Unit, words: str, *, narrow: bool, income: bool
) -> Column:
    """Return the bars of what is paid and saved, (rows, 2): what costs to the left.

    With `income`, what falls may be a cost, and what rises somebody's income.
    """
    paid, saved = means.T
    at = np.arange(len(means), dtype=float)
    costs, gains = np.maximum(means * [1, -1], 0), np.maximum(means * [-1, 1], 0)
    kinds = (
        ("pays", "extra", True, -costs[:, 0], 0 * paid),
        ("rises", "extra", False, -costs.sum(axis=1), -costs[:, 0]),
        ("falls", "lower", False, 0 * saved, gains[:, 1]),
        ("receives", "with", False, gains[:, 1], gains.sum(axis=1)),
    )
    least = unit.size / 10**unit.digits / 2
    drawn = {kind: np.flatnonzero(high - low >= least) for kind, *_, low, high in kinds}
    marks: list[Mark] = [
        Bars(kind, at[drawn[kind]], low[drawn[kind]], high[drawn[kind]], hue, 0.5, hatched, True)
        for kind, hue, hatched, low, high in kinds
    ]
    left, right = (
        _labels(costs, ("pays", "loses" if income else "rises"), unit, narrow=narrow),
        _labels(gains[:, ::-1], ("gains" if income else "falls", "receives"), unit, narrow=narrow),
    )
    letter = NARROW_LETTER if narrow else LETTER
    room = [0.02 + letter * max(map(len, texts)) for texts in (left, right)]
    reach = float(costs.sum(axis=1).max() + gains.sum(axis=1).max()) or unit.size
    whole = reach / (1 - sum(room))
    low, high = (
        -costs.sum(axis=1).max() - room[0] * whole,
        gains.sum(axis=1).max() + room[1] * whole,
    )
    for n, (y, cost, gain) in enumerate(zip(at, costs.sum(axis=1), gains.sum(axis=1), strict=True)):
        net = float(saved[n] - paid[n])
        marks += [
            Word(f"left-{n}", left[n], -cost, y, "right", (-7, 0), "extra_text"),
            Word(f"right-{n}", right[n], gain, y, "left", (7, 0), "lower_text"),
            Rule(f"net-{n}", net, "y", "ink", 4.0, ends=(y - 0.36, y + 0.36)),
        ]
    marks += [Rule("zero", 0.0, "y", width=1.5), Rule("sum", len(at) - 1.5, "x", "rule", 1.5)]
    names = {
        "pays": t("Pays"),
        "rises": t("Costs that rise"),
        "falls": t("Costs that fall"),
        "receives": t("Receives"),
    }
    if income:
        names["rises"] = t("Costs that rise, income that falls")
        names["falls"] = t("Costs that fall, income that rises")
    key = tuple(
        Key(hue, names[kind], hatched) for kind, hue, hatched, *_ in kinds if len(drawn[kind])
    )
    panel = Panel("who-gains", Axis(low, high, line=False), rows, tuple(marks))
    return Column((panel,), key=key, words=words, share=4.5 if narrow else 6.5)


def _labels(amounts: Floats, kinds: tuple[str, str], unit: Unit, *, narrow: bool) -> list[str]:
    """Return what stands beside the bars of one side, by row; empty where there is no bar."""
    said = {
        "pays": lambda n: t("pays {n}", n=n),
        "rises": lambda n: t("rises {n}", n=n),
        "falls": lambda n: t("falls {n}", n=n),
        "receives": lambda n: t("receives {n}", n=n),
        "gains": lambda n: t("gains {n}", n=n),
        "loses": lambda n: t("loses {n}", n=n),
    }
    least = unit.size / 10**unit.digits / 2

    def label(kind: str, amount: float) -> str:
        number = decimal(amount / unit.size, unit.digits)
        return number if narrow else said[kind](number)

    return [
        (" + " if narrow else ", ").join(
            label(kind, amount) for kind, amount in zip(kinds, row, strict=True) if amount >= least
        )
        for row in amounts
    ]


def _net(runs: Floats, rows: Axis, unit: Unit, *, banded: bool) -> Column:
    """Return the net of each row as a number, and its range where there are runs enough."""
    marks: list[Mark] = []
    for n, net in enumerate(runs.mean(axis=0)):
        text = decimal(net / unit.size, unit.digits)
        text = f"+{text}" if net > 0 and text.strip("0,.") else text
        ends = np.quantile(runs[:, n], RANGE) / unit.size if banded else (0.0, 0.0)
        under = spread(float(ends[0]), float(ends[1]), unit.digits)
        marks.append(Word(f"sum-{n}", text, 1.0, n, "right", (0, 9 if under else 0), bold=True))
        if under:
            marks.append(Word(f"range-{n}", under, 1.0, n, "right", (0, -11), "muted", fine=True))
    panel = Panel("net", Axis(0.0, 1.0, line=False), Axis(rows.low, rows.high), tuple(marks))
    return Column((panel,), key=(Key("ink", t("Net"), bold=True),), ends=0.0)
